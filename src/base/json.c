#include "base/json.h"

#include <string.h>

enum { MAX_DEPTH = 64 };

struct parser {
    struct arena *arena;
    struct str text;
    size_t at;
    const char *reason;
};

static bool fail(struct parser *p, const char *reason)
{
    if (!p->reason)
        p->reason = reason;
    return false;
}

static char peek(const struct parser *p)
{
    return p->at < p->text.n ? p->text.p[p->at] : '\0';
}

static void skip_space(struct parser *p)
{
    while (p->at < p->text.n && strchr(" \t\r\n", p->text.p[p->at]) && p->text.p[p->at])
        p->at++;
}

static bool take(struct parser *p, char c)
{
    if (peek(p) != c || p->at >= p->text.n)
        return false;
    p->at++;
    return true;
}

static bool take_word(struct parser *p, struct str word)
{
    if (!str_starts(str_sub(p->text, p->at, word.n), word))
        return fail(p, "unexpected word");
    p->at += word.n;
    return true;
}

static size_t take_digits(struct parser *p)
{
    size_t n = 0;
    while (peek(p) >= '0' && peek(p) <= '9') {
        p->at++;
        n++;
    }
    return n;
}

static bool parse_number(struct parser *p, struct json *ret)
{
    size_t start = p->at;
    (void)take(p, '-');
    bool zero = peek(p) == '0';
    size_t whole = take_digits(p);
    if (!whole || (zero && whole > 1))
        return fail(p, "malformed number");
    if (take(p, '.') && !take_digits(p))
        return fail(p, "malformed number");
    if (peek(p) == 'e' || peek(p) == 'E') {
        p->at++;
        if (!take(p, '+'))
            (void)take(p, '-');
        if (!take_digits(p))
            return fail(p, "malformed number");
    }
    ret->type = JSON_NUMBER;
    ret->text = str_sub(p->text, start, p->at - start);
    return true;
}

static bool parse_hex4(struct parser *p, uint32_t *ret)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        char c = peek(p);
        int d = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (d < 0)
            return fail(p, "malformed \\u escape");
        v = v << 4 | (uint32_t)d;
    }
    *ret = v;
    return true;
}

static void put_utf8(struct buf *b, uint32_t cp)
{
    if (cp < 0x80) {
        buf_char(b, (char)cp);
    } else if (cp < 0x800) {
        buf_char(b, (char)(0xC0 | cp >> 6));
        buf_char(b, (char)(0x80 | (cp & 63)));
    } else if (cp < 0x10000) {
        buf_char(b, (char)(0xE0 | cp >> 12));
        buf_char(b, (char)(0x80 | (cp >> 6 & 63)));
        buf_char(b, (char)(0x80 | (cp & 63)));
    } else {
        buf_char(b, (char)(0xF0 | cp >> 18));
        buf_char(b, (char)(0x80 | (cp >> 12 & 63)));
        buf_char(b, (char)(0x80 | (cp >> 6 & 63)));
        buf_char(b, (char)(0x80 | (cp & 63)));
    }
}

static bool parse_unicode_escape(struct parser *p, struct buf *b)
{
    uint32_t cp, low;
    if (!parse_hex4(p, &cp))
        return false;
    if (cp >= 0xDC00 && cp <= 0xDFFF)
        return fail(p, "lone surrogate");
    if (cp >= 0xD800 && cp <= 0xDBFF) {
        if (!take(p, '\\') || !take(p, 'u') || !parse_hex4(p, &low) || low < 0xDC00 || low > 0xDFFF)
            return fail(p, "lone surrogate");
        cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
    }
    if (cp == 0)
        return fail(p, "NUL in a string");
    put_utf8(b, cp);
    return true;
}

static bool parse_escape(struct parser *p, struct buf *b)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = peek(p);
    p->at++;
    if (c == 'u')
        return parse_unicode_escape(p, b);
    const char *which = c ? strchr(from, c) : NULL;
    if (!which)
        return fail(p, "unknown escape");
    buf_char(b, to[which - from]);
    return true;
}

/* The opening quote was taken. Without escapes the text is pointed at, not copied. */
static bool parse_string(struct parser *p, struct str *ret)
{
    struct buf b = { .arena = p->arena };
    size_t start = p->at;
    for (;;) {
        size_t from = p->at;
        while (p->at < p->text.n && p->text.p[p->at] != '"' && p->text.p[p->at] != '\\' &&
               (unsigned char)p->text.p[p->at] >= 0x20)
            p->at++;
        if (p->at >= p->text.n)
            return fail(p, "unfinished string");
        char c = p->text.p[p->at];
        if ((unsigned char)c < 0x20)
            return fail(p, "control character in a string");
        if (c == '"' && !b.n && from == start) {
            *ret = str_sub(p->text, start, p->at++ - start);
            return true;
        }
        buf_put(&b, p->text.p + from, p->at - from);
        p->at++;
        if (c == '"') {
            *ret = buf_view(&b);
            return true;
        }
        if (!parse_escape(p, &b))
            return false;
    }
}

static bool parse_value(struct parser *p, struct json *ret, int depth);

/* Members gathered before their number is known. */
struct gathered {
    struct json *items;
    struct str *keys;
    size_t n, cap;
};

