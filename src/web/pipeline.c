/* What happens to every request, in one order: limits, session, right, CSRF, form, handler. */
#include "web/app.h"

#include <string.h>

static enum web_rate rate_of(const struct web_req *req)
{
    return req->route->rate ? req->route->rate
           : req->method == WEB_GET ? WEB_RATE_PAGE
                                    : WEB_RATE_WRITE;
}

static bool is_api(const struct web_req *req)
{
    return req->route && (req->route->flags & WEB_API);
}


struct bearer {
    struct web_req *req;
    struct str token;
};

static err_t load_bearer(struct ctx *c, struct db *db, void *arg)
{
    struct bearer *b = arg;
    return b->req->app->hooks.load_bearer(c, db, b->token);
}

static err_t load_who(struct ctx *c, struct web_req *req)
{
    if (!is_api(req))
        return session_load(c, req);
    struct str header = web_fields_get(&req->headers, "authorization");
    if (!str_starts(header, S("Bearer ")))
        return 0;
    struct bearer b = { req, str_trim(str_sub(header, 7, header.n)) };
    return store_read(c, load_bearer, &b);
}

static err_t check_right(struct ctx *c, struct web_req *req)
{
    const struct web_route *r = req->route;
    if ((r->flags & WEB_LOCAL) && req->loopback)
        return 0;
    if (actor_can(&c->actor, r->right))
        return 0;
    if (c->actor.kind == ACTOR_ANONYMOUS)
        return E_UNAUTHENTICATED;
    return E_FORBIDDEN;
}

static void note_refusal(struct ctx *c, const struct web_route *r)
{
    struct str detail = str_fmt(c->arena, "{\"route\":\"%s\",\"right\":\"%s\"}", r->path,
                                right_text(r->right));
    /* A refusal stays a refusal, also where the disk is full. */
    (void)!audit_note(c, &(struct audit_entry){ .action = S("auth.refused"), .detail = detail });
}

static void set_limits(struct web_req *req)
{
    const struct web_settings *s = &req->app->settings;
    if (req->method == WEB_GET)
        return;
    req->body_limit = s->max_body_bytes;
    if (req->route->flags & WEB_UPLOAD) {
        req->file_limit = s->max_upload_bytes;
        req->accept = req->route->accept ? req->route->accept : FILE_PAPERS;
    }
}

err_t web_admit(struct ctx *c, struct web_app *app, struct web_req *req, struct web_res *res)
{
    struct str allow;
    req->app = app;
    c->lang = request_lang(req);
    req->visitor = web_fields_get(&req->cookies, "nep_visitor");
    c->actor.address = req->address;
    err_t e = router_find(app, req, &allow);
    if (e == E_METHOD)
        web_set_header(c, res, "Allow", allow);
    TRY(e);
    if ((req->route->flags & WEB_SANDBOX) && !app->settings.sandbox)
        return E_NOT_FOUND;
    if (!app->settings.no_rate_limits &&
        !rate_take(app->rates, req->address, rate_of(req), ctx_now(c))) {
        web_set_header(c, res, "Retry-After", S("30"));
        return E_RATE;
    }
    set_limits(req);
    return 0;
}

static err_t find_form(struct ctx *c, struct web_req *req, const struct form **ret)
{
    *ret = req->route->form;
    return req->route->form_of ? req->route->form_of(c, req, ret) : 0;
}

/* Repeated names (tick boxes) become lines of one value. */
static struct form_values typed(struct ctx *c, const struct web_fields *fields)
{
    struct form_value *items = ARENA_ARRAY(c->arena, fields->n, struct form_value);
    size_t n = 0;
    for (size_t i = 0; i < fields->n; i++) {
        size_t k = 0;
        while (k < n && !str_eq(items[k].name, fields->items[i].name))
            k++;
        if (k < n)
            items[k].value = str_fmt(c->arena, "%.*s\n%.*s", STR_ARG(items[k].value),
                                     STR_ARG(fields->items[i].value));
        else
            items[n++] = (struct form_value){ fields->items[i].name, fields->items[i].value };
    }
    return (struct form_values){ items, n };
}

