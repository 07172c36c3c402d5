/* The desk: the queue by urgency and one screen per dossier. */
#include "onestop/web_inside.h"

#include <string.h>

enum { PAGE = 50, FOUND = 20 };

static const enum dossier_state queue_states[] = { DOSSIER_NEW, DOSSIER_RECEIVED, DOSSIER_IN_PROCESS,
                                                   DOSSIER_SUPPLEMENT, DOSSIER_RESOLVED };

struct queue {
    int64_t state, after_due;
    struct id after_id;
    struct str query;
    struct dossier_queue_page_row *rows;
    size_t n;
    struct str *names;
    struct dossier_queue_counts_row *counts;
    size_t n_counts;
};

static err_t find_rows(struct ctx *c, struct db *db, struct queue *q)
{
    struct dossier d;
    struct id *ids = NULL;
    size_t n = 0;
    err_t e = dossier_by_code(c, db, q->query, &d);
    if (e && e != E_NOT_FOUND)
        return e;
    if (!e) {
        ids = &d.id;
        n = 1;
    } else {
        TRY(search_find(c, db, S("dossier"), q->query, FOUND, &ids, &n));
    }
    q->rows = ARENA_ARRAY(c->arena, n, struct dossier_queue_page_row);
    for (size_t i = 0; i < n; i++) {
        struct dossier_brief_row found;
        TRY(dossier_brief(c, db, &(struct dossier_brief_in){ .id = ids[i] }, &found));
        q->rows[q->n++] = (struct dossier_queue_page_row){
            .id = found.id, .code = found.code, .provisional_code = found.provisional_code,
            .procedure_code = found.procedure_code, .state = found.state, .channel = found.channel,
            .applicant_name = found.applicant_name, .filed_at_us = found.filed_at_us,
            .due_at_us = found.finished_at_us ? 0 : found.due_at_us };
    }
    return 0;
}

static err_t read_queue(struct ctx *c, struct db *db, void *arg)
{
    struct queue *q = arg;
    TRY(dossier_queue_counts(c, db, &q->counts, &q->n_counts));
    if (q->query.n)
        TRY(find_rows(c, db, q));
    else
        TRY(dossier_queue_page(c, db,
                               &(struct dossier_queue_page_in){ .state = q->state, .after_due = q->after_due,
                                                                .after_id = q->after_id, .n = PAGE },
                               &q->rows, &q->n));
    q->names = ARENA_ARRAY(c->arena, q->n, struct str);
    for (size_t i = 0; i < q->n; i++) {
        TRY(procedure_name_of(c, db, q->rows[i].procedure_code, &q->names[i]));
    }
    return 0;
}

/* "Quá hạn 2 ngày", "Còn 5 giờ": what is left, in working time, and how it looks. */
static struct str time_left(struct ctx *c, int64_t due_us, struct str *ret_kind)
{
    int64_t now = ctx_now(c);
    *ret_kind = S("");
    if (!due_us)
        return S("");
    if (now > due_us) {
        *ret_kind = S("late");
        return str_from(T(c, "Quá hạn"));
    }
    int64_t work = work_between(onestop_calendar(), now, due_us);
    *ret_kind = work < WORKDAY_US ? S("warn") : S("ok");
    if (work < WORKDAY_US)
        return str_fmt(c->arena, "%s %lld %s", T(c, "Còn"), (long long)(work / US_PER_HOUR), T(c, "giờ làm việc"));
    return str_fmt(c->arena, "%s %lld %s", T(c, "Còn"), (long long)(work / WORKDAY_US), T(c, "ngày làm việc"));
}

static int64_t count_of(const struct queue *q, int64_t state)
{
    for (size_t i = 0; i < q->n_counts; i++) {
        if (q->counts[i].state == state)
            return q->counts[i].n;
    }
    return 0;
}

