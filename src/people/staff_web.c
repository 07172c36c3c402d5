/* The register of residents, for staff. */
#include "people/web_inside.h"

#include <string.h>

enum { PAGE = 50 };

static const struct web_nav nav[] = {
    { "me", "/ca-nhan", N_("Của tôi"), RIGHT_DOSSIER_OWN, false },
    { "people", "/can-bo/nguoi-dan", N_("Người dân"), RIGHT_PEOPLE_READ, true },
    { "sms", "/can-bo/tin-nhan", N_("Tin nhắn"), RIGHT_SMS_READ, true },
};

static const struct {
    const char *path, *vi;
    enum right right;
} home_links[] = {
    { "/can-bo/mot-cua", N_("Hồ sơ một cửa"), RIGHT_DOSSIER_READ },
    { "/can-bo/so-lieu", N_("Số liệu"), RIGHT_FIGURES_READ },
    { "/can-bo/nguoi-dan", N_("Người dân"), RIGHT_PEOPLE_READ },
    { "/can-bo/nguoi-dan/nhap", N_("Nhập danh sách"), RIGHT_PEOPLE_IMPORT },
    { "/can-bo/tin-nhan", N_("Tin nhắn"), RIGHT_SMS_READ },
    { "/can-bo/cong-viec-nen", N_("Công việc nền"), RIGHT_JOBS_READ },
    { "/can-bo/nhat-ky", N_("Nhật ký"), RIGHT_AUDIT_READ },
};

static err_t home_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct people_staff_home_link links[COUNT(home_links)];
    size_t n = 0;
    for (size_t i = 0; i < COUNT(home_links); i++) {
        if (actor_can(&c->actor, home_links[i].right))
            links[n++] = (struct people_staff_home_link){ str_from(home_links[i].path),
                                                          str_from(T(c, home_links[i].vi)) };
    }
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Trang cán bộ")), .staff = true });
    people_staff_home_html(h, &(struct people_staff_home){ .name = c->actor.name, .links = links, .n_links = n });
    return web_page_end(h);
}

/* --- The list -------------------------------------------------------------------------------------------- */

struct list {
    struct str query, after_key;
    struct id after_id;
    struct people_residents_row *rows;
    size_t n;
    struct str next;
    const struct hamlet *hamlets;
    size_t n_hamlets;
};

static struct str hamlet_name(const struct list *l, struct id id)
{
    for (size_t i = 0; i < l->n_hamlets; i++) {
        if (id_eq(l->hamlets[i].id, id))
            return l->hamlets[i].name;
    }
    return S("");
}

static void add_row(struct ctx *c, struct list *l, struct id id, struct str name, int64_t born_year,
                    struct id hamlet_id, struct str phone)
{
    l->rows[l->n++] = (struct people_residents_row){
        .id = id_text(c->arena, id), .name = name, .hamlet = hamlet_name(l, hamlet_id),
        .born = born_year == NO_I64 ? S("") : str_fmt(c->arena, "%lld", (long long)born_year),
        .phone = mask_phone(c->arena, phone) };
}

static bool in_scope(const struct ctx *c, struct id hamlet_id)
{
    return id_is_none(c->actor.hamlet_id) || id_eq(c->actor.hamlet_id, hamlet_id);
}

static err_t find_rows(struct ctx *c, struct db *db, struct list *l)
{
    struct id *ids;
    size_t n;
    TRY(search_find(c, db, S("resident"), l->query, PAGE, &ids, &n));
    for (size_t i = 0; i < n; i++) {
        struct resident r;
        TRY(resident_get(c, db, ids[i], &r));
        if (in_scope(c, r.hamlet_id))
            add_row(c, l, r.id, r.name, r.born_year, r.hamlet_id, r.phone);
    }
    return 0;
}

