/* SMS through the outbox, one-time codes, the inbox. The gateway is a log for now. */
#include "people/account.h"

#include <string.h>

#define CODE_LIFE   (5 * US_PER_MINUTE)
#define CODE_PAUSE  US_PER_MINUTE
enum { CODE_TRIES = 5, CODES_A_DAY = 10 };

err_t sms_send(struct ctx *c, struct db *db, struct str phone, struct str text, struct str key)
{
    if (!phone.n)
        return 0;
    TRY(sms_add(c, db,
                &(struct sms_add_in){ .id = ctx_new_id(c), .key = key, .phone = phone, .text = text,
                                      .created_at_us = ctx_now(c) },
                NULL));
    return job_enqueue(c, db, &(struct job_request){ .kind = S("sms.send"), .key = key });
}

static err_t mark_sent(struct ctx *c, struct db *db, void *arg)
{
    const struct job *job = arg;
    struct str synthetic;
    TRY(setting_get(c, db, S("synthetic"), S(""), &synthetic));
    if (str_starts(job->key, S("code:")) && !synthetic.n)
        TRY(sms_blank(c, db, &(struct sms_blank_in){ .key = job->key }, NULL));
    return sms_sent(c, db, &(struct sms_sent_in){ .key = job->key, .sent_at_us = ctx_now(c) }, NULL);
}

static err_t run_sms(struct ctx *c, const struct job *job)
{
    return store_write(c, mark_sent, (void *)job);
}

static err_t run_sweep(struct ctx *c, const struct job *job)
{
    (void)job;
    return files_sweep(c);
}

const struct job_kind people_jobs[] = { { "sms.send", run_sms, 0 }, { "files.sweep", run_sweep, 0 } };
const size_t people_jobs_n = COUNT(people_jobs);

err_t inbox_put(struct ctx *c, struct db *db, struct id resident_id, struct str title, struct str body,
                struct str link)
{
    return inbox_add(c, db,
                     &(struct inbox_add_in){ .resident_id = resident_id, .id = ctx_new_id(c), .title = title,
                                             .body = body, .link = link, .at_us = ctx_now(c) },
                     NULL);
}

/* Six digits are few: the hash is keyed, so that a copy of the database does not give them away. */
static struct sha256 code_hash(struct ctx *c, struct str phone, struct str code)
{
    return hmac_sha256(store_secret(c->store), str_fmt(c->arena, "code:%.*s:%.*s", STR_ARG(phone), STR_ARG(code)));
}

err_t login_code_send(struct ctx *c, struct db *db, struct str phone)
{
    struct login_code_row_row old;
    bool found;
    int64_t now = ctx_now(c), day = day_of_us(now), today = 0;
    TRY(login_code_row(c, db, &(struct login_code_row_in){ .phone = phone }, &old, &found));
    if (found && old.day == day)
        today = old.sent_today;
    if (found && now - old.sent_us < CODE_PAUSE)
        return ctx_fail(c, E_RATE, S("phone"), "%s", T(c, "Mã vừa được gửi. Hãy chờ một phút rồi thử lại."));
    if (today >= CODES_A_DAY)
        return ctx_fail(c, E_RATE, S("phone"), "%s", T(c, "Hôm nay số này đã nhận quá nhiều mã."));
    struct str code = rng_digits(c->rng, c->arena, 6);
    TRY(login_code_put(c, db,
                       &(struct login_code_put_in){ .phone = phone, .code_hash = code_hash(c, phone, code),
                                                    .sent_us = now, .expires_us = now + CODE_LIFE, .tries = 0,
                                                    .sent_today = today + 1, .day = day },
                       NULL));
    struct str text = str_fmt(c->arena, "Ma dang nhap cua ban la %.*s, dung trong 5 phut. Khong dua ma nay cho ai, "
                                        "ke ca can bo xa.", STR_ARG(code));
    return sms_send(c, db, phone, text, str_fmt(c->arena, "code:%.*s:%lld", STR_ARG(phone), (long long)now));
}

err_t login_code_check(struct ctx *c, struct db *db, struct str phone, struct str code, bool *ret_right)
{
    struct login_code_row_row row;
    bool found;
    *ret_right = false;
    TRY(login_code_row(c, db, &(struct login_code_row_in){ .phone = phone }, &row, &found));
    if (!found || row.expires_us < ctx_now(c) || row.tries >= CODE_TRIES)
        return ctx_fail(c, E_EXPIRED, S("code"), "%s", T(c, "Mã đã hết hạn. Hãy xin mã mới."));
    struct sha256 hash = code_hash(c, phone, code);
    *ret_right = bytes_eq_secret(hash.b, row.code_hash.b, sizeof hash.b);
    /* A right code is used up, a wrong one is counted; both stay after this write. */
    return login_code_put(c, db,
                          &(struct login_code_put_in){ .phone = phone, .code_hash = row.code_hash,
                                                       .sent_us = row.sent_us,
                                                       .expires_us = *ret_right ? 1 : row.expires_us,
                                                       .tries = row.tries + 1, .sent_today = row.sent_today,
                                                       .day = row.day },
                          NULL);
}
