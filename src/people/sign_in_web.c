/* Signing in: residents by a code to their phone, staff by password and time-based code. */
#include "people/web_inside.h"

#define RESIDENT_SESSION (30 * US_PER_DAY)
#define STAFF_SESSION    (12 * US_PER_HOUR)

static const struct form_field phone_fields[] = {
    { .name = S_INIT("phone"), .label = S_INIT(N_("Số điện thoại")), .type = FIELD_PHONE, .required = true,
      .hint = S_INIT(N_("Số bạn đã đăng ký với xã. Mã đăng nhập sẽ gửi đến số này.")),
      .autocomplete = S_INIT("tel") },
    { .name = S_INIT("ve"), .label = S_INIT("ve"), .type = FIELD_HIDDEN },
};
static const struct form phone_form = { S_INIT("phone"), S_INIT(N_("Đăng nhập")), phone_fields, COUNT(phone_fields) };

static const struct form_field code_fields[] = {
    { .name = S_INIT("code"), .label = S_INIT(N_("Mã 6 chữ số trong tin nhắn")), .type = FIELD_CODE,
      .required = true, .autocomplete = S_INIT("one-time-code") },
};
static const struct form code_form = { S_INIT("code"), S_INIT(N_("Nhập mã")), code_fields, COUNT(code_fields) };

static const struct form_field person_fields[] = {
    { .name = S_INIT("person"), .label = S_INIT("person"), .type = FIELD_HIDDEN, .required = true },
};
static const struct form person_form = { S_INIT("person"), S_INIT("person"), person_fields, COUNT(person_fields) };

static const struct form_field staff_fields[] = {
    { .name = S_INIT("login"), .label = S_INIT(N_("Tên đăng nhập")), .type = FIELD_TEXT, .required = true,
      .autocomplete = S_INIT("username") },
    { .name = S_INIT("password"), .label = S_INIT(N_("Mật khẩu")), .type = FIELD_PASSWORD, .required = true,
      .autocomplete = S_INIT("current-password") },
    { .name = S_INIT("code"), .label = S_INIT(N_("Mã xác thực")), .type = FIELD_CODE, .required = true,
      .hint = S_INIT(N_("6 chữ số trong ứng dụng xác thực")), .autocomplete = S_INIT("one-time-code") },
    { .name = S_INIT("ve"), .label = S_INIT("ve"), .type = FIELD_HIDDEN },
};
static const struct form staff_form = { S_INIT("staff"), S_INIT(N_("Đăng nhập")), staff_fields, COUNT(staff_fields) };

struct sign_in_page {
    const char *title, *lead, *submit, *action, *again;
    const struct form *form;
    bool staff;
};

static err_t show(struct ctx *c, struct web_req *req, struct web_res *res, const struct sign_in_page *s)
{
    struct str title = str_from(T(c, s->title));
    struct html *h = web_page(c, req, res, &(struct page){ .title = title, .staff = s->staff });
    struct html *fields = html_part(h);
    const struct form_values *typed = web_values(req);
    struct form_value back = { S("ve"), web_query(req, "ve") };
    struct form_values first = { &back, 1 };
    form_html(fields, s->form, typed->n ? typed : &first, web_errors(req));
    struct people_sign_in p = { .title = title, .lead = s->lead ? str_from(T(c, s->lead)) : S(""),
                                .action = str_from(s->action), .fields = html_done(fields),
                                .submit = str_from(T(c, s->submit)), .again = str_from(s->again) };
    people_sign_in_html(h, &p);
    return web_page_end(h);
}

static err_t phone_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    return show(c, req, res,
                &(struct sign_in_page){ .title = N_("Đăng nhập"), .form = &phone_form, .submit = N_("Gửi mã cho tôi"),
                                        .action = "/dang-nhap", .again = "" });
}

