/* The embedded database. One connection is used by one thread at a time. */
#include "store/internal.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

struct stmt {
    struct db *db;
    sqlite3_stmt *s;
};

static sqlite3 *handle(const struct db *db)
{
    return db->handle;
}

/* What SQLite's code means to us; the log gets the rest, which names no data. */
static err_t error_of(struct db *db, const char *where)
{
    int code = sqlite3_extended_errcode(handle(db));
    bool no_space = (code & 0xFF) == SQLITE_FULL ||
                    ((code & 0xFF) == SQLITE_IOERR && sqlite3_system_errno(handle(db)) == ENOSPC);
    if (no_space)
        return E_DISK_FULL;
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
        return E_EXISTS;
    }
    if ((code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED)
        return E_BUSY;
    log_error("database", "where=%s code=%d message=\"%s\"", where, code,
              sqlite3_errmsg(handle(db)));
    return (code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB ? E_CORRUPT
                                                                              : E_DATABASE;
}

static err_t bind_all(struct db *db, sqlite3_stmt *s, const struct query *q,
                      const union db_value *values)
{
    int n = sqlite3_bind_parameter_count(s);
    for (int i = 0; i < n; i++) {
        const union db_value *v = &values[i];
        int rc;
        if (q->params[i] == 'i')
            rc = v->i == NO_I64 ? sqlite3_bind_null(s, i + 1) : sqlite3_bind_int64(s, i + 1, v->i);
        else if (!v->s.p)
            rc = sqlite3_bind_null(s, i + 1);
        else if (q->params[i] == 't')
            rc = sqlite3_bind_text64(s, i + 1, v->s.p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
        else
            rc = sqlite3_bind_blob64(s, i + 1, v->s.p, v->s.n, SQLITE_STATIC);
        if (rc != SQLITE_OK)
            return error_of(db, q->name);
    }
    return 0;
}

static err_t start(struct db *db, const struct query *q, const union db_value *values,
                   bool streamed, struct stmt **ret)
{
    (void)streamed;
    struct cached *slot = db_cached(db, q);
    struct stmt *st = slot->prepared;
    if (!st) {
        st = calloc(1, sizeof *st);
        if (!st)
            abort();
        st->db = db;
        if (sqlite3_prepare_v3(handle(db), q->sqlite, -1, SQLITE_PREPARE_PERSISTENT, &st->s,
                               NULL) != SQLITE_OK) {
            free(st);
            return error_of(db, q->name);
        }
        assert(sqlite3_column_count(st->s) == q->columns);
        slot->prepared = st;
    }
    err_t e = bind_all(db, st->s, q, values);
    if (e) {
        sqlite3_reset(st->s);
        return e;
    }
    *ret = st;
    return 0;
}

static err_t step(struct stmt *st, bool *ret_row)
{
    int rc = sqlite3_step(st->s);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return error_of(st->db, "step");
    *ret_row = rc == SQLITE_ROW;
    return 0;
}

static void finish(struct stmt *st)
{
    sqlite3_reset(st->s);
    sqlite3_clear_bindings(st->s);
}

static int64_t changes(struct stmt *st)
{
    return sqlite3_changes64(handle(st->db));
}

static bool is_null(struct stmt *st, int column)
{
    return sqlite3_column_type(st->s, column) == SQLITE_NULL;
}

static int64_t number(struct stmt *st, int column)
{
    return sqlite3_column_int64(st->s, column);
}

static struct str bytes(struct stmt *st, int column)
{
    const char *p = sqlite3_column_blob(st->s, column);
    return (struct str){ p ? p : "", (size_t)sqlite3_column_bytes(st->s, column) };
}

static err_t script(struct db *db, const char *sql)
{
    return sqlite3_exec(handle(db), sql, NULL, NULL, NULL) == SQLITE_OK ? 0
                                                                        : error_of(db, "script");
}

static bool transaction_lost(struct db *db)
{
    return sqlite3_get_autocommit(handle(db)) != 0;
}

static void close_connection(struct db *db)
{
    for (size_t i = 0; i < db->cache_size; i++) {
        struct stmt *st = db->cache[i].prepared;
        if (st) {
            sqlite3_finalize(st->s);
            free(st);
        }
    }
    sqlite3_close(handle(db));
}

static const struct db_port port = {
    .close = close_connection,
    .start = start,
    .step = step,
    .finish = finish,
    .changes = changes,
    .is_null = is_null,
    .number = number,
    .bytes = bytes,
    .script = script,
    .transaction_lost = transaction_lost,
};

static int on_commit(void *arg, sqlite3 *h, const char *name, int pages)
{
    (void)h, (void)name;
    struct store *s = arg;
    if (pages > 1000) {
        pthread_mutex_lock(&s->lock);
        s->wal_pages = pages;
        pthread_cond_signal(&s->checkpoint_due);
        pthread_mutex_unlock(&s->lock);
    }
    return SQLITE_OK;
}

static void configure(void)
{
    /* SQLite counts its memory under one lock for all connections: readers would queue for it. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
}

void sqlite_setup(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure);
}

err_t sqlite_connect(struct ctx *c, struct store *s, bool writer, struct db **ret)
{
    /* A reader must be able to make the -shm file: read-only is enforced by query_only instead. */
    static const char common[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                 "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
                                 "PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=0;";
    struct db *db = calloc(1, sizeof *db);
    if (!db)
        abort();
    *db = (struct db){ .port = &port, .store = s, .writer = writer };
    sqlite3 *h = NULL;
    int rc = sqlite3_open_v2(store_path(c, s, "nep.db"), &h,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                                 SQLITE_OPEN_EXRESCODE,
                             NULL);
    db->handle = h;
    err_t e = rc == SQLITE_OK ? 0 : ctx_fail(c, E_DATABASE, STR_NONE, "nep.db can't be opened");
    if (!e) {
        sqlite3_busy_timeout(h, 10000);
        sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
        e = script(db, common);
    }
    if (!e)
        e = script(db, writer ? "PRAGMA cache_size=-8192;"
                              : "PRAGMA cache_size=-2048; PRAGMA query_only=ON;");
    if (!e && writer)
        sqlite3_wal_hook(h, on_commit, s);
    if (e) {
        (void)db_close(db);
        return e;
    }
    *ret = db;
    return 0;
}
