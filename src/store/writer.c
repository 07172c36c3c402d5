/* The one writer: many writes, one durable commit. */
#include "store/internal.h"

#include <stdlib.h>

enum { LARGEST_GROUP = 256, MOST_QUEUED = 4096, TRIES = 4 };

static err_t control(struct db *db, const char *sql)
{
    return db->port->script(db, sql);
}

/* One writer in the whole database, also where several servers share it: the audit chain and every
 * check before a write rely on it. */
static const char *begin_text(const struct store *s)
{
    return s->postgresql ? "BEGIN; SELECT pg_advisory_xact_lock(7041966)" : "BEGIN IMMEDIATE";
}

/* A connection lost during COMMIT leaves open whether it happened: trying again could do it twice. */
static err_t commit(struct db *db)
{
    err_t e = control(db, "COMMIT");
    return e && db->broken ? E_DATABASE : e;
}

/* A lost connection is replaced before the next transaction. */
static void mend(struct store *s)
{
    if (!s->writer->broken)
        return;
    struct ctx c = { .arena = arena_new(1 << 16), .clock = &clock_system };
    struct db *fresh;
    if (db_connect(&c, s, true, &fresh) == 0) {
        (void)db_close(s->writer);
        s->writer = fresh;
    }
    arena_free(c.arena);
}

static void committed(struct store *s, size_t writes)
{
    s->commits++;
    s->writes += writes;
    s->generation++;
    pthread_mutex_lock(&s->lock);
    pthread_cond_broadcast(&s->jobs_due);
    pthread_mutex_unlock(&s->lock);
}

static err_t run_once(struct store *s, struct write_request *r)
{
    struct db *db = s->writer;
    err_t e = control(db, begin_text(s));
    if (!e) {
        e = r->fn(r->c, db, r->arg);
        if (!e)
            e = commit(db);
        if (e && (s->postgresql || !db->port->transaction_lost(db)))
            (void)control(db, "ROLLBACK");
    }
    if (!e)
        committed(s, 1);
    return e;
}

/* A write in a transaction of its own, again when the database asks for it. */
static void run_alone(struct store *s, struct write_request *r)
{
    for (int i = 0; i < TRIES; i++) {
        mend(s);
        r->result = run_once(s, r);
        if (r->result != E_BUSY)
            return;
    }
}

/* Runs the group inside one transaction. False: the transaction was lost; nothing happened. */
static bool run_group(struct store *s, struct write_request *group, size_t *ret_good)
{
    struct db *db = s->writer;
    *ret_good = 0;
    if (control(db, begin_text(s)))
        return false;
    for (struct write_request *r = group; r; r = r->next) {
        if (control(db, "SAVEPOINT member"))
            goto lost;
        r->result = r->fn(r->c, db, r->arg);
        /* These may come from the database itself; alone, the guilty one is told apart. */
        bool suspect = r->result == E_DISK_FULL || r->result == E_BUSY;
        if (suspect || (!s->postgresql && db->port->transaction_lost(db)))
            goto lost;
        if (r->result && control(db, "ROLLBACK TO member"))
            goto lost;
        if (control(db, "RELEASE member"))
            goto lost;
        *ret_good += r->result == 0;
    }
    err_t e = *ret_good ? commit(db) : control(db, "ROLLBACK");
    for (struct write_request *r = group; r && e && db->broken; r = r->next)
        r->result = r->result ? r->result : E_DATABASE;
    if (e && !db->broken)
        goto lost;
    if (!e && *ret_good)
        committed(s, *ret_good);
    return true;
lost:
    if (s->postgresql || !db->port->transaction_lost(db))
        (void)control(db, "ROLLBACK");
    return false;
}

static void serve(struct store *s, struct write_request *group)
{
    size_t good;
    mend(s);
    if (group->next && run_group(s, group, &good))
        return;
    for (struct write_request *r = group; r; r = r->next)
        run_alone(s, r);
}

/* Takes the next group off the queue: one that wants to be alone, or as many as share a commit. */
static struct write_request *take_group(struct store *s)
{
    struct write_request *group = s->first, *end = group;
    size_t n = 1;
    while (!group->alone && end->next && !end->next->alone && n < LARGEST_GROUP) {
        end = end->next;
        n++;
    }
    s->first = end->next;
    if (!s->first)
        s->last = NULL;
    end->next = NULL;
    s->queued -= n;
    return group;
}

static void *writer_main(void *arg)
{
    struct store *s = arg;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        while (!s->first && !s->stopping)
            pthread_cond_wait(&s->work, &s->lock);
        if (!s->first)
            break;
        struct write_request *group = take_group(s);
        pthread_mutex_unlock(&s->lock);
        serve(s, group);
        pthread_mutex_lock(&s->lock);
        for (struct write_request *r = group, *next; r; r = next) {
            next = r->next; /* the request is its owner's stack: gone once it is done */
            r->done = true;
            pthread_cond_signal(&r->finished);
        }
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static err_t enqueue(struct ctx *c, store_fn fn, void *arg, bool alone)
{
    struct store *s = c->store;
    struct write_request r = { .c = c, .fn = fn, .arg = arg, .alone = alone };
    pthread_cond_init(&r.finished, NULL);
    ctx_waits(c, true);
    pthread_mutex_lock(&s->lock);
    if (s->stopping || s->queued >= MOST_QUEUED) {
        r.result = s->stopping ? E_STOPPING : E_BUSY;
    } else {
        if (s->last)
            s->last->next = &r;
        else
            s->first = &r;
        s->last = &r;
        s->queued++;
        pthread_cond_signal(&s->work);
        while (!r.done)
            pthread_cond_wait(&r.finished, &s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    pthread_cond_destroy(&r.finished);
    ctx_waits(c, false);
    return r.result;
}

err_t store_write(struct ctx *c, store_fn fn, void *arg)
{
    return enqueue(c, fn, arg, false);
}

err_t store_write_alone(struct ctx *c, store_fn fn, void *arg)
{
    return enqueue(c, fn, arg, true);
}

err_t writer_start(struct store *s)
{
    if (pthread_create(&s->writer_thread, NULL, writer_main, s) != 0)
        return E_INTERNAL;
    s->writer_started = true;
    return 0;
}

void writer_stop(struct store *s)
{
    if (!s->writer_started)
        return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->work);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->writer_thread, NULL);
    s->writer_started = false;
}
