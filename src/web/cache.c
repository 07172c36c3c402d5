/* Public pages kept until the next commit: whatever the database says a moment later is what a visitor
 * sees a moment later. */
#include "web/engine.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1024, LARGEST_KEY = 1024 };

struct entry {
    char *key;
    size_t key_n;
    uint64_t generation;
    char etag[40];
    struct MHD_Response *response;
};

struct cache {
    pthread_mutex_t locks[16];
    struct entry slots[SLOTS];
};

struct cache *cache_new(void)
{
    struct cache *k = calloc(1, sizeof *k);
    if (!k)
        abort();
    for (size_t i = 0; i < COUNT(k->locks); i++)
        pthread_mutex_init(&k->locks[i], NULL);
    return k;
}

static void drop(struct entry *e)
{
    if (e->response)
        MHD_destroy_response(e->response);
    free(e->key);
    *e = (struct entry){ 0 };
}

struct cache *cache_free(struct cache *k)
{
    for (size_t i = 0; k && i < SLOTS; i++)
        drop(&k->slots[i]);
    free(k);
    return NULL;
}

static size_t slot_of(struct str key)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < key.n; i++)
        h = (h ^ (uint8_t)key.p[i]) * 1099511628211u;
    return (size_t)(h ^ (h >> 32)) % SLOTS;
}

bool cache_answer(struct cache *k, struct exchange *x, uint64_t generation)
{
    size_t i = slot_of(x->key);
    struct entry *e = &k->slots[i];
    pthread_mutex_t *lock = &k->locks[i % COUNT(k->locks)];
    bool hit = false;
    pthread_mutex_lock(lock);
    if (e->response && e->generation == generation && e->key_n == x->key.n &&
        memcmp(e->key, x->key.p, x->key.n) == 0) {
        struct str etag = str_from(e->etag);
        if (etag_matches(x, etag))
            hit = send_not_modified(x, etag) == MHD_YES;
        else
            hit = MHD_queue_response(x->connection, 200, e->response) == MHD_YES;
    }
    pthread_mutex_unlock(lock);
    return hit;
}

void cache_put(struct cache *k, struct str key, uint64_t generation, struct str etag,
               struct MHD_Response *response)
{
    if (key.n > LARGEST_KEY || etag.n >= sizeof k->slots[0].etag) {
        MHD_destroy_response(response);
        return;
    }
    size_t i = slot_of(key);
    struct entry *e = &k->slots[i];
    pthread_mutex_t *lock = &k->locks[i % COUNT(k->locks)];
    char *copy = malloc(key.n ? key.n : 1);
    if (!copy)
        abort();
    memcpy(copy, key.p, key.n);
    pthread_mutex_lock(lock);
    drop(e);
    *e = (struct entry){ .key = copy, .key_n = key.n, .generation = generation, .response = response };
    memcpy(e->etag, etag.p, etag.n);
    pthread_mutex_unlock(lock);
}
