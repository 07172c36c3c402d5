/* Filing, following and receiving, for residents and for strangers with a code. */
#include "onestop/web_inside.h"

#include <string.h>

#include "print/print.h"

enum { PAGE = 30 };

struct str state_kind(enum dossier_state s)
{
    if (s == DOSSIER_RESOLVED || s == DOSSIER_RETURNED)
        return S("ok");
    if (s == DOSSIER_SUPPLEMENT || s == DOSSIER_PAYMENT)
        return S("warn");
    return s == DOSSIER_REFUSED || s == DOSSIER_STOPPED || s == DOSSIER_WITHDRAWN ? S("quiet") : S("");
}

struct str dossier_code(const struct dossier *d)
{
    return d->code.n ? d->code : d->provisional_code;
}

struct str channel_text(struct ctx *c, int64_t channel)
{
    return str_from(T(c, channel == CHANNEL_ONLINE ? N_("Trực tuyến")
                         : channel == CHANNEL_POST ? N_("Bưu chính")
                                                   : N_("Trực tiếp")));
}

bool dossier_has_result(const struct dossier *d)
{
    static const uint8_t none[32];
    return memcmp(d->result_sha256.b, none, 32) != 0;
}

err_t read_dossier(struct ctx *c, struct db *db, void *arg)
{
    struct dossier_read *r = arg;
    struct budget b;
    TRY(dossier_by_code(c, db, r->code, &r->d));
    TRY(dossier_may_see(c, db, &r->d, &r->may_see));
    TRY(procedure_version(c, db, r->d.procedure_id, &r->p));
    TRY(commune_get(c, db, &r->commune));
    TRY(dossier_events(c, db, &(struct dossier_events_in){ .dossier_id = r->d.id }, &r->events, &r->n_events));
    TRY(dossier_papers(c, db, &(struct dossier_papers_in){ .dossier_id = r->d.id }, &r->papers, &r->n_papers));
    r->explanation = S("");
    if (r->d.due_at_us && dossier_budget(c, db, &r->d, &b) == 0)
        r->explanation = due_explain(c, &b, onestop_calendar());
    return 0;
}

/* --- Filing ------------------------------------------------------------------------------------------- */

struct filing_page {
    struct procedure_read r;
    struct resident me;
    bool known;
    struct family_member *family;
    size_t n_family;
    struct str draft;
    int64_t draft_at_us;
};

static err_t read_filing(struct ctx *c, struct db *db, void *arg)
{
    struct filing_page *p = arg;
    struct draft_row_row draft;
    bool found;
    TRY(read_procedure(c, db, &p->r));
    p->known = !id_is_none(c->actor.resident_id);
    if (p->known) {
        TRY(resident_get(c, db, c->actor.resident_id, &p->me));
        TRY(family_of(c, db, p->me.id, &p->family, &p->n_family));
    }
    TRY(draft_row(c, db, &(struct draft_row_in){ .account_id = c->actor.account_id, .procedure_code = p->r.code },
                  &draft, &found));
    if (found) {
        p->draft = draft.answers;
        p->draft_at_us = draft.saved_at_us;
    }
    return 0;
}

static struct str prefill_of(struct ctx *c, const struct resident *r, struct str what)
{
    const struct {
        const char *what;
        struct str value;
    } rows[] = {
        { "name", r->name }, { "id_number", r->id_number }, { "phone", r->phone }, { "address", r->address },
        { "ethnic", r->ethnic }, { "nationality", r->nationality },
        { "sex", r->sex == SEX_MALE ? S("male") : r->sex == SEX_FEMALE ? S("female") : S("") },
        { "born", r->has_born_day ? day_iso(c->arena, r->born_day) : S("") },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (str_eq_c(what, rows[i].what))
            return rows[i].value;
    }
    return S("");
}

