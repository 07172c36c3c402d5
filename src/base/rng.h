/* Randomness behind one struct: the kernel's for real life, a seeded generator for the demo and the
 * tests (never for secrets). */
#pragma once

#include "base/str.h"

struct rng {
    void (*fill)(struct rng *self, void *bytes, size_t n);
    uint64_t state[4]; /* xoshiro256** of the seeded one */
};

struct rng rng_system(void);
struct rng rng_seeded(uint64_t seed);
void rng_fill(struct rng *rng, void *bytes, size_t n);
uint64_t rng_u64(struct rng *rng);
/* Uniform in [0, bound), bound > 0, without modulo bias. */
uint64_t rng_below(struct rng *rng, uint64_t bound);
/* `digits` random decimal digits as text. */
struct str rng_digits(struct rng *rng, struct arena *a, int digits);
/* `bytes` random bytes as URL-safe base64 without padding. */
struct str rng_token(struct rng *rng, struct arena *a, size_t bytes);
