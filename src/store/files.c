/* Files under their hash: files/ab/cdef…; what is still coming in lies in tmp/. */
#include "store/clamd.h"
#include "store/internal.h"
#include "store/store_queries.h"

#include <errno.h>
#include <stdio.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = 4096, TAIL = 2048 };

struct file_in {
    int fd;
    char *path; /* malloc: the file may outlive the arena that began it */
    struct sha256_state *hash;
    int64_t size, max;
    size_t head_n;
    char head[HEAD];
    err_t err;
};

static err_t io_error(void)
{
    return errno == ENOSPC || errno == EDQUOT ? E_DISK_FULL : E_IO;
}

err_t file_in_begin(struct ctx *c, int64_t max_bytes, struct file_in **ret)
{
    struct str name = str_fmt(c->arena, "tmp/%s", id_text(c->arena, ctx_new_id(c)).p);
    const char *path = store_path(c, c->store, name.p);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return io_error();
    struct file_in *f = calloc(1, sizeof *f);
    if (!f || !(f->path = strdup(path)))
        abort();
    f->fd = fd;
    f->hash = sha256_begin();
    f->max = max_bytes;
    *ret = f;
    return 0;
}

err_t file_in_write(struct file_in *f, const void *bytes, size_t n)
{
    if (f->err)
        return f->err;
    if (f->size + (int64_t)n > f->max)
        return f->err = E_TOO_LARGE;
    size_t head = HEAD - f->head_n < n ? HEAD - f->head_n : n;
    memcpy(f->head + f->head_n, bytes, head);
    f->head_n += head;
    sha256_add(f->hash, bytes, n);
    for (size_t done = 0; done < n;) {
        ssize_t got = write(f->fd, (const char *)bytes + done, n - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return f->err = io_error();
        done += (size_t)got;
    }
    f->size += (int64_t)n;
    return 0;
}

static void dispose(struct file_in *f)
{
    close(f->fd);
    free(f->path);
    free(f);
}

void file_in_abort(struct file_in *f)
{
    if (!f)
        return;
    (void)sha256_end(f->hash);
    unlink(f->path);
    dispose(f);
}

static unsigned accept_bit(struct str type)
{
    static const struct {
        const char *type;
        unsigned bit;
    } rows[] = {
        { "application/pdf", FILE_PDF }, { "image/jpeg", FILE_JPEG }, { "image/png", FILE_PNG },
        { "image/webp", FILE_WEBP }, { "image/heic", FILE_HEIC }, { "text/csv", FILE_CSV },
        { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", FILE_XLSX },
        { "application/vnd.openxmlformats-officedocument.wordprocessingml.document", FILE_DOCX },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (str_eq_c(type, rows[i].type))
            return rows[i].bit;
    }
    return 0;
}

/* A PDF that was cut off on its way has no end mark in its last bytes. */
static bool pdf_is_whole(const struct file_in *f)
{
    char tail[TAIL];
    off_t at = f->size > TAIL ? f->size - TAIL : 0;
    ssize_t n = pread(f->fd, tail, sizeof tail, at);
    return n > 0 && str_find((struct str){ tail, (size_t)n }, S("%%EOF")) >= 0;
}

static err_t check_content(struct ctx *c, struct file_in *f, unsigned accept, struct str *ret_type)
{
    bool scanned;
    struct str type = file_sniff((struct str){ f->head, f->head_n });
    if (!(accept_bit(type) & accept))
        return ctx_fail(c, E_BAD_TYPE, STR_NONE, NULL);
    if (str_eq_c(type, "application/pdf") && !pdf_is_whole(f))
        return ctx_fail(c, E_BAD_TYPE, STR_NONE, "%s",
                        T(c, "Tệp PDF bị hỏng hoặc chưa tải lên hết."));
    TRY(clamd_scan(c, f->fd, &scanned));
    *ret_type = type;
    return 0;
}

static struct str stored_path(struct ctx *c, const struct sha256 *hash)
{
    struct str hex = hex_of(c->arena, hash->b, sizeof hash->b);
    return str_fmt(c->arena, "files/%.2s/%s", hex.p, hex.p + 2);
}

static err_t sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return E_IO;
    bool ok = fsync(fd) == 0;
    close(fd);
    return ok ? 0 : io_error();
}

/* Makes the bytes durable under their hash. The same content is stored once. */
static err_t settle(struct ctx *c, struct file_in *f, const struct sha256 *hash)
{
    struct str below = stored_path(c, hash);
    const char *to = store_path(c, c->store, below.p);
    struct stat st;
    if (stat(to, &st) == 0 && st.st_size == f->size) {
        unlink(f->path);
        return 0;
    }
    if (fdatasync(f->fd) != 0 || rename(f->path, to) != 0)
        return io_error();
    return sync_folder(store_path(c, c->store, str_fmt(c->arena, "%.8s", below.p).p));
}

static err_t finish(struct ctx *c, struct file_in *f, struct str type, unsigned accept,
                    struct file_ref *ret)
{
    struct sha256 hash = sha256_end(f->hash);
    err_t e = f->err;
    if (!e && accept)
        e = check_content(c, f, accept, &type);
    if (!e)
        e = settle(c, f, &hash);
    if (e)
        unlink(f->path);
    else
        *ret = (struct file_ref){ .sha256 = hash, .size_bytes = f->size, .type = type };
    dispose(f);
    return e;
}

err_t file_in_finish(struct ctx *c, struct file_in *f, unsigned accept, struct file_ref *ret)
{
    return finish(c, f, STR_NONE, accept, ret);
}

err_t file_put(struct ctx *c, struct str bytes, struct str type, struct file_ref *ret)
{
    struct file_in *f;
    TRY(file_in_begin(c, INT64_MAX, &f));
    /* A failed write is remembered and told by finish(). */
    (void)!file_in_write(f, bytes.p, bytes.n);
    return finish(c, f, type, 0, ret);
}

err_t file_link(struct ctx *c, struct db *db, const struct file_ref *file)
{
    return file_add(c, db,
                    &(struct file_add_in){ .sha256 = file->sha256, .size_bytes = file->size_bytes,
                                           .type = file->type, .created_at_us = ctx_now(c) },
                    NULL);
}

err_t file_open(struct ctx *c, const struct sha256 *sha256, int *ret_fd, int64_t *ret_size)
{
    struct stat st;
    int fd = open(store_path(c, c->store, stored_path(c, sha256).p), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? E_NOT_FOUND : E_IO;
    if (fstat(fd, &st) != 0) {
        close(fd);
        return E_IO;
    }
    *ret_fd = fd;
    *ret_size = st.st_size;
    return 0;
}
