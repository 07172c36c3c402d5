/* people: residents, households, hamlets, organisations; accounts, roles, sign-in, consent.
 *
 * Every read or change of somebody's record by staff goes through here and leaves an audit entry; roles
 * reach only their own organisation and hamlet. An identifier (số định danh) is an attribute with
 * dates, never a key. */
#pragma once

#include "web/web.h"

/* --- Residents (người dân) ----------------------------------------------------------------------- */

enum sex { SEX_UNKNOWN = 0, SEX_MALE = 1, SEX_FEMALE = 2 };

struct resident {
    struct id id;
    struct str name;           /* họ và tên, one field, NFC */
    struct str id_number;      /* current 12-digit personal number, or "" */
    enum sex sex;
    int32_t born_day;
    bool has_born_day;         /* the day is known, not only the year */
    int64_t born_year;         /* NO_I64: unknown; the old may have a year only */
    struct str phone;          /* +84…, or ""; not unique */
    struct str ethnic, nationality, address; /* address: free line within the hamlet */
    struct id hamlet_id, household_id;
    struct str relation;       /* to the head of the household: "Chủ hộ", "Vợ", "Con", … */
    struct id merged_into;     /* set where this record was a double */
    int64_t version;           /* grows by one a change; E_CONFLICT guards edits */
};

/* What the twelve digits say (Luật Căn cước; facts: PPP C YY NNNNNN). There is no check digit. */
struct id_number_parts {
    int province;
    enum sex sex;
    int birth_year;
};
/* False unless `s` is 12 digits with a possible century digit. Pure. */
MUST bool id_number_read(struct str s, struct id_number_parts *ret);
/* Warnings, never refusals: does the number agree with sex and birth year? NULL: yes, else a msgid. */
const char *id_number_doubt(struct str s, enum sex sex, int64_t born_year);
/* "+84912345678" from what people type, or false. Vietnamese mobile and landline numbers. Pure. */
MUST bool phone_normalise(struct arena *a, struct str typed, struct str *ret);
/* For strangers and logs: "09•••••678", "036•••••1234", "Nguyễn V. A." */
struct str mask_phone(struct arena *a, struct str phone);
struct str mask_id_number(struct arena *a, struct str id_number);
struct str mask_name(struct arena *a, struct str name);

/* Reads, without audit: for rules. Screens use resident_view(). */
MUST err_t resident_get(struct ctx *c, struct db *db, struct id id, struct resident *ret);
MUST err_t resident_find_id_number(struct ctx *c, struct db *db, struct str id_number, struct resident *ret,
                                   bool *ret_found);
/* For a staff screen: checks the right and the scope, writes the audit entry durably, then reads. */
MUST err_t resident_view(struct ctx *c, struct id id, struct resident *ret);
/* New or changed. Normalises, checks, indexes for search, audits. E_BAD_INPUT names the field. A new
 * resident has ID_NONE. */
MUST err_t resident_save(struct ctx *c, struct db *db, struct resident *in_out);
/* Finds or makes the resident who applies: by id_number, else by name and phone. Used when a dossier is
 * filed for somebody the register does not know yet. */
MUST err_t resident_for_applicant(struct ctx *c, struct db *db, struct str name, struct str id_number,
                                  struct str phone, struct id *ret_id);

/* --- Places and organisations ---------------------------------------------------------------------- */

struct hamlet {
    struct id id;
    struct str code, name;     /* "Xóm 5" */
};
MUST err_t hamlets(struct ctx *c, struct db *db, struct hamlet **ret, size_t *ret_n);

struct organisation {
    struct id id;
    struct str code, name, kind; /* kind: ubnd, post_office, school, health_station, … */
    struct str agency_code;      /* mã định danh điện tử, "H40.14.20", or "" */
    struct str address, phone;
};
MUST err_t organisation_by_code(struct ctx *c, struct db *db, struct str code, struct organisation *ret);

