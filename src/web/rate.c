/* Token buckets in a table of fixed size: where a set is full, the one unused longest makes room, so
 * memory never grows. */
#include "web/app.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 14, WAYS = 4 };

struct bucket {
    uint64_t key;
    int64_t at_us;
    double tokens;
};

struct rate_table {
    pthread_mutex_t lock;
    uint64_t salt;
    struct bucket buckets[SLOTS];
};

static const struct {
    double burst, per_second;
} limits[] = {
    [WEB_RATE_PAGE] = { 300, 30 },
    [WEB_RATE_WRITE] = { 60, 2 },
    [WEB_RATE_LOGIN] = { 20, 0.1 },
    [WEB_RATE_CODE] = { 10, 0.05 },
};

struct rate_table *rate_table_new(void)
{
    struct rate_table *t = calloc(1, sizeof *t);
    if (!t)
        abort();
    struct rng rng = rng_system();
    t->salt = rng_u64(&rng);
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

struct rate_table *rate_table_free(struct rate_table *t)
{
    if (t)
        pthread_mutex_destroy(&t->lock);
    free(t);
    return NULL;
}

/* An IPv6 subscriber has a whole /64: its first four groups are what counts. */
static struct str network(struct str address)
{
    size_t colons = 0;
    for (size_t i = 0; i < address.n; i++) {
        colons += address.p[i] == ':';
        if (colons == 4)
            return str_sub(address, 0, i);
    }
    return address;
}

static uint64_t key_of(const struct rate_table *t, struct str address, enum web_rate class_)
{
    uint64_t h = t->salt ^ (uint64_t)class_ * 0x9E3779B97F4A7C15u;
    address = network(address);
    for (size_t i = 0; i < address.n; i++)
        h = (h ^ (uint8_t)address.p[i]) * 0x100000001B3u;
    return h | 1;
}

static double refilled(const struct bucket *b, enum web_rate class_, int64_t now_us)
{
    double t = b->tokens + (double)(now_us - b->at_us) / US_PER_SECOND * limits[class_].per_second;
    return t > limits[class_].burst ? limits[class_].burst : t;
}

static struct bucket *bucket_of(struct rate_table *t, uint64_t key, enum web_rate class_, int64_t now_us)
{
    struct bucket *set = &t->buckets[(key >> 20) % (SLOTS / WAYS) * WAYS], *oldest = set;
    for (int i = 0; i < WAYS; i++) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].at_us < oldest->at_us)
            oldest = &set[i];
    }
    *oldest = (struct bucket){ key, now_us, limits[class_].burst };
    return oldest;
}

bool rate_take(struct rate_table *t, struct str address, enum web_rate class_, int64_t now_us)
{
    pthread_mutex_lock(&t->lock);
    struct bucket *b = bucket_of(t, key_of(t, address, class_), class_, now_us);
    b->tokens = refilled(b, class_, now_us);
    b->at_us = now_us;
    bool ok = b->tokens >= 1;
    if (ok)
        b->tokens -= 1;
    pthread_mutex_unlock(&t->lock);
    return ok;
}