static err_t queue_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct queue q = { .state = web_query_i64(req, "trang-thai", DOSSIER_NEW), .query = web_query(req, "q"),
                       .after_due = web_query_i64(req, "han", -1) };
    (void)!id_parse(web_query(req, "sau"), &q.after_id);
    TRY(store_read(c, read_queue, &q));
    struct onestop_queue_tab tabs[COUNT(queue_states)];
    for (size_t i = 0; i < COUNT(queue_states); i++)
        tabs[i] = (struct onestop_queue_tab){ queue_states[i], str_from(T(c, state_vi(queue_states[i]))),
                                              count_of(&q, queue_states[i]),
                                              !q.query.n && q.state == (int64_t)queue_states[i] };
    struct onestop_queue_row *rows = ARENA_ARRAY(c->arena, q.n, struct onestop_queue_row);
    for (size_t i = 0; i < q.n; i++) {
        const struct dossier_queue_page_row *r = &q.rows[i];
        rows[i] = (struct onestop_queue_row){ .code = r->code.n ? r->code : r->provisional_code, .name = q.names[i],
                                              .who = r->applicant_name, .channel = channel_text(c, r->channel),
                                              .filed = r->filed_at_us, .due = r->due_at_us };
        if (r->state != DOSSIER_RESOLVED)
            rows[i].left = time_left(c, r->due_at_us, &rows[i].kind);
    }
    struct onestop_queue p = { .query = q.query, .tabs = tabs, .n_tabs = COUNT(tabs), .rows = rows, .n_rows = q.n };
    if (!q.query.n && q.n == PAGE)
        p.next = str_fmt(c->arena, "?trang-thai=%lld&han=%lld&sau=%s", (long long)q.state,
                         (long long)q.rows[q.n - 1].due_at_us, id_text(c->arena, q.rows[q.n - 1].id).p);
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Hồ sơ một cửa")), .nav = S("queue"),
                                                           .staff = true, .events = S("queue") });
    onestop_queue_html(h, &p);
    return web_page_end(h);
}

/* --- One dossier ------------------------------------------------------------------------------------------ */

static void fill_moves(struct ctx *c, const struct dossier *d, struct onestop_desk *p)
{
    struct onestop_desk_move *moves = ARENA_ARRAY(c->arena, MOVE_COUNT, struct onestop_desk_move);
    unsigned legal = dossier_moves(d->state, d->supplements, &c->actor);
    for (int i = 0; i < MOVE_COUNT; i++) {
        enum dossier_move m = (enum dossier_move)i;
        if (legal & 1u << i)
            moves[p->n_moves++] = (struct onestop_desk_move){
                str_from(move_text(m)), str_from(T(c, move_vi(m))), move_needs_note(m), m == MOVE_RESOLVE,
                m == MOVE_REFUSE || m == MOVE_STOP || m == MOVE_WITHDRAW };
    }
    p->moves = moves;
}

static void fill_lines(struct ctx *c, const struct dossier_read *r, struct onestop_desk *p)
{
    const struct form *form;
    struct form_values v;
    if (procedure_form(c, &r->p, &form) || form_values_from_json(c, r->d.answers_json, &v))
        return;
    struct onestop_desk_line *lines = ARENA_ARRAY(c->arena, form->n_fields, struct onestop_desk_line);
    for (size_t i = 0; i < form->n_fields; i++) {
        struct str value = form_get(&v, str_c(c->arena, form->fields[i].name));
        if (value.n)
            lines[p->n_answers++] = (struct onestop_desk_line){ str_from(T(c, str_c(c->arena, form->fields[i].label))),
                                                                form_show(c, &form->fields[i], value) };
    }
    p->answers = lines;
}

static err_t desk_show(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct dossier_read r = { .code = web_param(req, "code") };
    TRY(store_read(c, read_dossier, &r));
    if (!r.may_see)
        return E_FORBIDDEN;
    const struct dossier *d = &r.d;
    TRY(audit_note(c, &(struct audit_entry){ .action = S("dossier.read"), .subject_kind = S("dossier"),
                                             .subject_id = d->id, .person_id = d->applicant_id }));
    struct onestop_desk p = {
        .code = dossier_code(d), .name = r.p.name, .state = str_from(T(c, state_vi(d->state))),
        .kind = state_kind(d->state), .who = d->applicant_name, .id_number = d->applicant_id_number,
        .person = actor_can(&c->actor, RIGHT_PEOPLE_READ) ? id_text(c->arena, d->applicant_id) : S(""),
        .phone = str_starts(d->applicant_phone, S("+84"))
                     ? str_fmt(c->arena, "0%.*s", STR_ARG(str_sub(d->applicant_phone, 3, 20))) : d->applicant_phone,
        .channel = channel_text(c, d->channel), .filed = d->filed_at_us, .received = d->received_at_us,
        .due = d->due_at_us, .explanation = r.explanation, .version = d->version, .official = d->code.n > 0,
        .has_result = dossier_has_result(d) };
    struct onestop_desk_event *events = ARENA_ARRAY(c->arena, r.n_events, struct onestop_desk_event);
    for (size_t i = 0; i < r.n_events; i++) {
        struct str form = str_eq_c(r.events[i].form_number, "01") ? S("") : r.events[i].form_number;
        events[i] = (struct onestop_desk_event){ r.events[i].at_us,
                                                 str_from(T(c, state_vi((enum dossier_state)r.events[i].to_state))),
                                                 r.events[i].by_name, r.events[i].note, form };
    }
    struct onestop_desk_paper *papers = ARENA_ARRAY(c->arena, r.n_papers, struct onestop_desk_paper);
    for (size_t i = 0; i < r.n_papers; i++)
        papers[i] = (struct onestop_desk_paper){ id_text(c->arena, r.papers[i].id), r.papers[i].name, r.papers[i].filename };
    p.events = events;
    p.n_events = r.n_events;
    p.papers = papers;
    p.n_papers = r.n_papers;
    fill_moves(c, d, &p);
    fill_lines(c, &r, &p);
    const struct form_errors *errors = web_errors(req);
    if (errors && errors->n)
        p.error = errors->items[0].message;
    struct html *h = web_page(c, req, res, &(struct page){ .title = r.p.name, .nav = S("queue"), .staff = true });
    onestop_desk_html(h, &p);
    return web_page_end(h);
}