static struct form_values prefilled(struct ctx *c, const struct form *form, const struct filing_page *p)
{
    struct form_value *v = ARENA_ARRAY(c->arena, form->n_fields, struct form_value);
    for (size_t i = 0; i < form->n_fields; i++)
        v[i] = (struct form_value){ form->fields[i].name,
                                    p->known ? prefill_of(c, &p->me, form->fields[i].prefill) : S("") };
    return (struct form_values){ v, form->n_fields };
}

static err_t filing_form(struct ctx *c, struct web_req *req, const struct form **ret)
{
    struct procedure_read r = { .code = web_param(req, "code") };
    TRY(store_read(c, read_procedure, &r));
    return procedure_form(c, &r.p, ret);
}

static err_t filing_show(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct filing_page f = { .r.code = web_param(req, "code") };
    const struct form *form;
    const struct form_paper *papers;
    struct form_values values;
    TRY(store_read(c, read_filing, &f));
    TRY(procedure_form(c, &f.r.p, &form));
    size_t n_papers;
    procedure_papers(&f.r.p, &papers, &n_papers);
    struct onestop_file p = { .code = f.r.p.code, .name = f.r.p.name };
    if (web_errors(req))
        values = *web_values(req);
    else if (f.draft.n && form_values_from_json(c, f.draft, &values) == 0)
        p.draft_saved = f.draft_at_us;
    else
        values = prefilled(c, form, &f);
    /* A rule about papers has no field of the form to stand beside. */
    const struct form_errors *errors = web_errors(req);
    if (errors && errors->n == 1 && str_eq_c(errors->items[0].name, "papers"))
        p.error = errors->items[0].message;
    struct onestop_file_paper *rows = ARENA_ARRAY(c->arena, n_papers + 1, struct onestop_file_paper);
    for (size_t i = 0; i < n_papers; i++)
        rows[i] = (struct onestop_file_paper){ papers[i].id, papers[i].name, papers[i].hint, papers[i].show_if,
                                               papers[i].required };
    if (!n_papers)
        rows[n_papers++] = (struct onestop_file_paper){ .id = S("papers"), .name = str_from(T(c, "Giấy tờ")) };
    struct onestop_file_person *people = ARENA_ARRAY(c->arena, f.n_family + 1, struct onestop_file_person);
    size_t n_people = 0;
    if (f.known)
        people[n_people++] = (struct onestop_file_person){ id_text(c->arena, f.me.id), f.me.name, str_from(T(c, "(tôi)")), true };
    for (size_t i = 0; i < f.n_family; i++) {
        if (f.family[i].may_act)
            people[n_people++] = (struct onestop_file_person){ id_text(c->arena, f.family[i].resident_id),
                                                               f.family[i].name, f.family[i].relation, false };
    }
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Nộp hồ sơ")), .nav = S("catalogue") });
    struct html *fields = html_part(h);
    form_html(fields, form, &values, p.error.n ? NULL : errors);
    p.fields = html_done(fields);
    p.papers = rows;
    p.n_papers = n_papers;
    p.for_whom = n_people > 1 ? people : NULL;
    p.n_for_whom = n_people > 1 ? n_people : 0;
    onestop_file_html(h, &p);
    return web_page_end(h);
}

struct drafting {
    struct str code, answers;
};

static err_t save_draft(struct ctx *c, struct db *db, void *arg)
{
    const struct drafting *d = arg;
    return draft_put(c, db,
                     &(struct draft_put_in){ .account_id = c->actor.account_id, .procedure_code = d->code,
                                             .answers = d->answers, .saved_at_us = ctx_now(c) },
                     NULL);
}

/* Kept as typed: nothing is checked before it is sent. */
static err_t draft_post(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct drafting d = { .code = web_param(req, "code") };
    struct procedure_read r = { .code = d.code };
    struct buf b = { .arena = c->arena };
    struct json_out o = { .buf = &b };
    const struct form *form;
    TRY(store_read(c, read_procedure, &r));
    TRY(procedure_form(c, &r.p, &form));
    json_open(&o, '{');
    for (size_t i = 0; i < form->n_fields; i++)
        json_pair_str(&o, form->fields[i].name.p, form_get(web_values(req), str_c(c->arena, form->fields[i].name)));
    json_close(&o, '}');
    d.answers = buf_view(&b);
    TRY(store_write(c, save_draft, &d));
    web_status(res, 204);
    return web_bytes(c, res, S("text/plain"), S(""));
}

