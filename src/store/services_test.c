#include "store/internal.h"
#include "store/test_store.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void migrate(struct ctx *c)
{
    struct migration_report r;
    assert_ok(store_migrate(c, &store_migrations, 1, false, &r));
}

/* --- audit --- */

static const struct audit_entry entry = { .action = S_INIT("resident.read"),
                                          .subject_kind = S_INIT("resident"),
                                          .person_id = { { 7 } } };

static err_t run_sql(struct ctx *c, struct db *db, void *arg)
{
    (void)c;
    return db->port->script(db, arg);
}

static err_t person_rows(struct ctx *c, struct db *db, void *arg)
{
    struct audit_row *rows;
    return audit_of_person(c, db, entry.person_id, 0, 100, &rows, arg);
}

STORE_TEST(the_audit_chain_shows_every_tampering)
{
    static const struct {
        const char *sql;
        int64_t bad;
    } attacks[] = {
        { "UPDATE audit SET actor_name = 'x' WHERE seq = 2", 2 },
        { "DELETE FROM audit WHERE seq = 3", 3 },
        { "DELETE FROM audit WHERE seq = 5", 5 },
        { "DELETE FROM audit", 1 },
        { "DELETE FROM audit_head", 5 },
    };
    migrate(c);
    struct audit_report r;
    for (size_t i = 0; i < COUNT(attacks); i++) {
        assert_ok(store_write(c, run_sql, "DELETE FROM audit"));
        assert_ok(store_write(c, run_sql, "DELETE FROM audit_head"));
        for (int k = 0; k < 5; k++)
            assert_ok(audit_note(c, &entry));
        assert_ok(audit_verify(c, &r));
        assert_int_equal(r.entries, 5);
        assert_ok(store_write(c, run_sql, (void *)attacks[i].sql));
        assert_int_equal(audit_verify(c, &r), E_CORRUPT);
        assert_int_equal(r.first_bad_seq, attacks[i].bad);
    }
    size_t n;
    assert_ok(store_read(c, person_rows, &n));
    assert_int_equal(n, 5);
}

/* --- jobs and events --- */

static int calls;
static err_t job_result;

static err_t count_call(struct ctx *c, const struct job *job)
{
    (void)c, (void)job;
    calls++;
    return job_result;
}

static const struct job_kind kinds[] = { { "test", count_call, 3 } };

static err_t enqueue(struct ctx *c, struct db *db, void *arg)
{
    return job_enqueue(c, db, &(struct job_request){ .kind = S("test"), .key = str_from(arg) });
}

static err_t failed_jobs(struct ctx *c, struct db *db, void *arg)
{
    struct job_row *rows;
    TRY(jobs_list(c, db, S("failed"), ID_NONE, 10, &rows, arg));
    return *(size_t *)arg ? job_retry(c, db, rows[0].id) : 0;
}

STORE_TEST(jobs_run_once_back_off_and_fail_into_a_list)
{
    int64_t ran;
    size_t n;
    migrate(c);
    calls = 0;
    job_result = 0;
    assert_ok(store_write(c, enqueue, "k1"));
    assert_ok(store_write(c, enqueue, "k1"));
    assert_ok(jobs_run_due(c, kinds, 1, &ran));
    assert_int_equal(calls, 1);
    job_result = E_UPSTREAM;
    assert_ok(store_write(c, enqueue, "k2"));
    for (int i = 1; i <= 3; i++) {
        assert_ok(jobs_run_due(c, kinds, 1, &ran));
        assert_int_equal(ran, 1);
        assert_ok(jobs_run_due(c, kinds, 1, &ran)); /* not due yet */
        assert_int_equal(ran, 0);
        ts->t.clock.fixed_us += US_PER_HOUR;
    }
    assert_int_equal(calls, 4);
    assert_ok(store_write(c, failed_jobs, &n));
    assert_int_equal(n, 1);
    job_result = 0;
    assert_ok(jobs_run_due(c, kinds, 1, &ran));
    assert_int_equal(ran, 1);
}

