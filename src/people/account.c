/* Accounts, passwords (Argon2id), time-based codes (RFC 6238), roles, tokens. */
#include "people/account.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { PASSWORD_LEAST = 12, FREE_TRIES = 5, STEP_S = 30 };

#define LONGEST_LOCK (15 * US_PER_MINUTE)

static void put_base64(struct buf *b, const void *bytes, size_t n)
{
    struct str s = base64_of(b->arena, (struct str){ bytes, n });
    while (s.n && s.p[s.n - 1] == '=')
        s.n--;
    buf_str(b, s);
}

/* The PHC string that crypto_pwhash_str_verify() reads; written here so that the salt comes from the
 * ctx's randomness and a seeded demo repeats. */
static err_t password_hash(struct ctx *c, struct str password, struct str *ret)
{
    unsigned char salt[crypto_pwhash_SALTBYTES], hash[32];
    struct buf b = { .arena = c->arena };
    rng_fill(c->rng, salt, sizeof salt);
    if (crypto_pwhash(hash, sizeof hash, password.p, password.n, salt, PASSWORD_OPS, PASSWORD_MEMORY,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return E_INTERNAL;
    buf_fmt(&b, "$argon2id$v=19$m=%d,t=%d,p=1$", PASSWORD_MEMORY / 1024, PASSWORD_OPS);
    put_base64(&b, salt, sizeof salt);
    buf_char(&b, '$');
    put_base64(&b, hash, sizeof hash);
    buf_char(&b, '\0');
    b.n--;
    *ret = buf_view(&b);
    return 0;
}

static bool is_common(struct str password)
{
    static const char *const common[] = { "123456789012", "matkhau12345", "password1234", "qwertyuiop12",
                                          "nghiathai123", "000000000000", "111111111111" };
    for (size_t i = 0; i < COUNT(common); i++) {
        if (str_eq_nocase(password, str_from(common[i])))
            return true;
    }
    return false;
}

static err_t check_password(struct ctx *c, struct str password)
{
    if (str_codepoints(password) < PASSWORD_LEAST)
        return ctx_fail(c, E_BAD_INPUT, S("password"), "%s", T(c, "Mật khẩu cần ít nhất 12 ký tự."));
    if (is_common(password))
        return ctx_fail(c, E_BAD_INPUT, S("password"), "%s", T(c, "Mật khẩu này quá dễ đoán."));
    return 0;
}

err_t account_create(struct ctx *c, struct db *db, const struct account_new *in, struct id *ret_id)
{
    struct str hash = S(""), secret = STR_NONE;
    struct id id = ctx_new_id(c);
    if (in->password.n) {
        TRY(check_password(c, in->password));
        TRY(password_hash(c, in->password, &hash));
    }
    if (in->login.n) {
        secret = in->totp_secret;
        if (!secret.n) {
            char *p = arena_alloc(c->arena, 20);
            rng_fill(c->rng, p, 20);
            secret = (struct str){ p, 20 };
        }
    }
    err_t e = account_add(c, db,
                          &(struct account_add_in){ .id = id, .login = in->login.n ? in->login : STR_NONE,
                                                    .display_name = in->display_name, .password_hash = hash,
                                                    .totp_secret = secret, .resident_id = in->resident_id },
                          NULL);
    if (e == E_EXISTS)
        return ctx_fail(c, e, S("login"), "%s", T(c, "Tên đăng nhập này đã có."));
    TRY(e);
    TRY(audit_write(c, db, &(struct audit_entry){ .action = S("account.add"), .subject_kind = S("account"),
                                                  .subject_id = id, .person_id = in->resident_id }));
    *ret_id = id;
    return 0;
}

err_t account_grant(struct ctx *c, struct db *db, struct id account_id, enum role role, struct id org_id,
                    struct id hamlet_id)
{
    struct str text = str_from(role_text(role));
    TRY(account_role_add(c, db,
                         &(struct account_role_add_in){ .account_id = account_id, .role = text,
                                                        .org_id = org_id, .hamlet_id = hamlet_id },
                         NULL));
    return audit_write(c, db, &(struct audit_entry){ .action = S("account.grant"), .subject_kind = S("account"),
                                                     .subject_id = account_id,
                                                     .detail = str_fmt(c->arena, "{\"role\":\"%s\"}", text.p) });
}

err_t account_revoke(struct ctx *c, struct db *db, struct id account_id, enum role role)
{
    TRY(account_role_remove(c, db,
                            &(struct account_role_remove_in){ .account_id = account_id,
                                                              .role = str_from(role_text(role)) },
                            NULL));
    TRY(web_sessions_end(c, db, account_id));
    return audit_write(c, db, &(struct audit_entry){ .action = S("account.revoke"), .subject_kind = S("account"),
                                                     .subject_id = account_id });
}

err_t account_by_login(struct ctx *c, struct db *db, struct str login, struct id *ret_id)
{
    struct account_id_by_login_row row;
    bool found;
    TRY(account_id_by_login(c, db, &(struct account_id_by_login_in){ .login = login }, &row, &found));
    if (!found)
        return E_NOT_FOUND;
    *ret_id = row.id;
    return 0;
}

err_t account_set_password(struct ctx *c, struct db *db, struct id account_id, struct str password)
{
    struct str hash;
    TRY(check_password(c, password));
    TRY(password_hash(c, password, &hash));
    TRY(account_password(c, db, &(struct account_password_in){ .id = account_id, .password_hash = hash }, NULL));
    TRY(web_sessions_end(c, db, account_id));
    return audit_write(c, db, &(struct audit_entry){ .action = S("account.password"),
                                                     .subject_kind = S("account"), .subject_id = account_id });
}

static void totp_at_step(struct str secret, int64_t step, char ret[7])
{
    uint8_t counter[8], mac[20];
    for (int i = 0; i < 8; i++)
        counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
    hmac_sha1(secret, (struct str){ (char *)counter, 8 }, mac);
    const uint8_t *p = mac + (mac[19] & 15);
    uint32_t n = (uint32_t)(p[0] & 0x7F) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    snprintf(ret, 7, "%06u", n % 1000000u);
}

void totp_code(struct str raw_secret, int64_t at_us, char ret[7])
{
    totp_at_step(raw_secret, at_us / US_PER_SECOND / STEP_S, ret);
}

/* The step whose code was given, one to either side of now; 0 if none. */
static int64_t totp_step_of(struct str secret, int64_t at_us, struct str given)
{
    int64_t now = at_us / US_PER_SECOND / STEP_S;
    char code[7];
    for (int64_t step = now - 1; step <= now + 1; step++) {
        totp_at_step(secret, step, code);
        if (given.n == 6 && bytes_eq_secret(code, given.p, 6))
            return step;
    }
    return 0;
}

struct sign_in {
    struct str login, password, code;
    struct account_row_row account;
    bool found;
};

static err_t find_account(struct ctx *c, struct db *db, void *arg)
{
    struct sign_in *s = arg;
    struct id id;
    err_t e = account_by_login(c, db, s->login, &id);
    if (e == E_NOT_FOUND)
        return 0;
    TRY(e);
    return account_row(c, db, &(struct account_row_in){ .id = id }, &s->account, &s->found);
}

/* Each failure past the fifth doubles the wait. */
static err_t note_failure(struct ctx *c, struct db *db, void *arg)
{
    const struct account_row_row *a = arg;
    struct account_tries_row tries;
    TRY(account_tries(c, db, &(struct account_tries_in){ .id = a->id }, &tries));
    int64_t failures = tries.failures, wait = 0;
    if (failures >= FREE_TRIES) {
        wait = 30 * US_PER_SECOND;
        for (int64_t i = FREE_TRIES; i < failures && wait < LONGEST_LOCK; i++)
            wait *= 2;
    }
    TRY(account_lock(c, db, &(struct account_lock_in){ .id = a->id, .locked_until_us = wait ? ctx_now(c) + wait : 0 },
                     NULL));
    return audit_write(c, db, &(struct audit_entry){ .action = S("auth.failed"), .subject_kind = S("account"),
                                                     .subject_id = a->id });
}

struct success {
    struct id account_id;
    int64_t step;
};

/* A code serves once: its step must be newer than the last one used. */
static err_t note_success(struct ctx *c, struct db *db, void *arg)
{
    const struct success *s = arg;
    int64_t changed = 0;
    TRY(account_totp_used(c, db, &(struct account_totp_used_in){ .id = s->account_id, .step = s->step },
                          &changed));
    if (!changed)
        return E_UNAUTHENTICATED;
    return audit_write(c, db, &(struct audit_entry){ .action = S("auth.signed_in"),
                                                     .subject_kind = S("account"),
                                                     .subject_id = s->account_id });
}

err_t staff_sign_in(struct ctx *c, struct str login, struct str password, struct str code, struct id *ret_id)
{
    /* Somebody who does not exist costs as much time as somebody who does. */
    static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA"
                                 "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    struct sign_in s = { .login = login };
    TRY(store_read(c, find_account, &s));
    if (s.found && s.account.locked_until_us > ctx_now(c))
        return ctx_fail(c, E_RATE, S("password"), "%s",
                        T(c, "Sai quá nhiều lần. Hãy chờ một lát rồi thử lại."));
    const char *hash = s.found ? str_c(c->arena, s.account.password_hash) : nobody;
    bool right = crypto_pwhash_str_verify(hash, password.p, password.n) == 0;
    int64_t step = s.found ? totp_step_of(s.account.totp_secret, ctx_now(c), code) : 0;
    if (s.found && right && step) {
        struct success ok = { s.account.id, step };
        err_t e = store_write(c, note_success, &ok);
        if (!e)
            *ret_id = s.account.id;
        if (e != E_UNAUTHENTICATED)
            return e;
    }
    if (s.found)
        TRY(store_write(c, note_failure, &s.account));
    return ctx_fail(c, E_BAD_INPUT, S("password"), "%s",
                    T(c, "Tên đăng nhập, mật khẩu hoặc mã xác thực chưa đúng."));
}

err_t people_load_actor(struct ctx *c, struct db *db, struct id account_id)
{
    struct account_row_row a;
    struct account_roles_row *roles;
    size_t n;
    bool found;
    TRY(account_row(c, db, &(struct account_row_in){ .id = account_id }, &a, &found));
    if (!found)
        return E_NOT_FOUND;
    TRY(account_roles(c, db, &(struct account_roles_in){ .account_id = account_id }, &roles, &n));
    c->actor.kind = a.login.n ? ACTOR_STAFF : ACTOR_RESIDENT;
    c->actor.account_id = a.id;
    c->actor.resident_id = a.resident_id;
    c->actor.name = a.display_name;
    c->actor.roles = a.login.n ? 0 : ROLE_RESIDENT;
    for (size_t i = 0; i < n; i++) {
        /* An account has one scope, that of its first role: a role of another scope does not count, for it
         * would either widen the first or be widened by it. */
        if (i == 0) {
            c->actor.org_id = roles[i].org_id;
            c->actor.hamlet_id = roles[i].hamlet_id;
        }
        if (id_eq(roles[i].org_id, c->actor.org_id) && id_eq(roles[i].hamlet_id, c->actor.hamlet_id))
            c->actor.roles |= role_parse(roles[i].role);
    }
    return 0;
}

err_t people_load_bearer(struct ctx *c, struct db *db, struct str token)
{
    struct token_row_row row;
    bool found;
    TRY(token_row(c, db, &(struct token_row_in){ .token_hash = sha256_of(token) }, &row, &found));
    if (!found)
        return E_UNAUTHENTICATED;
    c->actor.kind = ACTOR_TOKEN;
    c->actor.account_id = row.id;
    c->actor.roles = role_parse(row.role);
    c->actor.org_id = row.org_id;
    c->actor.name = row.label;
    return 0;
}

err_t token_create(struct ctx *c, struct db *db, enum role role, struct id org_id, struct str label,
                   struct str *ret_token)
{
    struct str token = str_fmt(c->arena, "nep_%s", rng_token(c->rng, c->arena, 32).p);
    struct id id = ctx_new_id(c);
    TRY(token_add(c, db,
                  &(struct token_add_in){ .token_hash = sha256_of(token), .id = id,
                                          .role = str_from(role_text(role)), .org_id = org_id,
                                          .label = label, .created_at_us = ctx_now(c) },
                  NULL));
    TRY(audit_write(c, db, &(struct audit_entry){ .action = S("token.create"), .subject_kind = S("token"),
                                                  .subject_id = id }));
    *ret_token = token;
    return 0;
}

err_t account_of_resident(struct ctx *c, struct db *db, struct id resident_id, struct id *ret_id)
{
    struct account_id_by_resident_row row;
    struct resident r;
    bool found;
    TRY(account_id_by_resident(c, db, &(struct account_id_by_resident_in){ .resident_id = resident_id }, &row,
                               &found));
    if (found) {
        *ret_id = row.id;
        return 0;
    }
    TRY(resident_get(c, db, resident_id, &r));
    return account_create(c, db, &(struct account_new){ .display_name = r.name, .resident_id = r.id }, ret_id);
}
