/* The context: what a piece of work knows about where it runs. First argument of whatever reads the
 * clock, touches the store or depends on who acts. One per request, job or command; one thread at a
 * time. There are no globals beside it. */
#pragma once

#include "base/actor.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/i18n.h"
#include "base/rng.h"

struct store;

struct ctx {
    struct arena *arena;       /* freed by whoever made the ctx */
    const struct clock *clock;
    struct rng *rng;
    struct store *store;
    int64_t commune_id;        /* leads every primary key; statistical code of the commune */
    struct actor actor;
    enum lang lang;
    struct id request_id;
    struct err_info err;       /* details of the last error */
    /* Told before and after this work waits for something slow (a commit, another process), so that its
     * thread's place can be lent; NULL: nobody wants to know. */
    void (*waits)(struct ctx *c, bool begins);
};

/* Marks a wait; see `waits`. */
void ctx_waits(struct ctx *c, bool begins);

int64_t ctx_now(const struct ctx *c);
struct id ctx_new_id(struct ctx *c);

/* The sentence in the language of the request; marked for extraction by its name. */
const char *T(const struct ctx *c, const char *msgid);

/* Notes what went wrong and returns `code`, so that it reads `return ctx_fail(c, E_BAD_INPUT, …)`.
 * `field` may be STR_NONE; `detail_format` (already translated) may be NULL. */
PRINTF(4, 5)
err_t ctx_fail(struct ctx *c, err_t code, struct str field, const char *detail_format, ...);