STORE_TEST(a_job_of_a_crashed_process_comes_again)
{
    int64_t ran;
    migrate(c);
    job_result = 0;
    assert_ok(store_write(c, enqueue, "k"));
    assert_ok(store_write(c, run_sql, "UPDATE job SET state = 'running', run_at_us = run_at_us + 600000000"));
    assert_ok(jobs_run_due(c, kinds, 1, &ran));
    assert_int_equal(ran, 0);
    ts->t.clock.fixed_us += 11 * US_PER_MINUTE;
    assert_ok(jobs_run_due(c, kinds, 1, &ran));
    assert_int_equal(ran, 1);
}

static err_t publish(struct ctx *c, struct db *db, void *arg)
{
    return event_publish(c, db, S("dossier.resolved"), entry.person_id, str_from(arg));
}

STORE_TEST(events_reach_each_subscriber)
{
    static const struct event_subscription subs[] = { { "dossier.resolved", "test" },
                                                      { "dossier.", "test2" },
                                                      { "payment.", "test" } };
    static const struct job_kind both[] = { { "test", count_call, 0 }, { "test2", count_call, 0 } };
    int64_t ran;
    migrate(c);
    calls = 0;
    job_result = 0;
    events_subscribe(ts->store, subs, COUNT(subs));
    assert_ok(store_write(c, publish, "{\"a\":1}"));
    assert_ok(jobs_run_due(c, both, 2, &ran));
    assert_int_equal(calls, 2);
}

static pthread_mutex_t ran_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ran_cond = PTHREAD_COND_INITIALIZER;
static bool has_run;

static err_t signal_run(struct ctx *c, const struct job *job)
{
    (void)c, (void)job;
    pthread_mutex_lock(&ran_lock);
    has_run = true;
    pthread_cond_signal(&ran_cond);
    pthread_mutex_unlock(&ran_lock);
    return 0;
}

STORE_TEST(the_runner_wakes_for_new_jobs)
{
    static const struct job_kind waking[] = { { "test", signal_run, 0 } };
    migrate(c);
    has_run = false;
    assert_ok(jobs_start(c, waking, 1, 2));
    assert_ok(store_write(c, enqueue, "now"));
    pthread_mutex_lock(&ran_lock);
    while (!has_run)
        pthread_cond_wait(&ran_cond, &ran_lock);
    pthread_mutex_unlock(&ran_lock);
    jobs_stop(ts->store);
}

/* --- files --- */

static struct str pdf(struct ctx *c, size_t n)
{
    char *p = arena_alloc(c->arena, n);
    memset(p, ' ', n);
    memcpy(p, "%PDF-1.7\n", 9);
    memcpy(p + n - 6, "%%EOF\n", 6);
    return (struct str){ p, n };
}

static err_t take(struct ctx *c, struct str bytes, int64_t max, unsigned accept, struct file_ref *ret)
{
    struct file_in *f;
    TRY(file_in_begin(c, max, &f));
    err_t e = 0;
    for (size_t i = 0; !e && i < bytes.n; i += 1000)
        e = file_in_write(f, bytes.p + i, bytes.n - i < 1000 ? bytes.n - i : 1000);
    if (e) {
        file_in_abort(f);
        return e;
    }
    return file_in_finish(c, f, accept, ret);
}

STORE_TEST(files_are_checked_kept_once_and_read_back)
{
    struct file_ref one, two;
    struct str bytes = pdf(c, 5000);
    migrate(c);
    assert_ok(take(c, bytes, 5000, FILE_PAPERS, &one));
    assert_ok(take(c, bytes, 5000, FILE_PAPERS, &two));
    assert_memory_equal(&one.sha256, &two.sha256, 32);
    assert_str(one.type, "application/pdf");
    struct sha256 h = sha256_of(bytes);
    assert_memory_equal(&one.sha256, &h, 32);
    int fd;
    int64_t size;
    assert_ok(file_open(c, &one.sha256, &fd, &size));
    assert_int_equal(size, 5000);
    close(fd);
    assert_int_equal(take(c, bytes, 4999, FILE_PAPERS, &one), E_TOO_LARGE);
    assert_int_equal(take(c, bytes, 9999, FILE_JPEG, &one), E_BAD_TYPE);
    assert_int_equal(take(c, str_sub(bytes, 0, 4000), 9999, FILE_PDF, &one), E_BAD_TYPE);
    assert_int_equal(take(c, S("MZ\x90\x00 program"), 9999, FILE_PAPERS, &one), E_BAD_TYPE);
    assert_int_equal(take(c, S(""), 9999, FILE_PAPERS, &one), E_BAD_TYPE);
    h.b[0] ^= 1;
    assert_int_equal(file_open(c, &h, &fd, &size), E_NOT_FOUND);
}

