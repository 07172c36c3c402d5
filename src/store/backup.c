/* A backup is one tar: the database as of one instant, every file that it speaks of, the installation's
 * key, and last the manifest with the hash of each. */
#include "store/backup.h"

#include <fcntl.h>
#include <spawn.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/internal.h"
#include "store/store_queries.h"
#include "store/tar.h"

extern char **environ;

struct backup {
    struct ctx *c;
    struct tar_out tar;
    struct json_out manifest;
    progress_fn progress;
    void *arg;
    int64_t done, total;
    const char *database; /* the copy of the database */
};

static err_t report(struct backup *b)
{
    b->done++;
    bool stop = b->progress && b->progress(b->arg, b->done, b->total);
    return stop ? ctx_fail(b->c, E_STOPPING, STR_NONE, "stopped") : 0;
}

static void note(struct backup *b, const char *name, int64_t size, struct sha256 hash)
{
    json_open(&b->manifest, '{');
    json_pair_str(&b->manifest, "name", str_from(name));
    json_pair_i64(&b->manifest, "size", size);
    json_pair_str(&b->manifest, "sha256", hex_of(b->c->arena, hash.b, 32));
    json_close(&b->manifest, '}');
}

static err_t add_path(struct backup *b, const char *path, const char *name)
{
    struct stat st;
    struct sha256 hash;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return ctx_fail(b->c, E_IO, STR_NONE, "%s can't be read", name);
    err_t e = fstat(fd, &st) == 0 ? tar_put_fd(&b->tar, name, fd, st.st_size, &hash) : E_IO;
    close(fd);
    if (!e) {
        note(b, name, st.st_size, hash);
        e = report(b);
    }
    return e;
}

static err_t add_file(void *arg, const struct file_all_row *row)
{
    struct backup *b = arg;
    struct str hex = hex_of(b->c->arena, row->sha256.b, 32);
    struct str name = str_fmt(b->c->arena, "files/%.2s/%s", hex.p, hex.p + 2);
    return add_path(b, store_path(b->c, b->c->store, name.p), name.p);
}

static err_t add_files(struct ctx *c, struct db *db, void *arg)
{
    return file_all(c, db, add_file, arg);
}

/* VACUUM INTO copies one snapshot while others read and write. */
static err_t copy_sqlite(struct backup *b)
{
    sqlite3 *from = NULL;
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_open_v2(store_path(b->c, b->c->store, "nep.db"), &from, SQLITE_OPEN_READWRITE,
                              NULL) == SQLITE_OK &&
              sqlite3_busy_timeout(from, 30000) == SQLITE_OK &&
              sqlite3_prepare_v2(from, "VACUUM INTO ?1", -1, &s, NULL) == SQLITE_OK &&
              sqlite3_bind_text(s, 1, b->database, -1, SQLITE_STATIC) == SQLITE_OK &&
              sqlite3_step(s) == SQLITE_DONE;
    bool full = !ok && (sqlite3_errcode(from) & 0xFF) == SQLITE_FULL;
    sqlite3_finalize(s);
    sqlite3_close(from);
    return ok ? 0 : ctx_fail(b->c, full ? E_DISK_FULL : E_DATABASE, STR_NONE, "the database copy failed");
}

err_t run_program(struct ctx *c, char *const argv[])
{
    pid_t pid;
    int status;
    if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0)
        return ctx_fail(c, E_CONFIG, STR_NONE, "%s is not installed", argv[0]);
    if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return ctx_fail(c, E_DATABASE, STR_NONE, "%s failed", argv[0]);
    return 0;
}

static err_t copy_postgresql(struct backup *b)
{
    char *argv[] = { "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file",
                     (char *)b->database, "--dbname", (char *)b->c->store->database.p, NULL };
    return run_program(b->c, argv);
}

static err_t write_manifest(struct backup *b)
{
    struct sha256 ignored;
    json_close(&b->manifest, ']');
    json_close(&b->manifest, '}');
    return tar_put(&b->tar, "manifest.json", buf_view(b->manifest.buf), &ignored);
}

/* Only files that the copy of the database speaks of are needed, and those never change or go while it
 * is young: the sweep leaves linked files alone. So the files may be read after the database. */
static err_t write_archive(struct backup *b)
{
    bool pg = store_is_postgresql(b->c->store);
    TRY(pg ? copy_postgresql(b) : copy_sqlite(b));
    TRY(add_path(b, b->database, pg ? "database.pgdump" : "nep.db"));
    TRY(add_path(b, store_path(b->c, b->c->store, "secret.key"), "secret.key"));
    TRY(store_read(b->c, add_files, b));
    TRY(write_manifest(b));
    return tar_end(&b->tar);
}

static err_t count_file(void *arg, const struct file_all_row *row)
{
    (void)row;
    ++*(int64_t *)arg;
    return 0;
}

static err_t count_files(struct ctx *c, struct db *db, void *arg)
{
    return file_all(c, db, count_file, arg);
}

static void begin_manifest(struct backup *b)
{
    json_open(&b->manifest, '{');
    json_pair_str(&b->manifest, "program", S("nep " NEP_VERSION));
    json_pair_str(&b->manifest, "made_at", time_iso(b->c->arena, ctx_now(b->c)));
    json_key(&b->manifest, "members");
    json_open(&b->manifest, '[');
}

err_t store_backup(struct ctx *c, const char *path, progress_fn progress, void *arg)
{
    const char *part = str_fmt(c->arena, "%s.part", path).p;
    struct str copy = str_fmt(c->arena, "tmp/backup-%s", id_text(c->arena, ctx_new_id(c)).p);
    struct buf text = { .arena = c->arena };
    struct backup b = { .c = c, .manifest = { .buf = &text }, .progress = progress, .arg = arg,
                        .database = store_path(c, c->store, copy.p) };
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    b.tar = (struct tar_out){ .f = fd >= 0 ? fdopen(fd, "w") : NULL,
                              .mtime = ctx_now(c) / US_PER_SECOND };
    if (!b.tar.f)
        return ctx_fail(c, E_IO, STR_NONE, "%s can't be written", part);
    begin_manifest(&b);
    err_t e = store_read(c, count_files, &b.total);
    b.total += 2;
    if (!e)
        e = write_archive(&b);
    if (fflush(b.tar.f) != 0 || fsync(fileno(b.tar.f)) != 0)
        e = e ? e : E_DISK_FULL;
    if (fclose(b.tar.f) != 0 && !e)
        e = E_IO;
    unlink(b.database);
    if (!e && rename(part, path) != 0)
        e = E_IO;
    if (e)
        unlink(part);
    return e;
}
