/* Internal to store: the archive of a backup, a plain ustar file (POSIX.1-1988). */
#pragma once

#include <stdio.h>

#include "store/store.h"

struct tar_out {
    FILE *f;
    int64_t mtime; /* seconds */
};

/* One member from memory, or from an open descriptor of which exactly `size` bytes are taken; the
 * SHA-256 of what was written goes to ret_hash. */
MUST err_t tar_put(struct tar_out *t, const char *name, struct str bytes, struct sha256 *ret_hash);
MUST err_t tar_put_fd(struct tar_out *t, const char *name, int fd, int64_t size, struct sha256 *ret_hash);
MUST err_t tar_end(struct tar_out *t); /* does not close */

struct tar_member {
    char name[101];
    int64_t size;
};
/* The next header; *ret_done at the end. Its `size` bytes, padded to 512, follow in `f`. E_CORRUPT. */
MUST err_t tar_next(FILE *f, struct tar_member *ret, bool *ret_done);
/* Copies the member's bytes to `fd` (-1: only hashes them) and skips the padding. */
MUST err_t tar_take(FILE *f, const struct tar_member *m, int fd, struct sha256 *ret_hash);
