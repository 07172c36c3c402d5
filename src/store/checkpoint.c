/* SQLite's write-ahead log is folded back into the database by a thread of its own, so that no commit
 * pays for it. */
#include "store/internal.h"

enum { MANY_PAGES = 16000 }; /* 64 MB: then new readers wait for the log to start over */

static void *checkpoint_main(void *arg)
{
    struct store *s = arg;
    struct ctx c = { .arena = arena_new(1 << 16), .clock = &clock_system };
    struct db *db = NULL;
    if (sqlite_connect(&c, s, true, &db))
        db = NULL;
    pthread_mutex_lock(&s->lock);
    while (!s->stopping && db) {
        while (!s->wal_pages && !s->stopping)
            pthread_cond_wait(&s->checkpoint_due, &s->lock);
        bool many = s->wal_pages > MANY_PAGES;
        s->wal_pages = 0;
        pthread_mutex_unlock(&s->lock);
        /* Busy is no fault: the next commit asks again. */
        (void)!db->port->script(db, many ? "PRAGMA wal_checkpoint(RESTART)"
                                         : "PRAGMA wal_checkpoint(PASSIVE)");
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    (void)db_close(db);
    arena_free(c.arena);
    return NULL;
}

err_t checkpoint_start(struct store *s)
{
    if (s->postgresql)
        return 0;
    if (pthread_create(&s->checkpoint_thread, NULL, checkpoint_main, s) != 0)
        return E_INTERNAL;
    s->checkpoint_started = true;
    return 0;
}

void checkpoint_stop(struct store *s)
{
    if (!s->checkpoint_started)
        return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->checkpoint_due);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->checkpoint_thread, NULL);
    s->checkpoint_started = false;
}
