/* /api/v1: procedures and dossiers for programs. */
#include "onestop/web_inside.h"

#define DOSSIER_SCHEMA                                                                             \
    "{\"type\":\"object\",\"required\":[\"code\",\"state\",\"procedure\"],\"properties\":{\"code\":{\"type\":"  \
    "\"string\"},\"provisional_code\":{\"type\":[\"string\",\"null\"]},\"state\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":" \
    "10},\"state_name\":{\"type\":\"string\"},\"procedure\":{\"type\":\"string\"},\"due_at\":{\"type\":[\"string\"," \
    "\"null\"]},\"received_at\":{\"type\":[\"string\",\"null\"]}}}"

/* --- Procedures ------------------------------------------------------------------------------------------ */

struct page_query {
    struct str after;
    int64_t n;
    struct procedure_page_row *rows;
    size_t n_rows;
};

static err_t read_page(struct ctx *c, struct db *db, void *arg)
{
    struct page_query *q = arg;
    return procedure_page(c, db, &(struct procedure_page_in){ .after = q->after, .n = q->n }, &q->rows, &q->n_rows);
}

static err_t list_procedures(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct page_query q = { .after = web_query(req, "after"), .n = web_query_i64(req, "limit", 50) };
    struct buf b = { .arena = c->arena };
    struct json_out o = { .buf = &b };
    if (q.n < 1 || q.n > 1000)
        return ctx_fail(c, E_BAD_INPUT, S("limit"), "%s", T(c, "Số này phải từ 1 đến 1000."));
    TRY(store_read(c, read_page, &q));
    json_open(&o, '{');
    json_key(&o, "items");
    json_open(&o, '[');
    for (size_t i = 0; i < q.n_rows; i++) {
        json_open(&o, '{');
        json_pair_str(&o, "code", q.rows[i].code);
        json_pair_str(&o, "name", q.rows[i].name);
        json_pair_str(&o, "field", q.rows[i].field);
        json_pair_str(&o, "term", q.rows[i].term);
        json_pair_str(&o, "online", q.rows[i].online);
        json_pair_str(&o, "fee", q.rows[i].fee_text);
        json_key(&o, "form");
        json_open(&o, '{');
        json_pair_str(&o, "id", q.rows[i].form_id);
        json_close(&o, '}');
        json_close(&o, '}');
    }
    json_close(&o, ']');
    bool more = (int64_t)q.n_rows == q.n;
    json_pair_str(&o, "next", more ? str_fmt(c->arena, "/api/v1/procedures?limit=%lld&after=%.*s", (long long)q.n,
                                             STR_ARG(q.rows[q.n_rows - 1].code))
                                   : STR_NONE);
    json_close(&o, '}');
    return web_json(c, res, 200, &b);
}

static err_t show_procedure(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct procedure_read r = { .code = web_param(req, "code") };
    struct buf b = { .arena = c->arena };
    struct json_out o = { .buf = &b };
    const struct form *form;
    TRY(store_read(c, read_procedure, &r));
    TRY(procedure_form(c, &r.p, &form));
    json_open(&o, '{');
    json_pair_str(&o, "code", r.p.code);
    json_pair_str(&o, "name", r.p.name);
    json_pair_str(&o, "field", r.p.field);
    json_pair_i64(&o, "version", r.p.version);
    json_pair_str(&o, "valid_from", day_iso(c->arena, r.p.valid_from_day));
    json_pair_str(&o, "term", r.p.term);
    json_pair_str(&o, "fee", r.p.fee_text);
    json_pair_str(&o, "online", r.p.online);
    json_pair_str(&o, "result", r.p.result_name);
    json_key(&o, "form");
    form_put_json(&o, form);
    json_close(&o, '}');
    return web_json(c, res, 200, &b);
}

/* --- Dossiers --------------------------------------------------------------------------------------------- */

static void put_time(struct ctx *c, struct json_out *o, const char *key, int64_t at_us)
{
    json_pair_str(o, key, at_us ? time_iso(c->arena, at_us) : STR_NONE);
}

static struct str dossier_json(struct ctx *c, const struct dossier *d)
{
    struct buf b = { .arena = c->arena };
    struct json_out o = { .buf = &b };
    json_open(&o, '{');
    json_pair_str(&o, "code", dossier_code(d));
    json_pair_str(&o, "provisional_code", d->provisional_code);
    json_pair_i64(&o, "state", d->state);
    json_pair_str(&o, "state_name", str_from(T(c, state_vi(d->state))));
    json_pair_str(&o, "procedure", d->procedure_code);
    json_pair_i64(&o, "channel", d->channel);
    put_time(c, &o, "filed_at", d->filed_at_us);
    put_time(c, &o, "received_at", d->received_at_us);
    put_time(c, &o, "due_at", d->due_at_us);
    put_time(c, &o, "finished_at", d->finished_at_us);
    json_close(&o, '}');
    return buf_view(&b);
}

