/* Internal to onestop: what its files share. */
#pragma once

#include "onestop/onestop.h"
#include "onestop/onestop_queries.h"

/* A paper that a case may need. */
struct form_paper {
    struct str id, name, hint, show_if;
    bool required;
};
void procedure_papers(const struct procedure *p, const struct form_paper **ret, size_t *ret_n);
MUST err_t procedure_version(struct ctx *c, struct db *db, struct id id, struct procedure *ret);
/* The current name of a procedure; its code where there is none. */
MUST err_t procedure_name_of(struct ctx *c, struct db *db, struct str code, struct str *ret);
struct procedure procedure_from(const struct procedure_row_row *r);
/* Stands for a procedure in the search index. */
struct id id_of_code(struct str code);

/* codes.c */
MUST err_t code_official(struct ctx *c, struct db *db, struct str agency, struct str *ret);
struct str code_provisional(struct ctx *c);
/* Upper case, without blanks; false if it can be no code of ours (nor one of the older order). */
bool code_read(struct ctx *c, struct str typed, struct str *ret);

/* due_of.c */
MUST err_t dossier_budget(struct ctx *c, struct db *db, const struct dossier *d, struct budget *ret);
const struct calendar *onestop_calendar(void);

MUST err_t dossier_reindex(struct ctx *c, struct db *db, const struct dossier *d);
/* May the actor see this one? Staff of the desk, its applicant, who filed it, who may act for them. */
MUST err_t dossier_may_see(struct ctx *c, struct db *db, const struct dossier *d, bool *ret);

/* papers.c: the numbered forms and the result as PDF, views of the event log */
MUST err_t dossier_receipt_pdf(struct ctx *c, const struct dossier *d, struct str url, struct str *ret_pdf);
MUST err_t dossier_form_pdf(struct ctx *c, const struct dossier *d, struct str form, struct str *ret_pdf);
MUST err_t dossier_result_pdf(struct ctx *c, const struct dossier *d, struct str note, struct str *ret_pdf);
