/* store: where everything is kept.
 *
 * One store is one database (embedded SQLite or PostgreSQL) and one folder of files. Readers never
 * wait: each read runs in its own snapshot. Writers hand a function to the one writer thread, which
 * runs many of them inside one transaction (each in its own savepoint) and commits once for all:
 * group commit. store_write() returns after that commit is durable, or with the reason why not.
 *
 * SQL never stands in C text. Each room keeps its queries in queries.sql, named and typed, from which
 * the build makes one C function each (tools/gen_sql.py; see src/store/README.md for the format):
 *     err_t resident_by_id(struct ctx *c, struct db *db, const struct resident_by_id_in *in,
 *                          struct resident_by_id_row *ret_row);
 *
 * Inside a store_fn the function may run twice (a busy database, a group that failed because of
 * another member), so it must have no effect outside the database and the arena. What must happen
 * outside is a job. */
#pragma once

#include "base/base.h"

struct store;
struct db;   /* a connection inside a transaction: what queries run on */

struct store_options {
    struct str data_dir;      /* holds nep.db, files/, tmp/, secret.key; created if absent (0700) */
    struct str database;      /* "postgresql://…" or STR_NONE for the embedded database in data_dir */
    int readers;              /* read connections; 0: twice the processors */
    bool must_exist;          /* refuse to create a new store */
};

/* Opens and checks; does not migrate. The caller owns it: store_close(). */
MUST err_t store_open(struct ctx *c, const struct store_options *options, struct store **ret);
/* Finishes queued writes, checkpoints, closes. NULL is allowed. Returns NULL. */
struct store *store_close(struct store *s);

typedef err_t (*store_fn)(struct ctx *c, struct db *db, void *arg);

/* Runs `fn` in a read-only snapshot. Never waits for writers. Any E_* of fn is handed on. */
MUST err_t store_read(struct ctx *c, store_fn fn, void *arg);
/* Runs `fn` on the writer and returns when its effects are durable. An error of fn undoes only its
 * own effects. E_DISK_FULL, E_BUSY, E_STOPPING, E_DATABASE besides what fn returns. */
MUST err_t store_write(struct ctx *c, store_fn fn, void *arg);
/* For imports and the demo: the whole of `fn` is one big transaction of its own. */
MUST err_t store_write_alone(struct ctx *c, store_fn fn, void *arg);

/* A number that grows with each commit that changed something: caches compare it. */
uint64_t store_generation(const struct store *s);
/* How many writes were made and how many commits they shared. */
void store_counts(const struct store *s, uint64_t *ret_writes, uint64_t *ret_commits);
struct str store_data_dir(const struct store *s);
bool store_is_postgresql(const struct store *s);
/* 32 bytes of this installation's own, for sealing cookies and codes; made at first open, mode 0600. */
struct str store_secret(const struct store *s);

/* --- Migrations ------------------------------------------------------------------------------ */

/* One forward-only step of one room; the build embeds src/ROOM/migrations/NNNN_name.sql. */
struct migration {
    const char *room;
    int number;            /* 1, 2, … within the room, without gaps */
    const char *name;
    const char *sql;       /* common dialect, see README; NUL-terminated */
};

struct migration_set {
    const struct migration *items;
    size_t n;
};

struct migration_report {
    size_t applied, pending;
    struct str *names;     /* those applied or, on a dry run, pending: "people/0001 initial" */
    size_t n_names;
};

/* Applies what is missing, room by room in the order given, each step in a transaction of its own with
 * its row in `migration`. E_CHANGED_MIGRATION if an applied step's text has changed. */
MUST err_t store_migrate(struct ctx *c, const struct migration_set *sets, size_t n_sets, bool dry_run,
                         struct migration_report *ret);
extern const struct migration_set store_migrations;

/* --- The audit chain (nhật ký) --------------------------------------------------------------- */

struct audit_entry {
    struct str action;        /* "dossier.receive", "resident.read" */
    struct str subject_kind;  /* "dossier", "resident", … */
    struct id subject_id;
    struct id person_id;      /* the resident whose data was seen or changed, or none */
    struct str detail;        /* short JSON object of facts, no personal data beyond ids; "" for none */
};

/* Appends to the chain of the commune, in the caller's write. Actor, time, request come from `c`.
 * Each entry's hash covers its fields and the hash before it. */