static const struct form_field move_fields[] = {
    { .name = S_INIT("move"), .label = S_INIT("move"), .type = FIELD_HIDDEN, .required = true },
    { .name = S_INIT("version"), .label = S_INIT("version"), .type = FIELD_HIDDEN, .required = true },
    { .name = S_INIT("note"), .label = S_INIT(N_("Lý do, nội dung")), .type = FIELD_LONG, .max = 2000 },
};
static const struct form move_form = { S_INIT("move"), S_INIT("move"), move_fields, COUNT(move_fields) };

/* Two clerks on one dossier: the second is told what the first did, and sees it. */
static err_t explain(struct ctx *c, err_t e)
{
    if (e == E_CONFLICT || e == E_ILLEGAL_MOVE || e == E_ONCE_ONLY)
        return ctx_fail(c, e, S("move"), "%s", T(c, err_vi(e)));
    return e;
}

static err_t move_post(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct move_call m = { .code = web_param(req, "code"),
                           .in = { .note = form_get(web_values(req), "note"),
                                   .version = form_get_i64(web_values(req), "version", 0) } };
    struct dossier_read r = { .code = m.code };
    struct file_ref drawn;
    struct str pdf;
    const struct web_upload *uploads;
    if (!move_parse(form_get(web_values(req), "move"), &m.in.move))
        return E_BAD_INPUT;
    if (m.in.move == MOVE_RESOLVE) {
        if (web_uploads(req, &uploads)) {
            m.in.result = &uploads[0].file;
        } else {
            TRY(store_read(c, read_dossier, &r));
            if (!r.may_see)
                return E_FORBIDDEN;
            TRY(dossier_result_pdf(c, &r.d, m.in.note, &pdf));
            TRY(file_put(c, pdf, S("application/pdf"), &drawn));
            m.in.result = &drawn;
        }
    }
    TRY(explain(c, store_write(c, run_move, &m)));
    web_flash(c, req, res, "ok", str_fmt(c->arena, "%s: %.*s", T(c, move_vi(m.in.move)), STR_ARG(dossier_code(&m.d))));
    web_events_send(web_app_of(req), S("queue"), S("changed"), S("1"));
    return web_redirect(c, res, str_fmt(c->arena, "/can-bo/ho-so/%.*s", STR_ARG(dossier_code(&m.d))));
}

static err_t form_pdf(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct dossier_read r = { .code = web_param(req, "code") };
    struct str pdf;
    TRY(store_read(c, read_dossier, &r));
    if (!r.may_see)
        return E_FORBIDDEN;
    TRY(dossier_form_pdf(c, &r.d, web_param(req, "form"), &pdf));
    return web_bytes(c, res, S("application/pdf"), pdf);
}

static err_t queue_events(struct ctx *c, struct web_req *req, struct web_res *res)
{
    return web_events(c, req, res, S("queue"));
}

static const struct web_route routes[] = {
    { .method = WEB_GET, .path = "/can-bo/mot-cua", .right = RIGHT_DOSSIER_READ, .handler = queue_page },
    { .method = WEB_GET, .path = "/can-bo/ho-so/{code}", .right = RIGHT_DOSSIER_READ, .handler = desk_show },
    { .method = WEB_POST, .path = "/can-bo/ho-so/{code}/buoc", .right = RIGHT_DOSSIER_READ, .flags = WEB_UPLOAD,
      .accept = FILE_PDF, .form = &move_form, .handler = move_post, .retry = desk_show },
    { .method = WEB_GET, .path = "/can-bo/ho-so/{code}/mau/{form}", .right = RIGHT_DOSSIER_READ, .handler = form_pdf },
    { .method = WEB_GET, .path = "/su-kien/queue", .right = RIGHT_DOSSIER_READ, .handler = queue_events },
};
const struct web_room onestop_web_desk = { routes, COUNT(routes), NULL, 0 };