struct filing {
    struct dossier_filing in;
    struct str once, answer;
    struct sha256 hash;
};

/* Filed and answered in one write: a repeat gets the same answer for ever. */
static err_t file_once(struct ctx *c, struct db *db, void *arg)
{
    struct filing *f = arg;
    struct once_answer answer;
    struct dossier d;
    bool found = false;
    struct str scope = str_fmt(c->arena, "api:%s", id_text(c->arena, c->actor.account_id).p);
    if (f->once.n)
        TRY(once_find(c, db, scope, f->once, f->hash, &answer, &found));
    if (found) {
        f->answer = answer.body;
        return 0;
    }
    TRY(dossier_file(c, db, &f->in, &d));
    f->answer = dossier_json(c, &d);
    answer = (struct once_answer){ 201, f->answer };
    return f->once.n ? once_store(c, db, scope, f->once, f->hash, &answer) : 0;
}

static const struct form_field applicant_fields[] = {
    { .name = S_INIT("name"), .label = S_INIT(N_("Họ và tên")), .type = FIELD_TEXT, .required = true, .max = 100 },
    { .name = S_INIT("id_number"), .label = S_INIT(N_("Số định danh")), .type = FIELD_ID_NUMBER },
    { .name = S_INIT("phone"), .label = S_INIT(N_("Điện thoại")), .type = FIELD_PHONE },
};
static const struct form applicant_form = { S_INIT("applicant"), S_INIT(N_("Người nộp")), applicant_fields, COUNT(applicant_fields) };

/* Field errors of a part are told under its name: "answers.child_name". */
static err_t check_part(struct ctx *c, struct web_req *req, const struct form *form, const char *part, struct form_values *ret)
{
    struct form_errors errors;
    const struct json *object = json_get(web_body_json(req), part);
    if (!object || object->type != JSON_OBJECT)
        return ctx_fail(c, E_BAD_INPUT, str_from(part), "%s", T(c, "Phần này phải là một đối tượng."));
    err_t e = form_check_json(c, form, object, ret, &errors);
    if (e != E_BAD_INPUT)
        return e;
    struct form_error *named = ARENA_ARRAY(c->arena, errors.n, struct form_error);
    for (size_t i = 0; i < errors.n; i++)
        named[i] = (struct form_error){ str_fmt(c->arena, "%s.%.*s", part, STR_ARG(errors.items[i].name)),
                                        errors.items[i].message };
    web_set_errors(req, &(struct form_errors){ named, errors.n });
    return e;
}

static err_t file_dossier(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct procedure_read r = { .code = json_get_str(web_body_json(req), "procedure", S("")) };
    struct form_values who, answers;
    const struct form *form;
    err_t e = store_read(c, read_procedure, &r);
    if (e == E_NOT_FOUND)
        return ctx_fail(c, E_BAD_INPUT, S("procedure"), "%s", T(c, "Không có thủ tục mang mã này."));
    TRY(e);
    TRY(procedure_form(c, &r.p, &form));
    TRY(check_part(c, req, &applicant_form, "applicant", &who));
    TRY(check_part(c, req, form, "answers", &answers));
    struct filing f = { .in = { .procedure_code = r.p.code, .applicant_name = form_get(&who, "name"),
                                .applicant_id_number = form_get(&who, "id_number"),
                                .applicant_phone = form_get(&who, "phone"), .answers = &answers,
                                .channel = CHANNEL_ONLINE },
                        .once = web_once_key(req), .hash = web_request_hash(req) };
    TRY(store_write(c, file_once, &f));
    web_events_send(web_app_of(req), S("queue"), S("changed"), S("1"));
    web_set_header(c, res, "Location", str_fmt(c->arena, "/api/v1/dossiers"));
    struct buf b = { .arena = c->arena };
    buf_str(&b, f.answer);
    return web_json(c, res, 201, &b);
}

static err_t show_dossier(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct dossier_read r = { .code = web_param(req, "code") };
    struct buf b = { .arena = c->arena };
    TRY(store_read(c, read_dossier, &r));
    buf_str(&b, dossier_json(c, &r.d));
    return web_json(c, res, 200, &b);
}

static err_t add_paper(struct ctx *c, struct db *db, void *arg)
{
    struct move_call *m = arg;
    TRY(dossier_by_code(c, db, m->code, &m->d));
    return dossier_add_paper(c, db, &m->d, &m->paper);
}

