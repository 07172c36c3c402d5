#include "base/id.h"

#include "base/hash.h"
#include "base/rng.h"

#include <string.h>

struct id id_new(struct rng *rng, int64_t now_us)
{
    struct id id;
    uint64_t ms = (uint64_t)(now_us / 1000);
    rng_fill(rng, id.b + 6, 10);
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    /* RFC 9562, method 3: the twelve bits behind the milliseconds carry the sub-millisecond part. */
    unsigned fraction = (unsigned)(now_us % 1000) * 4096u / 1000u;
    id.b[6] = (uint8_t)(0x70 | (fraction >> 8));
    id.b[7] = (uint8_t)fraction;
    id.b[8] = (uint8_t)((id.b[8] & 0x3F) | 0x80);
    return id;
}

bool id_eq(struct id a, struct id b)
{
    return memcmp(a.b, b.b, sizeof a.b) == 0;
}

bool id_is_none(struct id id)
{
    return id_eq(id, ID_NONE);
}

struct str id_text(struct arena *a, struct id id)
{
    struct str h = hex_of(a, id.b, sizeof id.b);
    return str_fmt(a, "%.8s-%.4s-%.4s-%.4s-%.12s", h.p, h.p + 8, h.p + 12, h.p + 16, h.p + 20);
}

bool id_parse(struct str s, struct id *ret)
{
    char digits[32];
    size_t n = 0;
    if (s.n != 36)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (s.p[i] == '-'))
            return false;
        if (!dash)
            digits[n++] = s.p[i];
    }
    return hex_parse((struct str){ digits, n }, ret->b, sizeof ret->b);
}
