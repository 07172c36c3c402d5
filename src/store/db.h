/* What generated queries stand on: one connection inside a transaction, SQLite or PostgreSQL.
 *
 * Only the files that tools/gen_sql.py makes and the store room itself include this header. A query
 * is data (text, parameters, columns); four functions run it. The statement is prepared once per
 * connection and found again by the address of its struct db_query, so that must be static.
 *
 * A statement that fails inside a store_fn fails the whole fn, whatever the fn returns: PostgreSQL
 * has ended the transaction by then, and both databases shall behave alike. UNIQUE gives E_EXISTS. */
#pragma once

#include "store/store.h"

enum db_type {
    DB_I64,     /* int64_t;       NULL: NO_I64 */
    DB_TEXT,    /* struct str;    NULL: STR_NONE (a parameter that isn't nullable becomes '') */
    DB_BLOB,    /* struct str;    the same */
    DB_ID,      /* struct id;     NULL: ID_NONE */
    DB_SHA256,  /* struct sha256; NULL: all zero */
    DB_BOOL,    /* bool as 0 or 1; NULL reads as false */
    DB_TIME,    /* int64_t µs;    NULL: 0 */
    DB_COMMUNE, /* parameter only: c->commune_id */
};

struct db_field {
    const char *name;
    enum db_type type;
    bool nullable;
    size_t offset; /* in the struct of inputs or in the row */
};

struct db_query {
    const char *name;
    const char *sqlite, *postgresql; /* parameters ?N, $N: N is the place in `in`, from 1 */
    const struct db_field *in, *out;
    int n_in, n_out;
    size_t row_size;
};

/* The first row; E_NOT_FOUND if there is none. Texts are copied into the arena. */
MUST err_t db_one(struct ctx *c, struct db *db, const struct db_query *q, const void *in,
                  void *ret_row);
MUST err_t db_maybe(struct ctx *c, struct db *db, const struct db_query *q, const void *in,
                    void *ret_row, bool *ret_found);
/* All rows, in one array in the arena. E_LIMIT once the arena is over its cap. */
MUST err_t db_many(struct ctx *c, struct db *db, const struct db_query *q, const void *in,
                   void **ret_rows, size_t *ret_n);
/* One row at a time, nothing copied: texts live until `row` returns. `row` may run other queries. */
MUST err_t db_each(struct ctx *c, struct db *db, const struct db_query *q, const void *in,
                   err_t (*row)(void *arg, const void *row), void *arg);
/* `ret_changed`: rows inserted, updated or deleted; may be NULL. */
MUST err_t db_exec(struct ctx *c, struct db *db, const struct db_query *q, const void *in,
                   int64_t *ret_changed);

/* Statements without parameters and results, for migrations and set-up. Several, separated by ';'. */
MUST err_t db_script(struct ctx *c, struct db *db, const char *sql);

bool db_is_postgresql(const struct db *db);
/* The library's own handle, for what is not a query (the backup): NULL for the other kind. */
struct sqlite3 *db_sqlite(struct db *db);
struct pg_conn *db_postgresql(struct db *db);
