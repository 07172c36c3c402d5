#include "web/multipart.h"

#include <string.h>

enum { MOST_FILES = 20, HEADER_LIMIT = 4096, BOUNDARY_LIMIT = 70 };

enum state { PREAMBLE, HEADERS, BODY, EPILOGUE };

struct multipart {
    struct ctx *c;
    struct web_req *req;
    struct str delimiter;  /* CRLF "--" boundary */
    enum state state;
    struct buf pending;    /* bytes that are not understood yet */
    size_t start;          /* …of which those before this are */
    struct buf value;      /* the field being read */
    struct str name, filename;
    bool is_file, at_start; /* at_start: the line break before the content is still there */
    struct file_in *file;
    int64_t field_bytes;
    int parts;
    struct {
        struct file_in *file;
        struct str name, filename;
    } files[MOST_FILES];
    size_t n_files;
    err_t err;
};

/* Where the parameter that begins `s` ends: at a ';' outside quotes. */
static size_t parameter_end(struct str s)
{
    bool quoted = false;
    size_t i = 0;
    for (; i < s.n && (quoted || s.p[i] != ';'); i++) {
        if (quoted && s.p[i] == '\\')
            i++;
        else
            quoted ^= s.p[i] == '"';
    }
    return i < s.n ? i : s.n;
}

/* The value of `key` among "a; key=value; key2=\"value\"". */
static struct str parameter(struct arena *a, struct str header, const char *key)
{
    struct str part, name, value;
    while (header.n) {
        size_t end = parameter_end(header);
        part = str_sub(header, 0, end);
        header = str_sub(header, end + 1, header.n);
        if (!str_cut(str_trim(part), '=', &name, &value) || !str_eq_nocase(name, str_from(key)))
            continue;
        if (!str_starts(value, S("\"")))
            return value;
        struct buf b = { .arena = a };
        for (size_t i = 1; i < value.n && value.p[i] != '"'; i++) {
            if (value.p[i] == '\\' && i + 1 < value.n)
                i++;
            buf_char(&b, value.p[i]);
        }
        return buf_view(&b);
    }
    return STR_NONE;
}

err_t multipart_begin(struct ctx *c, struct web_req *req, struct str content_type, struct multipart **ret)
{
    struct str boundary = parameter(c->arena, content_type, "boundary");
    if (!boundary.n || boundary.n > BOUNDARY_LIMIT)
        return E_BAD_REQUEST;
    struct multipart *m = ARENA_NEW(c->arena, struct multipart);
    m->c = c;
    m->req = req;
    m->delimiter = str_fmt(c->arena, "\r\n--%.*s", STR_ARG(boundary));
    m->pending.arena = c->arena;
    /* The first delimiter may stand at the very beginning, without a line break before it. */
    buf_c(&m->pending, "\r\n");
    *ret = m;
    return 0;
}

static struct str rest(const struct multipart *m)
{
    return str_sub(buf_view(&m->pending), m->start, m->pending.n);
}

/* Drops what is understood, so that the buffer stays as large as one chunk. */
static void compact(struct multipart *m)
{
    if (m->start) {
        memmove(m->pending.p, m->pending.p + m->start, m->pending.n - m->start);
        m->pending.n -= m->start;
        m->start = 0;
    }
}

static err_t take_bytes(struct multipart *m, struct str bytes)
{
    if (!bytes.n)
        return 0;
    if (m->is_file) {
        if (!m->filename.n && !m->file)
            return 0; /* an input that was left empty */
        if (!m->file)
            TRY(file_in_begin(m->c, m->req->file_limit, &m->file));
        return file_in_write(m->file, bytes.p, bytes.n);
    }
    m->field_bytes += (int64_t)bytes.n;
    if (m->field_bytes > m->req->body_limit)
        return E_TOO_LARGE;
    buf_str(&m->value, bytes);
    return 0;
}

static err_t end_part(struct multipart *m)
{
    if (m->is_file) {
        if (!m->file)
            return 0;
        if (m->n_files == MOST_FILES)
            return E_LIMIT;
        m->files[m->n_files].file = m->file;
        m->files[m->n_files].name = m->name;
        m->files[m->n_files++].filename = m->filename;
        m->file = NULL;
        return 0;
    }
    struct str value = buf_view(&m->value);
    if (m->req->form.n >= WEB_MOST_FIELDS)
        return E_LIMIT;
    if (!str_is_text(value))
        return E_BAD_REQUEST;
    web_fields_add(m->c->arena, &m->req->form, m->name, value);
    return 0;
}