static err_t page_rows(struct ctx *c, struct db *db, struct list *l)
{
    struct resident_page_row *rows;
    size_t n;
    TRY(resident_page(c, db,
                      &(struct resident_page_in){ .after_key = l->after_key, .after_id = l->after_id, .n = PAGE },
                      &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (in_scope(c, rows[i].hamlet_id))
            add_row(c, l, rows[i].id, rows[i].name, rows[i].born_year, rows[i].hamlet_id, rows[i].phone);
    }
    if (n == PAGE)
        l->next = str_fmt(c->arena, "?sau=%s&ma=%s",
                          hex_of(c->arena, rows[n - 1].name_key.p, rows[n - 1].name_key.n).p,
                          id_text(c->arena, rows[n - 1].id).p);
    return 0;
}

static err_t read_list(struct ctx *c, struct db *db, void *arg)
{
    struct list *l = arg;
    struct hamlet *list;
    TRY(hamlets(c, db, &list, &l->n_hamlets));
    l->hamlets = list;
    l->rows = ARENA_ARRAY(c->arena, PAGE, struct people_residents_row);
    return l->query.n ? find_rows(c, db, l) : page_rows(c, db, l);
}

static err_t list_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct list l = { .query = web_query(req, "q"), .after_key = S("") };
    struct str key = web_query(req, "sau");
    char *raw = arena_alloc(c->arena, key.n / 2 + 1);
    if (key.n && hex_parse(key, raw, key.n / 2) && id_parse(web_query(req, "ma"), &l.after_id))
        l.after_key = (struct str){ raw, key.n / 2 };
    TRY(store_read(c, read_list, &l));
    struct people_residents p = { .query = l.query, .rows = l.rows, .n_rows = l.n, .next = l.next,
                                  .may_import = actor_can(&c->actor, RIGHT_PEOPLE_IMPORT) };
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Người dân")), .nav = S("people"),
                                                           .staff = true });
    people_residents_html(h, &p);
    return web_page_end(h);
}

/* --- One person ------------------------------------------------------------------------------------------- */

static const struct form_option sexes[] = {
    { S_INIT("male"), S_INIT(N_("Nam")) }, { S_INIT("female"), S_INIT(N_("Nữ")) },
};
static const struct form_field person_fields[] = {
    { .name = S_INIT("name"), .label = S_INIT(N_("Họ và tên")), .type = FIELD_TEXT, .required = true, .max = 100 },
    { .name = S_INIT("id_number"), .label = S_INIT(N_("Số định danh")), .type = FIELD_ID_NUMBER },
    { .name = S_INIT("sex"), .label = S_INIT(N_("Giới tính")), .type = FIELD_CHOICE, .options = sexes, .n_options = 2 },
    { .name = S_INIT("born"), .label = S_INIT(N_("Ngày sinh")), .type = FIELD_DATE, .past_only = true },
    { .name = S_INIT("phone"), .label = S_INIT(N_("Điện thoại")), .type = FIELD_PHONE },
    { .name = S_INIT("ethnic"), .label = S_INIT(N_("Dân tộc")), .type = FIELD_TEXT, .max = 50 },
    { .name = S_INIT("nationality"), .label = S_INIT(N_("Quốc tịch")), .type = FIELD_TEXT, .max = 50 },
    { .name = S_INIT("address"), .label = S_INIT(N_("Nơi cư trú")), .type = FIELD_TEXT, .max = 300 },
    { .name = S_INIT("version"), .label = S_INIT("version"), .type = FIELD_HIDDEN },
};
static const struct form person_form = { S_INIT("person"), S_INIT(N_("Người dân")), person_fields, COUNT(person_fields) };

static struct form_values values_of(struct ctx *c, const struct resident *r)
{
    struct form_value *v = ARENA_ARRAY(c->arena, COUNT(person_fields), struct form_value);
    const struct str texts[] = {
        r->name, r->id_number, r->sex == SEX_MALE ? S("male") : r->sex == SEX_FEMALE ? S("female") : S(""),
        r->has_born_day ? day_iso(c->arena, r->born_day) : S(""), r->phone, r->ethnic, r->nationality, r->address,
        str_fmt(c->arena, "%lld", (long long)r->version),
    };
    for (size_t i = 0; i < COUNT(person_fields); i++)
        v[i] = (struct form_value){ person_fields[i].name, texts[i] };
    return (struct form_values){ v, COUNT(person_fields) };
}

struct house {
    struct id id;
    struct household_members_row *rows;
    size_t n;
};

static err_t read_house(struct ctx *c, struct db *db, void *arg)
{
    struct house *k = arg;
    return household_members(c, db, &(struct household_members_in){ .household_id = k->id }, &k->rows, &k->n);
}

