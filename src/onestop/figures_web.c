/* Figures that open down to their dossiers, and their files. */
#include "onestop/figures.h"
#include "onestop/web_inside.h"

#include <stdio.h>
#include <stdlib.h>

enum { SHOWN = 500 };

struct range {
    int64_t from_us, to_us;
    struct str from, to, query;
};

/* The year so far, unless asked otherwise; both days included. */
static struct range read_range(struct ctx *c, struct web_req *req)
{
    struct range r;
    int32_t from, to, today = day_of_us(ctx_now(c));
    int y, m, d;
    day_to_ymd(today, &y, &m, &d);
    if (!day_parse(web_query(req, "from"), &from) && !day_from_ymd(y, 1, 1, &from))
        from = today;
    if (!day_parse(web_query(req, "to"), &to))
        to = today;
    r.from_us = day_start_us(from);
    r.to_us = day_start_us(to + 1);
    r.from = day_iso(c->arena, from);
    r.to = day_iso(c->arena, to);
    r.query = str_fmt(c->arena, "from=%.*s&to=%.*s", STR_ARG(r.from), STR_ARG(r.to));
    return r;
}

struct read_figures {
    struct range range;
    struct figures f;
};

static err_t read_figures(struct ctx *c, struct db *db, void *arg)
{
    struct read_figures *r = arg;
    return figures_read(c, db, r->range.from_us, r->range.to_us, &r->f);
}

/* Two decimals, half up, with a comma; "không phát sinh" over nothing. */
static struct str share(struct ctx *c, int64_t part, int64_t whole)
{
    if (!whole)
        return str_from(T(c, "không phát sinh"));
    int64_t hundredths = (part * 20000 + whole) / (2 * whole);
    return str_fmt(c->arena, "%lld,%02lld %%", (long long)(hundredths / 100), (long long)(hundredths % 100));
}

static struct str list_url(struct ctx *c, const struct range *r, const char *what, const char *name, struct str value)
{
    struct html h = { .c = c, .out = { .arena = c->arena } };
    buf_fmt(&h.out, "/can-bo/so-lieu/danh-sach?%.*s&gi=%s", STR_ARG(r->query), what);
    if (*name) {
        buf_fmt(&h.out, "&%s=", name);
        html_component(&h, value);
    }
    return buf_view(&h.out);
}

