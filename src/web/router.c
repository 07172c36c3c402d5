#include "web/app.h"

#include <string.h>

static err_t compile_segment(struct ctx *c, const char *pattern, struct str text, struct segment *ret)
{
    struct str name, type;
    if (!str_starts(text, S("{"))) {
        *ret = (struct segment){ SEGMENT_LITERAL, text };
        return 0;
    }
    if (!str_ends(text, S("}")))
        return ctx_fail(c, E_CONFIG, STR_NONE, "route %s: a parameter fills a whole segment", pattern);
    (void)str_cut(str_sub(text, 1, text.n - 2), ':', &name, &type);
    ret->text = name;
    if (!type.n)
        ret->kind = SEGMENT_TEXT;
    else if (str_eq_c(type, "id"))
        ret->kind = SEGMENT_ID;
    else if (str_eq_c(type, "int"))
        ret->kind = SEGMENT_INT;
    else
        return ctx_fail(c, E_CONFIG, STR_NONE, "route %s: unknown type", pattern);
    return 0;
}

static err_t compile(struct ctx *c, const struct web_route *route, struct compiled_route *ret)
{
    struct str rest = str_sub(str_from(route->path), 1, strlen(route->path)), segment;
    ret->route = route;
    ret->n = 0;
    while (rest.n) {
        (void)str_cut(rest, '/', &segment, &rest);
        if (ret->n == MOST_SEGMENTS)
            return ctx_fail(c, E_CONFIG, STR_NONE, "route %s is too deep", route->path);
        TRY(compile_segment(c, route->path, segment, &ret->segments[ret->n++]));
    }
    return 0;
}

err_t router_build(struct ctx *c, struct web_app *app)
{
    size_t n = 0;
    for (size_t i = 0; i < app->n_rooms; i++)
        n += app->rooms[i].n_routes;
    app->routes = ARENA_ARRAY(app->arena, n, struct compiled_route);
    for (size_t i = 0; i < app->n_rooms; i++) {
        for (size_t k = 0; k < app->rooms[i].n_routes; k++)
            TRY(compile(c, &app->rooms[i].routes[k], &app->routes[app->n_routes++]));
    }
    return 0;
}

static bool segment_fits(const struct segment *s, struct str text)
{
    struct id id;
    int64_t n;
    switch (s->kind) {
    case SEGMENT_LITERAL:
        return str_eq(s->text, text);
    case SEGMENT_TEXT:
        return text.n > 0;
    case SEGMENT_ID:
        return id_parse(text, &id);
    case SEGMENT_INT:
        return str_to_i64(text, &n) && n >= 0;
    }
    return false;
}

static size_t split(struct str path, struct str *segments)
{
    struct str rest = str_sub(path, 1, path.n);
    size_t n = 0;
    while (rest.n) {
        if (n == MOST_SEGMENTS)
            return MOST_SEGMENTS + 1;
        (void)str_cut(rest, '/', &segments[n++], &rest);
    }
    return n;
}

/* How many of its segments are literal: "/a/new" goes before "/a/{code}". */
static int fit(const struct compiled_route *r, const struct str *segments, size_t n)
{
    int literal = 0;
    if (r->n != n)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (!segment_fits(&r->segments[i], segments[i]))
            return -1;
        literal += r->segments[i].kind == SEGMENT_LITERAL;
    }
    return literal;
}

static const char *method_name(enum web_method m)
{
    return m == WEB_GET ? "GET, HEAD" : m == WEB_POST ? "POST" : m == WEB_PUT ? "PUT" : "DELETE";
}

err_t router_find(struct web_app *app, struct web_req *req, struct str *ret_allow)
{
    struct str segments[MOST_SEGMENTS];
    struct buf allow = { .arena = req->c->arena };
    const struct compiled_route *best = NULL;
    int best_fit = -1;
    size_t n = split(req->path, segments);
    for (size_t i = 0; i < app->n_routes; i++) {
        int f = fit(&app->routes[i], segments, n);
        if (f < 0)
            continue;
        if (app->routes[i].route->method != req->method) {
            buf_fmt(&allow, "%s%s", allow.n ? ", " : "", method_name(app->routes[i].route->method));
        } else if (f > best_fit) {
            best = &app->routes[i];
            best_fit = f;
        }
    }
    *ret_allow = buf_view(&allow);
    if (!best)
        return allow.n ? E_METHOD : E_NOT_FOUND;
    req->route = best->route;
    for (size_t i = 0; i < n; i++) {
        if (best->segments[i].kind != SEGMENT_LITERAL)
            web_fields_add(req->c->arena, &req->params, best->segments[i].text,
                           str_dup(req->c->arena, segments[i]));
    }
    return 0;
}

struct str web_param(const struct web_req *req, const char *name)
{
    struct str s = web_fields_get(&req->params, name);
    assert(s.p && "the pattern has this parameter");
    return s;
}

struct id web_param_id(const struct web_req *req, const char *name)
{
    struct id id = ID_NONE;
    bool ok = id_parse(web_param(req, name), &id);
    assert(ok);
    (void)ok;
    return id;
}

int64_t web_param_i64(const struct web_req *req, const char *name)
{
    int64_t n = 0;
    bool ok = str_to_i64(web_param(req, name), &n);
    assert(ok);
    (void)ok;
    return n;
}
