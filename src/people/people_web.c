/* What a resident sees of their own. */
#include "people/web_inside.h"

#include <string.h>

enum { PAGE = 30 };

struct own {
    struct resident r;
    struct family_member *family;
    size_t n;
};

static err_t read_own(struct ctx *c, struct db *db, void *arg)
{
    struct own *o = arg;
    TRY(resident_get(c, db, c->actor.resident_id, &o->r));
    return family_of(c, db, o->r.id, &o->family, &o->n);
}

static struct str local_phone(struct ctx *c, struct str phone)
{
    return str_starts(phone, S("+84")) ? str_fmt(c->arena, "0%.*s", STR_ARG(str_sub(phone, 3, phone.n))) : phone;
}

static struct str born_text(struct ctx *c, const struct resident *r)
{
    if (r->has_born_day)
        return day_vi(c->arena, r->born_day);
    return r->born_year == NO_I64 ? S("") : str_fmt(c->arena, "%lld", (long long)r->born_year);
}

static err_t account_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct own o = { 0 };
    if (c->actor.kind == ACTOR_STAFF && id_is_none(c->actor.resident_id))
        return web_redirect(c, res, S("/can-bo"));
    TRY(store_read(c, read_own, &o));
    struct people_account_member *family = ARENA_ARRAY(c->arena, o.n, struct people_account_member);
    for (size_t i = 0; i < o.n; i++)
        family[i] = (struct people_account_member){ id_text(c->arena, o.family[i].resident_id), o.family[i].name,
                                                    o.family[i].relation, o.family[i].may_act };
    struct people_account p = { .name = o.r.name, .id_number = o.r.id_number, .born = born_text(c, &o.r),
                                .phone = local_phone(c, o.r.phone), .address = o.r.address,
                                .family = family, .n_family = o.n };
    struct html *h = web_page(c, req, res, &(struct page){ .title = o.r.name, .nav = S("me") });
    people_account_html(h, &p);
    return web_page_end(h);
}

struct consenting {
    struct id person;
    bool give;
};

static err_t write_consent(struct ctx *c, struct db *db, void *arg)
{
    const struct consenting *k = arg;
    struct own o = { 0 };
    TRY(read_own(c, db, &o));
    for (size_t i = 0; i < o.n; i++) {
        if (id_eq(o.family[i].resident_id, k->person))
            return consent_set(c, db, o.r.id, k->person, k->give);
    }
    return E_FORBIDDEN;
}

static const struct form_field consent_fields[] = {
    { .name = S_INIT("person"), .label = S_INIT("person"), .type = FIELD_HIDDEN, .required = true },
    { .name = S_INIT("give"), .label = S_INIT("give"), .type = FIELD_HIDDEN },
};
static const struct form consent_form = { S_INIT("consent"), S_INIT("consent"), consent_fields, COUNT(consent_fields) };

static err_t consent_post(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct consenting k = { .give = form_get_yes(web_values(req), "give") };
    if (!id_parse(form_get(web_values(req), "person"), &k.person))
        return E_BAD_INPUT;
    TRY(store_write(c, write_consent, &k));
    web_flash(c, req, res, "ok", str_from(T(c, k.give ? N_("Đã ghi sự đồng ý của bạn.") : N_("Đã rút lại sự đồng ý."))));
    return web_redirect(c, res, S("/ca-nhan"));
}

/* --- Who looked --------------------------------------------------------------------------------------- */

struct log_query {
    int64_t before;
    struct audit_row *rows;
    size_t n;
};

static err_t read_log(struct ctx *c, struct db *db, void *arg)
{
    struct log_query *q = arg;
    return audit_of_person(c, db, c->actor.resident_id, q->before, PAGE, &q->rows, &q->n);
}