static err_t post_papers(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct move_call m = { .code = web_param(req, "code") };
    const struct web_upload *uploads;
    size_t n = web_uploads(req, &uploads);
    struct buf b = { .arena = c->arena };
    struct json_out o = { .buf = &b };
    if (!n)
        return ctx_fail(c, E_BAD_INPUT, S("paper"), "%s", T(c, "Chưa có tệp nào."));
    json_open(&o, '{');
    json_key(&o, "papers");
    json_open(&o, '[');
    for (size_t i = 0; i < n; i++) {
        m.paper = uploads[i];
        TRY(store_write(c, add_paper, &m));
        json_open(&o, '{');
        json_pair_str(&o, "name", uploads[i].field);
        json_pair_str(&o, "sha256", hex_of(c->arena, uploads[i].file.sha256.b, 32));
        json_pair_i64(&o, "size", uploads[i].file.size_bytes);
        json_pair_str(&o, "type", uploads[i].file.type);
        json_close(&o, '}');
    }
    json_close(&o, ']');
    json_close(&o, '}');
    return web_json(c, res, 201, &b);
}

static err_t make_move(struct ctx *c, struct web_req *req, struct web_res *res)
{
    const struct json *j = web_body_json(req);
    struct move_call m = { .code = web_param(req, "code"), .in = { .note = json_get_str(j, "note", S("")) } };
    struct buf b = { .arena = c->arena };
    struct file_ref drawn;
    struct str pdf;
    if (!move_parse(json_get_str(j, "move", S("")), &m.in.move))
        return ctx_fail(c, E_BAD_INPUT, S("move"), "%s", T(c, "Không có bước này."));
    if (m.in.move == MOVE_RESOLVE) {
        struct dossier_read r = { .code = m.code };
        TRY(store_read(c, read_dossier, &r));
        /* Drawn only for what can be carried out; the move itself checks again. */
        if (r.may_see && dossier_moves(r.d.state, r.d.supplements, &c->actor) & 1u << MOVE_RESOLVE) {
            TRY(dossier_result_pdf(c, &r.d, m.in.note, &pdf));
            TRY(file_put(c, pdf, S("application/pdf"), &drawn));
            m.in.result = &drawn;
        }
    }
    TRY(store_write(c, run_move, &m));
    web_events_send(web_app_of(req), S("queue"), S("changed"), S("1"));
    buf_str(&b, dossier_json(c, &m.d));
    return web_json(c, res, 200, &b);
}

static const struct web_route routes[] = {
    { .method = WEB_GET, .path = "/api/v1/procedures", .right = RIGHT_PUBLIC, .flags = WEB_API, .query = "limit after",
      .handler = list_procedures, .summary = "The catalogue of procedures, a page at a time",
      .response = "{\"type\":\"object\",\"required\":[\"items\",\"next\"],\"properties\":{\"items\":{\"type\":\"array\","
                  "\"items\":{\"type\":\"object\",\"required\":[\"code\",\"name\",\"field\",\"form\"]}},\"next\":{\"type\":"
                  "[\"string\",\"null\"]}}}" },
    { .method = WEB_GET, .path = "/api/v1/procedures/{code}", .right = RIGHT_PUBLIC, .flags = WEB_API,
      .handler = show_procedure, .summary = "One procedure with the fields of its form",
      .response = "{\"type\":\"object\",\"required\":[\"code\",\"name\",\"form\"]}" },
    { .method = WEB_POST, .path = "/api/v1/dossiers", .right = RIGHT_DOSSIER_FILE, .flags = WEB_API,
      .handler = file_dossier, .created = true, .summary = "File a dossier; Idempotency-Key makes a repeat harmless",
      .request = "{\"type\":\"object\",\"required\":[\"procedure\",\"applicant\",\"answers\"],\"properties\":{"
                 "\"procedure\":{\"type\":\"string\"},\"applicant\":{\"type\":\"object\",\"required\":[\"name\"]},"
                 "\"answers\":{\"type\":\"object\"}}}",
      .response = DOSSIER_SCHEMA },
    { .method = WEB_GET, .path = "/api/v1/dossiers/{code}", .right = RIGHT_PUBLIC, .flags = WEB_API,
      .handler = show_dossier, .summary = "State and dates of a dossier by official or provisional code",
      .response = DOSSIER_SCHEMA },
    { .method = WEB_POST, .path = "/api/v1/dossiers/{code}/papers", .right = RIGHT_DOSSIER_FILE,
      .flags = WEB_API | WEB_UPLOAD, .handler = post_papers, .created = true, .summary = "Attach papers (multipart)",
      .response = "{\"type\":\"object\",\"required\":[\"papers\"]}" },
    { .method = WEB_POST, .path = "/api/v1/dossiers/{code}/moves", .right = RIGHT_SIGNED_IN, .flags = WEB_API,
      .handler = make_move, .summary = "Carry out a move: receive, refuse, ask_supplement, …",
      .request = "{\"type\":\"object\",\"required\":[\"move\"],\"properties\":{\"move\":{\"type\":\"string\",\"enum\":["
                 "\"receive\",\"refuse\",\"ask_supplement\",\"supplement\",\"hand_over\",\"resolve\",\"return\","
                 "\"withdraw\",\"stop\"]},\"note\":{\"type\":\"string\"}}}",
      .response = DOSSIER_SCHEMA },
};
const struct web_room onestop_web_api = { routes, COUNT(routes), NULL, 0 };