static html_t chart(struct html *h, const struct figures *f)
{
    enum { WIDTH = 720, HEIGHT = 180, BASE = 150 };
    struct html *p = html_part(h);
    const struct figure *g = f->groups[BY_MONTH];
    size_t n = f->n_groups[BY_MONTH];
    int64_t most = 1;
    for (size_t i = 0; i < n; i++)
        most = g[i].received > most ? g[i].received : most;
    if (!n)
        return html_done(p);
    double step = (double)WIDTH / (double)n;
    buf_fmt(&p->out, "<figure><svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH, HEIGHT);
    html_sentence(p, N_("Hồ sơ tiếp nhận theo tháng"), NULL, 0);
    buf_fmt(&p->out, "\"><path class=\"axis\" d=\"M0 %dH%d\"/>", BASE, WIDTH);
    for (size_t i = 0; i < n; i++) {
        double tall = 120.0 * (double)g[i].received / (double)most, x = (double)i * step + step * 0.15;
        buf_fmt(&p->out, "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", x, BASE - tall,
                step * 0.7, tall);
        buf_fmt(&p->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%lld</text>", x + step * 0.35, BASE - tall - 6,
                (long long)g[i].received);
        buf_fmt(&p->out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.*s</text>", x + step * 0.35, BASE + 18,
                STR_ARG(str_sub(g[i].key, 2, 5)));
    }
    buf_c(&p->out, "</svg></figure>");
    return html_done(p);
}

static int by_received(const void *a, const void *b)
{
    const struct figure *x = a, *y = b;
    return x->received != y->received ? (x->received < y->received ? 1 : -1) : str_cmp(x->key, y->key);
}

static int by_key(const void *a, const void *b)
{
    return str_cmp(((const struct figure *)a)->key, ((const struct figure *)b)->key);
}

static err_t figures_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    static const struct {
        enum figure_group group;
        const char *title, *parameter;
    } kinds[] = { { BY_FIELD, N_("Lĩnh vực"), "linh-vuc" }, { BY_MONTH, N_("Tháng"), "thang" },
                  { BY_HAMLET, N_("Xóm"), "xom" }, { BY_PROCEDURE, N_("Thủ tục"), "thu-tuc" } };
    struct read_figures r = { .range = read_range(c, req) };
    TRY(store_read(c, read_figures, &r));
    const struct figure *a = &r.f.all;
    struct onestop_figures_group groups[COUNT(kinds)];
    for (size_t k = 0; k < COUNT(kinds); k++) {
        struct figure *g = r.f.groups[kinds[k].group];
        size_t n = r.f.n_groups[kinds[k].group];
        if (n)
            qsort(g, n, sizeof *g, kinds[k].group == BY_MONTH ? by_key : by_received);
        struct onestop_figures_row *rows = ARENA_ARRAY(c->arena, n, struct onestop_figures_row);
        for (size_t i = 0; i < n; i++)
            rows[i] = (struct onestop_figures_row){
                .name = g[i].name, .received = g[i].received, .online = g[i].online, .late = g[i].late + g[i].open_late,
                .open = g[i].open_in_time + g[i].open_late,
                .url = list_url(c, &r.range, "received", kinds[k].parameter, g[i].key),
                .online_url = list_url(c, &r.range, "online", kinds[k].parameter, g[i].key),
                .late_url = list_url(c, &r.range, "behind", kinds[k].parameter, g[i].key),
                .open_url = list_url(c, &r.range, "open", kinds[k].parameter, g[i].key) };
        groups[k] = (struct onestop_figures_group){ str_from(T(c, kinds[k].title)), rows, n };
    }
    const struct {
        const char *what, *text;
        int64_t n;
    } tiles[] = { { "received", N_("Tiếp nhận"), a->received }, { "online", N_("Trực tuyến"), a->online },
                  { "desk", N_("Trực tiếp"), a->desk }, { "early", N_("Trước hạn"), a->early },
                  { "on_time", N_("Đúng hạn"), a->on_time }, { "late", N_("Xong quá hạn"), a->late },
                  { "open", N_("Đang xử lý"), a->open_in_time + a->open_late },
                  { "overdue", N_("Đang xử lý, quá hạn"), a->open_late } };
    struct onestop_figures_tile shown[COUNT(tiles)];
    for (size_t i = 0; i < COUNT(tiles); i++)
        shown[i] = (struct onestop_figures_tile){ list_url(c, &r.range, tiles[i].what, "", S("")), tiles[i].n,
                                                  str_from(T(c, tiles[i].text)) };
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Số liệu một cửa")), .nav = S("figures"),
                                                           .staff = true });
    struct onestop_figures p = { .from = r.range.from, .to = r.range.to, .range = r.range.query, .chart = chart(h, &r.f),
                                 .online_share = share(c, a->online, a->received),
                                 .on_time_share = share(c, a->early + a->on_time, a->early + a->on_time + a->late),
                                 .tiles = shown, .n_tiles = COUNT(shown), .groups = groups, .n_groups = COUNT(groups) };
    onestop_figures_html(h, &p);
    return web_page_end(h);
}

/* --- The list behind a figure ------------------------------------------------------------------------------ */

struct listing {
    struct ctx *c;
    struct range range;
    struct figure_filter filter;
    int64_t n;
    struct onestop_listing_row *rows;
    size_t shown;
    FILE *csv;
    struct xlsx_writer *xlsx;
};

