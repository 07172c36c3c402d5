/* What the files of this room share with each other. */
#pragma once

#include "store/store.h"

#include <stdatomic.h>

struct readers;
struct writer;
struct checkpointer;
struct jobs; /* the runner's threads */

struct store {
    char *data_dir;
    char *database;              /* "postgresql://…", NULL: nep.db in data_dir */
    char *sqlite_path;
    int n_readers;
    uint8_t secret[32];
    _Atomic uint64_t generation; /* commits that changed something */
    _Atomic uint64_t commits, writes, reads;

    struct readers *readers;
    struct writer *writer;
    struct checkpointer *checkpointer;

    /* Who wants which events, and the runner; set before the first write. */
    const struct event_subscription *subscriptions;
    size_t n_subscriptions;
    struct jobs *jobs;
    /* Called on the writer thread after each commit that changed something, if set. */
    _Atomic(void (*)(struct store *s)) after_commit;
};

/* secret.c: reads DIR/secret.key, or makes it. E_CONFIG if it is not ours. */
MUST err_t secret_load(struct ctx *c, const char *data_dir, uint8_t ret[32]);

/* readers.c */
MUST err_t readers_start(struct ctx *c, struct store *s, struct readers **ret);
void readers_stop(struct readers *r); /* NULL is allowed; no read may be under way */

/* writer.c */
MUST err_t writer_start(struct ctx *c, struct store *s, struct writer **ret);
void writer_stop(struct writer *w); /* finishes what is queued; NULL is allowed */

/* checkpoint.c: moves the WAL into the database file away from the writer. SQLite only. */
MUST err_t checkpointer_start(struct ctx *c, struct store *s, struct checkpointer **ret);
void checkpointer_stop(struct checkpointer *k); /* NULL is allowed */
void checkpointer_wake(struct checkpointer *k);
