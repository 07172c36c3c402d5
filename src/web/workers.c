/* Threads that may wait. As many as there is work for, up to a limit; each sleeps for the next job. */
#include "web/engine.h"

#include <stdlib.h>

enum { STACK = 512 << 10, MOST_QUEUED = 4096, MOST_THREADS = 256 };

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct exchange *first, *last;
    int queued, idle, n, most;
    bool stopping;
    void (*run)(struct exchange *x);
    pthread_t threads[MOST_THREADS];
};

struct workers *workers_new(int most, void (*run)(struct exchange *x))
{
    struct workers *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->work, NULL);
    w->most = most < MOST_THREADS ? most : MOST_THREADS;
    w->run = run;
    return w;
}

static void *worker_main(void *arg)
{
    struct workers *w = arg;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        w->idle++;
        while (!w->first && !w->stopping)
            pthread_cond_wait(&w->work, &w->lock);
        w->idle--;
        if (!w->first)
            break;
        struct exchange *x = w->first;
        w->first = x->next;
        if (!w->first)
            w->last = NULL;
        w->queued--;
        pthread_mutex_unlock(&w->lock);
        w->run(x);
        pthread_mutex_lock(&w->lock);
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

bool workers_submit(struct workers *w, struct exchange *x)
{
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
        if (w->queued > w->idle && w->n < w->most)
            start_one(w);
        pthread_cond_signal(&w->work);
    }
    pthread_mutex_unlock(&w->lock);
    return ok;
}

struct workers *workers_free(struct workers *w)
{
    if (!w)
        return NULL;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_broadcast(&w->work);
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < w->n; i++)
        pthread_join(w->threads[i], NULL);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->work);
    free(w);
    return NULL;
}
