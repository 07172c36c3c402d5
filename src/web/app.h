/* Internal to web: the app and what its files share. */
#pragma once

#include "web/request.h"

enum { MOST_SEGMENTS = 8 };

enum segment_kind { SEGMENT_LITERAL, SEGMENT_TEXT, SEGMENT_ID, SEGMENT_INT };

struct segment {
    enum segment_kind kind;
    struct str text; /* the literal, or the parameter's name */
};

struct compiled_route {
    const struct web_route *route;
    struct segment segments[MOST_SEGMENTS];
    size_t n;
};

struct rate_table;

struct web_app {
    struct web_settings settings;
    struct web_hooks hooks;
    struct arena *arena;              /* of what lives as long as the app */
    struct ctx base;                  /* clock, store, commune for each request */
    struct compiled_route *routes;
    size_t n_routes;
    const struct web_room *rooms;
    size_t n_rooms;
    struct web_hub *hub;
    struct rate_table *rates;
    struct sha256 csrf_key, keep_key; /* derived from the installation's secret */
};

/* router.c */
MUST err_t router_build(struct ctx *c, struct web_app *app);
/* E_NOT_FOUND, E_METHOD. Fills route and params. */
MUST err_t router_find(struct web_app *app, struct web_req *req, struct str *ret_allow);

/* rate.c: token buckets by address and class */
struct rate_table *rate_table_new(void);
struct rate_table *rate_table_free(struct rate_table *t);
bool rate_take(struct rate_table *t, struct str address, enum web_rate class_, int64_t now_us);

/* session.c */
MUST err_t session_load(struct ctx *c, struct web_req *req);
/* csrf.c */
MUST err_t csrf_check(struct ctx *c, struct web_req *req);
struct str csrf_token(struct html *h);
/* keep.c: authenticated encryption of small values for cookies */
struct str seal(struct ctx *c, const struct web_app *app, const char *name, struct str value,
                int64_t until_us);
struct str unseal(struct ctx *c, const struct web_app *app, const char *name, struct str sealed);
/* headers.c */
void security_headers(struct ctx *c, struct web_req *req, struct web_res *res);
void set_cookie(struct ctx *c, const struct web_req *req, struct web_res *res, const char *name,
                struct str value, int64_t max_age_s);
/* problem.c */
void problem_json(struct ctx *c, struct web_req *req, struct web_res *res, err_t e);
/* layout.c */
void error_page(struct ctx *c, struct web_req *req, struct web_res *res, err_t e);
struct str cookie_choice(const struct web_req *req, const char *name, const char *const *allowed,
                         size_t n);
enum lang request_lang(const struct web_req *req);
/* assets.c */
struct asset {
    const char *name, *url, *type;
    const unsigned char *bytes;
    size_t n;
    const unsigned char *gzip; /* NULL: not worth it */
    size_t n_gzip;
};
struct str asset_url(const char *name);
const struct asset *asset_by_url(struct str url);
const struct asset *asset_by_name(const char *name);
err_t asset_answer(struct ctx *c, struct web_req *req, struct web_res *res, const struct asset *a);
/* openapi.c */
err_t openapi_answer(struct ctx *c, struct web_req *req, struct web_res *res);
