/* The runner of the outbox: threads that take what is due, one at a time, and sleep until the next. */
#include "store/internal.h"
#include "store/store_queries.h"

#include <stdlib.h>

/* A running job belongs to its thread for this long; then somebody else may take it (a crash). */
#define LEASE_US (10 * US_PER_MINUTE)

enum { DEFAULT_TRIES = 8, MOST_THREADS = 8 };

struct jobs_runner {
    struct store *store;
    const struct job_kind *kinds;
    size_t n_kinds;
    struct ctx from; /* clock and store of the starter */
    pthread_t threads[MOST_THREADS];
    int n_threads;
    _Atomic bool stopping;
};

err_t job_enqueue(struct ctx *c, struct db *db, const struct job_request *request)
{
    int64_t now = ctx_now(c);
    return job_add(c, db,
                   &(struct job_add_in){
                       .id = ctx_new_id(c), .kind = request->kind, .key = request->key,
                       .payload = request->payload_json.n ? request->payload_json : S("{}"),
                       .run_at_us = request->run_at_us ? request->run_at_us : now,
                       .created_at_us = now },
                   NULL);
}

struct taken {
    bool found;
    int64_t commune_id;
    struct job job;
};

static err_t take_due(struct ctx *c, struct db *db, void *arg)
{
    struct taken *t = arg;
    struct job_due_row row;
    int64_t now = ctx_now(c);
    TRY(job_due(c, db, &(struct job_due_in){ .now_us = now }, &row, &t->found));
    if (!t->found)
        return 0;
    t->commune_id = c->commune_id = row.commune_id;
    t->job = (struct job){ .id = row.id, .kind = row.kind, .key = row.key,
                           .payload_json = row.payload, .tries = row.tries + 1 };
    return job_set(c, db,
                   &(struct job_set_in){ .id = row.id, .state = S("running"), .tries = row.tries + 1,
                                         .run_at_us = now + LEASE_US, .last_error = S("") },
                   NULL);
}

struct outcome {
    const struct job *job;
    struct str state, error;
    int64_t run_at_us;
};

static err_t note_outcome(struct ctx *c, struct db *db, void *arg)
{
    const struct outcome *o = arg;
    TRY(job_set(c, db,
                &(struct job_set_in){ .id = o->job->id, .state = o->state, .tries = o->job->tries,
                                      .run_at_us = o->run_at_us, .last_error = o->error },
                NULL));
    return job_sweep(c, db, &(struct job_sweep_in){ .before_us = ctx_now(c) - 30 * US_PER_DAY }, NULL);
}

/* 5 s, doubled each time, at most 6 h, and up to a quarter more so that not all come back at once. */
static int64_t back_off(struct ctx *c, int64_t tries)
{
    int64_t wait = 5 * US_PER_SECOND;
    for (int64_t i = 1; i < tries && wait < 6 * US_PER_HOUR; i++)
        wait *= 2;
    if (wait > 6 * US_PER_HOUR)
        wait = 6 * US_PER_HOUR;
    return wait + (int64_t)rng_below(c->rng, (uint64_t)wait / 4);
}

static const struct job_kind *kind_of(const struct job_kind *kinds, size_t n, struct str kind)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq_c(kind, kinds[i].kind))
            return &kinds[i];
    }
    return NULL;
}

static void run_job(struct ctx *c, const struct job_kind *kinds, size_t n_kinds, const struct job *job)
{
    const struct job_kind *kind = kind_of(kinds, n_kinds, job->kind);
    err_t e = kind ? kind->run(c, job) : ctx_fail(c, E_CONFIG, STR_NONE, "no such kind of job");
    struct outcome o = { .job = job, .state = S("done"), .run_at_us = ctx_now(c), .error = S("") };
    if (e) {
        int64_t most = kind && kind->max_tries ? kind->max_tries : DEFAULT_TRIES;
        bool again = err_class(e) == ERR_SOFT && job->tries < most;
        o.state = again ? S("waiting") : S("failed");
        o.run_at_us += again ? back_off(c, job->tries) : 0;
        o.error = str_fmt(c->arena, "%s %.*s", err_name(e),
                          STR_ARG(c->err.code == e ? c->err.detail : STR_NONE));
        log_warn("job", "kind=%.*s tries=%lld state=%.*s error=%s", STR_ARG(job->kind),
                 (long long)job->tries, STR_ARG(o.state), err_name(e));
    }
    /* If even this can't be written, the lease runs out and the job comes again. */
    (void)!store_write(c, note_outcome, &o);
}