struct filing {
    struct dossier_filing in;
    struct str once;
    struct sha256 hash;
    struct str code;
    struct dossier d;
};

/* However often the button is pressed, it is filed once. */
static err_t file_once(struct ctx *c, struct db *db, void *arg)
{
    struct filing *f = arg;
    struct once_answer answer;
    bool found = false;
    struct str scope = str_fmt(c->arena, "file:%s", id_text(c->arena, c->actor.account_id).p);
    if (f->once.n)
        TRY(once_find(c, db, scope, f->once, f->hash, &answer, &found));
    if (found) {
        f->code = answer.body;
        return 0;
    }
    TRY(dossier_file(c, db, &f->in, &f->d));
    f->code = f->d.provisional_code;
    TRY(draft_remove(c, db, &(struct draft_remove_in){ .account_id = c->actor.account_id,
                                                       .procedure_code = f->in.procedure_code }, NULL));
    answer = (struct once_answer){ 303, f->code };
    return f->once.n ? once_store(c, db, scope, f->once, f->hash, &answer) : 0;
}

static bool has_upload(const struct web_upload *uploads, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(uploads[i].field, name))
            return true;
    }
    return false;
}

static err_t check_papers(struct ctx *c, const struct procedure *p, const struct form_values *v,
                          const struct web_upload *uploads, size_t n)
{
    const struct form_paper *papers;
    size_t n_papers;
    procedure_papers(p, &papers, &n_papers);
    for (size_t i = 0; i < n_papers; i++) {
        struct str field, wanted;
        (void)str_cut(papers[i].show_if, '=', &field, &wanted);
        bool asked = !papers[i].show_if.n || str_eq(form_get(v, str_c(c->arena, field)), wanted);
        if (papers[i].required && asked && !has_upload(uploads, n, papers[i].name))
            return ctx_fail(c, E_BAD_INPUT, S("papers"), "%s: %.*s", T(c, "Còn thiếu giấy tờ"), STR_ARG(papers[i].name));
    }
    return 0;
}

static err_t filing_post(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct filing f = { .in = { .procedure_code = web_param(req, "code"), .answers = web_values(req),
                                .channel = CHANNEL_ONLINE, .applicant_id = c->actor.resident_id },
                        .once = web_once_key(req), .hash = web_request_hash(req) };
    struct procedure_read r = { .code = f.in.procedure_code };
    struct id person;
    TRY(store_read(c, read_procedure, &r));
    f.in.n_uploads = web_uploads(req, &f.in.uploads);
    TRY(check_papers(c, &r.p, f.in.answers, f.in.uploads, f.in.n_uploads));
    if (id_parse(web_typed(req, "_person"), &person))
        f.in.applicant_id = person;
    if (id_is_none(f.in.applicant_id)) {
        /* A clerk files for whoever stands at the desk. */
        f.in.channel = CHANNEL_DESK;
        f.in.applicant_name = form_get(f.in.answers, "requester_name");
        f.in.applicant_id_number = form_get(f.in.answers, "requester_id");
        f.in.applicant_phone = form_get(f.in.answers, "requester_phone");
        if (!f.in.applicant_name.n)
            return ctx_fail(c, E_BAD_INPUT, S("papers"), "%s", T(c, "Cần họ tên người nộp."));
    }
    TRY(store_write(c, file_once, &f));
    web_events_send(web_app_of(req), S("queue"), S("changed"), S("1"));
    return web_redirect(c, res, str_fmt(c->arena, c->actor.kind == ACTOR_STAFF ? "/can-bo/ho-so/%.*s" : "/ho-so/%.*s?moi=1",
                                        STR_ARG(f.code)));
}

