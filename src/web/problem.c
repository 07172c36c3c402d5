/* Errors for programs: RFC 9457. */
#include "web/app.h"

static void put_errors(struct json_out *o, const struct ctx *c, const struct web_req *req, err_t e)
{
    bool one = c->err.code == e && c->err.field.n;
    if (!req->errors.n && !one)
        return;
    json_key(o, "errors");
    json_open(o, '[');
    for (size_t i = 0; i < req->errors.n; i++) {
        json_open(o, '{');
        json_pair_str(o, "field", req->errors.items[i].name);
        json_pair_str(o, "reason", req->errors.items[i].message);
        json_close(o, '}');
    }
    if (!req->errors.n) {
        json_open(o, '{');
        json_pair_str(o, "field", c->err.field);
        json_pair_str(o, "reason", c->err.detail.n ? c->err.detail : str_from(T(c, err_vi(e))));
        json_close(o, '}');
    }
    json_close(o, ']');
}

void problem_json(struct ctx *c, struct web_req *req, struct web_res *res, err_t e)
{
    struct buf b = { .arena = c->arena };
    struct json_out o = { .buf = &b };
    json_open(&o, '{');
    json_pair_str(&o, "type", S("about:blank"));
    json_pair_str(&o, "title", str_from(T(c, err_vi(e))));
    json_pair_i64(&o, "status", err_http(e));
    json_pair_str(&o, "code", str_lower(c->arena, str_from(err_name(e))));
    if (c->err.code == e && c->err.detail.n)
        json_pair_str(&o, "detail", c->err.detail);
    json_pair_str(&o, "instance", str_fmt(c->arena, "urn:uuid:%.*s",
                                          STR_ARG(id_text(c->arena, c->request_id))));
    put_errors(&o, c, req, e);
    json_close(&o, '}');
    (void)web_bytes(c, res, S("application/problem+json"), buf_view(&b));
}
