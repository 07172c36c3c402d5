/* Two walls against requests forged by other sites: where the browser says it comes from, and a token
 * that only our own pages know. The token is tied to the session, or to a visitor's cookie. */
#include "web/app.h"

static struct str owner(const struct web_req *req)
{
    return req->session_token.n ? req->session_token : req->visitor;
}

static struct str token_for(struct ctx *c, const struct web_app *app, struct str who)
{
    struct sha256 h = hmac_sha256((struct str){ (const char *)app->csrf_key.b, 32 }, who);
    return base64url_of(c->arena, (struct str){ (const char *)h.b, 24 });
}

struct str csrf_token(struct html *h)
{
    struct web_req *req = h->req;
    if (!owner(req).n) {
        req->visitor = rng_token(h->c->rng, h->c->arena, 18);
        req->new_visitor = true;
        set_cookie(h->c, req, h->res, "nep_visitor", req->visitor, 24 * 3600);
    }
    /* The page now belongs to one visitor. */
    h->res->cacheable = false;
    return token_for(h->c, req->app, owner(req));
}

static bool comes_from_us(const struct web_req *req)
{
    struct str site = web_fields_get(&req->headers, "sec-fetch-site");
    struct str origin = web_fields_get(&req->headers, "origin"), scheme, host;
    if (site.n && !str_eq_c(site, "same-origin") && !str_eq_c(site, "none"))
        return false;
    if (!origin.n || str_eq_c(origin, "null"))
        return !origin.n;
    ptrdiff_t at = str_find(origin, S("://"));
    if (at < 0)
        return false;
    scheme = str_sub(origin, 0, (size_t)at);
    host = str_sub(origin, (size_t)at + 3, origin.n);
    return (str_eq_c(scheme, "http") || str_eq_c(scheme, "https")) &&
           str_eq(host, web_fields_get(&req->headers, "host"));
}

err_t csrf_check(struct ctx *c, struct web_req *req)
{
    struct str given = web_fields_get(&req->form, "_csrf");
    if (!given.n)
        given = web_fields_get(&req->headers, "x-csrf-token");
    if (!comes_from_us(req) || !owner(req).n)
        return E_CSRF;
    struct str right = token_for(c, req->app, owner(req));
    return given.n == right.n && bytes_eq_secret(given.p, right.p, right.n) ? 0 : E_CSRF;
}
