/* Text: a pointer and a length, never NUL-terminated by promise, and a growing buffer.
 *
 * `struct str` does not own its bytes; whoever made them says how long they live (almost always:
 * the arena of the request). Bytes are UTF-8 and were checked where they came in. A str whose `p`
 * is NULL is "none" (SQL NULL); the empty text has n == 0 and p != NULL. */
#pragma once

#include <stdarg.h>
#include "base/arena.h"

struct str {
    const char *p;
    size_t n;
};

/* A str of a string literal, also usable in static tables as { S_INIT("…") }. */
#define S(literal)      ((struct str){ "" literal, sizeof(literal) - 1 })
#define S_INIT(literal) { "" literal, sizeof(literal) - 1 }
#define STR_NONE        ((struct str){ NULL, 0 })

/* printf("%.*s", STR_ARG(s)) */
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

struct str str_from(const char *c_string); /* NULL gives STR_NONE */
bool str_eq(struct str a, struct str b);
bool str_eq_c(struct str a, const char *b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII only */
int str_cmp(struct str a, struct str b);        /* by bytes */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_has(struct str s, char c);
/* Offset of `needle` in `s`, or -1. */
ptrdiff_t str_find(struct str s, struct str needle);
/* `s` from `start`, at most `n` bytes; offsets beyond the end give the empty text. */
struct str str_sub(struct str s, size_t start, size_t n);
struct str str_trim(struct str s); /* ASCII white space at both ends */

/* Splits at the first `sep`: ret_head before it, ret_tail after it. False (head = s, tail empty)
 * where there is no `sep`. ret_tail may be the same object that `s` was read from. */
bool str_cut(struct str s, char sep, struct str *ret_head, struct str *ret_tail);

/* The whole of `s` as a decimal number; false (output untouched) on anything else or overflow. */
MUST bool str_to_i64(struct str s, int64_t *ret);

/* Copies into the arena. str_dup() keeps NONE; str_c() gives a NUL-terminated copy. */
struct str str_dup(struct arena *a, struct str s);
char *str_c(struct arena *a, struct str s);
struct str str_lower(struct arena *a, struct str s); /* ASCII only; Vietnamese: vi_lower() */
PRINTF(2, 3) struct str str_fmt(struct arena *a, const char *format, ...);
struct str str_join(struct arena *a, const struct str *parts, size_t n, struct str separator);

/* Is `s` well-formed UTF-8 (no overlong forms, surrogates or values above U+10FFFF) and free of
 * NUL and other C0 controls except tab, LF and CR? */
bool str_is_text(struct str s);
bool str_is_utf8(struct str s);
/* Number of code points; `s` is well formed. */
size_t str_codepoints(struct str s);

/* A growing run of bytes in an arena. Zero-initialise with { .arena = a }. */
struct buf {
    struct arena *arena;
    char *p;
    size_t n, cap;
};

void buf_put(struct buf *b, const void *bytes, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_c(struct buf *b, const char *c_string);
void buf_char(struct buf *b, char c);
void buf_i64(struct buf *b, int64_t value);
PRINTF(2, 3) void buf_fmt(struct buf *b, const char *format, ...);
PRINTF(2, 0) void buf_vfmt(struct buf *b, const char *format, va_list args);
/* The bytes so far, valid until the buffer grows again. */
struct str buf_view(const struct buf *b);
