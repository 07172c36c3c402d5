/* What the page of jobs needs. */
#include "store/internal.h"
#include "store/store_queries.h"

#include <string.h>

err_t jobs_list(struct ctx *c, struct db *db, struct str state, struct id before, int64_t limit,
                struct job_row **ret_rows, size_t *ret_n)
{
    struct job_rows_row *rows;
    if (id_is_none(before))
        memset(before.b, 0xFF, sizeof before.b);
    TRY(job_rows(c, db, &(struct job_rows_in){ .state = state, .before = before, .n = limit }, &rows,
                 ret_n));
    *ret_rows = ARENA_ARRAY(c->arena, *ret_n, struct job_row);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret_rows)[i] = (struct job_row){
            .id = rows[i].id, .kind = rows[i].kind, .key = rows[i].key, .state = rows[i].state,
            .last_error = rows[i].last_error, .tries = rows[i].tries,
            .run_at_us = rows[i].run_at_us, .created_at_us = rows[i].created_at_us };
    return 0;
}

static err_t must_change(struct ctx *c, err_t e, int64_t changed)
{
    (void)c;
    return e ? e : changed ? 0 : E_NOT_FOUND;
}

err_t job_retry(struct ctx *c, struct db *db, struct id job_id)
{
    int64_t changed = 0;
    err_t e = job_revive(c, db, &(struct job_revive_in){ .id = job_id, .run_at_us = ctx_now(c) },
                         &changed);
    TRY(must_change(c, e, changed));
    return audit_write(c, db, &(struct audit_entry){ .action = S("job.retry"), .subject_kind = S("job"),
                                                     .subject_id = job_id });
}

err_t job_give_up(struct ctx *c, struct db *db, struct id job_id)
{
    int64_t changed = 0;
    err_t e = job_drop(c, db, &(struct job_drop_in){ .id = job_id }, &changed);
    TRY(must_change(c, e, changed));
    return audit_write(c, db, &(struct audit_entry){ .action = S("job.give_up"),
                                                     .subject_kind = S("job"), .subject_id = job_id });
}
