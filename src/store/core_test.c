#include "store/internal.h"
#include "store/store_queries.h"
#include "store/test_store.h"

#include <string.h>

static void migrate(struct ctx *c)
{
    struct migration_report r;
    assert_ok(store_migrate(c, &store_migrations, 1, false, &r));
}

static err_t put_setting(struct ctx *c, struct db *db, void *arg)
{
    return setting_put(c, db, *(struct str *)arg, S("giá trị\n'\"; DROP"));
}

static err_t get_setting(struct ctx *c, struct db *db, void *arg)
{
    struct str *s = arg;
    return setting_get(c, db, *s, S("none"), s);
}

STORE_TEST(settings_survive_a_restart)
{
    migrate(c);
    struct str key = S("a.key");
    assert_ok(store_write(c, put_setting, &key));
    c = test_store_reopen(ts);
    assert_ok(store_read(c, get_setting, &key));
    assert_str(key, "giá trị\n'\"; DROP");
    key = S("absent");
    assert_ok(store_read(c, get_setting, &key));
    assert_str(key, "none");
}

struct drawing {
    struct ctx c;
    pthread_t thread;
    struct rng rng;
    int64_t numbers[50];
};

static err_t draw(struct ctx *c, struct db *db, void *arg)
{
    return counter_next(c, db, S("series"), arg);
}

static void *draw_many(void *arg)
{
    struct drawing *d = arg;
    for (size_t i = 0; i < COUNT(d->numbers); i++) {
        if (store_write(&d->c, draw, &d->numbers[i]))
            d->numbers[i] = -1;
    }
    return NULL;
}

