/* Small values in cookies that the visitor can neither read nor change: XChaCha20-Poly1305 under a key
 * of the installation, the cookie's name and an end time inside. */
#include "web/app.h"

#include <sodium.h>
#include <string.h>

enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES };

struct str seal(struct ctx *c, const struct web_app *app, const char *name, struct str value,
                int64_t until_us)
{
    struct str plain = str_fmt(c->arena, "%lld:%.*s", (long long)until_us, STR_ARG(value));
    unsigned char *out = arena_alloc(c->arena, NONCE + plain.n + TAG);
    unsigned long long n;
    rng_fill(c->rng, out, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, &n, (const unsigned char *)plain.p, plain.n,
                                               (const unsigned char *)name, strlen(name), NULL, out,
                                               app->keep_key.b);
    return base64url_of(c->arena, (struct str){ (char *)out, NONCE + n });
}

struct str unseal(struct ctx *c, const struct web_app *app, const char *name, struct str sealed)
{
    struct str raw, until, value;
    unsigned long long n;
    int64_t until_us;
    if (sealed.n > 4096 || !base64_parse(c->arena, sealed, &raw) || raw.n < NONCE + TAG)
        return S("");
    unsigned char *plain = arena_alloc(c->arena, raw.n);
    const unsigned char *in = (const unsigned char *)raw.p;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &n, NULL, in + NONCE, raw.n - NONCE,
                                                   (const unsigned char *)name, strlen(name), in,
                                                   app->keep_key.b) != 0)
        return S("");
    if (!str_cut((struct str){ (char *)plain, n }, ':', &until, &value) ||
        !str_to_i64(until, &until_us) || until_us < ctx_now(c))
        return S("");
    return value;
}

static const char *cookie_name(struct ctx *c, const char *name)
{
    return str_fmt(c->arena, "nep_k_%s", name).p;
}

void web_keep(struct ctx *c, struct web_req *req, struct web_res *res, const char *name, struct str value,
              int64_t lifetime_us)
{
    struct str sealed = value.n ? seal(c, req->app, name, value, ctx_now(c) + lifetime_us) : S("");
    set_cookie(c, req, res, cookie_name(c, name), sealed, value.n ? lifetime_us / US_PER_SECOND : 0);
}

struct str web_kept(struct ctx *c, struct web_req *req, const char *name)
{
    struct str sealed = web_fields_get(&req->cookies, cookie_name(c, name));
    return sealed.n ? unseal(c, req->app, name, sealed) : S("");
}

void web_flash(struct ctx *c, struct web_req *req, struct web_res *res, const char *kind, struct str text)
{
    struct str value = str_fmt(c->arena, "%s:%.*s", kind, STR_ARG(text));
    web_keep(c, req, res, "flash", value, 5 * US_PER_MINUTE);
}
