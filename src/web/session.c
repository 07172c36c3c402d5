#include "web/app.h"
#include "web/web_queries.h"

#define COOKIE       "nep_session"
#define IDLE_LIMIT   (2 * US_PER_HOUR)   /* staff walk away from an open screen */
#define TOUCH_EVERY  (5 * US_PER_MINUTE) /* a write a request would be too much */

struct load {
    struct web_req *req;
    struct sha256 hash;
    bool found, touch;
};

static struct sha256 hash_of(struct str token)
{
    return sha256_of(token);
}

static err_t load(struct ctx *c, struct db *db, void *arg)
{
    struct load *l = arg;
    struct session_find_row row;
    int64_t now = ctx_now(c);
    TRY(session_find(c, db, &(struct session_find_in){ .token_hash = l->hash, .now_us = now }, &row,
                     &l->found));
    if (!l->found)
        return 0;
    err_t e = l->req->app->hooks.load_actor(c, db, row.account_id);
    bool idle = c->actor.kind == ACTOR_STAFF && now - row.seen_at_us > IDLE_LIMIT;
    if (e == E_NOT_FOUND || idle) {
        struct str address = c->actor.address;
        c->actor = (struct actor){ .address = address };
        l->found = false;
        return 0;
    }
    l->touch = now - row.seen_at_us > TOUCH_EVERY;
    return e;
}

static err_t touch(struct ctx *c, struct db *db, void *arg)
{
    struct load *l = arg;
    return session_touch(c, db,
                         &(struct session_touch_in){ .token_hash = l->hash, .seen_at_us = ctx_now(c) },
                         NULL);
}

err_t session_load(struct ctx *c, struct web_req *req)
{
    struct str token = web_fields_get(&req->cookies, COOKIE);
    if (!token.n)
        return 0;
    struct load l = { .req = req, .hash = hash_of(token) };
    TRY(store_read(c, load, &l));
    if (!l.found)
        return 0;
    req->session_token = token;
    if (l.touch)
        TRY(store_write(c, touch, &l));
    return 0;
}

struct opening {
    struct sha256 hash;
    struct id account_id;
    int64_t lifetime_us;
};

static err_t open_session(struct ctx *c, struct db *db, void *arg)
{
    const struct opening *o = arg;
    int64_t now = ctx_now(c);
    TRY(session_sweep(c, db, &(struct session_sweep_in){ .now_us = now }, NULL));
    return session_add(c, db,
                       &(struct session_add_in){ .token_hash = o->hash, .account_id = o->account_id,
                                                 .created_at_us = now,
                                                 .expires_at_us = now + o->lifetime_us },
                       NULL);
}

err_t web_session_open(struct ctx *c, struct web_req *req, struct web_res *res, struct id account_id,
                       int64_t lifetime_us)
{
    struct str token = rng_token(c->rng, c->arena, 32);
    struct opening o = { hash_of(token), account_id, lifetime_us };
    TRY(web_session_close(c, req, res));
    TRY(store_write(c, open_session, &o));
    set_cookie(c, req, res, COOKIE, token, lifetime_us / US_PER_SECOND);
    return 0;
}

static err_t close_session(struct ctx *c, struct db *db, void *arg)
{
    return session_end(c, db, &(struct session_end_in){ .token_hash = *(struct sha256 *)arg }, NULL);
}

err_t web_session_close(struct ctx *c, struct web_req *req, struct web_res *res)
{
    if (!req->session_token.n)
        return 0;
    struct sha256 hash = hash_of(req->session_token);
    TRY(store_write(c, close_session, &hash));
    req->session_token = S("");
    set_cookie(c, req, res, COOKIE, S(""), 0);
    return 0;
}

err_t web_sessions_end(struct ctx *c, struct db *db, struct id account_id)
{
    return session_end_all(c, db, &(struct session_end_all_in){ .account_id = account_id }, NULL);
}
