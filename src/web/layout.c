#include "web/app.h"
#include "web/web_pages.h"

struct str cookie_choice(const struct web_req *req, const char *name, const char *const *allowed, size_t n)
{
    struct str value = web_fields_get(&req->cookies, name);
    for (size_t i = 0; i < n; i++) {
        if (str_eq_c(value, allowed[i]))
            return value;
    }
    return str_from(allowed[0]);
}

enum lang request_lang(const struct web_req *req)
{
    static const char *const langs[] = { "vi", "en" };
    return str_eq_c(cookie_choice(req, "nep_lang", langs, 2), "en") ? LANG_EN : LANG_VI;
}

static size_t count_nav(const struct web_app *app)
{
    size_t n = 0;
    for (size_t i = 0; i < app->n_rooms; i++)
        n += app->rooms[i].n_nav;
    return n;
}

static void fill_nav(struct ctx *c, const struct web_app *app, const struct page *page,
                     struct web_layout_open *p)
{
    struct web_layout_open_link *links = ARENA_ARRAY(c->arena, count_nav(app), struct web_layout_open_link);
    for (size_t i = 0; i < app->n_rooms; i++) {
        for (size_t k = 0; k < app->rooms[i].n_nav; k++) {
            const struct web_nav *n = &app->rooms[i].nav[k];
            if (n->staff == page->staff && actor_can(&c->actor, n->right))
                links[p->n_nav++] = (struct web_layout_open_link){
                    str_from(n->path), str_from(T(c, n->vi)), str_eq_c(page->nav, n->id) };
        }
    }
    p->nav = links;
}

/* Shown once; the cookie goes with this answer. */
static void fill_flash(struct ctx *c, struct web_req *req, struct web_res *res, struct web_layout_open *p)
{
    struct str kept = web_kept(c, req, "flash");
    if (!kept.n)
        return;
    (void)str_cut(kept, ':', &p->flash_kind, &p->flash);
    web_keep(c, req, res, "flash", S(""), 0);
}

struct html *web_page(struct ctx *c, struct web_req *req, struct web_res *res, const struct page *page)
{
    static const char *const themes[] = { "auto", "light", "dark" }, *const sizes[] = { "normal", "big" };
    struct html *h = ARENA_NEW(c->arena, struct html);
    *h = (struct html){ .c = c, .out = { .arena = c->arena }, .req = req, .res = res, .url = req->url };
    struct web_layout_open p = {
        .lang = c->lang == LANG_EN ? S("en") : S("vi"),
        .theme = cookie_choice(req, "nep_theme", themes, 3),
        .type = cookie_choice(req, "nep_type", sizes, 2),
        .title = page->title,
        .body_class = page->print ? S("print") : page->staff ? S("staff") : S("resident"),
        .css = asset_url("nep.css"), .js = asset_url("nep.js"), .icon = asset_url("favicon.svg"),
        .font = asset_url("be-vietnam-pro.woff2"),
        .commune = req->app->settings.commune_name,
        .home = page->staff ? S("/can-bo") : S("/"),
        .sandbox = req->app->settings.sandbox || req->app->settings.synthetic,
        .staff = page->staff,
        .bare = page->print,
        .events = page->events.n ? page->events : S(""),
        .user = c->actor.kind == ACTOR_ANONYMOUS ? S("") : c->actor.name,
        .sign_in = page->staff ? S("/can-bo/dang-nhap") : S("/dang-nhap"),
    };
    fill_nav(c, req->app, page, &p);
    fill_flash(c, req, res, &p);
    web_layout_open_html(h, &p);
    return h;
}

err_t web_page_end(struct html *h)
{
    struct web_layout_close p = { .url = h->url, .user = h->c->actor.kind == ACTOR_ANONYMOUS
                                                              ? S("") : h->c->actor.name };
    web_layout_close_html(h, &p);
    return web_bytes(h->c, h->res, S("text/html; charset=utf-8"), buf_view(&h->out));
}

void html_csrf(struct html *h)
{
    if (!h->csrf.n) {
        h->csrf = csrf_token(h);
        h->once = rng_token(h->c->rng, h->c->arena, 15);
    }
    buf_c(&h->out, "<input type=\"hidden\" name=\"_csrf\" value=\"");
    html_text(h, h->csrf);
    buf_c(&h->out, "\"><input type=\"hidden\" name=\"_once\" value=\"");
    html_text(h, h->once);
    buf_c(&h->out, "\">");
}

void error_page(struct ctx *c, struct web_req *req, struct web_res *res, err_t e)
{
    int status = res->status;
    struct str title = str_from(T(c, err_vi(e)));
    struct html *h = web_page(c, req, res, &(struct page){ .title = title,
                                               .staff = c->actor.kind == ACTOR_STAFF });
    struct web_error p = { .title = title, .code = str_from(err_name(e)),
                           .request = str_sub(id_text(c->arena, c->request_id), 24, 12),
                           .back = c->actor.kind == ACTOR_STAFF ? S("/can-bo") : S("/") };
    if (c->err.code == e && err_class(e) == ERR_USER)
        p.detail = c->err.detail;
    web_error_html(h, &p);
    (void)web_page_end(h);
    res->status = status;
}

const struct web_settings *web_settings_of(const struct web_req *req)
{
    return &req->app->settings;
}

struct str web_absolute(struct ctx *c, const struct web_req *req, struct str path)
{
    const struct web_settings *s = &req->app->settings;
    if (s->base_url.n)
        return str_fmt(c->arena, "%.*s%.*s", STR_ARG(s->base_url), STR_ARG(path));
    struct str host = web_fields_get(&req->headers, "host");
    return str_fmt(c->arena, "%s://%.*s%.*s", req->secure ? "https" : "http",
                   STR_ARG(host.n ? host : S("localhost")), STR_ARG(path));
}
