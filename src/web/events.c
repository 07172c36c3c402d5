/* Server-sent events (HTML Living Standard, 9.2): connections that stay open and are told things. */
#include "web/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_LISTENERS = 256, MOST_PENDING = 16 << 10, HEARTBEAT_S = 20 };

struct listener {
    struct web_hub *hub;
    struct MHD_Connection *connection;
    char topic[64];
    char *pending; /* malloc */
    size_t n;
    bool asleep;   /* suspended until there is something to say */
    bool listed;   /* false: one too many; its stream ends at once */
    struct listener *next;
};

struct web_hub {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t heart;
    bool closing;
    int n;
    struct listener *first;
};

static void say(struct listener *l, const char *text, size_t n)
{
    if (l->n + n > MOST_PENDING)
        return; /* it does not read: it will learn at its next load */
    char *grown = realloc(l->pending, l->n + n);
    if (!grown)
        abort();
    memcpy(grown + l->n, text, n);
    l->pending = grown;
    l->n += n;
}

static void wake(struct listener *l)
{
    if (l->asleep) {
        l->asleep = false;
        MHD_resume_connection(l->connection);
    }
}

/* A line now and then, so that proxies keep the connection and dead ones are noticed. */
static void *heart_main(void *arg)
{
    struct web_hub *hub = arg;
    pthread_mutex_lock(&hub->lock);
    while (!hub->closing) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += HEARTBEAT_S;
        if (pthread_cond_timedwait(&hub->wake, &hub->lock, &until) != ETIMEDOUT)
            continue;
        for (struct listener *l = hub->first; l; l = l->next) {
            say(l, ":\n\n", 3);
            wake(l);
        }
    }
    pthread_mutex_unlock(&hub->lock);
    return NULL;
}

struct web_hub *web_hub_new(void)
{
    struct web_hub *hub = calloc(1, sizeof *hub);
    if (!hub)
        abort();
    pthread_mutex_init(&hub->lock, NULL);
    pthread_cond_init(&hub->wake, NULL);
    if (pthread_create(&hub->heart, NULL, heart_main, hub) != 0)
        abort();
    return hub;
}

void hub_close(struct web_hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    hub->closing = true;
    pthread_cond_broadcast(&hub->wake);
    for (struct listener *l = hub->first; l; l = l->next)
        wake(l);
    pthread_mutex_unlock(&hub->lock);
}

struct web_hub *web_hub_free(struct web_hub *hub)
{
    if (!hub)
        return NULL;
    hub_close(hub);
    pthread_join(hub->heart, NULL);
    pthread_mutex_destroy(&hub->lock);
    pthread_cond_destroy(&hub->wake);
    free(hub);
    return NULL;
}

void web_hub_send(struct web_hub *hub, struct str topic, struct str name, struct str data)
{
    char text[1024];
    int n = snprintf(text, sizeof text, "event: %.*s\ndata: %.*s\n\n", STR_ARG(name), STR_ARG(data));
    if (n < 0 || (size_t)n >= sizeof text)
        return;
    pthread_mutex_lock(&hub->lock);
    for (struct listener *l = hub->first; l; l = l->next) {
        if (str_eq_c(topic, l->topic)) {
            say(l, text, (size_t)n);
            wake(l);
        }
    }
    pthread_mutex_unlock(&hub->lock);
}

static ssize_t read_events(void *arg, uint64_t at, char *to, size_t room)
{
    struct listener *l = arg;
    ssize_t n = 0;
    (void)at;
    pthread_mutex_lock(&l->hub->lock);
    if (l->n) {
        n = (ssize_t)(l->n < room ? l->n : room);
        memcpy(to, l->pending, (size_t)n);
        l->n -= (size_t)n;
        memmove(l->pending, l->pending + n, l->n);
    } else if (l->hub->closing || !l->listed) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        l->asleep = true;
        MHD_suspend_connection(l->connection);
    }
    pthread_mutex_unlock(&l->hub->lock);
    return n;
}

static void stop_listening(void *arg)
{
    struct listener *l = arg;
    struct web_hub *hub = l->hub;
    pthread_mutex_lock(&hub->lock);
    for (struct listener **p = &hub->first; *p; p = &(*p)->next) {
        if (*p == l) {
            *p = l->next;
            break;
        }
    }
    hub->n--;
    pthread_mutex_unlock(&hub->lock);
    free(l->pending);
    free(l);
}

struct MHD_Response *hub_listen(struct web_hub *hub, struct MHD_Connection *connection, struct str topic)
{
    struct listener *l = calloc(1, sizeof *l);
    if (!l)
        abort();
    *l = (struct listener){ .hub = hub, .connection = connection };
    snprintf(l->topic, sizeof l->topic, "%.*s", STR_ARG(topic));
    say(l, "retry: 5000\n\n", 13);
    pthread_mutex_lock(&hub->lock);
    if (hub->n++ < MOST_LISTENERS) {
        l->listed = true;
        l->next = hub->first;
        hub->first = l;
    }
    pthread_mutex_unlock(&hub->lock);
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_events, l, stop_listening);
}