static err_t check_body_form(struct ctx *c, struct web_req *req, const struct form *form)
{
    err_t e;
    if (is_api(req)) {
        struct json_error where = { 0 };
        e = json_parse(c->arena, req->body.n ? req->body : S("{}"), &req->json, &where);
        if (e)
            return ctx_fail(c, e, STR_NONE, "line %zu, column %zu: %s", where.line, where.column,
                            where.reason ? where.reason : "too large");
        if (!form)
            return 0;
        e = form_check_json(c, form, req->json, &req->values, &req->errors);
    } else {
        struct form_values in = typed(c, &req->form);
        if (!form) {
            req->values = in;
            return 0;
        }
        e = form_check(c, form, &in, &req->values, &req->errors);
    }
    req->has_errors = e != 0;
    return e;
}

/* A rule of the handler that names a field is shown like a rule of the form. */
static void adopt_error(struct ctx *c, struct web_req *req)
{
    struct form_error *one = ARENA_NEW(c->arena, struct form_error);
    if (req->has_errors || !c->err.field.n)
        return;
    *one = (struct form_error){ c->err.field, c->err.detail.n ? c->err.detail
                                                              : str_from(T(c, err_vi(c->err.code))) };
    req->errors = (struct form_errors){ one, 1 };
    req->has_errors = true;
}

static void clear_answer(struct web_res *res)
{
    *res = (struct web_res){ .status = 200, .fd = -1, .headers = res->headers };
}

/* The page again, with what was typed and the messages beside the fields. */
static err_t show_again(struct ctx *c, struct web_req *req, struct web_res *res, err_t e)
{
    if (err_class(e) != ERR_USER || !req->route->retry)
        return e;
    adopt_error(c, req);
    if (!req->has_errors)
        return e;
    clear_answer(res);
    TRY(req->route->retry(c, req, res));
    res->status = 422;
    return 0;
}

static err_t run(struct ctx *c, struct web_req *req, struct web_res *res)
{
    const struct form *form = NULL;
    TRY(load_who(c, req));
    res->cacheable = (req->route->flags & WEB_CACHED) && c->actor.kind == ACTOR_ANONYMOUS;
    TRY(check_right(c, req));
    TRY(req->body_error);
    if (req->method != WEB_GET) {
        if (!is_api(req))
            TRY(csrf_check(c, req));
        req->once_key = is_api(req) ? web_fields_get(&req->headers, "idempotency-key")
                                    : web_fields_get(&req->form, "_once");
        TRY(find_form(c, req, &form));
        bool multipart_api = is_api(req) && req->body_kind != WEB_BODY_JSON && req->n_uploads;
        err_t e = multipart_api ? 0 : check_body_form(c, req, form);
        if (e)
            return show_again(c, req, res, e);
    }
    err_t e = req->route->handler(c, req, res);
    if (!e && arena_over(c->arena))
        e = E_LIMIT;
    return e && req->method != WEB_GET ? show_again(c, req, res, e) : e;
}

void web_handle(struct ctx *c, struct web_app *app, struct web_req *req, struct web_res *res)
{
    (void)app;
    res->status = res->status ? res->status : 200;
    err_t e = run(c, req, res);
    if (e == E_FORBIDDEN)
        note_refusal(c, req->route);
    if (e) {
        clear_answer(res);
        web_answer_error(c, req, res, e);
        return;
    }
    security_headers(c, req, res);
}

/* Where somebody who is not signed in is sent, with the way back. */
static void send_to_sign_in(struct ctx *c, struct web_req *req, struct web_res *res)
{
    bool staff = str_starts(req->path, S("/can-bo"));
    struct html h = { .c = c, .out = { .arena = c->arena } };
    buf_c(&h.out, staff ? "/can-bo/dang-nhap?ve=" : "/dang-nhap?ve=");
    html_component(&h, req->method == WEB_GET ? req->url : S("/"));
    (void)web_redirect(c, res, buf_view(&h.out));
}

