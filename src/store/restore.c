#include "store/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/tar.h"

/* Reads the whole archive once, hashing; the manifest, which comes last, must agree with all of it. */
struct seen {
    char name[101];
    int64_t size;
    struct sha256 hash;
};

struct survey {
    struct seen *items;
    size_t n, cap;
    struct str manifest;
};

static err_t take_manifest(struct ctx *c, FILE *f, const struct tar_member *m, struct survey *v)
{
    if (m->size > 64 << 20)
        return E_CORRUPT;
    char *p = arena_alloc(c->arena, (size_t)m->size + 1);
    if (fread(p, 1, (size_t)m->size, f) != (size_t)m->size)
        return E_CORRUPT;
    v->manifest = (struct str){ p, (size_t)m->size };
    return 0;
}

static err_t survey(struct ctx *c, FILE *f, struct survey *v)
{
    for (;;) {
        struct tar_member m;
        bool done;
        TRY(tar_next(f, &m, &done));
        if (done)
            return 0;
        if (strcmp(m.name, "manifest.json") == 0)
            return take_manifest(c, f, &m, v);
        if (v->n == v->cap) {
            size_t cap = v->cap ? 2 * v->cap : 64;
            v->items = arena_grow(c->arena, v->items, v->cap * sizeof *v->items, cap * sizeof *v->items);
            v->cap = cap;
        }
        struct seen *s = &v->items[v->n++];
        memcpy(s->name, m.name, sizeof s->name);
        s->size = m.size;
        TRY(tar_take(f, &m, -1, &s->hash));
    }
}

static err_t compare(struct ctx *c, const struct survey *v)
{
    const struct json *j;
    if (json_parse(c->arena, v->manifest, &j, NULL))
        return ctx_fail(c, E_CORRUPT, STR_NONE, "the backup has no manifest");
    const struct json *members = json_get(j, "members");
    if (!members || members->n != v->n)
        return ctx_fail(c, E_CORRUPT, STR_NONE, "the backup is not whole");
    for (size_t i = 0; i < v->n; i++) {
        const struct json *m = json_at(members, i);
        struct str hex = hex_of(c->arena, v->items[i].hash.b, 32);
        if (!str_eq_c(json_get_str(m, "name", S("")), v->items[i].name) ||
            json_get_i64(m, "size", -1) != v->items[i].size ||
            !str_eq(json_get_str(m, "sha256", S("")), hex))
            return ctx_fail(c, E_CORRUPT, STR_NONE, "%s was changed in the backup", v->items[i].name);
    }
    return 0;
}

/* Names are ours: nothing else is unpacked, so no member can leave the folder. */
static bool name_is_ours(const char *name)
{
    uint8_t bytes[32];
    if (strcmp(name, "nep.db") == 0 || strcmp(name, "database.pgdump") == 0 ||
        strcmp(name, "secret.key") == 0)
        return true;
    if (strncmp(name, "files/", 6) != 0 || strlen(name) != 71 || name[8] != '/')
        return false;
    char hex[65];
    memcpy(hex, name + 6, 2);
    memcpy(hex + 2, name + 9, 63);
    return hex_parse((struct str){ hex, 64 }, bytes, 32);
}

static err_t make_dir(struct ctx *c, const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST
               ? 0
               : ctx_fail(c, E_IO, STR_NONE, "%s: %s", path, strerror(errno));
}

static err_t make_folders(struct ctx *c, const char *dir)
{
    TRY(make_dir(c, dir));
    TRY(make_dir(c, str_fmt(c->arena, "%s/tmp", dir).p));
    TRY(make_dir(c, str_fmt(c->arena, "%s/files", dir).p));
    for (int i = 0; i < 256; i++)
        TRY(make_dir(c, str_fmt(c->arena, "%s/files/%02x", dir, i).p));
    return 0;
}

static err_t unpack_one(struct ctx *c, FILE *f, const struct tar_member *m, const char *dir)
{
    struct sha256 ignored;
    if (!name_is_ours(m->name))
        return ctx_fail(c, E_CORRUPT, STR_NONE, "unexpected member %s", m->name);
    const char *path = str_fmt(c->arena, "%s/%s", dir, m->name).p;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return ctx_fail(c, E_IO, STR_NONE, "%s: %s", path, strerror(errno));
    err_t e = tar_take(f, m, fd, &ignored);
    if (!e && fsync(fd) != 0)
        e = E_DISK_FULL;
    close(fd);
    return e;
}

static err_t unpack(struct ctx *c, FILE *f, const char *dir, size_t total, progress_fn progress,
                    void *arg)
{
    TRY(make_folders(c, dir));
    for (size_t i = 0; i < total; i++) {
        struct tar_member m;
        bool done;
        TRY(tar_next(f, &m, &done));
        TRY(unpack_one(c, f, &m, dir));
        if (progress && progress(arg, (int64_t)i + 1, (int64_t)total))
            return ctx_fail(c, E_STOPPING, STR_NONE, "stopped");
    }
    return 0;
}

static bool folder_is_empty(const char *path)
{
    DIR *d = opendir(path);
    if (!d)
        return errno == ENOENT;
    bool empty = true;
    for (struct dirent *e; (e = readdir(d));)
        empty &= strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    closedir(d);
    return empty;
}

static err_t load_postgresql(struct ctx *c, const char *dir, const struct store_options *target)
{
    const char *dump = str_fmt(c->arena, "%s/database.pgdump", dir).p;
    if (access(dump, F_OK) != 0)
        return ctx_fail(c, E_CONFIG, STR_NONE, "this backup is of an embedded database");
    char *argv[] = { "pg_restore", "--single-transaction", "--no-owner", "--exit-on-error", "--dbname",
                     str_c(c->arena, target->database), (char *)dump, NULL };
    TRY(run_program(c, argv));
    unlink(dump);
    return 0;
}

err_t store_restore(struct ctx *c, const char *path, const struct store_options *target,
                    progress_fn progress, void *arg)
{
    const char *dir = str_c(c->arena, target->data_dir);
    struct survey v = { 0 };
    if (!folder_is_empty(dir))
        return ctx_fail(c, E_EXISTS, STR_NONE, "%s is not empty", dir);
    FILE *f = fopen(path, "re");
    if (!f)
        return ctx_fail(c, E_IO, STR_NONE, "%s: %s", path, strerror(errno));
    err_t e = survey(c, f, &v);
    if (!e)
        e = compare(c, &v);
    if (!e) {
        rewind(f);
        e = unpack(c, f, dir, v.n, progress, arg);
    }
    fclose(f);
    if (!e && target->database.n)
        e = load_postgresql(c, dir, target);
    return e;
}