static void put_cells(struct listing *l, const struct figures_dossiers_row *r)
{
    struct arena *a = l->c->arena;
    const struct str cells[] = {
        r->code, r->procedure_code, r->applicant_name, r->field, channel_text(l->c, r->channel),
        str_from(T(l->c, state_vi((enum dossier_state)r->state))), time_iso(a, r->received_at_us),
        r->due_at_us ? time_iso(a, r->due_at_us) : S(""), r->finished_at_us ? time_iso(a, r->finished_at_us) : S("") };
    struct buf line = { .arena = a };
    for (size_t i = 0; i < COUNT(cells); i++) {
        if (l->xlsx)
            xlsx_put_str(l->xlsx, cells[i]);
        else
            csv_cell(&line, cells[i], i == 0);
    }
    if (l->xlsx) {
        xlsx_end_row(l->xlsx);
    } else {
        csv_end(&line);
        fwrite(line.p, 1, line.n, l->csv);
    }
}

static err_t see(void *arg, const struct figures_dossiers_row *r)
{
    struct listing *l = arg;
    struct arena *caller = l->c->arena, *scratch = NULL;
    bool file = l->csv || l->xlsx;
    if (!figure_counts(l->c, &l->filter, r))
        return 0;
    l->n++;
    if (file) {
        scratch = arena_new(1 << 16);
        l->c->arena = scratch;
        put_cells(l, r);
        l->c->arena = caller;
        arena_free(scratch);
    } else if (l->shown < SHOWN) {
        l->rows[l->shown++] = (struct onestop_listing_row){
            str_dup(caller, r->code), str_dup(caller, r->procedure_code), str_dup(caller, r->applicant_name),
            str_from(T(l->c, state_vi((enum dossier_state)r->state))), r->received_at_us, r->due_at_us, r->finished_at_us };
    }
    return 0;
}

static err_t read_listing(struct ctx *c, struct db *db, void *arg)
{
    struct listing *l = arg;
    TRY(figures_dossiers(c, db, &(struct figures_dossiers_in){ .from_us = l->range.from_us, .to_us = l->range.to_us },
                         see, l));
    for (size_t i = 0; i < l->shown; i++)
        TRY(procedure_name_of(c, db, l->rows[i].name, &l->rows[i].name));
    return 0;
}

static const char *const columns[] = { "Mã hồ sơ", "Mã thủ tục", "Người nộp", "Lĩnh vực", "Nguồn", "Trạng thái",
                                       "Tiếp nhận", "Hẹn trả", "Xong" };

static err_t export_csv(struct ctx *c, struct listing *l, const char *path)
{
    struct buf head = { .arena = c->arena };
    l->csv = fopen(path, "we");
    if (!l->csv)
        return E_IO;
    buf_c(&head, "\xEF\xBB\xBF");
    for (size_t i = 0; i < COUNT(columns); i++)
        csv_cell(&head, str_from(columns[i]), i == 0);
    csv_end(&head);
    fwrite(head.p, 1, head.n, l->csv);
    err_t e = store_read(c, read_listing, l);
    bool failed = ferror(l->csv) != 0;
    failed |= fclose(l->csv) != 0;
    return e ? e : failed ? E_DISK_FULL : 0;
}

static err_t export_xlsx(struct ctx *c, struct listing *l, const char *path)
{
    TRY(xlsx_write_begin(c->arena, path, S("Hồ sơ"), &l->xlsx));
    for (size_t i = 0; i < COUNT(columns); i++)
        xlsx_put_str(l->xlsx, str_from(columns[i]));
    xlsx_end_row(l->xlsx);
    err_t e = store_read(c, read_listing, l), end = xlsx_write_end(l->xlsx);
    return e ? e : end;
}