/* A scanner that finds something in every second file. */
static void *fake_clamd(void *arg)
{
    int listener = *(int *)arg;
    for (int i = 0; i < 2; i++) {
        char chunk[4096];
        int fd = accept(listener, NULL, NULL);
        size_t total = 0;
        ssize_t n;
        while ((n = recv(fd, chunk, sizeof chunk, 0)) > 0) {
            total += (size_t)n;
            if (n >= 4 && memcmp(chunk + n - 4, "\0\0\0\0", 4) == 0 && total > 5000)
                break;
        }
        const char *answer = i ? "stream: Eicar FOUND" : "stream: OK";
        (void)!send(fd, answer, strlen(answer) + 1, MSG_NOSIGNAL);
        close(fd);
    }
    return NULL;
}

static void infected_files_are_refused(void **state)
{
    (void)state;
    struct test_store ts;
    struct ctx *c = test_store_open(&ts, false);
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    snprintf(at.sun_path, sizeof at.sun_path, "%s/clamd", ts.dir);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    listen(listener, 4);
    setenv("NEP_CLAMD", at.sun_path, 1);
    pthread_t thread;
    pthread_create(&thread, NULL, fake_clamd, &listener);
    struct file_ref f;
    assert_ok(take(c, pdf(c, 5000), 9999, FILE_PDF, &f));
    assert_int_equal(take(c, pdf(c, 5001), 9999, FILE_PDF, &f), E_INFECTED);
    pthread_join(thread, NULL);
    close(listener);
    setenv("NEP_CLAMD", "/nonexistent", 1);
    test_store_close(&ts);
}

/* --- search --- */

struct search {
    struct str query;
    size_t n;
    struct id first;
};

static struct id number_id(uint8_t n)
{
    return (struct id){ { n, 1 } };
}

static err_t index_names(struct ctx *c, struct db *db, void *arg)
{
    static const char *const names[] = { "Nguyễn Thị Đức", "Nguyên Thị Dực", "Hoà Văn Thuý",
                                         "Trần Đình \"Ngọc\" OR * NEAR(" };
    (void)arg;
    for (uint8_t i = 0; i < COUNT(names); i++)
        TRY(search_put(c, db, S("resident"), number_id(i), str_from(names[i])));
    TRY(search_put(c, db, S("dossier"), number_id(9), S("Nguyễn Thị Đức")));
    TRY(search_put(c, db, S("resident"), number_id(0), S("Nguyễn Thị Đức đổi tên")));
    return search_remove(c, db, S("resident"), number_id(200));
}

static err_t find(struct ctx *c, struct db *db, void *arg)
{
    struct search *s = arg;
    struct id *ids;
    TRY(search_find(c, db, S("resident"), s->query, 10, &ids, &s->n));
    s->first = s->n ? ids[0] : ID_NONE;
    return 0;
}

STORE_TEST(search_ignores_marks_and_ranks_exact_first)
{
    static const struct {
        const char *query;
        size_t n;
        uint8_t first;
    } rows[] = {
        { "nguyen thi duc", 2, 1 }, { "Nguyễn Thị Đức", 2, 0 }, { "NGUYEN", 2, 1 }, { "duc doi", 1, 0 },
        { "hòa thúy", 1, 2 }, { "dinh ngoc", 1, 3 }, { "\" OR *", 1, 3 }, { "khong co", 0, 0 },
        { "", 0, 0 }, { "'; DROP", 0, 0 }, { "ngu", 2, 1 },
    };
    migrate(c);
    assert_ok(store_write(c, index_names, NULL));
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct search s = { .query = str_from(rows[i].query) };
        assert_ok(store_read(c, find, &s));
        if (s.n != rows[i].n)
            print_error("query %s\n", rows[i].query);
        assert_int_equal(s.n, rows[i].n);
        if (s.n)
            assert_int_equal(s.first.b[0], rows[i].first);
    }
}

