/* Files that no record holds: uploads of filings that were never sent. */
#include "store/internal.h"
#include "store/store_queries.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static err_t is_known(struct ctx *c, struct db *db, void *arg)
{
    struct file_known_in *in = arg;
    struct file_known_row row;
    bool found;
    TRY(file_known(c, db, in, &row, &found));
    return found ? E_EXISTS : 0;
}

/* Removes what is older than a day and not linked. `prefix` is "ab" in files/, NULL in tmp/. */
static void sweep_folder(struct ctx *c, const char *path, const char *prefix)
{
    DIR *d = opendir(path);
    struct dirent *entry;
    while (d && (entry = readdir(d))) {
        struct stat st;
        struct file_known_in in;
        if (entry->d_name[0] == '.' ||
            fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
            st.st_mtime > time(NULL) - 24 * 3600)
            continue;
        if (prefix) {
            struct str hex = str_fmt(c->arena, "%s%s", prefix, entry->d_name);
            if (!hex_parse(hex, in.sha256.b, 32) || store_read(c, is_known, &in))
                continue;
        }
        unlinkat(dirfd(d), entry->d_name, 0);
    }
    if (d)
        closedir(d);
}

err_t files_sweep(struct ctx *c)
{
    sweep_folder(c, store_path(c, c->store, "tmp"), NULL);
    for (int i = 0; i < 256; i++) {
        char prefix[3];
        snprintf(prefix, sizeof prefix, "%02x", i);
        sweep_folder(c, store_path(c, c->store, str_fmt(c->arena, "files/%s", prefix).p), prefix);
    }
    return 0;
}