static const char *action_vi(struct str action)
{
    static const struct {
        const char *action, *vi;
    } rows[] = {
        { "resident.read", N_("Xem thông tin cá nhân") }, { "resident.change", N_("Sửa thông tin cá nhân") },
        { "resident.add", N_("Lập bản ghi") }, { "resident.merge", N_("Gộp bản ghi trùng") },
        { "dossier.read", N_("Xem hồ sơ") }, { "dossier.file", N_("Nộp hồ sơ") },
        { "auth.signed_in", N_("Đăng nhập") }, { "consent.give", N_("Đồng ý cho người khác làm thay") },
        { "consent.withdraw", N_("Rút lại sự đồng ý") }, { "account.add", N_("Mở tài khoản") },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (str_eq_c(action, rows[i].action))
            return rows[i].vi;
    }
    return str_starts(action, S("dossier.")) ? N_("Xử lý hồ sơ") : N_("Việc khác");
}

static err_t log_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct log_query q = { .before = web_query_i64(req, "truoc", 0) };
    TRY(store_read(c, read_log, &q));
    struct people_log_row *rows = ARENA_ARRAY(c->arena, q.n, struct people_log_row);
    for (size_t i = 0; i < q.n; i++)
        rows[i] = (struct people_log_row){ q.rows[i].at_us,
                                           q.rows[i].actor_name.n ? q.rows[i].actor_name
                                                                  : str_from(T(c, "Người chưa đăng nhập")),
                                           str_from(T(c, action_vi(q.rows[i].action))) };
    struct people_log p = { .rows = rows, .n_rows = q.n };
    if (q.n == PAGE)
        p.next = str_fmt(c->arena, "?truoc=%lld", (long long)q.rows[q.n - 1].seq);
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Ai đã xem")), .nav = S("me") });
    people_log_html(h, &p);
    return web_page_end(h);
}

/* --- Inbox --------------------------------------------------------------------------------------------- */

struct inbox_query {
    struct id before;
    struct inbox_page_row *rows;
    size_t n;
};

static err_t read_inbox(struct ctx *c, struct db *db, void *arg)
{
    struct inbox_query *q = arg;
    return inbox_page(c, db,
                      &(struct inbox_page_in){ .resident_id = c->actor.resident_id, .before = q->before, .n = PAGE },
                      &q->rows, &q->n);
}

static err_t mark_read(struct ctx *c, struct db *db, void *arg)
{
    (void)arg;
    return inbox_read_all(c, db,
                          &(struct inbox_read_all_in){ .resident_id = c->actor.resident_id, .now_us = ctx_now(c) },
                          NULL);
}

static err_t inbox_show(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct inbox_query q;
    bool fresh = false;
    if (!id_parse(web_query(req, "truoc"), &q.before))
        memset(q.before.b, 0xFF, sizeof q.before.b);
    TRY(store_read(c, read_inbox, &q));
    struct people_inbox_row *rows = ARENA_ARRAY(c->arena, q.n, struct people_inbox_row);
    for (size_t i = 0; i < q.n; i++) {
        rows[i] = (struct people_inbox_row){ q.rows[i].title, q.rows[i].body, q.rows[i].link, q.rows[i].at_us,
                                             !q.rows[i].read_us };
        fresh |= !q.rows[i].read_us;
    }
    if (fresh)
        TRY(store_write(c, mark_read, NULL));
    struct people_inbox p = { .rows = rows, .n_rows = q.n };
    if (q.n == PAGE)
        p.next = str_fmt(c->arena, "?truoc=%s", id_text(c->arena, q.rows[q.n - 1].id).p);
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Hộp thư")), .nav = S("me") });
    people_inbox_html(h, &p);
    return web_page_end(h);
}

static const struct web_route routes[] = {
    { .method = WEB_GET, .path = "/ca-nhan", .right = RIGHT_SIGNED_IN, .handler = account_page },
    { .method = WEB_POST, .path = "/ca-nhan/dong-y", .right = RIGHT_DOSSIER_OWN, .form = &consent_form,
      .handler = consent_post },
    { .method = WEB_GET, .path = "/ca-nhan/nhat-ky", .right = RIGHT_DOSSIER_OWN, .handler = log_page },
    { .method = WEB_GET, .path = "/ca-nhan/hop-thu", .right = RIGHT_DOSSIER_OWN, .handler = inbox_show },
};

const struct web_room people_web_own = { routes, COUNT(routes), NULL, 0 };
