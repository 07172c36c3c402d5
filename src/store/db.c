#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

err_t db_connect(struct ctx *c, struct store *s, bool writer, struct db **ret)
{
    return s->postgresql ? pg_connect(c, s, writer, ret) : sqlite_connect(c, s, writer, ret);
}

struct db *db_close(struct db *db)
{
    if (db) {
        db->port->close(db);
        free(db->cache);
        free(db);
    }
    return NULL;
}

static struct cached *slot_in(struct cached *cache, size_t size, const struct query *q)
{
    size_t i = ((uintptr_t)q >> 4) * 0x9E3779B97F4A7C15u >> 32;
    for (i &= size - 1; cache[i].query && cache[i].query != q; i = (i + 1) & (size - 1))
        continue;
    return &cache[i];
}

static void cache_grow(struct db *db)
{
    size_t size = db->cache_size ? 2 * db->cache_size : 64;
    struct cached *cache = calloc(size, sizeof *cache);
    if (!cache)
        abort();
    for (size_t i = 0; i < db->cache_size; i++) {
        if (db->cache[i].query)
            *slot_in(cache, size, db->cache[i].query) = db->cache[i];
    }
    free(db->cache);
    db->cache = cache;
    db->cache_size = size;
}

struct cached *db_cached(struct db *db, const struct query *q)
{
    if (2 * (db->cache_used + 1) > db->cache_size)
        cache_grow(db);
    struct cached *slot = slot_in(db->cache, db->cache_size, q);
    if (!slot->query) {
        slot->query = q;
        db->cache_used++;
    }
    return slot;
}

err_t db_exec(struct ctx *c, struct db *db, const struct query *q, const union db_value *values,
              int64_t *ret_changed)
{
    (void)c;
    struct stmt *s;
    bool row;
    TRY(db->port->start(db, q, values, false, &s));
    err_t e = db->port->step(s, &row);
    int64_t changed = e ? 0 : db->port->changes(s);
    db->port->finish(s);
    if (!e && ret_changed)
        *ret_changed = changed;
    return e;
}

err_t db_one(struct ctx *c, struct db *db, const struct query *q, const union db_value *values,
             size_t row_size, db_take_fn take, void *ret_row, bool *ret_found)
{
    (void)row_size;
    struct stmt *s;
    bool row = false;
    TRY(db->port->start(db, q, values, false, &s));
    err_t e = db->port->step(s, &row);
    if (!e && row)
        take(c, s, ret_row);
    /* A statement that writes (RETURNING) is carried out only when it is stepped to its end. */
    bool another = row;
    while (!e && another)
        e = db->port->step(s, &another);
    db->port->finish(s);
    if (e)
        return e;
    if (ret_found)
        *ret_found = row;
    else if (!row)
        return E_NOT_FOUND;
    return 0;
}

err_t db_many(struct ctx *c, struct db *db, const struct query *q, const union db_value *values,
              size_t row_size, db_take_fn take, void **ret_rows, size_t *ret_n)
{
    struct stmt *s;
    size_t n = 0, cap = 16;
    char *rows = arena_array(c->arena, cap, row_size);
    bool row;
    TRY(db->port->start(db, q, values, false, &s));
    err_t e;
    while (!(e = db->port->step(s, &row)) && row) {
        if (n == cap) {
            rows = arena_grow(c->arena, rows, cap * row_size, 2 * cap * row_size);
            cap *= 2;
        }
        take(c, s, rows + n++ * row_size);
        if (arena_over(c->arena)) {
            e = ctx_fail(c, E_LIMIT, str_from(q->name), NULL);
            break;
        }
    }
    db->port->finish(s);
    if (e)
        return e;
    *ret_rows = rows;
    *ret_n = n;
    return 0;
}

/* Rows go through an arena of their own, so that a list of a million needs the memory of one. */
err_t db_each(struct ctx *c, struct db *db, const struct query *q, const union db_value *values,
              size_t row_size, db_take_fn take, db_each_fn each, void *arg)
{
    struct stmt *s;
    bool row;
    TRY(db->port->start(db, q, values, true, &s));
    struct arena *caller = c->arena, *rows = arena_new(ARENA_REQUEST_CAP);
    err_t e;
    while (!(e = db->port->step(s, &row)) && row) {
        arena_reset(rows);
        c->arena = rows;
        void *to = arena_alloc(rows, row_size);
        take(c, s, to);
        c->arena = caller;
        e = each(arg, to);
        if (e)
            break;
    }
    arena_free(rows);
    db->port->finish(s);
    return e;
}

/* Every port's statement begins with its connection. */
struct stmt {
    struct db *db;
};

int64_t stmt_i64(struct ctx *c, struct stmt *s, int column)
{
    (void)c;
    const struct db_port *port = s->db->port;
    return port->is_null(s, column) ? NO_I64 : port->number(s, column);
}

bool stmt_bool(struct ctx *c, struct stmt *s, int column)
{
    int64_t n = stmt_i64(c, s, column);
    return n != NO_I64 && n != 0;
}

int64_t stmt_time(struct ctx *c, struct stmt *s, int column)
{
    int64_t n = stmt_i64(c, s, column);
    return n == NO_I64 ? 0 : n;
}

struct str stmt_text(struct ctx *c, struct stmt *s, int column)
{
    const struct db_port *port = s->db->port;
    return port->is_null(s, column) ? STR_NONE : str_dup(c->arena, port->bytes(s, column));
}

struct str stmt_blob(struct ctx *c, struct stmt *s, int column)
{
    return stmt_text(c, s, column);
}

static void take_fixed(struct stmt *s, int column, void *to, size_t n)
{
    struct str b = s->db->port->is_null(s, column) ? STR_NONE : s->db->port->bytes(s, column);
    assert(b.n == 0 || b.n == n);
    if (b.n == n)
        memcpy(to, b.p, n);
}

struct id stmt_id(struct ctx *c, struct stmt *s, int column)
{
    (void)c;
    struct id id = ID_NONE;
    take_fixed(s, column, id.b, sizeof id.b);
    return id;
}

struct sha256 stmt_sha256(struct ctx *c, struct stmt *s, int column)
{
    (void)c;
    struct sha256 h = { { 0 } };
    take_fixed(s, column, h.b, sizeof h.b);
    return h;
}

bool db_is_postgresql(const struct db *db)
{
    return db->store->postgresql;
}

struct store *db_store(const struct db *db)
{
    return db->store;
}
