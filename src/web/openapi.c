/* The machine interface described from the same rows that route it (OpenAPI 3.1). */
#include "web/app.h"
#include "web/form_inside.h"

#include <string.h>

/* "/api/v1/dossiers/{code}" without the types of our own. */
static struct str plain_path(struct ctx *c, const char *path)
{
    struct buf b = { .arena = c->arena };
    bool skipping = false;
    for (; *path; path++) {
        skipping = (skipping || *path == ':') && *path != '}';
        if (!skipping)
            buf_char(&b, *path);
    }
    return buf_view(&b);
}

static void put_parameters(struct ctx *c, struct json_out *o, const struct compiled_route *r)
{
    json_key(o, "parameters");
    json_open(o, '[');
    for (size_t i = 0; i < r->n; i++) {
        if (r->segments[i].kind == SEGMENT_LITERAL)
            continue;
        json_open(o, '{');
        json_pair_str(o, "name", r->segments[i].text);
        json_pair_str(o, "in", S("path"));
        json_pair_bool(o, "required", true);
        json_key(o, "schema");
        json_put_raw(o, S("{\"type\":\"string\"}"));
        json_close(o, '}');
    }
    for (const char *q = r->route->query; q && *q;) {
        size_t n = strcspn(q, " ");
        json_open(o, '{');
        json_pair_str(o, "name", str_dup(c->arena, (struct str){ q, n }));
        json_pair_str(o, "in", S("query"));
        json_key(o, "schema");
        json_put_raw(o, S("{\"type\":\"string\"}"));
        json_close(o, '}');
        q += n + (q[n] == ' ');
    }
    json_close(o, ']');
}

static void put_body(struct json_out *o, const struct web_route *r)
{
    if (r->method == WEB_GET)
        return;
    json_key(o, "requestBody");
    if (r->flags & WEB_UPLOAD) {
        json_put_raw(o, S("{\"content\":{\"multipart/form-data\":{\"schema\":{\"type\":\"object\","
                          "\"properties\":{\"paper\":{\"type\":\"string\",\"format\":\"binary\"}}}}}}"));
        return;
    }
    json_open(o, '{');
    json_key(o, "content");
    json_open(o, '{');
    json_key(o, "application/json");
    json_open(o, '{');
    json_key(o, "schema");
    if (r->request)
        json_put_raw(o, str_from(r->request));
    else if (r->form)
        form_put_schema(o, r->form);
    else
        json_put_raw(o, S("{\"type\":\"object\"}"));
    json_close(o, '}');
    json_close(o, '}');
    json_close(o, '}');
}

static void put_responses(struct json_out *o, const struct web_route *r)
{
    json_key(o, "responses");
    json_open(o, '{');
    json_key(o, r->created ? "201" : "200");
    json_open(o, '{');
    json_pair_str(o, "description", S("OK"));
    json_key(o, "content");
    json_open(o, '{');
    json_key(o, "application/json");
    json_open(o, '{');
    json_key(o, "schema");
    json_put_raw(o, r->response ? str_from(r->response) : S("{}"));
    json_close(o, '}');
    json_close(o, '}');
    json_close(o, '}');
    json_key(o, "default");
    json_put_raw(o, S("{\"$ref\":\"#/components/responses/Problem\"}"));
    json_close(o, '}');
}

static const char *method_word(enum web_method m)
{
    return m == WEB_GET ? "get" : m == WEB_POST ? "post" : m == WEB_PUT ? "put" : "delete";
}

static void put_operation(struct ctx *c, struct json_out *o, const struct compiled_route *r)
{
    json_key(o, method_word(r->route->method));
    json_open(o, '{');
    json_pair_str(o, "summary", str_from(r->route->summary ? r->route->summary : ""));
    put_parameters(c, o, r);
    put_body(o, r->route);
    put_responses(o, r->route);
    if (r->route->right != RIGHT_PUBLIC) {
        json_key(o, "security");
        json_put_raw(o, S("[{\"bearer\":[]}]"));
        json_pair_str(o, "x-right", str_from(right_text(r->route->right)));
    }
    json_close(o, '}');
}

static bool first_of_path(const struct web_app *app, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if ((app->routes[k].route->flags & WEB_API) &&
            strcmp(app->routes[k].route->path, app->routes[i].route->path) == 0)
            return false;
    }
    return app->routes[i].route->flags & WEB_API;
}

err_t openapi_answer(struct ctx *c, struct web_req *req, struct web_res *res)
{
    const struct web_app *app = req->app;
    struct buf b = { .arena = c->arena };
    struct json_out o = { .buf = &b };
    json_open(&o, '{');
    json_pair_str(&o, "openapi", S("3.1.0"));
    json_key(&o, "info");
    json_put_raw(&o, S("{\"title\":\"Nếp\",\"version\":\"" NEP_VERSION "\"}"));
    json_key(&o, "paths");
    json_open(&o, '{');
    for (size_t i = 0; i < app->n_routes; i++) {
        if (!first_of_path(app, i))
            continue;
        json_key_str(&o, plain_path(c, app->routes[i].route->path));
        json_open(&o, '{');
        for (size_t k = i; k < app->n_routes; k++) {
            if (strcmp(app->routes[k].route->path, app->routes[i].route->path) == 0)
                put_operation(c, &o, &app->routes[k]);
        }
        json_close(&o, '}');
    }
    json_close(&o, '}');
    json_key(&o, "components");
    json_put_raw(&o, S("{\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"}},"
                       "\"responses\":{\"Problem\":{\"description\":\"RFC 9457\",\"content\":{"
                       "\"application/problem+json\":{\"schema\":{\"type\":\"object\",\"required\":["
                       "\"type\",\"title\",\"status\",\"code\"],\"properties\":{\"type\":{\"type\":"
                       "\"string\"},\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
                       "\"code\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"}}}}}}}}"));
    json_close(&o, '}');
    return web_json(c, res, 200, &b);
}
