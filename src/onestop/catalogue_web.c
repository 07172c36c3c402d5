/* The catalogue for everybody. */
#include "onestop/web_inside.h"

enum { PAGE = 20 };

struct list {
    struct str query, field, after;
    struct onestop_catalogue_row *rows;
    size_t n;
    struct str next;
};

static struct str term_text(struct ctx *c, struct str term)
{
    struct term t;
    return term_parse(term, &t) ? term_show(c, t) : S("");
}

static void add(struct ctx *c, struct list *l, struct str code, struct str name, struct str field, struct str term,
                struct str online, struct str form_id)
{
    l->rows[l->n++] = (struct onestop_catalogue_row){ .code = code, .name = name, .field = field,
                                                      .term = term_text(c, term), .online = online,
                                                      .eform = !str_eq_c(form_id, "general") };
}

/* The index knows procedures by the hash of their code: one pass over the catalogue finds the codes. */
static err_t find(struct ctx *c, struct db *db, struct list *l)
{
    struct id *ids;
    size_t n, n_all;
    struct procedure_page_row *all;
    TRY(search_find(c, db, S("procedure"), l->query, PAGE, &ids, &n));
    TRY(procedure_page(c, db, &(struct procedure_page_in){ .after = S(""), .n = 1000 }, &all, &n_all));
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n_all; k++) {
            if (id_eq(ids[i], id_of_code(all[k].code)))
                add(c, l, all[k].code, all[k].name, all[k].field, all[k].term, all[k].online, all[k].form_id);
        }
    }
    return 0;
}

static err_t browse(struct ctx *c, struct db *db, struct list *l)
{
    struct procedure_page_row *rows;
    struct procedure_field_page_row *in_field;
    size_t n;
    if (l->field.n) {
        TRY(procedure_field_page(c, db,
                                 &(struct procedure_field_page_in){ .field = l->field, .after = l->after, .n = PAGE },
                                 &in_field, &n));
        for (size_t i = 0; i < n; i++)
            add(c, l, in_field[i].code, in_field[i].name, in_field[i].field, in_field[i].term, in_field[i].online,
                in_field[i].form_id);
    } else {
        TRY(procedure_page(c, db, &(struct procedure_page_in){ .after = l->after, .n = PAGE }, &rows, &n));
        for (size_t i = 0; i < n; i++)
            add(c, l, rows[i].code, rows[i].name, rows[i].field, rows[i].term, rows[i].online, rows[i].form_id);
    }
    if (n == PAGE)
        l->next = str_fmt(c->arena, "?sau=%.*s&linh-vuc=%.*s", STR_ARG(l->rows[n - 1].code), STR_ARG(l->field));
    return 0;
}

static err_t read_list(struct ctx *c, struct db *db, void *arg)
{
    struct list *l = arg;
    l->rows = ARENA_ARRAY(c->arena, PAGE, struct onestop_catalogue_row);
    return l->query.n ? find(c, db, l) : browse(c, db, l);
}

static err_t catalogue_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct list l = { .query = web_query(req, "q"), .field = web_query(req, "linh-vuc"), .after = web_query(req, "sau") };
    TRY(store_read(c, read_list, &l));
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Thủ tục hành chính")), .nav = S("catalogue") });
    onestop_catalogue_html(h, &(struct onestop_catalogue){ .query = l.query, .field = l.field, .rows = l.rows, .n_rows = l.n,
                                                           .next = l.next });
    return web_page_end(h);
}

struct fields {
    struct procedure_fields_row *rows;
    size_t n;
};

static err_t read_fields(struct ctx *c, struct db *db, void *arg)
{
    struct fields *f = arg;
    return procedure_fields(c, db, &f->rows, &f->n);
}

static err_t fields_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct fields f;
    TRY(store_read(c, read_fields, &f));
    struct onestop_fields_row *rows = ARENA_ARRAY(c->arena, f.n, struct onestop_fields_row);
    for (size_t i = 0; i < f.n; i++)
        rows[i] = (struct onestop_fields_row){ f.rows[i].field, f.rows[i].n };
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Lĩnh vực")), .nav = S("catalogue") });
    onestop_fields_html(h, &(struct onestop_fields){ rows, f.n });
    return web_page_end(h);
}

static err_t home_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Trang đầu")), .nav = S("home") });
    onestop_home_html(h, &(struct onestop_home){ .commune = web_settings_of(req)->commune_name });
    return web_page_end(h);
}

err_t read_procedure(struct ctx *c, struct db *db, void *arg)
{
    struct procedure_read *r = arg;
    return procedure_get(c, db, r->code, day_of_us(ctx_now(c)), &r->p);
}

static struct str joined(struct ctx *c, const struct json *list)
{
    struct buf b = { .arena = c->arena };
    for (size_t i = 0; list && i < list->n; i++)
        buf_fmt(&b, "%s%.*s", i ? ", " : "", STR_ARG(list->items[i].text));
    return buf_view(&b);
}

static err_t procedure_page_show(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct procedure_read r = { .code = web_param(req, "code") };
    const struct json *j;
    TRY(store_read(c, read_procedure, &r));
    TRY(json_parse(c->arena, r.p.details_json, &j, NULL));
    const struct json *docs = json_get(j, "documents");
    size_t n = docs ? docs->n : 0;
    struct str *papers = ARENA_ARRAY(c->arena, n, struct str);
    for (size_t i = 0; i < n; i++)
        papers[i] = docs->items[i].text;
    struct onestop_procedure p = {
        .code = r.p.code, .name = r.p.name, .field = r.p.field, .term = term_text(c, r.p.term), .fee = r.p.fee_text,
        .online = r.p.online, .agency = r.p.agency, .result = r.p.result_name, .since = r.p.valid_from_day,
        .papers = papers, .n_papers = n, .channels = joined(c, json_get(j, "channels")),
        .source = json_get_str(j, "source", S("")) };
    struct html *h = web_page(c, req, res, &(struct page){ .title = r.p.name, .nav = S("catalogue") });
    onestop_procedure_html(h, &p);
    return web_page_end(h);
}

static const struct web_route routes[] = {
    { .method = WEB_GET, .path = "/", .right = RIGHT_PUBLIC, .flags = WEB_CACHED, .handler = home_page },
    { .method = WEB_GET, .path = "/dich-vu-cong", .right = RIGHT_PUBLIC, .flags = WEB_CACHED, .handler = catalogue_page },
    { .method = WEB_GET, .path = "/dich-vu-cong/linh-vuc", .right = RIGHT_PUBLIC, .flags = WEB_CACHED,
      .handler = fields_page },
    { .method = WEB_GET, .path = "/dich-vu-cong/{code}", .right = RIGHT_PUBLIC, .flags = WEB_CACHED,
      .handler = procedure_page_show },
};
static const struct web_nav nav[] = {
    { "catalogue", "/dich-vu-cong", N_("Thủ tục"), RIGHT_PUBLIC, false },
    { "lookup", "/tra-cuu", N_("Tra cứu"), RIGHT_PUBLIC, false },
    { "mine", "/ho-so-cua-toi", N_("Hồ sơ của tôi"), RIGHT_DOSSIER_OWN, false },
    { "queue", "/can-bo/mot-cua", N_("Một cửa"), RIGHT_DOSSIER_READ, true },
    { "figures", "/can-bo/so-lieu", N_("Số liệu"), RIGHT_FIGURES_READ, true },
};
const struct web_room onestop_web_catalogue = { routes, COUNT(routes), nav, COUNT(nav) };
