/* Ids: UUID version 7 (RFC 9562), 16 bytes, ordered by the time they were made. */
#pragma once

#include "base/str.h"

struct id {
    uint8_t b[16];
};

#define ID_NONE ((struct id){ { 0 } })

struct rng;

/* A fresh id for `now_us`; 62 of its bits are random, 12 more are microseconds. */
struct id id_new(struct rng *rng, int64_t now_us);
bool id_eq(struct id a, struct id b);
bool id_is_none(struct id id);
/* Canonical text, 36 characters, lower case. */
struct str id_text(struct arena *a, struct id id);
MUST bool id_parse(struct str s, struct id *ret);
