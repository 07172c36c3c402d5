/* JSON (RFC 8259), strictly: no duplicate keys, no comments, no NaN, depth at most 64, UTF-8 checked,
 * lone surrogates refused. A number keeps its text, so 1.00 stays 1.00 and money never meets a
 * double. Values live in an arena and point into the input text where they can. */
#pragma once

#include "base/err.h"

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_type type;
    bool boolean;
    struct str text;           /* decoded string, or the number as written */
    size_t n;                  /* members or items */
    const struct json *items;  /* array items, or object values */
    const struct str *keys;    /* object keys, in order */
};

/* Where and why parsing stopped. */
struct json_error {
    size_t line, column;       /* 1-based, column in bytes */
    const char *reason;        /* English, for programs' "detail" */
};

/* Parses the whole of `text`. E_BAD_REQUEST with ret_error filled (may be NULL) if it is not JSON,
 * E_LIMIT if the arena is over its cap. */
MUST err_t json_parse(struct arena *a, struct str text, const struct json **ret,
                      struct json_error *ret_error);

/* Member `key` of an object; NULL where absent or where `j` is NULL or no object. */
const struct json *json_get(const struct json *j, const char *key);
const struct json *json_at(const struct json *j, size_t index);
/* Conversions; false (output untouched) where the value is absent or of another type. */
MUST bool json_str(const struct json *j, struct str *ret);
MUST bool json_i64(const struct json *j, int64_t *ret);
MUST bool json_bool(const struct json *j, bool *ret);
/* The string member or `fallback`. */
struct str json_get_str(const struct json *j, const char *key, struct str fallback);
int64_t json_get_i64(const struct json *j, const char *key, int64_t fallback);
bool json_get_bool(const struct json *j, const char *key, bool fallback);

/* Writer: appends to a buf, puts the commas itself, asserts that nesting is right.
 *   struct json_out o = { .buf = &b };
 *   json_open(&o, '{'); json_key(&o, "code"); json_put_str(&o, code); json_close(&o, '}'); */
struct json_out {
    struct buf *buf;
    int depth;
    bool need_comma, after_key;
};

void json_open(struct json_out *o, char bracket);  /* '{' or '[' */
void json_close(struct json_out *o, char bracket); /* '}' or ']' */
void json_key(struct json_out *o, const char *key);
void json_key_str(struct json_out *o, struct str key);
void json_put_str(struct json_out *o, struct str s); /* NONE is written as null */
void json_put_i64(struct json_out *o, int64_t n);
void json_put_bool(struct json_out *o, bool b);
void json_put_null(struct json_out *o);
void json_put_raw(struct json_out *o, struct str json_text);
void json_put(struct json_out *o, const struct json *j);
/* key and value in one. */
void json_pair_str(struct json_out *o, const char *key, struct str s);
void json_pair_i64(struct json_out *o, const char *key, int64_t n);
void json_pair_bool(struct json_out *o, const char *key, bool b);
