/* What the files of store share with each other and with nobody else. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "store/db.h"

/* A database behind a handful of functions. `stmt` is its own prepared statement, opaque here. */
struct db_port {
    void (*close)(struct db *db);
    /* Finds or prepares the statement of `q` and binds; it stands before its first row. */
    err_t (*start)(struct db *db, const struct query *q, const union db_value *values, bool streamed,
                   struct stmt **ret);
    /* *ret_row is false after the last row. */
    err_t (*step)(struct stmt *s, bool *ret_row);
    void (*finish)(struct stmt *s);
    int64_t (*changes)(struct stmt *s);
    bool (*is_null)(struct stmt *s, int column);
    int64_t (*number)(struct stmt *s, int column);
    struct str (*bytes)(struct stmt *s, int column); /* valid until the next step */
    /* SQL without parameters and rows, several statements allowed: transactions, migrations. */
    err_t (*script)(struct db *db, const char *sql);
    /* Did an error end the transaction, so that a savepoint can't be rolled back to? */
    bool (*transaction_lost)(struct db *db);
};

struct db {
    const struct db_port *port;
    struct store *store;
    void *handle;              /* sqlite3 * or PGconn * */
    struct cached {
        const struct query *query;
        void *prepared;
    } *cache;                  /* open addressing by the query's address */
    size_t cache_size, cache_used;
    struct db *next_free;      /* in the pool of readers */
    bool writer, broken;       /* broken: the connection must be opened anew */
};

struct write_request {
    struct ctx *c;
    store_fn fn;
    void *arg;
    err_t result;
    bool alone, done;
    pthread_cond_t finished;
    struct write_request *next;
};

struct jobs_runner;

struct store {
    struct str data_dir, database; /* owned: malloc */
    uint8_t secret[32];
    bool postgresql;
    _Atomic uint64_t generation;
    _Atomic uint64_t commits, writes;  /* for tests and /metrics: writes share commits */

    pthread_mutex_t lock;              /* guards the queue and the pool */
    pthread_cond_t work, reader_free;
    struct write_request *first, *last;
    size_t queued;
    bool stopping;
    pthread_t writer_thread, checkpoint_thread;
    bool writer_started, checkpoint_started;
    struct db *writer;
    struct db *free_readers;
    struct db **readers;
    int n_readers;

    pthread_cond_t checkpoint_due;
    int wal_pages;

    const struct event_subscription *subscriptions;
    size_t n_subscriptions;
    struct jobs_runner *runner;
    pthread_cond_t jobs_due;
};

/* db_sqlite.c: once, before the first connection. */
void sqlite_setup(void);
/* db_sqlite.c, db_pg.c: opens one connection. */
MUST err_t sqlite_connect(struct ctx *c, struct store *s, bool writer, struct db **ret);
MUST err_t pg_connect(struct ctx *c, struct store *s, bool writer, struct db **ret);
MUST err_t db_connect(struct ctx *c, struct store *s, bool writer, struct db **ret);
struct db *db_close(struct db *db);

/* The slot of `q` in the connection's cache; *slot->prepared is NULL where it was never prepared. */
struct cached *db_cached(struct db *db, const struct query *q);

/* writer.c */
MUST err_t writer_start(struct store *s);
void writer_stop(struct store *s);
MUST err_t checkpoint_start(struct store *s);
void checkpoint_stop(struct store *s);

/* A path below the data folder, in the arena. */
char *store_path(struct ctx *c, const struct store *s, const char *below);
