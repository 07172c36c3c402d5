/* The port under the queries: what generated code calls, the same over SQLite and PostgreSQL.
 * Rooms never call it themselves. */
#pragma once

#include "store/store.h"

/* One query of a queries.sql, made by tools/gen_sql.py. */
struct query {
    const char *name;
    const char *sqlite, *postgresql; /* with ?N and $N parameters */
    const char *params;              /* a letter each: i number, t text, b bytes; the first is the commune */
    int columns;
};

/* A parameter; which member counts is told by query.params. Number NO_I64 and text NONE are NULL. */
union db_value {
    int64_t i;
    struct str s;
};

struct stmt; /* a statement on a row */

/* Copies the current row into `to`. */
typedef void (*db_take_fn)(struct ctx *c, struct stmt *s, void *to);
typedef err_t (*db_each_fn)(void *arg, const void *row);

MUST err_t db_exec(struct ctx *c, struct db *db, const struct query *q, const union db_value *values,
                   int64_t *ret_changed);
/* Without ret_found a missing row is E_NOT_FOUND. */
MUST err_t db_one(struct ctx *c, struct db *db, const struct query *q, const union db_value *values,
                  size_t row_size, db_take_fn take, void *ret_row, bool *ret_found);
MUST err_t db_many(struct ctx *c, struct db *db, const struct query *q, const union db_value *values,
                   size_t row_size, db_take_fn take, void **ret_rows, size_t *ret_n);
MUST err_t db_each(struct ctx *c, struct db *db, const struct query *q, const union db_value *values,
                   size_t row_size, db_take_fn take, db_each_fn each, void *arg);

/* Columns of the current row; texts are copied into the arena of `c`. */
int64_t stmt_i64(struct ctx *c, struct stmt *s, int column);
bool stmt_bool(struct ctx *c, struct stmt *s, int column);
int64_t stmt_time(struct ctx *c, struct stmt *s, int column);
struct str stmt_text(struct ctx *c, struct stmt *s, int column);
struct str stmt_blob(struct ctx *c, struct stmt *s, int column);
struct id stmt_id(struct ctx *c, struct stmt *s, int column);
struct sha256 stmt_sha256(struct ctx *c, struct stmt *s, int column);

static inline struct str db_id(const struct id *id)
{
    return (struct str){ (const char *)id->b, sizeof id->b };
}

static inline struct str db_id_or_null(const struct id *id)
{
    return id_is_none(*id) ? STR_NONE : db_id(id);
}

bool db_is_postgresql(const struct db *db);
/* The store that this connection belongs to. */
struct store *db_store(const struct db *db);
