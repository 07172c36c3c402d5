/* What every unit test of the house starts with: cmocka and a ctx that needs no store. */
#pragma once

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/base.h"

#define assert_ok(expr)      assert_int_equal((expr), 0)
#define assert_str(s, text)  assert_str_(__FILE__, __LINE__, (s), (text))

static inline void assert_str_(const char *file, int line, struct str s, const char *text)
{
    if (!str_eq_c(s, text)) {
        print_error("%s:%d: \"%.*s\" is not \"%s\"\n", file, line, STR_ARG(s), text);
        fail();
    }
}

/* A ctx with a fixed clock and seeded randomness. */
struct test_ctx {
    struct ctx c;
    struct clock clock;
    struct rng rng;
};

static inline struct ctx *test_ctx_init(struct test_ctx *t, const char *now)
{
    int64_t at;
    if (!time_parse(str_from(now), &at))
        abort();
    t->clock = clock_fixed_at(at);
    t->rng = rng_seeded(1);
    t->c = (struct ctx){
        .arena = arena_new(64 << 20), .clock = &t->clock, .rng = &t->rng, .commune_id = 1
    };
    t->c.actor.kind = ACTOR_SYSTEM;
    return &t->c;
}

static inline void test_ctx_done(struct test_ctx *t)
{
    t->c.arena = arena_free(t->c.arena);
}