/* Runs one due job in a fresh ctx; false where none is due. */
static err_t run_one(const struct ctx *from, const struct job_kind *kinds, size_t n_kinds, bool *ret_ran)
{
    struct ctx c = { .arena = arena_new(ARENA_REQUEST_CAP), .clock = from->clock, .rng = from->rng,
                     .store = from->store, .commune_id = from->commune_id,
                     .actor = { .kind = ACTOR_SYSTEM, .name = S("Hệ thống") } };
    struct taken t = { 0 };
    c.request_id = ctx_new_id(&c);
    err_t e = store_write(&c, take_due, &t);
    if (!e && t.found) {
        c.commune_id = t.commune_id;
        run_job(&c, kinds, n_kinds, &t.job);
    }
    *ret_ran = !e && t.found;
    arena_free(c.arena);
    return e;
}

err_t jobs_run_due(struct ctx *c, const struct job_kind *kinds, size_t n_kinds, int64_t *ret_ran)
{
    int64_t n = 0;
    for (bool ran = true; ran; n += ran)
        TRY(run_one(c, kinds, n_kinds, &ran));
    *ret_ran = n;
    return 0;
}

static err_t next_time(struct ctx *c, struct db *db, void *arg)
{
    struct job_next_time_row row;
    bool found;
    TRY(job_next_time(c, db, &row, &found));
    *(int64_t *)arg = found ? row.run_at_us : INT64_MAX;
    return 0;
}

/* How long until something is due; an hour at the most. */
static int64_t time_to_next(const struct ctx *from)
{
    int64_t next = INT64_MAX;
    struct ctx c = *from;
    c.arena = arena_new(1 << 16);
    if (store_read(&c, next_time, &next))
        next = ctx_now(&c) + 5 * US_PER_SECOND;
    arena_free(c.arena);
    int64_t wait = next == INT64_MAX ? US_PER_HOUR : next - ctx_now(from);
    return wait < 0 ? 0 : wait > US_PER_HOUR ? US_PER_HOUR : wait;
}

/* Sleeps until a commit, a stop or the time. `seen` is the generation that was looked at. */
static void sleep_until_due(struct jobs_runner *r, int64_t wait_us, uint64_t seen)
{
    struct store *s = r->store;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + wait_us % US_PER_SECOND * 1000;
    until.tv_sec += wait_us / US_PER_SECOND + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_mutex_lock(&s->lock);
    if (!r->stopping && s->generation == seen)
        pthread_cond_timedwait(&s->jobs_due, &s->lock, &until);
    pthread_mutex_unlock(&s->lock);
}

static void *runner_main(void *arg)
{
    struct jobs_runner *r = arg;
    struct rng rng = rng_system();
    struct ctx from = r->from;
    from.rng = &rng;
    while (!r->stopping) {
        uint64_t seen = r->store->generation;
        int64_t wait = time_to_next(&from);
        bool ran = false;
        if (wait == 0 && run_one(&from, r->kinds, r->n_kinds, &ran))
            wait = US_PER_SECOND;
        if (!ran)
            sleep_until_due(r, wait, seen);
    }
    return NULL;
}

err_t jobs_start(struct ctx *c, const struct job_kind *kinds, size_t n_kinds, int threads)
{
    struct jobs_runner *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    *r = (struct jobs_runner){ .store = c->store, .kinds = kinds, .n_kinds = n_kinds, .from = *c };
    r->from.arena = NULL;
    c->store->runner = r;
    for (; r->n_threads < threads && r->n_threads < MOST_THREADS; r->n_threads++) {
        if (pthread_create(&r->threads[r->n_threads], NULL, runner_main, r) != 0)
            return E_INTERNAL;
    }
    return 0;
}

void jobs_stop(struct store *s)
{
    struct jobs_runner *r = s->runner;
    if (!r)
        return;
    pthread_mutex_lock(&s->lock);
    r->stopping = true;
    pthread_cond_broadcast(&s->jobs_due);
    pthread_mutex_unlock(&s->lock);
    for (int i = 0; i < r->n_threads; i++)
        pthread_join(r->threads[i], NULL);
    s->runner = NULL;
    free(r);
}
