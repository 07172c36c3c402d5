#include "store/test_store.h"

#include <ftw.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool test_store_has_postgresql(void)
{
    return getenv("NEP_TEST_PG") != NULL;
}

PRINTF(1, 2)
static void run_sql(const char *format, ...)
{
    char sql[128];
    PGconn *pg = PQconnectdb(getenv("NEP_TEST_PG"));
    va_list args;
    va_start(args, format);
    vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    PGresult *r = PQexec(pg, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        print_error("%s: %s", sql, PQerrorMessage(pg));
    PQclear(r);
    PQfinish(pg);
}

/* postgresql://user@/postgres?host=/dir → …/NAME?host=/dir */
static void database_url(struct test_store *ts)
{
    const char *maintenance = getenv("NEP_TEST_PG"), *query = strchr(maintenance, '?');
    const char *slash = query;
    while (slash > maintenance && *slash != '/')
        slash--;
    snprintf(ts->url, sizeof ts->url, "%.*s/%s%s", (int)(slash - maintenance), maintenance,
             strrchr(ts->dir, '/') + 1, query);
}

static void open_it(struct test_store *ts)
{
    struct store_options o = { .data_dir = str_from(ts->dir), .readers = 4,
                               .database = ts->postgresql ? str_from(ts->url) : STR_NONE };
    assert_ok(store_open(&ts->t.c, &o, &ts->store));
    ts->t.c.store = ts->store;
}

struct ctx *test_store_open(struct test_store *ts, bool postgresql)
{
    *ts = (struct test_store){ .dir = "/tmp/nep_test_XXXXXX", .postgresql = postgresql };
    struct ctx *c = test_ctx_init(&ts->t, "2026-11-23T09:15");
    assert_non_null(mkdtemp(ts->dir));
    if (postgresql) {
        run_sql("CREATE DATABASE \"%s\"", strrchr(ts->dir, '/') + 1);
        database_url(ts);
    }
    open_it(ts);
    return c;
}

struct ctx *test_store_reopen(struct test_store *ts)
{
    ts->store = store_close(ts->store);
    open_it(ts);
    return &ts->t.c;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

void test_store_close(struct test_store *ts)
{
    ts->store = store_close(ts->store);
    if (ts->postgresql)
        run_sql("DROP DATABASE \"%s\"", strrchr(ts->dir, '/') + 1);
    nftw(ts->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    test_ctx_done(&ts->t);
}