static err_t export_file(struct ctx *c, struct web_res *res, struct listing *l, bool xlsx)
{
    const char *path = str_fmt(c->arena, "%.*s/tmp/export-%s", STR_ARG(store_data_dir(c->store)),
                               id_text(c->arena, ctx_new_id(c)).p).p;
    TRY(xlsx ? export_xlsx(c, l, path) : export_csv(c, l, path));
    return web_temp_file(c, res, path,
                         xlsx ? S("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
                              : S("text/csv; charset=utf-8"),
                         str_fmt(c->arena, "ho-so-%.*s-%.*s.%s", STR_ARG(l->range.from), STR_ARG(l->range.to),
                                 xlsx ? "xlsx" : "csv"));
}

static err_t list_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct listing l = { .c = c, .range = read_range(c, req),
                         .filter = { .what = web_query(req, "gi"), .field = web_query(req, "linh-vuc"),
                                     .procedure = web_query(req, "thu-tuc"), .month = web_query(req, "thang"),
                                     .hamlet = web_query(req, "xom") } };
    struct str form = web_query(req, "dang");
    if (str_eq_c(form, "csv") || str_eq_c(form, "xlsx"))
        return export_file(c, res, &l, str_eq_c(form, "xlsx"));
    l.rows = ARENA_ARRAY(c->arena, SHOWN, struct onestop_listing_row);
    TRY(store_read(c, read_listing, &l));
    struct str here = web_url(req);
    struct onestop_listing p = { .title = str_from(T(c, "Hồ sơ làm nên con số")), .n = l.n, .rows = l.rows,
                                 .n_rows = l.shown, .cut = l.n > SHOWN,
                                 .csv = str_fmt(c->arena, "%.*s&dang=csv", STR_ARG(here)),
                                 .xlsx = str_fmt(c->arena, "%.*s&dang=xlsx", STR_ARG(here)),
                                 .back = str_fmt(c->arena, "/can-bo/so-lieu?%.*s", STR_ARG(l.range.query)) };
    struct html *h = web_page(c, req, res, &(struct page){ .title = p.title, .nav = S("figures"), .staff = true });
    onestop_listing_html(h, &p);
    return web_page_end(h);
}

static void put_figure(struct json_out *o, const struct figure *g)
{
    json_open(o, '{');
    if (g->key.n) {
        json_pair_str(o, "key", g->key);
        json_pair_str(o, "name", g->name);
    }
    json_pair_i64(o, "received", g->received);
    json_pair_i64(o, "online", g->online);
    json_pair_i64(o, "desk", g->desk);
    json_pair_i64(o, "post", g->post);
    json_pair_i64(o, "early", g->early);
    json_pair_i64(o, "on_time", g->on_time);
    json_pair_i64(o, "late", g->late);
    json_pair_i64(o, "open", g->open_in_time + g->open_late);
    json_pair_i64(o, "overdue", g->open_late);
    json_pair_i64(o, "on_time_766", g->on_time_766);
    json_close(o, '}');
}

static err_t api_figures(struct ctx *c, struct web_req *req, struct web_res *res)
{
    static const char *const names[] = { "by_field", "by_procedure", "by_month", "by_hamlet" };
    struct read_figures r = { .range = read_range(c, req) };
    struct buf b = { .arena = c->arena };
    struct json_out o = { .buf = &b };
    TRY(store_read(c, read_figures, &r));
    json_open(&o, '{');
    json_pair_str(&o, "from", r.range.from);
    json_pair_str(&o, "to", r.range.to);
    json_key(&o, "total");
    put_figure(&o, &r.f.all);
    for (int k = 0; k < FIGURE_GROUPS; k++) {
        json_key(&o, names[k]);
        json_open(&o, '[');
        for (size_t i = 0; i < r.f.n_groups[k]; i++)
            put_figure(&o, &r.f.groups[k][i]);
        json_close(&o, ']');
    }
    json_close(&o, '}');
    return web_json(c, res, 200, &b);
}

static const struct web_route routes[] = {
    { .method = WEB_GET, .path = "/can-bo/so-lieu", .right = RIGHT_FIGURES_READ, .handler = figures_page },
    { .method = WEB_GET, .path = "/can-bo/so-lieu/danh-sach", .right = RIGHT_DOSSIER_READ, .handler = list_page },
    { .method = WEB_GET, .path = "/api/v1/figures/onestop", .right = RIGHT_FIGURES_READ, .flags = WEB_API,
      .query = "from to", .handler = api_figures, .summary = "Figures of the one-stop desk over a period",
      .response = "{\"type\":\"object\",\"required\":[\"from\",\"to\",\"total\"],\"properties\":{\"from\":{\"type\":\"string\"},"
                  "\"to\":{\"type\":\"string\"},\"total\":{\"type\":\"object\"}}}" },
};
const struct web_room onestop_web_figures = { routes, COUNT(routes), NULL, 0 };
