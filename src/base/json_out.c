#include "base/json.h"

static void before_value(struct json_out *o)
{
    if (o->need_comma && !o->after_key)
        buf_char(o->buf, ',');
    o->after_key = false;
    o->need_comma = true;
}

void json_open(struct json_out *o, char bracket)
{
    assert(bracket == '{' || bracket == '[');
    before_value(o);
    buf_char(o->buf, bracket);
    o->need_comma = false;
    o->depth++;
}

void json_close(struct json_out *o, char bracket)
{
    assert(o->depth > 0 && !o->after_key);
    buf_char(o->buf, bracket);
    o->need_comma = true;
    o->depth--;
}

static void put_quoted(struct buf *b, struct str s)
{
    buf_char(b, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_put(b, s.p + from, i - from);
        from = i + 1;
        if (c == '"' || c == '\\')
            buf_fmt(b, "\\%c", c);
        else if (c == '\n')
            buf_c(b, "\\n");
        else
            buf_fmt(b, "\\u%04x", c);
    }
    buf_put(b, s.p ? s.p + from : "", s.n - from);
    buf_char(b, '"');
}

void json_key_str(struct json_out *o, struct str key)
{
    before_value(o);
    put_quoted(o->buf, key);
    buf_char(o->buf, ':');
    o->after_key = true;
}

void json_key(struct json_out *o, const char *key)
{
    json_key_str(o, str_from(key));
}

void json_put_str(struct json_out *o, struct str s)
{
    before_value(o);
    if (s.p)
        put_quoted(o->buf, s);
    else
        buf_c(o->buf, "null");
}

void json_put_i64(struct json_out *o, int64_t n)
{
    before_value(o);
    buf_i64(o->buf, n);
}

void json_put_bool(struct json_out *o, bool b)
{
    before_value(o);
    buf_c(o->buf, b ? "true" : "false");
}

void json_put_null(struct json_out *o)
{
    json_put_str(o, STR_NONE);
}

void json_put_raw(struct json_out *o, struct str json_text)
{
    before_value(o);
    buf_str(o->buf, json_text);
}

void json_put(struct json_out *o, const struct json *j)
{
    switch (j->type) {
    case JSON_NULL:
        json_put_null(o);
        break;
    case JSON_BOOL:
        json_put_bool(o, j->boolean);
        break;
    case JSON_NUMBER:
        json_put_raw(o, j->text);
        break;
    case JSON_STRING:
        json_put_str(o, j->text);
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        json_open(o, j->type == JSON_ARRAY ? '[' : '{');
        for (size_t i = 0; i < j->n; i++) {
            if (j->type == JSON_OBJECT)
                json_key_str(o, j->keys[i]);
            json_put(o, &j->items[i]);
        }
        json_close(o, j->type == JSON_ARRAY ? ']' : '}');
        break;
    }
}

void json_pair_str(struct json_out *o, const char *key, struct str s)
{
    json_key(o, key);
    json_put_str(o, s);
}

void json_pair_i64(struct json_out *o, const char *key, int64_t n)
{
    json_key(o, key);
    json_put_i64(o, n);
}

void json_pair_bool(struct json_out *o, const char *key, bool b)
{
    json_key(o, key);
    json_put_bool(o, b);
}