/* --- backup --- */

struct pair_writer {
    struct ctx c;
    pthread_t thread;
    _Atomic bool stop;
    int64_t written;
};

static err_t write_pair(struct ctx *c, struct db *db, void *arg)
{
    int64_t *n = arg;
    struct str value = str_fmt(c->arena, "%lld", (long long)*n);
    TRY(setting_put(c, db, S("left"), value));
    return setting_put(c, db, S("right"), value);
}

static void *write_pairs(void *arg)
{
    struct pair_writer *w = arg;
    while (!w->stop) {
        w->written++;
        if (store_write(&w->c, write_pair, &w->written))
            break;
        arena_reset(w->c.arena);
    }
    return NULL;
}

static err_t link_one(struct ctx *c, struct db *db, void *arg)
{
    return file_link(c, db, arg);
}

static err_t check_pair(struct ctx *c, struct db *db, void *arg)
{
    struct str left, right;
    TRY(setting_get(c, db, S("left"), S(""), &left));
    TRY(setting_get(c, db, S("right"), S("?"), &right));
    assert_true(str_eq(left, right));
    *(struct str *)arg = left;
    return 0;
}

static void a_backup_under_load_restores(void **state)
{
    (void)state;
    struct test_store ts;
    struct ctx *c = test_store_open(&ts, false);
    struct pair_writer w = { .c = *c };
    struct file_ref f;
    migrate(c);
    assert_ok(audit_note(c, &entry));
    assert_ok(take(c, pdf(c, 5000), 9999, FILE_PDF, &f));
    assert_ok(store_write(c, link_one, &f));
    int64_t zero = 0;
    assert_ok(store_write(c, write_pair, &zero));
    w.c.arena = arena_new(1 << 20);
    pthread_create(&w.thread, NULL, write_pairs, &w);
    char path[64], copy[64];
    snprintf(path, sizeof path, "%s/backup.tar", ts.dir);
    snprintf(copy, sizeof copy, "%s/copy", ts.dir);
    err_t e = store_backup(c, path, NULL, NULL);
    w.stop = true;
    pthread_join(w.thread, NULL);
    arena_free(w.c.arena);
    assert_ok(e);
    struct store_options to = { .data_dir = str_from(copy) };
    assert_ok(store_restore(c, path, &to, NULL, NULL));
    assert_int_equal(store_restore(c, path, &to, NULL, NULL), E_EXISTS);
    struct store *original = c->store;
    assert_ok(store_open(c, &to, &c->store));
    struct str value;
    struct audit_report r;
    int fd;
    int64_t size;
    assert_ok(store_read(c, check_pair, &value));
    assert_ok(audit_verify(c, &r));
    assert_int_equal(r.entries, 1);
    assert_ok(file_open(c, &f.sha256, &fd, &size));
    close(fd);
    c->store = store_close(c->store);
    c->store = original;
    /* One changed byte in the archive is found before anything is unpacked. */
    fd = open(path, O_RDWR);
    assert_int_equal(pwrite(fd, "X", 1, 4096), 1);
    close(fd);
    snprintf(copy, sizeof copy, "%s/copy2", ts.dir);
    to.data_dir = str_from(copy);
    assert_int_equal(store_restore(c, path, &to, NULL, NULL), E_CORRUPT);
    assert_int_not_equal(access(copy, F_OK), 0);
    test_store_close(&ts);
}

int main(void)
{
    setenv("NEP_CLAMD", "/nonexistent", 1);
    const struct CMUnitTest tests[] = {
        ON_BOTH(the_audit_chain_shows_every_tampering),
        ON_BOTH(jobs_run_once_back_off_and_fail_into_a_list),
        ON_BOTH(a_job_of_a_crashed_process_comes_again),
        ON_BOTH(events_reach_each_subscriber),
        ON_BOTH(the_runner_wakes_for_new_jobs),
        ON_BOTH(files_are_checked_kept_once_and_read_back),
        ON_BOTH(search_ignores_marks_and_ranks_exact_first),
        cmocka_unit_test(infected_files_are_refused),
        cmocka_unit_test(a_backup_under_load_restores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