/* --- Following ------------------------------------------------------------------------------------------ */

static void fill_answers(struct ctx *c, const struct dossier_read *r, struct onestop_dossier_line **ret, size_t *ret_n)
{
    const struct form *form;
    struct form_values v;
    *ret_n = 0;
    if (procedure_form(c, &r->p, &form) || form_values_from_json(c, r->d.answers_json, &v))
        return;
    *ret = ARENA_ARRAY(c->arena, form->n_fields, struct onestop_dossier_line);
    for (size_t i = 0; i < form->n_fields; i++) {
        struct str value = form_get(&v, str_c(c->arena, form->fields[i].name));
        if (value.n)
            (*ret)[(*ret_n)++] = (struct onestop_dossier_line){ str_from(T(c, str_c(c->arena, form->fields[i].label))),
                                                                form_show(c, &form->fields[i], value) };
    }
}

static err_t dossier_show(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct dossier_read r = { .code = web_param(req, "code") };
    struct str svg;
    TRY(store_read(c, read_dossier, &r));
    const struct dossier *d = &r.d;
    if (r.may_see && c->actor.kind == ACTOR_STAFF)
        return web_redirect(c, res, str_fmt(c->arena, "/can-bo/ho-so/%.*s", STR_ARG(dossier_code(d))));
    struct str url = web_absolute(c, req, str_fmt(c->arena, "/ho-so/%.*s", STR_ARG(dossier_code(d))));
    TRY(qr_svg(c, url, &svg));
    struct onestop_dossier_event *events = ARENA_ARRAY(c->arena, r.n_events, struct onestop_dossier_event);
    struct onestop_dossier p = {
        .code = dossier_code(d), .provisional = d->provisional_code, .official = d->code, .name = r.p.name,
        .state = str_from(T(c, state_vi(d->state))), .state_kind = state_kind(d->state), .filed = d->filed_at_us,
        .due = d->due_at_us, .office = r.commune.org_name, .mine = r.may_see, .qr = (html_t){ svg },
        .events = events, .n_events = r.n_events, .fresh = web_query(req, "moi").n > 0 && r.may_see };
    for (size_t i = 0; i < r.n_events; i++) {
        events[i] = (struct onestop_dossier_event){ r.events[i].at_us,
                                                    str_from(T(c, state_vi((enum dossier_state)r.events[i].to_state))),
                                                    r.may_see ? r.events[i].note : S("") };
        if (d->state == DOSSIER_SUPPLEMENT && str_eq_c(r.events[i].move, "ask_supplement") && r.may_see)
            p.asks = r.events[i].note;
    }
    if (r.may_see) {
        struct onestop_dossier_paper *papers = ARENA_ARRAY(c->arena, r.n_papers, struct onestop_dossier_paper);
        for (size_t i = 0; i < r.n_papers; i++)
            papers[i] = (struct onestop_dossier_paper){ id_text(c->arena, r.papers[i].id), r.papers[i].name,
                                                        r.papers[i].filename };
        struct onestop_dossier_line *lines = NULL;
        fill_answers(c, &r, &lines, &p.n_answers);
        p.answers = lines;
        p.papers = papers;
        p.n_papers = r.n_papers;
        p.explanation = r.explanation;
        p.has_result = dossier_has_result(d);
        p.may_withdraw = dossier_moves(d->state, d->supplements, &c->actor) & 1u << MOVE_WITHDRAW;
    }
    struct html *h = web_page(c, req, res, &(struct page){ .title = r.p.name, .nav = S("mine") });
    onestop_dossier_html(h, &p);
    return web_page_end(h);
}

