/* Internal to web: what the files of the engine share. */
#pragma once

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "web/multipart.h"

enum exchange_state { X_NEW, X_HEADERS, X_BODY, X_WORKING, X_DONE, X_REFUSED };

/* One request and its answer, from the first header byte to the last of the answer. */
struct exchange {
    struct web_server *server;
    struct MHD_Connection *connection;
    struct peer *peer;
    struct ctx c;
    struct rng rng;
    struct web_req req;
    struct web_res res;
    enum exchange_state state;
    struct str raw_url;
    struct multipart *multipart;
    struct buf body;
    struct sha256_state *hash;
    int64_t received, started_us;
    uint64_t generation;          /* of the store before the page was made */
    struct str key;               /* of the cache, or NONE */
    struct exchange *next;        /* in the workers' queue */
    int64_t queued_us;
};

/* A connection, watched by the reaper. */
struct peer {
    int fd;
    _Atomic int64_t deadline_us;  /* monotonic; 0: none */
    struct peer *previous, *next;
};

struct cache;
struct workers;

struct web_server {
    struct web_app *app;
    struct MHD_Daemon *daemon;
    struct workers *workers;
    struct cache *cache;
    int listen_fd, port;
    _Atomic int under_way;
    _Atomic bool stopping;
    pthread_mutex_t peers_lock;
    pthread_cond_t peers_wake;
    struct peer *peers;
    pthread_t reaper;
};

/* workers.c */
struct workers *workers_new(int most, void (*run)(struct exchange *x));
bool workers_submit(struct workers *w, struct exchange *x); /* false: the queue is full */
/* The calling worker waits for something slow, or goes on. */
void workers_wait(struct workers *w, bool begins);
void workers_stop(struct workers *w);                       /* after the last job; no more are taken */
struct workers *workers_free(struct workers *w);

/* cache.c */
struct cache *cache_new(void);
struct cache *cache_free(struct cache *k);
/* Answers from the cache; false where it has nothing fresh. */
bool cache_answer(struct cache *k, struct exchange *x, uint64_t generation);
/* Keeps the answer just made; the caller's reference goes to the cache. */
void cache_put(struct cache *k, struct str key, uint64_t generation, struct str etag,
               struct MHD_Response *response);

/* send.c */
enum MHD_Result send_answer(struct exchange *x);
bool etag_matches(struct exchange *x, struct str etag);
enum MHD_Result send_not_modified(struct exchange *x, struct str etag);
struct str gzip_bytes(struct arena *a, struct str bytes);

/* events.c */
struct MHD_Response *hub_listen(struct web_hub *hub, struct MHD_Connection *connection, struct str topic);
void hub_close(struct web_hub *hub);

/* metrics.c */
void metrics_count(int status, int64_t took_us);
