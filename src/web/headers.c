#include "web/app.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void web_status(struct web_res *res, int status)
{
    res->status = status;
}

void web_set_header(struct ctx *c, struct web_res *res, const char *name, struct str value)
{
    /* A line break in a value would be a header of somebody else's. */
    struct buf b = { .arena = c->arena };
    for (size_t i = 0; i < value.n; i++) {
        if ((unsigned char)value.p[i] >= 0x20)
            buf_char(&b, value.p[i]);
    }
    web_fields_add(c->arena, &res->headers, str_from(name), buf_view(&b));
}

void security_headers(struct ctx *c, struct web_req *req, struct web_res *res)
{
    static const struct {
        const char *name, *value;
    } rows[] = {
        { "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
          "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
          "form-action 'self'; frame-ancestors 'none'; base-uri 'none'" },
        { "X-Content-Type-Options", "nosniff" },
        { "Referrer-Policy", "same-origin" },
        { "Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=()" },
        { "Cross-Origin-Opener-Policy", "same-origin" },
        { "Cross-Origin-Resource-Policy", "same-origin" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        web_set_header(c, res, rows[i].name, str_from(rows[i].value));
    if (req->secure)
        web_set_header(c, res, "Strict-Transport-Security", S("max-age=31536000"));
    if (res->immutable)
        web_set_header(c, res, "Cache-Control", S("public, max-age=31536000, immutable"));
    else if (c->actor.kind == ACTOR_ANONYMOUS && res->cacheable)
        web_set_header(c, res, "Cache-Control", S("no-cache"));
    else
        web_set_header(c, res, "Cache-Control", S("no-store"));
}

void set_cookie(struct ctx *c, const struct web_req *req, struct web_res *res, const char *name,
                struct str value, int64_t max_age_s)
{
    res->cacheable = false;
    web_set_header(c, res, "Set-Cookie",
                   str_fmt(c->arena, "%s=%.*s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s", name,
                           STR_ARG(value), (long long)max_age_s, req->secure ? "; Secure" : ""));
}

err_t web_redirect(struct ctx *c, struct web_res *res, struct str location)
{
    res->status = 303;
    web_set_header(c, res, "Location", location);
    res->content = WEB_CONTENT_BYTES;
    res->bytes = S("");
    return 0;
}

err_t web_bytes(struct ctx *c, struct web_res *res, struct str type, struct str bytes)
{
    web_set_header(c, res, "Content-Type", type);
    res->content = WEB_CONTENT_BYTES;
    res->bytes = bytes;
    return 0;
}

err_t web_json(struct ctx *c, struct web_res *res, int status, const struct buf *body)
{
    res->status = status;
    return web_bytes(c, res, S("application/json"), buf_view(body));
}

static void name_download(struct ctx *c, struct web_res *res, struct str name)
{
    struct buf b = { .arena = c->arena };
    if (!name.n)
        return;
    /* RFC 6266: a plain name for old browsers, the true one percent-encoded. */
    buf_c(&b, "attachment; filename=\"");
    for (size_t i = 0; i < name.n; i++) {
        char ch = name.p[i];
        buf_char(&b, (unsigned char)ch < 0x80 && (unsigned char)ch >= 0x20 && ch != '"' && ch != '\\' ? ch : '_');
    }
    buf_c(&b, "\"; filename*=UTF-8''");
    for (size_t i = 0; i < name.n; i++) {
        unsigned char ch = (unsigned char)name.p[i];
        bool plain = (ch >= '0' && ch <= '9') || ((ch | 32) >= 'a' && (ch | 32) <= 'z') || ch == '.' || ch == '-';
        if (plain)
            buf_char(&b, (char)ch);
        else
            buf_fmt(&b, "%%%02X", ch);
    }
    web_set_header(c, res, "Content-Disposition", buf_view(&b));
}

err_t web_file(struct ctx *c, struct web_res *res, const struct file_ref *file, struct str download_name)
{
    TRY(file_open(c, &file->sha256, &res->fd, &res->fd_size));
    res->content = WEB_CONTENT_FD;
    res->etag = str_fmt(c->arena, "\"%s\"", hex_of(c->arena, file->sha256.b, 16).p);
    web_set_header(c, res, "Content-Type", file->type);
    name_download(c, res, download_name);
    return 0;
}

err_t web_download(struct ctx *c, struct web_res *res, struct str type, struct str bytes,
                   struct str download_name)
{
    name_download(c, res, download_name);
    return web_bytes(c, res, type, bytes);
}

err_t web_temp_file(struct ctx *c, struct web_res *res, const char *path, struct str type,
                    struct str download_name)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    unlink(path);
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0)
            close(fd);
        return E_IO;
    }
    res->content = WEB_CONTENT_FD;
    res->fd = fd;
    res->fd_size = st.st_size;
    web_set_header(c, res, "Content-Type", type);
    name_download(c, res, download_name);
    return 0;
}