static err_t lookup_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct dossier_read r = { .code = web_query(req, "ma") };
    if (r.code.n) {
        err_t e = store_read(c, read_dossier, &r);
        if (!e)
            return web_redirect(c, res, str_fmt(c->arena, "/ho-so/%.*s", STR_ARG(dossier_code(&r.d))));
        if (e != E_NOT_FOUND)
            return e;
    }
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Tra cứu hồ sơ")), .nav = S("lookup") });
    onestop_lookup_html(h, &(struct onestop_lookup){ .code = r.code, .missing = r.code.n > 0 });
    return web_page_end(h);
}

struct own_list {
    struct id before;
    struct dossier_of_applicant_row *rows;
    size_t n;
    struct str *names;
};

static err_t read_own(struct ctx *c, struct db *db, void *arg)
{
    struct own_list *l = arg;
    TRY(dossier_of_applicant(c, db,
                             &(struct dossier_of_applicant_in){ .applicant_id = c->actor.resident_id,
                                                                .before = l->before, .n = PAGE },
                             &l->rows, &l->n));
    l->names = ARENA_ARRAY(c->arena, l->n, struct str);
    for (size_t i = 0; i < l->n; i++)
        TRY(procedure_name_of(c, db, l->rows[i].procedure_code, &l->names[i]));
    return 0;
}

static err_t mine_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct own_list l;
    if (!id_parse(web_query(req, "truoc"), &l.before))
        memset(l.before.b, 0xFF, sizeof l.before.b);
    TRY(store_read(c, read_own, &l));
    struct onestop_mine_row *rows = ARENA_ARRAY(c->arena, l.n, struct onestop_mine_row);
    for (size_t i = 0; i < l.n; i++) {
        enum dossier_state s = (enum dossier_state)l.rows[i].state;
        rows[i] = (struct onestop_mine_row){ l.rows[i].code.n ? l.rows[i].code : l.rows[i].provisional_code,
                                             l.names[i], str_from(T(c, state_vi(s))), state_kind(s),
                                             l.rows[i].filed_at_us, l.rows[i].due_at_us };
    }
    struct onestop_mine p = { .rows = rows, .n_rows = l.n };
    if (l.n == PAGE)
        p.next = str_fmt(c->arena, "?truoc=%s", id_text(c->arena, l.rows[l.n - 1].id).p);
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Hồ sơ của tôi")), .nav = S("mine") });
    onestop_mine_html(h, &p);
    return web_page_end(h);
}

/* --- Papers ------------------------------------------------------------------------------------------------ */

static err_t open_dossier(struct ctx *c, struct web_req *req, struct dossier_read *r)
{
    r->code = web_param(req, "code");
    TRY(store_read(c, read_dossier, r));
    return r->may_see ? 0 : c->actor.kind == ACTOR_ANONYMOUS ? E_UNAUTHENTICATED : E_FORBIDDEN;
}

static err_t receipt(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct dossier_read r;
    struct str pdf;
    TRY(open_dossier(c, req, &r));
    struct str url = web_absolute(c, req, str_fmt(c->arena, "/ho-so/%.*s", STR_ARG(dossier_code(&r.d))));
    TRY(dossier_receipt_pdf(c, &r.d, url, &pdf));
    return web_bytes(c, res, S("application/pdf"), pdf);
}

static err_t result(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct dossier_read r;
    TRY(open_dossier(c, req, &r));
    if (!dossier_has_result(&r.d))
        return E_NOT_FOUND;
    struct file_ref f = { .sha256 = r.d.result_sha256, .type = S("application/pdf") };
    return web_file(c, res, &f, str_fmt(c->arena, "ket-qua-%.*s.pdf", STR_ARG(dossier_code(&r.d))));
}