MUST err_t audit_write(struct ctx *c, struct db *db, const struct audit_entry *entry);
/* The same as one durable write of its own: for reads, before the page is shown. */
MUST err_t audit_note(struct ctx *c, const struct audit_entry *entry);

struct audit_report {
    int64_t entries;
    int64_t first_bad_seq;    /* 0: none */
    struct str reason;
    struct sha256 head;
};

/* Recomputes the chain of every commune, streaming. E_CORRUPT with ret filled if it is broken. */
MUST err_t audit_verify(struct ctx *c, struct audit_report *ret);

struct audit_row {
    int64_t seq, at_us;
    struct str actor_kind, actor_name, action, subject_kind, detail;
    struct id actor_account_id, subject_id;
};
/* Who saw or changed the record of `person_id`, newest first, entries with seq < before_seq
 * (0: from the newest), at most `limit`. */
MUST err_t audit_of_person(struct ctx *c, struct db *db, struct id person_id, int64_t before_seq,
                           int64_t limit, struct audit_row **ret_rows, size_t *ret_n);
/* The latest entries of all. */
MUST err_t audit_latest(struct ctx *c, struct db *db, int64_t before_seq, int64_t limit,
                        struct audit_row **ret_rows, size_t *ret_n);

/* --- Events and jobs (outbox) ---------------------------------------------------------------- */

/* Publishes a domain event in the caller's write: "dossier.resolved" about `subject_id`. Each
 * subscriber gets it as a job of its own, at least once, after the commit. */
MUST err_t event_publish(struct ctx *c, struct db *db, struct str name, struct id subject_id,
                         struct str payload_json);

struct job_request {
    struct str kind;          /* names the handler */
    struct str key;           /* idempotency: a second request with the same kind and key is nothing */
    struct str payload_json;
    int64_t run_at_us;        /* 0: now */
};
MUST err_t job_enqueue(struct ctx *c, struct db *db, const struct job_request *request);

struct job {
    struct id id;
    struct str kind, key, payload_json;
    int64_t tries;            /* this one included */
};

/* Runs outside any transaction, in a job thread; may run again after a crash, so it must be idempotent
 * by job->key. A soft error is retried with back-off, a hard one goes to the failed list at once. */
typedef err_t (*job_fn)(struct ctx *c, const struct job *job);

struct job_kind {
    const char *kind;
    job_fn run;
    int max_tries;            /* 0: 8; the back-off doubles from 5 s to 6 h, with jitter */
};

struct event_subscription {
    const char *event;        /* name, or prefix ending in '.' */
    const char *job_kind;
};

/* Starts the runner's threads; tables must outlive it. Stopped by jobs_stop(), which waits for jobs
 * under way. */
MUST err_t jobs_start(struct ctx *c, const struct job_kind *kinds, size_t n_kinds, int threads);
void jobs_stop(struct store *s);
/* Registers who wants which events; call before the first write. The table must outlive the store. */
void events_subscribe(struct store *s, const struct event_subscription *subs, size_t n);
/* Runs what is due in the calling thread until nothing is: for tests, commands and the demo. */
MUST err_t jobs_run_due(struct ctx *c, const struct job_kind *kinds, size_t n_kinds, int64_t *ret_ran);

struct job_row {
    struct id id;
    struct str kind, key, state, last_error; /* state: waiting, running, done, failed */
    int64_t tries, run_at_us, created_at_us;
};
/* Jobs in `state`, newest first, keyed by id for paging (none: first page). */
MUST err_t jobs_list(struct ctx *c, struct db *db, struct str state, struct id before, int64_t limit,
                     struct job_row **ret_rows, size_t *ret_n);
MUST err_t job_retry(struct ctx *c, struct db *db, struct id job_id); /* a failed one, from zero */
MUST err_t job_give_up(struct ctx *c, struct db *db, struct id job_id);

/* --- Files (tệp đính kèm) --------------------------------------------------------------------- */

enum file_accept {            /* what a place takes; sniffed from content, never from the name */
    FILE_PDF = 1, FILE_JPEG = 2, FILE_PNG = 4, FILE_WEBP = 8, FILE_HEIC = 16, FILE_XLSX = 32,
    FILE_CSV = 64, FILE_DOCX = 128,
    FILE_PAPERS = FILE_PDF | FILE_JPEG | FILE_PNG | FILE_WEBP | FILE_HEIC,
};