void web_answer_error(struct ctx *c, struct web_req *req, struct web_res *res, err_t e)
{
    res->cacheable = false;
    if (err_class(e) != ERR_USER)
        log_error("request_failed", "id=%.*s route=%s error=%s detail=\"%.*s\"",
                  STR_ARG(id_text(c->arena, c->request_id)), req->route ? req->route->path : "-",
                  err_name(e), STR_ARG(c->err.code == e ? c->err.detail : S("")));
    res->status = err_http(e);
    bool api = is_api(req) || str_starts(req->path, S("/api/"));
    if (api)
        problem_json(c, req, res, e);
    else if (e == E_UNAUTHENTICATED)
        send_to_sign_in(c, req, res);
    else
        error_page(c, req, res, e);
    if (api && e == E_UNAUTHENTICATED)
        web_set_header(c, res, "WWW-Authenticate", S("Bearer"));
    security_headers(c, req, res);
}

struct str web_key(struct web_app *app, struct web_req *req)
{
    struct str allow;
    if (req->method != WEB_GET || web_fields_get(&req->cookies, "nep_session").n ||
        web_fields_get(&req->cookies, "nep_k_flash").n)
        return STR_NONE;
    if (!req->route && router_find(app, req, &allow))
        return STR_NONE;
    bool cached = req->route->flags & WEB_CACHED;
    struct str choices[] = { req->url, web_fields_get(&req->cookies, "nep_lang"),
                             web_fields_get(&req->cookies, "nep_theme"),
                             web_fields_get(&req->cookies, "nep_type") };
    return cached ? str_join(req->c->arena, choices, COUNT(choices), S("\n")) : STR_NONE;
}

bool web_is_quick(struct web_app *app, struct web_req *req)
{
    (void)app;
    return req->method == WEB_GET && str_starts(req->path, S("/assets/"));
}

/* --- Reading ------------------------------------------------------------------------------------ */

static struct str never_none(struct str s)
{
    return s.p ? s : S("");
}

struct str web_query(const struct web_req *req, const char *name)
{
    return never_none(web_fields_get(&req->query, name));
}

struct str web_typed(const struct web_req *req, const char *name)
{
    return never_none(web_fields_get(&req->form, name));
}

struct web_app *web_app_of(const struct web_req *req)
{
    return req->app;
}

int64_t web_query_i64(const struct web_req *req, const char *name, int64_t fallback)
{
    int64_t n;
    return str_to_i64(web_query(req, name), &n) ? n : fallback;
}

struct str web_header(const struct web_req *req, const char *name)
{
    return never_none(web_fields_get(&req->headers, name));
}

struct str web_path(const struct web_req *req)
{
    return req->path;
}

struct str web_url(const struct web_req *req)
{
    return req->url;
}

const struct form_values *web_values(const struct web_req *req)
{
    return &req->values;
}

const struct form_errors *web_errors(const struct web_req *req)
{
    return req->has_errors ? &req->errors : NULL;
}

void web_set_errors(struct web_req *req, const struct form_errors *errors)
{
    req->errors = *errors;
    req->has_errors = true;
}

const struct json *web_body_json(const struct web_req *req)
{
    return req->json;
}

struct str web_once_key(const struct web_req *req)
{
    return never_none(req->once_key);
}

/* A page's form is the same request whenever it bears the same key: browsers draw a new multipart
 * boundary each time. The API's request is its bytes. */
struct sha256 web_request_hash(const struct web_req *req)
{
    struct sha256_state *h = sha256_begin();
    sha256_add(h, req->path.p, req->path.n);
    if (is_api(req))
        sha256_add(h, req->body_hash.b, sizeof req->body_hash.b);
    return sha256_end(h);
}

size_t web_uploads(const struct web_req *req, const struct web_upload **ret)
{
    *ret = req->uploads;
    return req->n_uploads;
}
