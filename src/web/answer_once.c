/* `nep http`: one request from standard input, its answer on standard output. The cheapest test there is. */
#include "web/exchange.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEAD_LIMIT = 64 << 10 };

static err_t read_head(struct exchange *x, int fd, struct buf *in, size_t *ret_end)
{
    char chunk[8192];
    for (;;) {
        ptrdiff_t end = str_find(buf_view(in), S("\r\n\r\n"));
        if (end >= 0) {
            *ret_end = (size_t)end;
            return 0;
        }
        ssize_t n = in->n < HEAD_LIMIT ? read(fd, chunk, sizeof chunk) : 0;
        if (n <= 0)
            return ctx_fail(&x->c, E_BAD_REQUEST, STR_NONE, "the request ends in its headers");
        buf_put(in, chunk, (size_t)n);
    }
}

static struct str take_line(struct str *text)
{
    ptrdiff_t end = str_find(*text, S("\r\n"));
    struct str line = end < 0 ? *text : str_sub(*text, 0, (size_t)end);
    *text = end < 0 ? S("") : str_sub(*text, (size_t)end + 2, text->n);
    return line;
}

static err_t parse_head(struct exchange *x, struct str head, struct str *ret_method)
{
    struct str line = take_line(&head), version, name, value;
    if (!str_cut(line, ' ', ret_method, &line) || !str_cut(line, ' ', &x->raw_url, &version) ||
        !str_starts(version, S("HTTP/1.")))
        return E_BAD_REQUEST;
    while (head.n) {
        line = take_line(&head);
        if (!str_cut(line, ':', &name, &value) || !name.n)
            return E_BAD_REQUEST;
        exchange_header(x, name, str_trim(value));
    }
    return 0;
}

static err_t read_body(struct exchange *x, int fd, struct str begun)
{
    int64_t length = 0;
    struct str text = web_fields_get(&x->req.headers, "content-length");
    char chunk[65536];
    if (text.n && (!str_to_i64(text, &length) || length < 0))
        return E_BAD_REQUEST;
    TRY(exchange_body_begin(x, length));
    begun = str_sub(begun, 0, (size_t)length);
    exchange_body(x, begun.p, begun.n);
    while (x->received < length) {
        int64_t want = length - x->received;
        ssize_t n = read(fd, chunk, want < (int64_t)sizeof chunk ? (size_t)want : sizeof chunk);
        if (n <= 0)
            return E_BAD_REQUEST;
        exchange_body(x, chunk, (size_t)n);
    }
    exchange_body_end(x);
    return 0;
}

static err_t write_all(int fd, struct str s)
{
    while (s.n) {
        ssize_t n = write(fd, s.p, s.n);
        if (n <= 0)
            return E_IO;
        s = str_sub(s, (size_t)n, s.n);
    }
    return 0;
}

static err_t write_answer(struct exchange *x, int fd)
{
    struct buf b = { .arena = x->c.arena };
    struct web_res *res = &x->res;
    int64_t size = res->content == WEB_CONTENT_FD ? res->fd_size : (int64_t)res->bytes.n;
    buf_fmt(&b, "HTTP/1.1 %d %s\r\n", res->status, MHD_get_reason_phrase_for((unsigned)res->status));
    for (size_t i = 0; i < res->headers.n; i++)
        buf_fmt(&b, "%.*s: %.*s\r\n", STR_ARG(res->headers.items[i].name),
                STR_ARG(res->headers.items[i].value));
    buf_fmt(&b, "Content-Length: %lld\r\n\r\n", (long long)size);
    TRY(write_all(fd, buf_view(&b)));
    if (x->req.head)
        return 0;
    if (res->content != WEB_CONTENT_FD)
        return write_all(fd, res->bytes);
    char chunk[65536];
    ssize_t n;
    err_t e = 0;
    while (!e && (n = read(res->fd, chunk, sizeof chunk)) > 0)
        e = write_all(fd, (struct str){ chunk, (size_t)n });
    return e;
}

err_t web_answer_once(struct ctx *c, struct web_app *app, int in_fd, int out_fd)
{
    struct exchange *x = calloc(1, sizeof *x);
    if (!x)
        abort();
    (void)c;
    exchange_init(x, app);
    struct buf in = { .arena = x->c.arena };
    size_t end = 0;
    struct str method = S("GET");
    err_t e = read_head(x, in_fd, &in, &end);
    if (!e)
        e = parse_head(x, str_dup(x->c.arena, str_sub(buf_view(&in), 0, end)), &method);
    if (!e)
        e = exchange_head(x, method, S("127.0.0.1"), true);
    if (!e)
        e = web_admit(&x->c, app, &x->req, &x->res);
    if (!e && x->req.method != WEB_GET)
        e = read_body(x, in_fd, str_sub(buf_view(&in), end + 4, in.n));
    if (e) {
        x->req.path = x->req.path.p ? x->req.path : S("/");
        x->req.url = x->req.url.p ? x->req.url : S("/");
        web_answer_error(&x->c, &x->req, &x->res, e);
    } else {
        web_handle(&x->c, app, &x->req, &x->res);
    }
    e = write_answer(x, out_fd);
    exchange_done(x);
    free(x);
    return e;
}