struct file_ref {
    struct sha256 sha256;
    int64_t size_bytes;
    struct str type;          /* "application/pdf" */
};

struct file_in;               /* a file on its way in; bytes go straight to disk */

/* `max_bytes`: past it file_in_write gives E_TOO_LARGE. The caller ends it with _finish or _abort. */
MUST err_t file_in_begin(struct ctx *c, int64_t max_bytes, struct file_in **ret);
MUST err_t file_in_write(struct file_in *f, const void *bytes, size_t n);
/* Sniffs, scans (clamd, where its socket is there), makes it durable under its hash. E_BAD_TYPE,
 * E_INFECTED, E_DISK_FULL. The file is not yet reachable: file_link() in a write makes it so.
 * Unlinked files older than a day are swept. Frees `f`. */
MUST err_t file_in_finish(struct ctx *c, struct file_in *f, unsigned accept, struct file_ref *ret);
void file_in_abort(struct file_in *f); /* NULL is allowed */
/* Small content made by ourselves (a PDF result). */
MUST err_t file_put(struct ctx *c, struct str bytes, struct str type, struct file_ref *ret);
/* Records that this commune holds the file; idempotent. In the caller's write. */
MUST err_t file_link(struct ctx *c, struct db *db, const struct file_ref *file);
/* An open descriptor for reading, or E_NOT_FOUND; the caller closes it. */
MUST err_t file_open(struct ctx *c, const struct sha256 *sha256, int *ret_fd, int64_t *ret_size);
/* Removes files that no record holds and that are older than a day; run by a job. */
MUST err_t files_sweep(struct ctx *c);
/* The type by content of the first bytes, or STR_NONE. Pure. */
struct str file_sniff(struct str head);

/* --- Search (tìm kiếm) ------------------------------------------------------------------------ */

/* Full text that ignores marks and đ/d; exact matches rank first. `kind` groups ("resident",
 * "dossier", "procedure"); `text` is folded here. Replaces what was there under the same kind and id. */
MUST err_t search_put(struct ctx *c, struct db *db, struct str kind, struct id id, struct str text);
MUST err_t search_remove(struct ctx *c, struct db *db, struct str kind, struct id id);
/* Ids of at most `limit` matches: all words, the last as a prefix; exact marks first, then newest. */
MUST err_t search_find(struct ctx *c, struct db *db, struct str kind, struct str query, int64_t limit,
                       struct id **ret_ids, size_t *ret_n);

/* --- Idempotency ------------------------------------------------------------------------------ */

/* A stored answer of an earlier identical request (API: Idempotency-Key; pages: the form's key). */
struct once_answer {
    int64_t status;
    struct str body;          /* JSON, or the location for a page */
};
/* In a write: *ret_found if `scope`+`key` was answered before. E_CONFLICT if it was used with another
 * request (`request_hash`). */
MUST err_t once_find(struct ctx *c, struct db *db, struct str scope, struct str key,
                     struct sha256 request_hash, struct once_answer *ret, bool *ret_found);
MUST err_t once_store(struct ctx *c, struct db *db, struct str scope, struct str key,
                      struct sha256 request_hash, const struct once_answer *answer);

/* --- Numbers drawn in order ------------------------------------------------------------------- */

/* The next number of the series (1, 2, …) in the caller's write: gaps are possible, repeats never. */
MUST err_t counter_next(struct ctx *c, struct db *db, struct str series, int64_t *ret);

/* --- Settings --------------------------------------------------------------------------------- */

MUST err_t setting_get(struct ctx *c, struct db *db, struct str key, struct str fallback, struct str *ret);
MUST err_t setting_put(struct ctx *c, struct db *db, struct str key, struct str value);

/* --- Backup ----------------------------------------------------------------------------------- */

/* Progress of long work: called with done ≤ total; returning true stops it cleanly. */
typedef bool (*progress_fn)(void *arg, int64_t done, int64_t total);

/* A consistent copy of database and files into the archive `path` (a plain tar with a manifest of
 * hashes), while the store is in use. */
MUST err_t store_backup(struct ctx *c, const char *path, progress_fn progress, void *arg);
/* Restores into a new data_dir (must be empty) and/or an empty database; verifies every hash first. */
MUST err_t store_restore(struct ctx *c, const char *path, const struct store_options *target,
                         progress_fn progress, void *arg);
