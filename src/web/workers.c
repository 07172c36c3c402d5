/* Threads that may wait. Only a few run at once, as many as can be of use; one that waits for a commit or
 * another process lends its place to the next. A job that finds no place for a moment gets one all the
 * same, so that slow handlers hold up nobody. */
#include "web/engine.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { STACK = 512 << 10, MOST_QUEUED = 4096, MOST_THREADS = 256 };

#define PATIENCE (10 * 1000) /* µs in the queue before the limit is passed */

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct exchange *first, *last;
    int queued, idle, n, most;
    int running, at_once; /* running: not waiting for anything */
    bool stopping;
    void (*run)(struct exchange *x);
    pthread_t threads[MOST_THREADS];
};

struct workers *workers_new(int most, void (*run)(struct exchange *x))
{
    struct workers *w = calloc(1, sizeof *w);
    pthread_condattr_t monotonic;
    if (!w)
        abort();
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->work, &monotonic);
    pthread_condattr_destroy(&monotonic);
    w->most = most < MOST_THREADS ? most : MOST_THREADS;
    w->at_once = 2 * (int)sysconf(_SC_NPROCESSORS_ONLN);
    w->run = run;
    return w;
}

static bool may_take(const struct workers *w)
{
    return w->first && (w->running < w->at_once || w->stopping ||
                        clock_monotonic_us() - w->first->queued_us > PATIENCE);
}

/* Sleeps until there is work, or until what waits has waited long enough. */
static void rest(struct workers *w)
{
    struct timespec until;
    if (!w->first) {
        pthread_cond_wait(&w->work, &w->lock);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += PATIENCE * 1000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&w->work, &w->lock, &until);
}

static struct exchange *take(struct workers *w)
{
    struct exchange *x = w->first;
    w->first = x->next;
    if (!w->first)
        w->last = NULL;
    w->queued--;
    return x;
}

static void *worker_main(void *arg)
{
    struct workers *w = arg;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        w->idle++;
        while (!may_take(w) && !(w->stopping && !w->first))
            rest(w);
        w->idle--;
        if (!w->first)
            break;
        struct exchange *x = take(w);
        w->running++;
        pthread_mutex_unlock(&w->lock);
        w->run(x);
        pthread_mutex_lock(&w->lock);
        w->running--;
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void start_one(struct workers *w)
{
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK);
    if (pthread_create(&w->threads[w->n], &small, worker_main, w) == 0)
        w->n++;
    pthread_attr_destroy(&small);
}

/* Somebody for the queue: a sleeper, or a new thread. One sleeper at least keeps watch over it. */
static void call_somebody(struct workers *w)
{
    if (w->idle == 0 && w->n < w->most)
        start_one(w);
    else if (w->running < w->at_once)
        pthread_cond_signal(&w->work);
}

bool workers_submit(struct workers *w, struct exchange *x)
{
    x->queued_us = clock_monotonic_us();
    pthread_mutex_lock(&w->lock);
    bool ok = w->queued < MOST_QUEUED && !w->stopping;
    if (ok) {
        x->next = NULL;
        if (w->last)
            w->last->next = x;
        else
            w->first = x;
        w->last = x;
        w->queued++;
        call_somebody(w);
    }
    ok = ok && w->n > 0;
    pthread_mutex_unlock(&w->lock);
    return ok;
}

void workers_wait(struct workers *w, bool begins)
{
    pthread_mutex_lock(&w->lock);
    w->running += begins ? -1 : 1;
    if (begins && w->first)
        call_somebody(w);
    pthread_mutex_unlock(&w->lock);
}

void workers_stop(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_broadcast(&w->work);
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < w->n; i++)
        pthread_join(w->threads[i], NULL);
}

struct workers *workers_free(struct workers *w)
{
    if (!w)
        return NULL;
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->work);
    free(w);
    return NULL;
}