static err_t code_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    if (!web_kept(c, req, "phone").n)
        return web_redirect(c, res, S("/dang-nhap"));
    return show(c, req, res,
                &(struct sign_in_page){ .title = N_("Nhập mã"), .form = &code_form, .submit = N_("Đăng nhập"),
                                        .lead = N_("Mã đã được gửi đến điện thoại của bạn và dùng được trong 5 phút."),
                                        .action = "/dang-nhap/ma", .again = "/dang-nhap" });
}

struct sending {
    struct str phone;
    size_t people;
};

/* Strangers are not told whether a number is known: both get the same page. */
static err_t send_code(struct ctx *c, struct db *db, void *arg)
{
    struct sending *s = arg;
    struct resident_ids_by_phone_row *rows;
    TRY(resident_ids_by_phone(c, db, &(struct resident_ids_by_phone_in){ .phone = s->phone }, &rows, &s->people));
    err_t e = s->people ? login_code_send(c, db, s->phone) : 0;
    return e == E_RATE ? 0 : e; /* the code sent a moment ago still serves */
}

static err_t phone_post(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct sending s = { .phone = form_get(web_values(req), "phone") };
    TRY(store_write(c, send_code, &s));
    web_keep(c, req, res, "phone", s.phone, 10 * US_PER_MINUTE);
    web_keep(c, req, res, "back", web_back(req, S("/ca-nhan")), 10 * US_PER_MINUTE);
    return web_redirect(c, res, S("/dang-nhap/ma"));
}

struct checking {
    struct str phone, code;
    bool right;
    struct resident_ids_by_phone_row *people;
    size_t n;
};

static err_t check_code(struct ctx *c, struct db *db, void *arg)
{
    struct checking *k = arg;
    TRY(login_code_check(c, db, k->phone, k->code, &k->right));
    return resident_ids_by_phone(c, db, &(struct resident_ids_by_phone_in){ .phone = k->phone }, &k->people, &k->n);
}

struct opening {
    struct id resident_id, account_id;
};

static err_t find_account(struct ctx *c, struct db *db, void *arg)
{
    struct opening *o = arg;
    TRY(account_of_resident(c, db, o->resident_id, &o->account_id));
    return audit_write(c, db, &(struct audit_entry){ .action = S("auth.signed_in"), .subject_kind = S("account"),
                                                     .subject_id = o->account_id,
                                                     .person_id = o->resident_id });
}

static err_t open_for(struct ctx *c, struct web_req *req, struct web_res *res, struct id resident_id)
{
    struct opening o = { .resident_id = resident_id };
    TRY(store_write(c, find_account, &o));
    TRY(web_session_open(c, req, res, o.account_id, RESIDENT_SESSION));
    struct str back = web_kept(c, req, "back");
    web_keep(c, req, res, "phone", S(""), 0);
    return web_redirect(c, res, back.n ? back : S("/ca-nhan"));
}

static err_t code_post(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct checking k = { .phone = web_kept(c, req, "phone"), .code = form_get(web_values(req), "code") };
    if (!k.phone.n)
        return web_redirect(c, res, S("/dang-nhap"));
    err_t e = store_write(c, check_code, &k);
    if (e && e != E_EXPIRED)
        return e;
    if (!k.right || !k.n)
        return ctx_fail(c, E_BAD_INPUT, S("code"), "%s", T(c, "Mã chưa đúng hoặc đã hết hạn. Hãy xem lại tin nhắn mới nhất, hoặc xin mã mới."));
    if (k.n == 1)
        return open_for(c, req, res, k.people[0].id);
    web_keep(c, req, res, "proved", k.phone, 10 * US_PER_MINUTE);
    return web_redirect(c, res, S("/dang-nhap/chon"));
}

static err_t read_people(struct ctx *c, struct db *db, void *arg)
{
    struct checking *k = arg;
    return resident_ids_by_phone(c, db, &(struct resident_ids_by_phone_in){ .phone = k->phone }, &k->people, &k->n);
}