struct commune {
    int64_t commune_id;        /* statistical code */
    struct str name, district, province;
    struct str org_code, org_name; /* the organisation that runs the one-stop desk */
    struct id org_id;
    struct str agency_code;    /* of that organisation: leads its dossier codes */
};
MUST err_t commune_get(struct ctx *c, struct db *db, struct commune *ret);
/* The commune of an installation that has one; 0 where there is none yet. */
MUST err_t commune_find_first(struct ctx *c, struct db *db, int64_t *ret_commune_id);

/* --- Acting for somebody (nộp thay người thân) ------------------------------------------------------- */

/* May the signed-in person act for `resident_id`: the same person, a child or an old parent of the
 * household with recorded consent or guardianship, or a written authorisation. */
MUST err_t may_act_for(struct ctx *c, struct db *db, struct id resident_id, bool *ret_may);
struct family_member {
    struct id resident_id;
    struct str name, relation; /* relation to the signed-in person, Vietnamese */
    bool may_act;
};
MUST err_t family_of(struct ctx *c, struct db *db, struct id resident_id, struct family_member **ret, size_t *ret_n);

/* --- Accounts and roles ------------------------------------------------------------------------------- */

struct account_new {
    struct str login;          /* staff: name to sign in with; residents: none */
    struct str display_name;
    struct str password;       /* staff; at least 12 characters. "": locked until one is set */
    struct id resident_id;     /* residents */
    struct str totp_secret;    /* 20 raw bytes, or STR_NONE to draw one */
};
MUST err_t account_create(struct ctx *c, struct db *db, const struct account_new *in, struct id *ret_id);
MUST err_t account_grant(struct ctx *c, struct db *db, struct id account_id, enum role role, struct id org_id,
                         struct id hamlet_id);
MUST err_t account_revoke(struct ctx *c, struct db *db, struct id account_id, enum role role);
MUST err_t account_by_login(struct ctx *c, struct db *db, struct str login, struct id *ret_id);
MUST err_t account_set_password(struct ctx *c, struct db *db, struct id account_id, struct str password);
/* The current TOTP code (RFC 6238, SHA-1, 30 s, 6 digits) of a base32 or raw secret. */
void totp_code(struct str raw_secret, int64_t at_us, char ret[7]);

/* Fill c->actor: hooks for web. */
err_t people_load_actor(struct ctx *c, struct db *db, struct id account_id);
err_t people_load_bearer(struct ctx *c, struct db *db, struct str token);

/* A bearer token for the machine interface; the text is shown once, its hash is kept. */
MUST err_t token_create(struct ctx *c, struct db *db, enum role role, struct id org_id, struct str label,
                        struct str *ret_token);

/* --- Messages (for now: the SMS log; residents' inbox) ------------------------------------------------- */

/* Queues one SMS through the outbox, idempotent by `key`; the log page shows it. Text without marks is
 * made for phones that need it. */
MUST err_t sms_send(struct ctx *c, struct db *db, struct str phone, struct str text, struct str key);
/* A message in the inbox of a resident (hộp thư), with a link into the site. */
MUST err_t inbox_put(struct ctx *c, struct db *db, struct id resident_id, struct str title, struct str body,
                     struct str link);

/* --- Import ---------------------------------------------------------------------------------------------- */

struct import_fault {
    size_t line;
    struct str column, reason;
};
struct import_report {
    size_t rows, good, added, changed;
    struct import_fault *faults; /* every bad row, at most 1000 listed */
    size_t n_faults, bad;
};
/* Residents from a .csv or .xlsx file. Changes nothing if any row is bad unless `take_good`;
 * nothing at all when `dry_run`. */
MUST err_t people_import(struct ctx *c, const char *path, bool take_good, bool dry_run, struct import_report *ret);

/* Merges the double `from` into `into`: identifiers, phone, relations and dossiers follow; history
 * keeps both; can be undone only by an audited correction. Publishes `resident.merged`. */
MUST err_t residents_merge(struct ctx *c, struct db *db, struct id from, struct id into, struct str reason);

/* The pages: signing in, what is one's own, the register for staff. */
extern const struct web_room people_web_sign_in, people_web_own, people_web_staff;
extern const struct migration_set people_migrations;
extern const struct job_kind people_jobs[];
extern const size_t people_jobs_n;

/* Commands: nep user …, nep token …, nep import residents. */
extern const struct command_set people_commands;
