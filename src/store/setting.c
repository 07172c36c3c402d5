#include "store/internal.h"
#include "store/store_queries.h"

#include <string.h>

err_t setting_get(struct ctx *c, struct db *db, struct str key, struct str fallback, struct str *ret)
{
    struct setting_read_row row;
    bool found;
    TRY(setting_read(c, db, &(struct setting_read_in){ .key = key }, &row, &found));
    *ret = found ? row.value : fallback;
    return 0;
}

err_t setting_put(struct ctx *c, struct db *db, struct str key, struct str value)
{
    return setting_write(c, db, &(struct setting_write_in){ .key = key, .value = value }, NULL);
}

err_t counter_next(struct ctx *c, struct db *db, struct str series, int64_t *ret)
{
    struct counter_draw_row row;
    TRY(counter_draw(c, db, &(struct counter_draw_in){ .series = series }, &row));
    *ret = row.last_value;
    return 0;
}

err_t once_find(struct ctx *c, struct db *db, struct str scope, struct str key,
                struct sha256 request_hash, struct once_answer *ret, bool *ret_found)
{
    struct once_read_row row;
    TRY(once_read(c, db, &(struct once_read_in){ .scope = scope, .key = key }, &row, ret_found));
    if (!*ret_found)
        return 0;
    if (memcmp(row.request_hash.b, request_hash.b, sizeof request_hash.b) != 0)
        return ctx_fail(c, E_CONFLICT, STR_NONE, "the idempotency key was used for another request");
    *ret = (struct once_answer){ .status = row.status, .body = row.body };
    return 0;
}

err_t once_store(struct ctx *c, struct db *db, struct str scope, struct str key,
                 struct sha256 request_hash, const struct once_answer *answer)
{
    /* Nobody repeats a request after a month. A few old answers go with each new one. */
    TRY(once_sweep(c, db, &(struct once_sweep_in){ .before_us = ctx_now(c) - 30 * US_PER_DAY, .n = 4 },
                   NULL));
    return once_write(c, db,
                      &(struct once_write_in){ .scope = scope, .key = key, .request_hash = request_hash,
                                               .status = answer->status, .body = answer->body,
                                               .created_at_us = ctx_now(c) },
                      NULL);
}
