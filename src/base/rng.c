#include "base/rng.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static void system_fill(struct rng *self, void *bytes, size_t n)
{
    (void)self;
    for (size_t done = 0; done < n;) {
        ssize_t got = getrandom((char *)bytes + done, n - done, 0);
        /* Without randomness no id, session or code may be made: there is nothing to fall back on. */
        if (got < 0)
            abort();
        done += (size_t)got;
    }
}

static uint64_t rotl(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

/* xoshiro256** (Blackman and Vigna, public domain). */
static uint64_t seeded_next(uint64_t s[4])
{
    uint64_t result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

static void seeded_fill(struct rng *self, void *bytes, size_t n)
{
    for (size_t done = 0; done < n; done += 8) {
        uint64_t word = seeded_next(self->state);
        memcpy((char *)bytes + done, &word, n - done < 8 ? n - done : 8);
    }
}

struct rng rng_system(void)
{
    return (struct rng){ .fill = system_fill };
}

struct rng rng_seeded(uint64_t seed)
{
    struct rng r = { .fill = seeded_fill };
    /* splitmix64 spreads a small seed over the whole state. */
    for (int i = 0; i < 4; i++) {
        uint64_t z = seed += 0x9E3779B97F4A7C15u;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        r.state[i] = z ^ (z >> 31);
    }
    return r;
}

void rng_fill(struct rng *rng, void *bytes, size_t n)
{
    rng->fill(rng, bytes, n);
}

uint64_t rng_u64(struct rng *rng)
{
    uint64_t x;
    rng->fill(rng, &x, sizeof x);
    return x;
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
    assert(bound > 0);
    uint64_t reject = (UINT64_MAX - bound + 1) % bound;
    for (;;) {
        uint64_t x = rng_u64(rng);
        if (x >= reject)
            return x % bound;
    }
}

struct str rng_digits(struct rng *rng, struct arena *a, int digits)
{
    char *p = arena_alloc(a, (size_t)digits + 1);
    for (int i = 0; i < digits; i++)
        p[i] = (char)('0' + rng_below(rng, 10));
    return (struct str){ p, (size_t)digits };
}

struct str rng_token(struct rng *rng, struct arena *a, size_t bytes)
{
    char *p = arena_alloc(a, bytes);
    rng_fill(rng, p, bytes);
    return base64url_of(a, (struct str){ p, bytes });
}
