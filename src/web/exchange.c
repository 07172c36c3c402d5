#include "web/exchange.h"

#include <string.h>
#include <unistd.h>

void exchange_init(struct exchange *x, struct web_app *app)
{
    x->c = web_app_ctx(app);
    x->c.arena = arena_new(ARENA_REQUEST_CAP);
    x->rng = rng_system();
    x->c.rng = &x->rng;
    x->c.request_id = ctx_new_id(&x->c);
    x->started_us = clock_monotonic_us();
    x->req.app = app;
    x->req.c = &x->c;
    x->res.fd = -1;
    x->body.arena = x->c.arena;
}

void exchange_done(struct exchange *x)
{
    if (x->multipart)
        multipart_abort(x->multipart);
    if (x->hash)
        (void)sha256_end(x->hash);
    if (x->res.fd >= 0)
        close(x->res.fd);
    x->c.arena = arena_free(x->c.arena);
}

void exchange_header(struct exchange *x, struct str name, struct str value)
{
    web_fields_add(x->c.arena, &x->req.headers, str_lower(x->c.arena, name), str_dup(x->c.arena, value));
}

static bool method_parse(struct str method, struct web_req *req)
{
    static const struct {
        const char *name;
        enum web_method method;
    } rows[] = { { "GET", WEB_GET }, { "HEAD", WEB_GET }, { "POST", WEB_POST }, { "PUT", WEB_PUT },
                 { "DELETE", WEB_DELETE } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (str_eq_c(method, rows[i].name)) {
            req->method = rows[i].method;
            req->head = i == 1;
            return true;
        }
    }
    return false;
}

/* Behind our own proxy the client's address is the last one it added. */
static struct str client_address(struct exchange *x, struct str peer, bool loopback)
{
    struct str forwarded = web_fields_get(&x->req.headers, "x-forwarded-for");
    if (!loopback || !web_app_settings(x->req.app)->behind_proxy || !forwarded.n)
        return str_dup(x->c.arena, peer);
    for (struct str rest = forwarded; rest.n;)
        (void)str_cut(rest, ',', &forwarded, &rest);
    forwarded = str_trim(forwarded);
    return forwarded.n <= 45 ? forwarded : S("unknown");
}

err_t exchange_head(struct exchange *x, struct str method, struct str peer_address, bool loopback)
{
    struct web_req *req = &x->req;
    struct str path, query;
    (void)str_cut(x->raw_url, '?', &path, &query);
    req->url = str_is_text(x->raw_url) ? x->raw_url : S("/");
    req->path = S("/");
    req->loopback = loopback;
    req->address = client_address(x, peer_address, loopback);
    x->c.actor.address = req->address;
    bool proxied = loopback && web_app_settings(req->app)->behind_proxy;
    req->secure = (proxied && str_eq_c(web_fields_get(&req->headers, "x-forwarded-proto"), "https"));
    web_cookies(x->c.arena, web_fields_get(&req->headers, "cookie"), &req->cookies);
    if (!method_parse(method, req)) {
        req->method = WEB_GET;
        return E_METHOD;
    }
    TRY(web_path_decode(x->c.arena, path, &req->path));
    return web_urlencoded(x->c.arena, query, WEB_MOST_FIELDS, &req->query);
}

err_t exchange_body_begin(struct exchange *x, int64_t length)
{
    struct web_req *req = &x->req;
    struct str type = web_fields_get(&req->headers, "content-type");
    int64_t most = req->body_limit + 3 * req->file_limit;
    if (length > most)
        return E_TOO_LARGE;
    x->hash = sha256_begin();
    if (str_starts(type, S("multipart/form-data"))) {
        req->body_kind = WEB_BODY_MULTIPART;
        return multipart_begin(&x->c, req, type, &x->multipart);
    }
    if (str_starts(type, S("application/x-www-form-urlencoded")))
        req->body_kind = WEB_BODY_FORM;
    else if (str_starts(type, S("application/json")))
        req->body_kind = WEB_BODY_JSON;
    else if (length != 0 && type.n)
        return E_BAD_TYPE;
    return 0;
}

void exchange_body(struct exchange *x, const char *bytes, size_t n)
{
    struct web_req *req = &x->req;
    x->received += (int64_t)n;
    if (req->body_error)
        return;
    sha256_add(x->hash, bytes, n);
    if (x->multipart)
        req->body_error = multipart_feed(x->multipart, bytes, n);
    else if (x->received > req->body_limit)
        req->body_error = E_TOO_LARGE;
    else
        buf_put(&x->body, bytes, n);
}

void exchange_body_end(struct exchange *x)
{
    struct web_req *req = &x->req;
    if (!x->hash)
        return;
    req->body_hash = sha256_end(x->hash);
    x->hash = NULL;
    req->body = buf_view(&x->body);
    if (req->body_error)
        return;
    if (x->multipart)
        req->body_error = multipart_finish(x->multipart);
    else if (req->body_kind == WEB_BODY_FORM)
        req->body_error = web_urlencoded(x->c.arena, req->body, WEB_MOST_FIELDS, &req->form);
}
