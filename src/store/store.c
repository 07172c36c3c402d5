#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *store_path(struct ctx *c, const struct store *s, const char *below)
{
    return str_c(c->arena, str_fmt(c->arena, "%.*s/%s", STR_ARG(s->data_dir), below));
}

static struct str owned(struct str s)
{
    if (!s.p)
        return STR_NONE;
    char *p = malloc(s.n + 1);
    if (!p)
        abort();
    memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return (struct str){ p, s.n };
}

static err_t make_dir(struct ctx *c, const char *path)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return 0;
    return ctx_fail(c, errno == ENOSPC ? E_DISK_FULL : E_IO, STR_NONE, "%s: %s", path,
                    strerror(errno));
}

/* The 256 folders exist from the start, so that storing a file never has to make one. */
static err_t make_folders(struct ctx *c, struct store *s)
{
    TRY(make_dir(c, store_path(c, s, "")));
    TRY(make_dir(c, store_path(c, s, "tmp")));
    TRY(make_dir(c, store_path(c, s, "files")));
    if (access(store_path(c, s, "files/ff"), F_OK) == 0)
        return 0;
    for (int i = 0; i < 256; i++)
        TRY(make_dir(c, store_path(c, s, str_fmt(c->arena, "files/%02x", i).p)));
    return 0;
}

static err_t secret_load(struct ctx *c, struct store *s)
{
    const char *path = store_path(c, s, "secret.key");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT)
        return ctx_fail(c, E_IO, STR_NONE, "%s: %s", path, strerror(errno));
    if (fd < 0) {
        /* Never from a seed: a demo's data may repeat, its key may not. */
        struct rng kernel = rng_system();
        rng_fill(&kernel, s->secret, sizeof s->secret);
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0)
            return ctx_fail(c, E_IO, STR_NONE, "%s: %s", path, strerror(errno));
        bool ok = write(fd, s->secret, sizeof s->secret) == sizeof s->secret && fsync(fd) == 0;
        close(fd);
        return ok ? 0 : ctx_fail(c, E_IO, STR_NONE, "%s can't be written", path);
    }
    bool ok = read(fd, s->secret, sizeof s->secret) == sizeof s->secret;
    close(fd);
    return ok ? 0 : ctx_fail(c, E_CONFIG, STR_NONE, "%s is too short", path);
}

static err_t open_readers(struct ctx *c, struct store *s, int n)
{
    s->readers = calloc((size_t)n, sizeof(struct db *));
    if (!s->readers)
        abort();
    for (; s->n_readers < n; s->n_readers++) {
        struct db *db;
        TRY(db_connect(c, s, false, &db));
        s->readers[s->n_readers] = db;
        db->next_free = s->free_readers;
        s->free_readers = db;
    }
    return 0;
}

static err_t open_all(struct ctx *c, struct store *s, const struct store_options *o)
{
    if (o->must_exist && !s->postgresql && access(store_path(c, s, "nep.db"), F_OK) != 0)
        return ctx_fail(c, E_CONFIG, STR_NONE, "there is no installation in %.*s",
                        STR_ARG(s->data_dir));
    TRY(make_folders(c, s));
    TRY(secret_load(c, s));
    TRY(db_connect(c, s, true, &s->writer));
    int n = o->readers > 0 ? o->readers : 2 * (int)sysconf(_SC_NPROCESSORS_ONLN);
    TRY(open_readers(c, s, n));
    TRY(writer_start(s));
    return checkpoint_start(s);
}

err_t store_open(struct ctx *c, const struct store_options *options, struct store **ret)
{
    sqlite_setup();
    struct store *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->data_dir = owned(options->data_dir);
    s->database = owned(options->database);
    s->postgresql = options->database.n > 0;
    s->generation = 1;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->work, NULL);
    pthread_cond_init(&s->reader_free, NULL);
    pthread_cond_init(&s->checkpoint_due, NULL);
    /* Jobs wait for times, which must not jump with the wall clock. */
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->jobs_due, &monotonic);
    pthread_condattr_destroy(&monotonic);
    err_t e = open_all(c, s, options);
    if (e) {
        (void)store_close(s);
        return e;
    }
    *ret = s;
    return 0;
}

struct store *store_close(struct store *s)
{
    if (!s)
        return NULL;
    jobs_stop(s);
    writer_stop(s);
    checkpoint_stop(s);
    for (int i = 0; i < s->n_readers; i++)
        (void)db_close(s->readers[i]);
    free(s->readers);
    if (s->writer && !s->postgresql)
        (void)!s->writer->port->script(s->writer, "PRAGMA wal_checkpoint(TRUNCATE)");
    (void)db_close(s->writer);
    pthread_cond_destroy(&s->work);
    pthread_cond_destroy(&s->reader_free);
    pthread_cond_destroy(&s->checkpoint_due);
    pthread_cond_destroy(&s->jobs_due);
    pthread_mutex_destroy(&s->lock);
    free((char *)s->data_dir.p);
    free((char *)s->database.p);
    explicit_bzero(s->secret, sizeof s->secret);
    free(s);
    return NULL;
}

static struct db *take_reader(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    while (!s->free_readers)
        pthread_cond_wait(&s->reader_free, &s->lock);
    struct db *db = s->free_readers;
    s->free_readers = db->next_free;
    pthread_mutex_unlock(&s->lock);
    return db;
}

static void give_back(struct store *s, struct db *db)
{
    pthread_mutex_lock(&s->lock);
    db->next_free = s->free_readers;
    s->free_readers = db;
    pthread_cond_signal(&s->reader_free);
    pthread_mutex_unlock(&s->lock);
}

/* A reader whose connection was lost is opened anew in its place. */
static struct db *mended(struct ctx *c, struct store *s, struct db *db)
{
    struct db *fresh;
    if (!db->broken || db_connect(c, s, false, &fresh))
        return db;
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < s->n_readers; i++) {
        if (s->readers[i] == db)
            s->readers[i] = fresh;
    }
    pthread_mutex_unlock(&s->lock);
    (void)db_close(db);
    return fresh;
}

err_t store_read(struct ctx *c, store_fn fn, void *arg)
{
    static const struct query begin = { "begin", "BEGIN",
                                        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "i", 0 };
    static const struct query end = { "commit", "COMMIT", "COMMIT", "i", 0 };
    struct store *s = c->store;
    struct db *db = mended(c, s, take_reader(s));
    err_t e;
    if (s->postgresql) {
        e = db->port->script(db, begin.postgresql);
        if (!e)
            e = fn(c, db, arg);
        (void)!db->port->script(db, e ? "ROLLBACK" : "COMMIT");
    } else {
        const union db_value none = { .i = 0 };
        e = db_exec(c, db, &begin, &none, NULL);
        if (!e) {
            e = fn(c, db, arg);
            (void)!db_exec(c, db, &end, &none, NULL);
        }
    }
    give_back(s, db);
    return e;
}

uint64_t store_generation(const struct store *s)
{
    return s->generation;
}

void store_counts(const struct store *s, uint64_t *ret_writes, uint64_t *ret_commits)
{
    *ret_writes = s->writes;
    *ret_commits = s->commits;
}

struct str store_data_dir(const struct store *s)
{
    return s->data_dir;
}

bool store_is_postgresql(const struct store *s)
{
    return s->postgresql;
}

struct str store_secret(const struct store *s)
{
    return (struct str){ (const char *)s->secret, sizeof s->secret };
}