static void grow(struct parser *p, struct gathered *g, bool with_keys)
{
    if (g->n < g->cap)
        return;
    size_t cap = g->cap ? 2 * g->cap : 8;
    g->items = arena_grow(p->arena, g->items, g->cap * sizeof *g->items, cap * sizeof *g->items);
    if (with_keys)
        g->keys = arena_grow(p->arena, g->keys, g->cap * sizeof *g->keys, cap * sizeof *g->keys);
    g->cap = cap;
}

static bool has_key(const struct gathered *g, struct str key)
{
    for (size_t i = 0; i < g->n; i++) {
        if (str_eq(g->keys[i], key))
            return true;
    }
    return false;
}

static bool parse_member(struct parser *p, struct gathered *g, int depth)
{
    struct str key;
    skip_space(p);
    if (!take(p, '"'))
        return fail(p, "a member name is missing");
    if (!parse_string(p, &key))
        return false;
    /* Objects of outside data are small; past this size the check would be the attack. */
    if (g->n >= 4096)
        return fail(p, "too many members");
    if (has_key(g, key))
        return fail(p, "duplicate member");
    skip_space(p);
    if (!take(p, ':'))
        return fail(p, "':' is missing");
    grow(p, g, true);
    g->keys[g->n] = key;
    return parse_value(p, &g->items[g->n++], depth + 1);
}

static bool parse_container(struct parser *p, struct json *ret, int depth)
{
    bool object = p->text.p[p->at++] == '{';
    char end = object ? '}' : ']';
    struct gathered g = { 0 };
    skip_space(p);
    if (!take(p, end)) {
        do {
            if (arena_over(p->arena))
                return fail(p, "too large");
            if (object ? !parse_member(p, &g, depth)
                       : (grow(p, &g, false), !parse_value(p, &g.items[g.n++], depth + 1)))
                return false;
            skip_space(p);
        } while (take(p, ','));
        if (!take(p, end))
            return fail(p, object ? "',' or '}' is missing" : "',' or ']' is missing");
    }
    *ret = (struct json){
        .type = object ? JSON_OBJECT : JSON_ARRAY, .n = g.n, .items = g.items, .keys = g.keys
    };
    return true;
}

static bool parse_value(struct parser *p, struct json *ret, int depth)
{
    struct json v = { .type = JSON_NULL };
    bool ok;
    if (depth > MAX_DEPTH)
        return fail(p, "nested too deeply");
    skip_space(p);
    switch (peek(p)) {
    case '{':
    case '[':
        ok = parse_container(p, &v, depth);
        break;
    case '"':
        p->at++;
        v.type = JSON_STRING;
        ok = parse_string(p, &v.text);
        break;
    case 't':
        v.type = JSON_BOOL;
        v.boolean = true;
        ok = take_word(p, S("true"));
        break;
    case 'f':
        v.type = JSON_BOOL;
        ok = take_word(p, S("false"));
        break;
    case 'n':
        ok = take_word(p, S("null"));
        break;
    default:
        ok = parse_number(p, &v);
    }
    if (ok)
        *ret = v;
    return ok;
}

static void locate(const struct parser *p, struct json_error *ret)
{
    *ret = (struct json_error){ 1, 1, p->reason };
    for (size_t i = 0; i < p->at && i < p->text.n; i++) {
        ret->column++;
        if (p->text.p[i] == '\n') {
            ret->line++;
            ret->column = 1;
        }
    }
}

err_t json_parse(struct arena *a, struct str text, const struct json **ret,
                 struct json_error *ret_error)
{
    struct parser p = { .arena = a, .text = text };
    struct json *root = ARENA_NEW(a, struct json);
    bool ok = str_is_utf8(text) || fail(&p, "not UTF-8");
    ok = ok && parse_value(&p, root, 0);
    if (ok) {
        skip_space(&p);
        ok = p.at == text.n || fail(&p, "text after the value");
    }
    if (arena_over(a))
        return E_LIMIT;
    if (!ok) {
        if (ret_error)
            locate(&p, ret_error);
        return E_BAD_REQUEST;
    }
    *ret = root;
    return 0;
}

const struct json *json_get(const struct json *j, const char *key)
{
    if (!j || j->type != JSON_OBJECT)
        return NULL;
    for (size_t i = 0; i < j->n; i++) {
        if (str_eq_c(j->keys[i], key))
            return &j->items[i];
    }
    return NULL;
}

const struct json *json_at(const struct json *j, size_t index)
{
    return j && j->type == JSON_ARRAY && index < j->n ? &j->items[index] : NULL;
}

bool json_str(const struct json *j, struct str *ret)
{
    if (!j || j->type != JSON_STRING)
        return false;
    *ret = j->text;
    return true;
}

bool json_i64(const struct json *j, int64_t *ret)
{
    return j && j->type == JSON_NUMBER && str_to_i64(j->text, ret);
}

bool json_bool(const struct json *j, bool *ret)
{
    if (!j || j->type != JSON_BOOL)
        return false;
    *ret = j->boolean;
    return true;
}

struct str json_get_str(const struct json *j, const char *key, struct str fallback)
{
    struct str s = fallback;
    return json_str(json_get(j, key), &s) ? s : fallback;
}

int64_t json_get_i64(const struct json *j, const char *key, int64_t fallback)
{
    int64_t n = fallback;
    return json_i64(json_get(j, key), &n) ? n : fallback;
}

bool json_get_bool(const struct json *j, const char *key, bool fallback)
{
    bool b = fallback;
    return json_bool(json_get(j, key), &b) ? b : fallback;
}