static err_t paper(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct dossier_read r;
    struct id id = web_param_id(req, "id");
    TRY(open_dossier(c, req, &r));
    for (size_t i = 0; i < r.n_papers; i++) {
        if (!id_eq(r.papers[i].id, id))
            continue;
        if (c->actor.kind == ACTOR_STAFF)
            TRY(audit_note(c, &(struct audit_entry){ .action = S("dossier.paper_read"), .subject_kind = S("dossier"),
                                                     .subject_id = r.d.id, .person_id = r.d.applicant_id }));
        struct file_ref f = { .sha256 = r.papers[i].sha256, .size_bytes = r.papers[i].size_bytes,
                              .type = r.papers[i].type };
        return web_file(c, res, &f, S(""));
    }
    return E_NOT_FOUND;
}

err_t run_move(struct ctx *c, struct db *db, void *arg)
{
    struct move_call *m = arg;
    TRY(dossier_by_code(c, db, m->code, &m->d));
    if (m->paper.field.n)
        TRY(dossier_add_paper(c, db, &m->d, &m->paper));
    return dossier_do(c, db, &m->d, &m->in);
}

static err_t supplement_post(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct move_call m = { .code = web_param(req, "code"), .in = { .move = MOVE_SUPPLEMENT } };
    const struct web_upload *uploads;
    if (!web_uploads(req, &uploads))
        return ctx_fail(c, E_BAD_INPUT, S("file"), "%s", T(c, "Chưa chọn tệp."));
    m.paper = uploads[0];
    TRY(store_write(c, run_move, &m));
    web_flash(c, req, res, "ok", str_from(T(c, "Đã gửi giấy tờ bổ sung.")));
    web_events_send(web_app_of(req), S("queue"), S("changed"), S("1"));
    return web_redirect(c, res, str_fmt(c->arena, "/ho-so/%.*s", STR_ARG(m.code)));
}

static err_t withdraw_post(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct move_call m = { .code = web_param(req, "code"),
                           .in = { .move = MOVE_WITHDRAW, .note = form_get(web_values(req), "note") } };
    TRY(store_write(c, run_move, &m));
    web_flash(c, req, res, "ok", str_from(T(c, "Đã rút hồ sơ.")));
    return web_redirect(c, res, str_fmt(c->arena, "/ho-so/%.*s", STR_ARG(m.code)));
}

static const struct web_route routes[] = {
    { .method = WEB_GET, .path = "/nop-ho-so/{code}", .right = RIGHT_DOSSIER_FILE, .handler = filing_show },
    { .method = WEB_POST, .path = "/nop-ho-so/{code}", .right = RIGHT_DOSSIER_FILE, .flags = WEB_UPLOAD,
      .form_of = filing_form, .handler = filing_post, .retry = filing_show },
    { .method = WEB_POST, .path = "/nop-ho-so/{code}/nhap", .right = RIGHT_DOSSIER_FILE, .handler = draft_post },
    { .method = WEB_GET, .path = "/tra-cuu", .right = RIGHT_PUBLIC, .handler = lookup_page },
    { .method = WEB_GET, .path = "/ho-so-cua-toi", .right = RIGHT_DOSSIER_OWN, .handler = mine_page },
    { .method = WEB_GET, .path = "/ho-so/{code}", .right = RIGHT_PUBLIC, .handler = dossier_show },
    { .method = WEB_GET, .path = "/ho-so/{code}/giay-tiep-nhan", .right = RIGHT_SIGNED_IN, .handler = receipt },
    { .method = WEB_GET, .path = "/ho-so/{code}/ket-qua", .right = RIGHT_SIGNED_IN, .handler = result },
    { .method = WEB_GET, .path = "/ho-so/{code}/giay-to/{id:id}", .right = RIGHT_SIGNED_IN, .handler = paper },
    { .method = WEB_POST, .path = "/ho-so/{code}/bo-sung", .right = RIGHT_DOSSIER_SUPPLEMENT, .flags = WEB_UPLOAD,
      .handler = supplement_post },
    { .method = WEB_POST, .path = "/ho-so/{code}/rut", .right = RIGHT_DOSSIER_WITHDRAW, .handler = withdraw_post },
};
const struct web_room onestop_web_resident = { routes, COUNT(routes), NULL, 0 };
