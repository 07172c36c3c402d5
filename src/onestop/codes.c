/* Dossier codes (TT 03/2025/TT-VPCP Đ.13; TT 04/2025/TT-VPCP). */
#include "onestop/inside.h"

#include <string.h>

err_t code_official(struct ctx *c, struct db *db, struct str agency, struct str *ret)
{
    struct civil t = civil_from_us(ctx_now(c));
    struct str day = str_fmt(c->arena, "%02d%02d%02d", t.year % 100, t.month, t.day);
    int64_t n;
    TRY(counter_next(c, db, str_fmt(c->arena, "dossier:%.*s:%s", STR_ARG(agency), day.p), &n));
    *ret = str_fmt(c->arena, "%.*s-%s-%04lld", STR_ARG(agency), day.p, (long long)n);
    return 0;
}

/* Read out over the phone: no I, L, O, U, 0, 1. */
struct str code_provisional(struct ctx *c)
{
    static const char alphabet[] = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
    struct civil t = civil_from_us(ctx_now(c));
    char tail[9] = "";
    for (int i = 0; i < 8; i++)
        tail[i] = alphabet[rng_below(c->rng, sizeof alphabet - 1)];
    return str_fmt(c->arena, "T-%02d%02d%02d-%s", t.year % 100, t.month, t.day, tail);
}

bool code_read(struct ctx *c, struct str typed, struct str *ret)
{
    char *p = arena_alloc(c->arena, typed.n + 1);
    size_t n = 0;
    int dashes = 0;
    for (size_t i = 0; i < typed.n && n < 40; i++) {
        char ch = typed.p[i] >= 'a' && typed.p[i] <= 'z' ? (char)(typed.p[i] - 32) : typed.p[i];
        bool ours = (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '-' || ch == '.';
        if (!ours && ch != ' ')
            return false;
        dashes += ch == '-';
        if (ours)
            p[n++] = ch;
    }
    *ret = (struct str){ p, n };
    return n >= 10 && dashes == 2;
}