static err_t person_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct resident r;
    TRY(resident_view(c, web_param_id(req, "id"), &r));
    struct house k = { .id = r.household_id };
    if (!id_is_none(k.id))
        TRY(store_read(c, read_house, &k));
    struct people_person_member *members = ARENA_ARRAY(c->arena, k.n, struct people_person_member);
    for (size_t i = 0; i < k.n; i++)
        members[i] = (struct people_person_member){ id_text(c->arena, k.rows[i].id), k.rows[i].name, k.rows[i].relation };
    struct html *h = web_page(c, req, res, &(struct page){ .title = r.name, .nav = S("people"), .staff = true });
    struct html *fields = html_part(h);
    struct form_values kept = values_of(c, &r);
    form_html(fields, &person_form, web_errors(req) ? web_values(req) : &kept, web_errors(req));
    const char *doubt = r.id_number.n ? id_number_doubt(r.id_number, r.sex, r.born_year) : NULL;
    struct people_person p = { .id = id_text(c->arena, r.id), .name = r.name,
                               .doubt = doubt ? str_from(T(c, doubt)) : S(""), .fields = html_done(fields),
                               .may_edit = actor_can(&c->actor, RIGHT_PEOPLE_EDIT),
                               .may_merge = actor_can(&c->actor, RIGHT_PEOPLE_MERGE),
                               .household = members, .n_household = k.n };
    people_person_html(h, &p);
    return web_page_end(h);
}

struct saving {
    struct id id;
    const struct form_values *v;
};

static err_t save_person(struct ctx *c, struct db *db, void *arg)
{
    const struct saving *s = arg;
    struct resident r;
    TRY(resident_get(c, db, s->id, &r));
    if (!in_scope(c, r.hamlet_id))
        return E_FORBIDDEN;
    r.version = form_get_i64(s->v, "version", 0);
    r.name = form_get(s->v, "name");
    r.id_number = form_get(s->v, "id_number");
    r.phone = form_get(s->v, "phone");
    r.ethnic = form_get(s->v, "ethnic");
    r.nationality = form_get(s->v, "nationality");
    r.address = form_get(s->v, "address");
    struct str sex = form_get(s->v, "sex");
    r.sex = str_eq_c(sex, "male") ? SEX_MALE : str_eq_c(sex, "female") ? SEX_FEMALE : SEX_UNKNOWN;
    r.has_born_day = day_parse(form_get(s->v, "born"), &r.born_day);
    return resident_save(c, db, &r);
}

static err_t person_post(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct saving s = { web_param_id(req, "id"), web_values(req) };
    TRY(store_write(c, save_person, &s));
    web_flash(c, req, res, "ok", str_from(T(c, "Đã lưu.")));
    return web_redirect(c, res, web_path(req));
}

static const struct form_field merge_fields[] = {
    { .name = S_INIT("into"), .label = S_INIT(N_("Số định danh của bản ghi giữ lại")), .type = FIELD_ID_NUMBER, .required = true },
    { .name = S_INIT("reason"), .label = S_INIT(N_("Lý do")), .type = FIELD_TEXT, .required = true },
};
static const struct form merge_form = { S_INIT("merge"), S_INIT(N_("Gộp")), merge_fields, COUNT(merge_fields) };

static err_t merge_people(struct ctx *c, struct db *db, void *arg)
{
    struct saving *s = arg;
    struct resident into;
    bool found;
    TRY(resident_find_id_number(c, db, form_get(s->v, "into"), &into, &found));
    if (!found)
        return ctx_fail(c, E_BAD_INPUT, S("into"), "%s", T(c, "Không có ai mang số này."));
    TRY(residents_merge(c, db, s->id, into.id, form_get(s->v, "reason")));
    s->id = into.id;
    return 0;
}

static err_t merge_post(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct saving s = { web_param_id(req, "id"), web_values(req) };
    TRY(store_write(c, merge_people, &s));
    web_flash(c, req, res, "ok", str_from(T(c, "Đã gộp hai bản ghi.")));
    return web_redirect(c, res, str_fmt(c->arena, "/can-bo/nguoi-dan/%s", id_text(c->arena, s.id).p));
}

/* --- Import ------------------------------------------------------------------------------------------------- */

static err_t show_import(struct ctx *c, struct web_req *req, struct web_res *res, const struct import_report *r)
{
    struct people_import p = { .done = r != NULL };
    if (r) {
        struct people_import_fault *faults = ARENA_ARRAY(c->arena, r->n_faults, struct people_import_fault);
        for (size_t i = 0; i < r->n_faults; i++)
            faults[i] = (struct people_import_fault){ (int64_t)r->faults[i].line, r->faults[i].column,
                                                      r->faults[i].reason };
        p.rows = (int64_t)r->rows;
        p.good = (int64_t)r->good;
        p.added = (int64_t)r->added;
        p.bad = (int64_t)r->bad;
        p.faults = faults;
        p.n_faults = r->n_faults;
    }
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Nhập danh sách")),
                                                           .nav = S("people"), .staff = true });
    people_import_html(h, &p);
    return web_page_end(h);
}