static err_t begin_part(struct multipart *m, struct str headers)
{
    struct str line, name, value, disposition = STR_NONE;
    if (++m->parts > WEB_MOST_FIELDS || arena_over(m->c->arena))
        return E_LIMIT;
    while (headers.n) {
        ptrdiff_t end = str_find(headers, S("\r\n"));
        line = end < 0 ? headers : str_sub(headers, 0, (size_t)end);
        headers = end < 0 ? S("") : str_sub(headers, (size_t)end + 2, headers.n);
        if (str_cut(line, ':', &name, &value) && str_eq_nocase(name, S("content-disposition")))
            disposition = str_dup(m->c->arena, value);
    }
    m->name = parameter(m->c->arena, disposition, "name");
    struct str filename = parameter(m->c->arena, disposition, "filename");
    m->is_file = filename.p != NULL;
    m->filename = str_dup(m->c->arena, str_sub(filename, 0, 255));
    m->name = str_dup(m->c->arena, m->name);
    m->value = (struct buf){ .arena = m->c->arena };
    if (!m->name.n || !str_is_text(m->name) || (m->is_file && !str_is_text(m->filename)))
        return E_BAD_REQUEST;
    return m->is_file && !m->req->file_limit ? E_BAD_TYPE : 0;
}

/* After a delimiter: "--" ends it all, a line break begins a part. */
static err_t after_delimiter(struct multipart *m, bool *ret_more)
{
    struct str s = rest(m);
    *ret_more = false;
    if (s.n < 2)
        return 0;
    *ret_more = true;
    m->start += 2;
    if (str_starts(s, S("--"))) {
        m->state = EPILOGUE;
        return 0;
    }
    m->state = HEADERS;
    return str_starts(s, S("\r\n")) ? 0 : E_BAD_REQUEST;
}

static err_t read_headers(struct multipart *m, bool *ret_more)
{
    struct str s = rest(m);
    ptrdiff_t end = str_find(s, S("\r\n\r\n"));
    *ret_more = end >= 0;
    if (end < 0)
        return s.n > HEADER_LIMIT ? E_BAD_REQUEST : 0;
    TRY(begin_part(m, str_sub(s, 0, (size_t)end)));
    /* The body may be empty: its delimiter then begins with the line break that ends the headers. */
    m->start += (size_t)end + 2;
    m->state = BODY;
    m->at_start = true;
    return 0;
}

/* Content up to the next delimiter, or as much of it as can't be the beginning of one. */
static err_t read_content(struct multipart *m, bool *ret_more)
{
    struct str s = rest(m);
    ptrdiff_t at = str_find(s, m->delimiter);
    size_t safe = at >= 0 ? (size_t)at : s.n > m->delimiter.n ? s.n - m->delimiter.n : 0;
    *ret_more = false;
    if (at >= 0 && s.n < (size_t)at + m->delimiter.n + 2)
        return 0; /* what follows the delimiter is still to come */
    struct str content = str_sub(s, 0, safe);
    if (m->at_start && safe >= 2) {
        content = str_sub(content, 2, content.n);
        m->at_start = false;
    }
    if (m->state == BODY && !(m->at_start && at < 0))
        TRY(take_bytes(m, content));
    if (m->at_start && at < 0)
        return 0;
    m->start += safe;
    if (at < 0)
        return 0;
    if (m->state == BODY)
        TRY(end_part(m));
    m->start += m->delimiter.n;
    return after_delimiter(m, ret_more);
}

static err_t advance(struct multipart *m)
{
    for (bool more = true; more;) {
        switch (m->state) {
        case PREAMBLE:
        case BODY:
            TRY(read_content(m, &more));
            break;
        case HEADERS:
            TRY(read_headers(m, &more));
            break;
        case EPILOGUE:
            m->start = m->pending.n;
            more = false;
        }
    }
    compact(m);
    return 0;
}

err_t multipart_feed(struct multipart *m, const char *bytes, size_t n)
{
    if (m->err)
        return m->err;
    buf_put(&m->pending, bytes, n);
    m->err = advance(m);
    return m->err;
}

err_t multipart_finish(struct multipart *m)
{
    if (!m->err && m->state != EPILOGUE)
        m->err = E_BAD_REQUEST;
    m->req->uploads = ARENA_ARRAY(m->c->arena, m->n_files, struct web_upload);
    for (size_t i = 0; i < m->n_files && !m->err; i++) {
        struct web_upload *u = &m->req->uploads[m->req->n_uploads];
        struct file_in *f = m->files[i].file;
        m->files[i].file = NULL;
        m->err = file_in_finish(m->c, f, m->req->accept, &u->file);
        u->field = m->files[i].name;
        u->filename = m->files[i].filename;
        m->req->n_uploads += !m->err;
    }
    multipart_abort(m);
    return m->err;
}

void multipart_abort(struct multipart *m)
{
    file_in_abort(m->file);
    m->file = NULL;
    for (size_t i = 0; i < m->n_files; i++) {
        file_in_abort(m->files[i].file);
        m->files[i].file = NULL;
    }
}
