/* A store of its own for each test: SQLite in a temporary folder, or a fresh PostgreSQL database when
 * NEP_TEST_PG names a server. */
#pragma once

#include "base/test.h"
#include "store/store.h"

struct test_store {
    struct test_ctx t;
    struct store *store;
    char dir[32];
    char url[256];
    bool postgresql;
};

/* Opens (without migrations). */
struct ctx *test_store_open(struct test_store *ts, bool postgresql);
/* Closes and opens again: what a restart does. */
struct ctx *test_store_reopen(struct test_store *ts);
void test_store_close(struct test_store *ts);
/* Is there a PostgreSQL to test on? */
bool test_store_has_postgresql(void);

/* Each test twice in the table of tests: on SQLite, and on PostgreSQL or skipped. */
#define ON_BOTH(test)                                                                              \
    { #test " on SQLite", test_##test##_sqlite, NULL, NULL, NULL },                                \
    { #test " on PostgreSQL", test_##test##_postgresql, NULL, NULL, NULL }
#define STORE_TEST(test)                                                                           \
    static void test(struct test_store *ts, struct ctx *c);                                        \
    static void test_##test##_on(bool postgresql)                                                  \
    {                                                                                              \
        struct test_store ts;                                                                      \
        if (postgresql && !test_store_has_postgresql())                                            \
            skip();                                                                                \
        struct ctx *c = test_store_open(&ts, postgresql);                                          \
        test(&ts, c);                                                                              \
        test_store_close(&ts);                                                                     \
    }                                                                                              \
    static void test_##test##_sqlite(void **state)                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        test_##test##_on(false);                                                                   \
    }                                                                                              \
    static void test_##test##_postgresql(void **state)                                             \
    {                                                                                              \
        (void)state;                                                                               \
        test_##test##_on(true);                                                                    \
    }                                                                                              \
    static void test(__attribute__((unused)) struct test_store *ts, struct ctx *c)