static err_t import_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    return show_import(c, req, res, NULL);
}

static err_t import_post(struct ctx *c, struct web_req *req, struct web_res *res)
{
    const struct web_upload *uploads;
    struct import_report r;
    if (!web_uploads(req, &uploads))
        return ctx_fail(c, E_BAD_INPUT, S("file"), "%s", T(c, "Chưa chọn tệp."));
    struct str hex = hex_of(c->arena, uploads[0].file.sha256.b, 32);
    struct str path = str_fmt(c->arena, "%.*s/files/%.2s/%s", STR_ARG(store_data_dir(c->store)), hex.p, hex.p + 2);
    TRY(people_import(c, path.p, form_get_yes(web_values(req), "take_good"), false, &r));
    return show_import(c, req, res, &r);
}

/* --- SMS log -------------------------------------------------------------------------------------------------- */

struct sms_query {
    struct id before;
    struct sms_page_row *rows;
    size_t n;
};

static err_t read_sms(struct ctx *c, struct db *db, void *arg)
{
    struct sms_query *q = arg;
    return sms_page(c, db, &(struct sms_page_in){ .before = q->before, .n = PAGE }, &q->rows, &q->n);
}

static err_t sms_show(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct sms_query q;
    if (!id_parse(web_query(req, "truoc"), &q.before))
        memset(q.before.b, 0xFF, sizeof q.before.b);
    TRY(store_read(c, read_sms, &q));
    struct people_sms_row *rows = ARENA_ARRAY(c->arena, q.n, struct people_sms_row);
    bool sandbox = web_settings_of(req)->sandbox;
    for (size_t i = 0; i < q.n; i++) {
        /* A code opens an account: only a sandbox shows it. */
        bool secret = !sandbox && str_starts(q.rows[i].text, S("Ma dang nhap"));
        rows[i] = (struct people_sms_row){ q.rows[i].created_at_us,
                                           sandbox ? q.rows[i].phone : mask_phone(c->arena, q.rows[i].phone),
                                           secret ? S("••••••") : q.rows[i].text, q.rows[i].sent_at_us != 0 };
    }
    struct people_sms p = { .rows = rows, .n_rows = q.n };
    if (q.n == PAGE)
        p.next = str_fmt(c->arena, "?truoc=%s", id_text(c->arena, q.rows[q.n - 1].id).p);
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Tin nhắn")), .nav = S("sms"),
                                                           .staff = true });
    people_sms_html(h, &p);
    return web_page_end(h);
}

static const struct web_route routes[] = {
    { .method = WEB_GET, .path = "/can-bo", .right = RIGHT_STAFF, .handler = home_page },
    { .method = WEB_GET, .path = "/can-bo/nguoi-dan", .right = RIGHT_PEOPLE_READ, .handler = list_page },
    { .method = WEB_GET, .path = "/can-bo/nguoi-dan/{id:id}", .right = RIGHT_PEOPLE_READ, .handler = person_page },
    { .method = WEB_POST, .path = "/can-bo/nguoi-dan/{id:id}", .right = RIGHT_PEOPLE_EDIT, .form = &person_form,
      .handler = person_post, .retry = person_page },
    { .method = WEB_POST, .path = "/can-bo/nguoi-dan/{id:id}/gop", .right = RIGHT_PEOPLE_MERGE,
      .form = &merge_form, .handler = merge_post },
    { .method = WEB_GET, .path = "/can-bo/nguoi-dan/nhap", .right = RIGHT_PEOPLE_IMPORT, .handler = import_page },
    { .method = WEB_POST, .path = "/can-bo/nguoi-dan/nhap", .right = RIGHT_PEOPLE_IMPORT,
      .flags = WEB_UPLOAD, .accept = FILE_CSV | FILE_XLSX, .handler = import_post },
    { .method = WEB_GET, .path = "/can-bo/tin-nhan", .right = RIGHT_SMS_READ, .handler = sms_show },
};

const struct web_room people_web_staff = { routes, COUNT(routes), nav, COUNT(nav) };