static err_t who_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct checking k = { .phone = web_kept(c, req, "proved") };
    if (!k.phone.n)
        return web_redirect(c, res, S("/dang-nhap"));
    TRY(store_read(c, read_people, &k));
    struct people_who_row *rows = ARENA_ARRAY(c->arena, k.n, struct people_who_row);
    for (size_t i = 0; i < k.n; i++) {
        rows[i] = (struct people_who_row){ .id = id_text(c->arena, k.people[i].id), .name = k.people[i].name };
        if (k.people[i].born_year != NO_I64)
            rows[i].born = str_fmt(c->arena, "%lld", (long long)k.people[i].born_year);
    }
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Chọn người")) });
    people_who_html(h, &(struct people_who){ .rows = rows, .n_rows = k.n });
    return web_page_end(h);
}

static err_t who_post(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct checking k = { .phone = web_kept(c, req, "proved") };
    struct id chosen;
    if (!k.phone.n || !id_parse(form_get(web_values(req), "person"), &chosen))
        return web_redirect(c, res, S("/dang-nhap"));
    TRY(store_read(c, read_people, &k));
    for (size_t i = 0; i < k.n; i++) {
        if (id_eq(k.people[i].id, chosen)) {
            web_keep(c, req, res, "proved", S(""), 0);
            return open_for(c, req, res, chosen);
        }
    }
    return E_FORBIDDEN;
}

static err_t staff_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    return show(c, req, res,
                &(struct sign_in_page){ .title = N_("Đăng nhập cán bộ"), .form = &staff_form, .staff = true,
                                        .submit = N_("Đăng nhập"), .action = "/can-bo/dang-nhap", .again = "" });
}

static err_t staff_post(struct ctx *c, struct web_req *req, struct web_res *res)
{
    const struct form_values *v = web_values(req);
    struct id account_id;
    TRY(staff_sign_in(c, form_get(v, "login"), form_get(v, "password"), form_get(v, "code"), &account_id));
    TRY(web_session_open(c, req, res, account_id, STAFF_SESSION));
    return web_redirect(c, res, web_back(req, S("/can-bo")));
}

static err_t sign_out(struct ctx *c, struct web_req *req, struct web_res *res)
{
    TRY(web_session_close(c, req, res));
    return web_redirect(c, res, S("/"));
}

static const struct web_route routes[] = {
    { .method = WEB_GET, .path = "/dang-nhap", .right = RIGHT_PUBLIC, .handler = phone_page },
    { .method = WEB_POST, .path = "/dang-nhap", .right = RIGHT_PUBLIC, .rate = WEB_RATE_CODE,
      .form = &phone_form, .handler = phone_post, .retry = phone_page },
    { .method = WEB_GET, .path = "/dang-nhap/ma", .right = RIGHT_PUBLIC, .handler = code_page },
    { .method = WEB_POST, .path = "/dang-nhap/ma", .right = RIGHT_PUBLIC, .rate = WEB_RATE_LOGIN,
      .form = &code_form, .handler = code_post, .retry = code_page },
    { .method = WEB_GET, .path = "/dang-nhap/chon", .right = RIGHT_PUBLIC, .handler = who_page },
    { .method = WEB_POST, .path = "/dang-nhap/chon", .right = RIGHT_PUBLIC, .form = &person_form,
      .handler = who_post },
    { .method = WEB_GET, .path = "/can-bo/dang-nhap", .right = RIGHT_PUBLIC, .handler = staff_page },
    { .method = WEB_POST, .path = "/can-bo/dang-nhap", .right = RIGHT_PUBLIC, .rate = WEB_RATE_LOGIN,
      .form = &staff_form, .handler = staff_post, .retry = staff_page },
    { .method = WEB_POST, .path = "/dang-xuat", .right = RIGHT_SIGNED_IN, .handler = sign_out },
};

const struct web_room people_web_sign_in = { routes, COUNT(routes), NULL, 0 };