STORE_TEST(concurrent_writers_share_commits_and_draw_each_number_once)
{
    enum { THREADS = 16 };
    static struct drawing d[THREADS];
    bool seen[THREADS * 50 + 1] = { false };
    migrate(c);
    uint64_t commits = ts->store->commits;
    for (int i = 0; i < THREADS; i++) {
        d[i].c = *c;
        d[i].c.arena = arena_new(1 << 20);
        pthread_create(&d[i].thread, NULL, draw_many, &d[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(d[i].thread, NULL);
        arena_free(d[i].c.arena);
        for (size_t k = 0; k < COUNT(d[i].numbers); k++) {
            int64_t n = d[i].numbers[k];
            assert_in_range(n, 1, THREADS * 50);
            assert_false(seen[n]);
            seen[n] = true;
        }
    }
    assert_true(ts->store->commits - commits < THREADS * 50);
}

struct member {
    struct ctx c;
    pthread_t thread;
    int index;
    err_t result;
};

static err_t write_or_fail(struct ctx *c, struct db *db, void *arg)
{
    struct member *m = arg;
    TRY(setting_put(c, db, str_fmt(c->arena, "m%d", m->index), S("1")));
    return m->index % 3 == 0 ? E_CONFLICT : 0;
}

static void *run_member(void *arg)
{
    struct member *m = arg;
    m->result = store_write(&m->c, write_or_fail, m);
    return NULL;
}

STORE_TEST(a_failed_member_undoes_only_itself)
{
    static struct member m[30];
    migrate(c);
    for (int i = 0; i < 30; i++) {
        m[i] = (struct member){ .c = *c, .index = i };
        m[i].c.arena = arena_new(1 << 20);
        pthread_create(&m[i].thread, NULL, run_member, &m[i]);
    }
    for (int i = 0; i < 30; i++) {
        pthread_join(m[i].thread, NULL);
        assert_int_equal(m[i].result, i % 3 == 0 ? E_CONFLICT : 0);
        struct str value = str_fmt(c->arena, "m%d", i);
        assert_ok(store_read(c, get_setting, &value));
        assert_str(value, i % 3 == 0 ? "none" : "1");
        arena_free(m[i].c.arena);
    }
}

static err_t look_twice(struct ctx *c, struct db *db, void *arg)
{
    (void)arg;
    struct str before = S("k"), after = S("k"), key = S("k");
    TRY(get_setting(c, db, &before));
    TRY(store_write(c, put_setting, &key)); /* another connection; allowed in a test only */
    TRY(get_setting(c, db, &after));
    assert_true(str_eq(before, after));
    return 0;
}

STORE_TEST(a_reader_sees_one_instant)
{
    migrate(c);
    assert_ok(store_read(c, look_twice, NULL));
    struct str key = S("k");
    assert_ok(store_read(c, get_setting, &key));
    assert_true(str_starts(key, S("giá trị")));
}

static err_t write_in_reader(struct ctx *c, struct db *db, void *arg)
{
    return put_setting(c, db, arg);
}

STORE_TEST(a_reader_cannot_write)
{
    migrate(c);
    struct str key = S("k");
    assert_int_equal(store_read(c, write_in_reader, &key), E_DATABASE);
}

static err_t swallow(struct ctx *c, struct db *db, void *arg)
{
    (void)arg;
    struct setting_write_in bad = { .key = STR_NONE, .value = S("x") };
    (void)!setting_write(c, db, &bad, NULL);
    return setting_put(c, db, S("after"), S("1"));
}

STORE_TEST(a_swallowed_failure_is_never_acknowledged_and_lost)
{
    migrate(c);
    err_t e = store_write(c, swallow, NULL);
    struct str value = S("after");
    assert_ok(store_read(c, get_setting, &value));
    assert_str(value, e ? "none" : "1");
}

static err_t once(struct ctx *c, struct db *db, void *arg)
{
    struct sha256 *hash = arg;
    struct once_answer a;
    bool found;
    TRY(once_find(c, db, S("scope"), S("key"), *hash, &a, &found));
    if (found)
        return a.status == 201 && str_eq_c(a.body, "{}") ? E_EXISTS : E_CORRUPT;
    return once_store(c, db, S("scope"), S("key"), *hash,
                      &(struct once_answer){ .status = 201, .body = S("{}") });
}

STORE_TEST(a_repeat_is_answered_and_a_changed_repeat_refused)
{
    migrate(c);
    struct sha256 one = sha256_of(S("1")), two = sha256_of(S("2"));
    assert_ok(store_write(c, once, &one));
    assert_int_equal(store_write(c, once, &one), E_EXISTS);
    assert_int_equal(store_write(c, once, &two), E_CONFLICT);
}

STORE_TEST(migrations_are_applied_once_and_never_changed)
{
    static const struct migration first[] = {
        { "room", 1, "initial", "CREATE TABLE a (x BIGINT NOT NULL, y BLOB) STRICT;" },
        { "room", 2, "broken", "CREATE TABLE b (x BIGINT); CREATE TABLE a (x BIGINT);" },
    };
    static const struct migration changed[] = { { "room", 1, "initial", "CREATE TABLE c (x BIGINT);" } };
    struct migration_set one = { first, 1 }, two = { first, 2 }, other = { changed, 1 };
    struct migration_report r;
    struct migration_set set[] = { store_migrations, one };
    assert_ok(store_migrate(c, set, 2, true, &r));
    assert_int_equal(r.pending, 3);
    assert_ok(store_migrate(c, set, 2, false, &r));
    assert_int_equal(r.applied, 3);
    assert_ok(store_migrate(c, set, 2, false, &r));
    assert_int_equal(r.applied, 0);
    /* Cut off half way: nothing of the step is there, the old version goes on. */
    set[1] = two;
    assert_int_not_equal(store_migrate(c, set, 2, false, &r), 0);
    set[1] = one;
    assert_ok(store_migrate(c, set, 2, false, &r));
    set[1] = other;
    assert_int_equal(store_migrate(c, set, 2, false, &r), E_CHANGED_MIGRATION);
    assert_int_equal(store_migrate(c, set, 1, false, &r), E_CONFIG);
}

static err_t put_big(struct ctx *c, struct db *db, void *arg)
{
    return setting_put(c, db, S("big"), *(struct str *)arg);
}

static void full_disk_is_told_and_passes(void **state)
{
    (void)state;
    struct test_store ts;
    struct ctx *c = test_store_open(&ts, false);
    migrate(c);
    assert_ok(ts.store->writer->port->script(ts.store->writer, "PRAGMA max_page_count=60"));
    struct str key = S("k");
    char *big = arena_alloc(c->arena, 1 << 20);
    memset(big, 'x', 1 << 20);
    struct str value = { big, 1 << 20 };
    assert_int_equal(store_write(c, put_big, &value), E_DISK_FULL);
    assert_ok(ts.store->writer->port->script(ts.store->writer, "PRAGMA max_page_count=100000"));
    assert_ok(store_write(c, put_big, &value));
    assert_ok(store_read(c, get_setting, &key));
    test_store_close(&ts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(settings_survive_a_restart),
        ON_BOTH(concurrent_writers_share_commits_and_draw_each_number_once),
        ON_BOTH(a_failed_member_undoes_only_itself),
        ON_BOTH(a_reader_sees_one_instant),
        ON_BOTH(a_reader_cannot_write),
        ON_BOTH(a_swallowed_failure_is_never_acknowledged_and_lost),
        ON_BOTH(a_repeat_is_answered_and_a_changed_repeat_refused),
        ON_BOTH(migrations_are_applied_once_and_never_changed),
        cmocka_unit_test(full_disk_is_told_and_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
