/* Internal to onestop: what its pages share. */
#pragma once

#include "onestop/inside.h"
#include "onestop/onestop_pages.h"

struct procedure_read {
    struct str code;
    struct procedure p;
};
/* A store_fn: the version of today. */
err_t read_procedure(struct ctx *c, struct db *db, void *arg);

/* One dossier with what its pages show. A store_fn; the code may be official or provisional. */
struct dossier_read {
    struct str code;
    struct dossier d;
    struct procedure p;
    struct commune commune;
    bool may_see;
    struct dossier_events_row *events;
    size_t n_events;
    struct dossier_papers_row *papers;
    size_t n_papers;
    struct str explanation;
};
err_t read_dossier(struct ctx *c, struct db *db, void *arg);
/* "ok", "warn", "late", "quiet": how a state looks. */
struct str state_kind(enum dossier_state state);
/* The code that people use now. */
struct str dossier_code(const struct dossier *d);
struct str channel_text(struct ctx *c, int64_t channel);
bool dossier_has_result(const struct dossier *d);

/* A move asked for by a page or the API, in one write with its idempotency. */
struct move_call {
    struct str code;
    struct dossier_move_in in;
    struct dossier d;
    struct web_upload paper;   /* attached before the move, if its field is not "" */
};
err_t run_move(struct ctx *c, struct db *db, void *arg);
