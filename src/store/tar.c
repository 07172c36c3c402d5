#include "store/tar.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 512, COPY = 65536 };

struct header {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100],
        magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], pad[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a tar header is one block");

static unsigned sum_of(const struct header *h)
{
    const uint8_t *b = (const uint8_t *)h;
    unsigned sum = 0;
    for (size_t i = 0; i < BLOCK; i++) {
        bool in_checksum = i >= offsetof(struct header, checksum) && i < offsetof(struct header, type);
        sum += in_checksum ? ' ' : b[i];
    }
    return sum;
}

static err_t write_error(void)
{
    return errno == ENOSPC ? E_DISK_FULL : E_IO;
}

static err_t put_header(struct tar_out *t, const char *name, int64_t size)
{
    struct header h = { .type = '0', .magic = "ustar", .version = { '0', '0' } };
    assert(strlen(name) <= sizeof h.name);
    memcpy(h.name, name, strlen(name));
    memcpy(h.mode, "0000600", 8);
    memcpy(h.uid, "0000000", 8);
    memcpy(h.gid, "0000000", 8);
    /* Eleven octal digits hold 8 GiB less one; nothing here comes near but the database may. */
    if (size >= INT64_C(1) << 33) {
        h.size[0] = (char)0x80; /* base-256, as GNU tar writes it */
        for (int i = 0; i < 8; i++)
            h.size[4 + i] = (char)((uint64_t)size >> (56 - 8 * i));
    } else {
        snprintf(h.size, sizeof h.size, "%011llo", (long long)size);
    }
    snprintf(h.mtime, sizeof h.mtime, "%011llo", (long long)t->mtime);
    snprintf(h.checksum, sizeof h.checksum, "%06o", sum_of(&h));
    h.checksum[7] = ' ';
    return fwrite(&h, 1, BLOCK, t->f) == BLOCK ? 0 : write_error();
}

static err_t put_padding(struct tar_out *t, int64_t size)
{
    static const char zeros[BLOCK];
    size_t n = (size_t)((BLOCK - size % BLOCK) % BLOCK);
    return fwrite(zeros, 1, n, t->f) == n ? 0 : write_error();
}

err_t tar_put(struct tar_out *t, const char *name, struct str bytes, struct sha256 *ret_hash)
{
    TRY(put_header(t, name, (int64_t)bytes.n));
    if (fwrite(bytes.p, 1, bytes.n, t->f) != bytes.n)
        return write_error();
    *ret_hash = sha256_of(bytes);
    return put_padding(t, (int64_t)bytes.n);
}

err_t tar_put_fd(struct tar_out *t, const char *name, int fd, int64_t size, struct sha256 *ret_hash)
{
    char chunk[COPY];
    TRY(put_header(t, name, size));
    struct sha256_state *h = sha256_begin();
    err_t e = 0;
    for (int64_t done = 0; !e && done < size;) {
        int64_t want = size - done < COPY ? size - done : COPY;
        ssize_t n = pread(fd, chunk, (size_t)want, done);
        if (n <= 0) {
            e = E_IO;
        } else {
            sha256_add(h, chunk, (size_t)n);
            e = fwrite(chunk, 1, (size_t)n, t->f) == (size_t)n ? 0 : write_error();
            done += n;
        }
    }
    *ret_hash = sha256_end(h);
    return e ? e : put_padding(t, size);
}

err_t tar_end(struct tar_out *t)
{
    static const char zeros[2 * BLOCK];
    return fwrite(zeros, 1, sizeof zeros, t->f) == sizeof zeros ? 0 : write_error();
}

static bool parse_size(const char *field, int64_t *ret)
{
    int64_t v = 0;
    if ((uint8_t)field[0] == 0x80) {
        for (int i = 4; i < 12; i++)
            v = v << 8 | (uint8_t)field[i];
        *ret = v;
        return v >= 0 && v < INT64_C(1) << 50;
    }
    for (int i = 0; i < 11; i++) {
        if (field[i] < '0' || field[i] > '7')
            return false;
        v = v * 8 + (field[i] - '0');
    }
    *ret = v;
    return true;
}

err_t tar_next(FILE *f, struct tar_member *ret, bool *ret_done)
{
    struct header h;
    size_t n = fread(&h, 1, BLOCK, f);
    char checksum[9] = "";
    *ret_done = false;
    if (n != BLOCK)
        return E_CORRUPT;
    if (!h.name[0]) {
        *ret_done = true;
        return 0;
    }
    snprintf(checksum, sizeof checksum, "%06o", sum_of(&h));
    if (memcmp(checksum, h.checksum, 6) != 0 || h.type != '0' || !parse_size(h.size, &ret->size))
        return E_CORRUPT;
    memcpy(ret->name, h.name, sizeof h.name);
    ret->name[sizeof h.name] = '\0';
    return 0;
}

static err_t write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t done = write(fd, p, n);
        if (done <= 0)
            return write_error();
        p += done;
        n -= (size_t)done;
    }
    return 0;
}

err_t tar_take(FILE *f, const struct tar_member *m, int fd, struct sha256 *ret_hash)
{
    char chunk[COPY];
    struct sha256_state *h = sha256_begin();
    err_t e = 0;
    for (int64_t left = m->size; !e && left > 0;) {
        size_t want = left < COPY ? (size_t)left : COPY;
        size_t n = fread(chunk, 1, want, f);
        if (n != want) {
            e = E_CORRUPT;
        } else {
            sha256_add(h, chunk, n);
            e = fd >= 0 ? write_all(fd, chunk, n) : 0;
            left -= (int64_t)n;
        }
    }
    *ret_hash = sha256_end(h);
    size_t pad = (size_t)((BLOCK - m->size % BLOCK) % BLOCK);
    if (!e && fread(chunk, 1, pad, f) != pad)
        e = E_CORRUPT;
    return e;
}
