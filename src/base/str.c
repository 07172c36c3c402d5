#include "base/str.h"

#include <stdio.h>
#include <string.h>

struct str str_from(const char *c_string)
{
    return c_string ? (struct str){ c_string, strlen(c_string) } : STR_NONE;
}

bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_eq_c(struct str a, const char *b)
{
    return str_eq(a, str_from(b));
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    }
    return true;
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n &&
           (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

bool str_has(struct str s, char c)
{
    return s.n && memchr(s.p, c, s.n);
}

ptrdiff_t str_find(struct str s, struct str needle)
{
    if (needle.n == 0)
        return 0;
    const char *at = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
    return at ? at - s.p : -1;
}

struct str str_sub(struct str s, size_t start, size_t n)
{
    if (start >= s.n)
        return (struct str){ s.p ? s.p + s.n : "", 0 };
    size_t left = s.n - start;
    return (struct str){ s.p + start, n < left ? n : left };
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
    while (s.n && is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool str_cut(struct str s, char sep, struct str *ret_head, struct str *ret_tail)
{
    const char *at = s.n ? memchr(s.p, sep, s.n) : NULL;
    if (!at) {
        *ret_head = s;
        *ret_tail = str_sub(s, s.n, 0);
        return false;
    }
    size_t n = (size_t)(at - s.p);
    *ret_head = (struct str){ s.p, n };
    *ret_tail = (struct str){ at + 1, s.n - n - 1 };
    return true;
}

bool str_to_i64(struct str s, int64_t *ret)
{
    bool negative = s.n && s.p[0] == '-';
    size_t i = negative;
    if (i == s.n)
        return false;
    int64_t value = 0;
    for (; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        int digit = s.p[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    /* Gathered as a negative number, whose range is one larger. */
    if (!negative && value == INT64_MIN)
        return false;
    *ret = negative ? value : -value;
    return true;
}

struct str str_dup(struct arena *a, struct str s)
{
    return s.p ? (struct str){ str_c(a, s), s.n } : STR_NONE;
}

char *str_c(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    return p;
}

struct str str_lower(struct arena *a, struct str s)
{
    char *p = str_c(a, s);
    for (size_t i = 0; i < s.n; i++)
        p[i] = lower(p[i]);
    return (struct str){ p, s.n };
}

struct str str_fmt(struct arena *a, const char *format, ...)
{
    struct buf b = { .arena = a };
    va_list args;
    va_start(args, format);
    buf_vfmt(&b, format, args);
    va_end(args);
    return buf_view(&b);
}

struct str str_join(struct arena *a, const struct str *parts, size_t n, struct str separator)
{
    struct buf b = { .arena = a };
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_str(&b, separator);
        buf_str(&b, parts[i]);
    }
    return buf_view(&b);
}

/* Length of the well-formed sequence at `p`, or 0 (Unicode, table 3-7). */
static size_t utf8_length(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    size_t n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    }
    bool overlong = (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xF0 && p[1] < 0x90);
    bool surrogate = p[0] == 0xED && p[1] > 0x9F;
    bool beyond = p[0] == 0xF4 && p[1] > 0x8F;
    return overlong || surrogate || beyond ? 0 : n;
}

bool str_is_utf8(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0; i < s.n;) {
        size_t n = utf8_length(p + i, s.n - i);
        if (!n)
            return false;
        i += n;
    }
    return true;
}

bool str_is_text(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
            return false;
    }
    return str_is_utf8(s);
}

size_t str_codepoints(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

/* --- buf ---------------------------------------------------------------------------------------- */

static void reserve(struct buf *b, size_t more)
{
    if (more <= b->cap - b->n)
        return;
    size_t cap = b->cap ? b->cap * 2 : 256;
    while (cap - b->n < more)
        cap *= 2;
    b->p = arena_grow(b->arena, b->p, b->cap, cap);
    b->cap = cap;
}

void buf_put(struct buf *b, const void *bytes, size_t n)
{
    if (!n)
        return;
    reserve(b, n);
    memcpy(b->p + b->n, bytes, n);
    b->n += n;
}

void buf_str(struct buf *b, struct str s)
{
    buf_put(b, s.p, s.n);
}

void buf_c(struct buf *b, const char *c_string)
{
    buf_put(b, c_string, strlen(c_string));
}

void buf_char(struct buf *b, char c)
{
    buf_put(b, &c, 1);
}

void buf_i64(struct buf *b, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    /* Negative arithmetic: INT64_MIN has no positive twin. */
    int64_t rest = value > 0 ? -value : value;
    do {
        digits[--at] = (char)('0' - rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        buf_char(b, '-');
    buf_put(b, digits + at, sizeof digits - at);
}

void buf_vfmt(struct buf *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    reserve(b, 64);
    int n = vsnprintf(b->p + b->n, b->cap - b->n, format, args);
    assert(n >= 0);
    if ((size_t)n >= b->cap - b->n) {
        reserve(b, (size_t)n + 1);
        vsnprintf(b->p + b->n, b->cap - b->n, format, again);
    }
    va_end(again);
    b->n += (size_t)n;
}

void buf_fmt(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vfmt(b, format, args);
    va_end(args);
}

struct str buf_view(const struct buf *b)
{
    return (struct str){ b->p ? b->p : "", b->n };
}
