#include "web/request.h"

#include <string.h>

void web_fields_add(struct arena *a, struct web_fields *f, struct str name, struct str value)
{
    if (f->n == f->cap) {
        size_t cap = f->cap ? 2 * f->cap : 16;
        f->items = arena_grow(a, f->items, f->cap * sizeof *f->items, cap * sizeof *f->items);
        f->cap = cap;
    }
    f->items[f->n++] = (struct web_field){ name, value };
}

struct str web_fields_get(const struct web_fields *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++) {
        if (str_eq_c(f->items[i].name, name))
            return f->items[i].value;
    }
    return STR_NONE;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decoding; `plus` also turns '+' into a blank. The result must be text. */
static err_t decode(struct arena *a, struct str raw, bool plus, struct str *ret)
{
    char *p = arena_alloc(a, raw.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        if (raw.p[i] == '%') {
            int high = raw.n - i > 2 ? hex_digit(raw.p[i + 1]) : -1;
            int low = raw.n - i > 2 ? hex_digit(raw.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return E_BAD_REQUEST;
            p[n++] = (char)(high << 4 | low);
            i += 2;
        } else {
            p[n++] = plus && raw.p[i] == '+' ? ' ' : raw.p[i];
        }
    }
    *ret = (struct str){ p, n };
    return str_is_text(*ret) ? 0 : E_BAD_REQUEST;
}

err_t web_path_decode(struct arena *a, struct str raw, struct str *ret)
{
    return str_starts(raw, S("/")) ? decode(a, raw, false, ret) : E_BAD_REQUEST;
}

err_t web_urlencoded(struct arena *a, struct str text, size_t most, struct web_fields *ret)
{
    struct str pair, name, value;
    while (text.n) {
        (void)str_cut(text, '&', &pair, &text);
        if (!pair.n)
            continue;
        if (ret->n >= most)
            return E_LIMIT;
        (void)str_cut(pair, '=', &name, &value);
        TRY(decode(a, name, true, &name));
        TRY(decode(a, value, true, &value));
        web_fields_add(a, ret, name, value);
    }
    return 0;
}

void web_cookies(struct arena *a, struct str header, struct web_fields *ret)
{
    struct str pair, name, value;
    while (header.n && ret->n < 50) {
        (void)str_cut(header, ';', &pair, &header);
        if (str_cut(str_trim(pair), '=', &name, &value) && str_is_text(value))
            web_fields_add(a, ret, name, value);
    }
}
