#include "store/migrate.h"

#include <string.h>

#include "store/internal.h"
#include "store/store_queries.h"

struct run {
    const struct migration_set *sets;
    size_t n_sets;
    struct migration_report *report;
    const struct migration *next; /* the step to apply in this transaction */
    bool behind;
};

static struct sha256 text_hash(const struct migration *m)
{
    return sha256_of(str_from(m->sql));
}

static err_t make_table(struct ctx *c, struct db *db, void *arg)
{
    (void)arg;
    struct str text = migration_text(c->arena,
                                     "CREATE TABLE IF NOT EXISTS migration (room TEXT NOT NULL,"
                                     " number BIGINT NOT NULL, name TEXT NOT NULL,"
                                     " sha256 BLOB NOT NULL, applied_at_us BIGINT NOT NULL,"
                                     " PRIMARY KEY (room, number)) STRICT;",
                                     db_is_postgresql(db));
    return db->port->script(db, text.p);
}

static const struct migration *known(const struct run *r, struct str room, int64_t number)
{
    for (size_t s = 0; s < r->n_sets; s++) {
        for (size_t i = 0; i < r->sets[s].n; i++) {
            const struct migration *m = &r->sets[s].items[i];
            if (str_eq_c(room, m->room) && m->number == number)
                return m;
        }
    }
    return NULL;
}

/* Every applied step must be one of ours, with the text it had. */
static err_t check_applied(struct ctx *c, const struct run *r, const struct migration_list_row *rows,
                           size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct migration *m = known(r, rows[i].room, rows[i].number);
        if (!m)
            return ctx_fail(c, E_CONFIG, STR_NONE,
                            "the database is from a newer program: it has %.*s/%04lld %.*s",
                            STR_ARG(rows[i].room), (long long)rows[i].number, STR_ARG(rows[i].name));
        struct sha256 h = text_hash(m);
        if (memcmp(h.b, rows[i].sha256.b, sizeof h.b) != 0)
            return ctx_fail(c, E_CHANGED_MIGRATION, STR_NONE, "%s/%04d %s", m->room, m->number,
                            m->name);
    }
    return 0;
}

static bool is_applied(const struct migration *m, const struct migration_list_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq_c(rows[i].room, m->room) && rows[i].number == m->number)
            return true;
    }
    return false;
}

static void note(struct ctx *c, struct migration_report *r, const struct migration *m)
{
    r->names = arena_grow(c->arena, r->names, r->n_names * sizeof *r->names,
                          (r->n_names + 1) * sizeof *r->names);
    r->names[r->n_names++] = str_fmt(c->arena, "%s/%04d %s", m->room, m->number, m->name);
}

/* Checks what is there and finds the first step that is missing; counts the missing ones. */
static err_t look(struct ctx *c, struct db *db, struct run *r, bool list)
{
    struct migration_list_row *rows;
    size_t n;
    TRY(migration_list(c, db, &rows, &n));
    TRY(check_applied(c, r, rows, n));
    r->next = NULL;
    r->report->pending = 0;
    for (size_t s = 0; s < r->n_sets; s++) {
        for (size_t i = 0; i < r->sets[s].n; i++) {
            const struct migration *m = &r->sets[s].items[i];
            if (is_applied(m, rows, n))
                continue;
            if (!r->next)
                r->next = m;
            r->report->pending++;
            if (list)
                note(c, r->report, m);
        }
    }
    return 0;
}

static err_t look_only(struct ctx *c, struct db *db, void *arg)
{
    return look(c, db, arg, true);
}

/* One step and its row, in one transaction: cut off half way, nothing of it is there. */
static err_t apply_next(struct ctx *c, struct db *db, void *arg)
{
    struct run *r = arg;
    if (db_is_postgresql(db))
        TRY(db->port->script(db, "LOCK TABLE migration IN EXCLUSIVE MODE"));
    TRY(look(c, db, r, false));
    const struct migration *m = r->next;
    if (!m)
        return 0;
    struct str text = migration_text(c->arena, m->sql, db_is_postgresql(db));
    err_t e = db->port->script(db, text.p);
    if (e)
        return ctx_fail(c, e, STR_NONE, "%s/%04d %s", m->room, m->number, m->name);
    struct migration_add_in row = { .room = str_from(m->room), .number = m->number,
                                    .name = str_from(m->name), .sha256 = text_hash(m),
                                    .applied_at_us = ctx_now(c) };
    return migration_add(c, db, &row, NULL);
}

/* A dry run must not make the table either: without it everything is pending. */
static err_t table_there(struct ctx *c, struct db *db, void *arg)
{
    struct migration_table_row row;
    return migration_table(c, db, &row, (bool *)arg);
}

static err_t dry_run_only(struct ctx *c, struct run *r)
{
    bool there = false;
    TRY(store_read(c, table_there, &there));
    if (there)
        return store_read(c, look_only, r);
    for (size_t s = 0; s < r->n_sets; s++) {
        for (size_t i = 0; i < r->sets[s].n; i++) {
            note(c, r->report, &r->sets[s].items[i]);
            r->report->pending++;
        }
    }
    return 0;
}

err_t store_migrate(struct ctx *c, const struct migration_set *sets, size_t n_sets, bool dry_run,
                    struct migration_report *ret)
{
    *ret = (struct migration_report){ 0 };
    struct run r = { .sets = sets, .n_sets = n_sets, .report = ret };
    if (dry_run)
        return dry_run_only(c, &r);
    TRY(store_write_alone(c, make_table, NULL));
    do {
        TRY(store_write_alone(c, apply_next, &r));
        if (r.next) {
            note(c, ret, r.next);
            ret->applied++;
        }
    } while (r.next);
    ret->pending = 0;
    return 0;
}
