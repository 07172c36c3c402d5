/* From a struct web_res to bytes on the wire. */
#include "web/engine.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { WORTH_PACKING = 512 };

static struct str response_header(const struct web_res *res, const char *name)
{
    for (size_t i = 0; i < res->headers.n; i++) {
        if (str_eq_nocase(res->headers.items[i].name, str_from(name)))
            return res->headers.items[i].value;
    }
    return S("");
}

static bool is_text_type(struct str type)
{
    return str_starts(type, S("text/")) || str_find(type, S("json")) >= 0 ||
           str_find(type, S("xml")) >= 0;
}

struct str gzip_bytes(struct arena *a, struct str bytes)
{
    z_stream z = { 0 };
    if (deflateInit2(&z, 5, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return STR_NONE;
    size_t room = deflateBound(&z, bytes.n);
    unsigned char *out = arena_alloc(a, room);
    z.next_in = (unsigned char *)bytes.p;
    z.avail_in = (unsigned)bytes.n;
    z.next_out = out;
    z.avail_out = (unsigned)room;
    int rc = deflate(&z, Z_FINISH);
    deflateEnd(&z);
    return rc == Z_STREAM_END ? (struct str){ (char *)out, z.total_out } : STR_NONE;
}

bool etag_matches(struct exchange *x, struct str etag)
{
    const char *h = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "If-None-Match");
    struct str list = str_from(h), one;
    while (list.n) {
        (void)str_cut(list, ',', &one, &list);
        one = str_trim(one);
        if (str_starts(one, S("W/")))
            one = str_sub(one, 2, one.n);
        if (str_eq(one, etag) || str_eq_c(one, "*"))
            return true;
    }
    return false;
}

static void add_header(struct MHD_Response *r, struct arena *a, const char *name, struct str value)
{
    MHD_add_response_header(r, name, str_c(a, value));
}

enum MHD_Result send_not_modified(struct exchange *x, struct str etag)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    add_header(r, x->c.arena, "ETag", etag);
    enum MHD_Result ok = MHD_queue_response(x->connection, 304, r);
    MHD_destroy_response(r);
    return ok;
}

static void add_headers(struct exchange *x, struct MHD_Response *r)
{
    for (size_t i = 0; i < x->res.headers.n; i++)
        add_header(r, x->c.arena, x->res.headers.items[i].name.p, x->res.headers.items[i].value);
    if (x->res.etag.n)
        add_header(r, x->c.arena, "ETag", x->res.etag);
}

static enum MHD_Result queue(struct exchange *x, struct MHD_Response *r, int status)
{
    add_headers(x, r);
    if (x->state == X_REFUSED)
        MHD_add_response_header(r, "Connection", "close");
    enum MHD_Result ok = MHD_queue_response(x->connection, (unsigned)status, r);
    MHD_destroy_response(r);
    return ok;
}

static struct str etag_of(struct exchange *x, struct str bytes)
{
    struct sha256 h = sha256_of(bytes);
    return str_fmt(x->c.arena, "\"%s\"", hex_of(x->c.arena, h.b, 8).p);
}

static void pack(struct exchange *x)
{
    struct web_res *res = &x->res;
    struct str accepts = web_fields_get(&x->req.headers, "accept-encoding");
    if (res->compressed || res->bytes.n < WORTH_PACKING ||
        !is_text_type(response_header(res, "Content-Type")))
        return;
    web_fields_add(x->c.arena, &res->headers, S("Vary"), S("Accept-Encoding, Cookie"));
    if (str_find(accepts, S("gzip")) < 0)
        return;
    struct str packed = gzip_bytes(x->c.arena, res->bytes);
    if (!packed.p)
        return;
    res->bytes = packed;
    web_fields_add(x->c.arena, &res->headers, S("Content-Encoding"), S("gzip"));
}

static enum MHD_Result send_bytes(struct exchange *x)
{
    struct web_res *res = &x->res;
    bool conditional = res->status == 200 && x->req.method == WEB_GET &&
                       (res->cacheable || res->immutable);
    pack(x);
    bool asked = web_fields_get(&x->req.headers, "if-none-match").p != NULL;
    conditional = conditional && (x->key.p || asked || res->immutable);
    if (conditional && !res->etag.n)
        res->etag = etag_of(x, res->bytes);
    if (conditional && etag_matches(x, res->etag))
        return send_not_modified(x, res->etag);
    struct MHD_Response *r = MHD_create_response_from_buffer(
        res->bytes.n, (void *)res->bytes.p,
        conditional && x->key.p ? MHD_RESPMEM_MUST_COPY : MHD_RESPMEM_PERSISTENT);
    if (conditional && x->key.p) {
        add_headers(x, r);
        enum MHD_Result ok = MHD_queue_response(x->connection, 200, r);
        cache_put(x->server->cache, x->key, x->generation, res->etag, r);
        return ok;
    }
    return queue(x, r, res->status);
}

/* "bytes=a-b", "bytes=a-", "bytes=-n": one range; anything else is the whole. False: none can be had. */
static bool parse_range(struct str header, int64_t size, int64_t *ret_from, int64_t *ret_to, bool *ret_is)
{
    struct str from, to;
    *ret_is = false;
    if (!str_starts(header, S("bytes=")) || str_has(header, ','))
        return true;
    if (!str_cut(str_sub(header, 6, header.n), '-', &from, &to))
        return true;
    int64_t a = 0, b = size - 1;
    if ((from.n && !str_to_i64(from, &a)) || (to.n && !str_to_i64(to, &b)) || (!from.n && !to.n))
        return true;
    if (!from.n) {
        a = b >= size ? 0 : size - b;
        b = size - 1;
    }
    if (b >= size)
        b = size - 1;
    if (a < 0 || a > b)
        return false;
    *ret_from = a;
    *ret_to = b;
    *ret_is = true;
    return true;
}

static enum MHD_Result send_fd(struct exchange *x)
{
    struct web_res *res = &x->res;
    int64_t from = 0, to = res->fd_size - 1;
    bool part = false;
    struct str if_range = web_fields_get(&x->req.headers, "if-range");
    struct str range = web_fields_get(&x->req.headers, "range");
    if (res->etag.n && etag_matches(x, res->etag)) {
        return send_not_modified(x, res->etag);
    }
    if (range.n && (!if_range.n || str_eq(if_range, res->etag)) &&
        !parse_range(range, res->fd_size, &from, &to, &part)) {
        struct MHD_Response *r = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
        add_header(r, x->c.arena, "Content-Range",
                   str_fmt(x->c.arena, "bytes */%lld", (long long)res->fd_size));
        return queue(x, r, 416);
    }
    struct MHD_Response *r =
        MHD_create_response_from_fd_at_offset64((uint64_t)(to - from + 1), res->fd, (uint64_t)from);
    res->fd = -1; /* it belongs to the response now */
    MHD_add_response_header(r, "Accept-Ranges", "bytes");
    if (part)
        add_header(r, x->c.arena, "Content-Range",
                   str_fmt(x->c.arena, "bytes %lld-%lld/%lld", (long long)from, (long long)to,
                           (long long)res->fd_size));
    return queue(x, r, part ? 206 : res->status);
}

enum MHD_Result send_answer(struct exchange *x)
{
    switch (x->res.content) {
    case WEB_CONTENT_FD:
        return send_fd(x);
    case WEB_CONTENT_EVENTS:
        return queue(x, hub_listen(web_app_hub(x->server->app), x->connection, x->res.topic), 200);
    case WEB_CONTENT_BYTES:
        break;
    }
    return send_bytes(x);
}
