#include "web/html.h"

#include <string.h>

void html_lit(struct html *h, const char *literal, size_t n)
{
    buf_put(&h->out, literal, n);
}

static void lit(struct html *h, const char *literal)
{
    buf_c(&h->out, literal);
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    }
    return NULL;
}

static void put_escaped(struct buf *b, struct str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        const char *e = entity(s.p[i]);
        if (!e)
            continue;
        buf_put(b, s.p + from, i - from);
        buf_c(b, e);
        from = i + 1;
    }
    if (s.n)
        buf_put(b, s.p + from, s.n - from);
}

void html_text(struct html *h, struct str s)
{
    put_escaped(&h->out, s);
}

/* An address that the browser may follow: a path of ours or one of four schemes. */
static bool url_is_safe(struct str s)
{
    static const char *const schemes[] = { "https://", "http://", "mailto:", "tel:" };
    if (str_starts(s, S("/")) && !str_starts(s, S("//")) && !str_starts(s, S("/\\")))
        return true;
    if (str_starts(s, S("#")) || str_starts(s, S("?")))
        return true;
    for (size_t i = 0; i < COUNT(schemes); i++) {
        if (str_starts(s, str_from(schemes[i])))
            return true;
    }
    return false;
}

void html_url(struct html *h, struct str s)
{
    html_text(h, url_is_safe(s) ? s : S("#"));
}

void html_component(struct html *h, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c && strchr("-._~", c));
        if (plain)
            buf_char(&h->out, (char)c);
        else
            buf_fmt(&h->out, "%%%02X", c);
    }
}

void html_raw(struct html *h, html_t markup)
{
    buf_str(&h->out, markup.s);
}

struct html *html_part(struct html *h)
{
    struct html *part = ARENA_NEW(h->c->arena, struct html);
    *part = *h;
    part->out = (struct buf){ .arena = h->c->arena };
    return part;
}

html_t html_done(struct html *h)
{
    return (html_t){ buf_view(&h->out) };
}

void html_i64(struct html *h, int64_t n)
{
    buf_i64(&h->out, n);
}

void html_number(struct html *h, int64_t n)
{
    buf_str(&h->out, vi_number(h->c->arena, n));
}

void html_vnd(struct html *h, int64_t amount_vnd)
{
    buf_str(&h->out, vi_vnd(h->c->arena, amount_vnd));
}

void html_day(struct html *h, int64_t day)
{
    lit(h, "<time datetime=\"");
    html_day_iso(h, day);
    lit(h, "\">");
    buf_str(&h->out, day_vi(h->c->arena, (int32_t)day));
    lit(h, "</time>");
}

void html_time(struct html *h, int64_t at_us)
{
    if (!at_us)
        return;
    lit(h, "<time datetime=\"");
    html_time_iso(h, at_us);
    lit(h, "\">");
    buf_str(&h->out, html_arg_time(h, at_us));
    lit(h, "</time>");
}

void html_day_iso(struct html *h, int64_t day)
{
    buf_str(&h->out, day_iso(h->c->arena, (int32_t)day));
}

void html_time_iso(struct html *h, int64_t at_us)
{
    buf_str(&h->out, time_iso(h->c->arena, at_us));
}

static const struct html_arg *arg_named(const struct html_arg *args, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq_c(name, args[i].name))
            return &args[i];
    }
    return NULL;
}

void html_sentence(struct html *h, const char *msgid, const struct html_arg *args, size_t n)
{
    struct str rest = str_from(T(h->c, msgid)), text, name;
    while (n && str_cut(rest, '{', &text, &rest)) {
        buf_str(&h->out, text);
        (void)str_cut(rest, '}', &name, &rest);
        const struct html_arg *a = arg_named(args, n, name);
        if (a)
            buf_str(&h->out, a->escaped);
    }
    buf_str(&h->out, rest);
}

struct str html_arg_str(struct html *h, struct str s)
{
    struct buf b = { .arena = h->c->arena };
    put_escaped(&b, s);
    return buf_view(&b);
}

struct str html_arg_i64(struct html *h, int64_t n)
{
    struct buf b = { .arena = h->c->arena };
    buf_i64(&b, n);
    return buf_view(&b);
}

struct str html_arg_number(struct html *h, int64_t n)
{
    return vi_number(h->c->arena, n);
}

struct str html_arg_vnd(struct html *h, int64_t n)
{
    return vi_vnd(h->c->arena, n);
}

struct str html_arg_day(struct html *h, int64_t day)
{
    return day_vi(h->c->arena, (int32_t)day);
}

struct str html_arg_time(struct html *h, int64_t at_us)
{
    struct civil t = civil_from_us(at_us);
    struct str day = day_vi(h->c->arena, day_of_us(at_us));
    return str_fmt(h->c->arena, "%02d:%02d %s%.*s", t.hour, t.minute,
                   h->c->lang == LANG_VI ? "ngày " : "", STR_ARG(day));
}

struct str html_arg_html(struct html *h, html_t markup)
{
    (void)h;
    return markup.s;
}
