#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

/* OpenSSL fails here only without memory or without its own providers: neither can be mended by a
 * caller, so it ends the process instead of spreading an error that nobody can handle. */
static void must(int ok)
{
    if (ok != 1)
        abort();
}

struct sha256_state {
    EVP_MD_CTX *md;
};

struct sha256_state *sha256_begin(void)
{
    struct sha256_state *s = malloc(sizeof *s);
    must(s != NULL);
    s->md = EVP_MD_CTX_new();
    must(s->md && EVP_DigestInit_ex(s->md, EVP_sha256(), NULL));
    return s;
}

void sha256_add(struct sha256_state *s, const void *bytes, size_t n)
{
    must(EVP_DigestUpdate(s->md, bytes, n));
}

struct sha256 sha256_end(struct sha256_state *s)
{
    struct sha256 r;
    must(EVP_DigestFinal_ex(s->md, r.b, NULL));
    EVP_MD_CTX_free(s->md);
    free(s);
    return r;
}

struct sha256 sha256_of(struct str bytes)
{
    struct sha256 r;
    must(EVP_Digest(bytes.p, bytes.n, r.b, NULL, EVP_sha256(), NULL));
    return r;
}

struct sha256 hmac_sha256(struct str key, struct str message)
{
    struct sha256 r;
    must(HMAC(EVP_sha256(), key.p, (int)key.n, (const uint8_t *)message.p, message.n, r.b, NULL) !=
         NULL);
    return r;
}

void hmac_sha1(struct str key, struct str message, uint8_t ret[20])
{
    must(HMAC(EVP_sha1(), key.p, (int)key.n, (const uint8_t *)message.p, message.n, ret, NULL) !=
         NULL);
}

bool bytes_eq_secret(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

struct str hex_of(struct arena *a, const void *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char *p = arena_alloc(a, 2 * n + 1);
    const uint8_t *b = bytes;
    for (size_t i = 0; i < n; i++) {
        p[2 * i] = digits[b[i] >> 4];
        p[2 * i + 1] = digits[b[i] & 15];
    }
    return (struct str){ p, 2 * n };
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_parse(struct str s, void *ret, size_t ret_n)
{
    if (s.n != 2 * ret_n)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (hex_digit(s.p[i]) < 0)
            return false;
    }
    for (size_t i = 0; i < ret_n; i++)
        ((uint8_t *)ret)[i] = (uint8_t)(hex_digit(s.p[2 * i]) << 4 | hex_digit(s.p[2 * i + 1]));
    return true;
}

/* --- Texts of 6 and 5 bits a character ------------------------------------------------------------ */

static struct str bits_to_text(struct arena *a, struct str bytes, const char *alphabet, int bits)
{
    struct buf b = { .arena = a };
    uint32_t held = 0;
    int n = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        held = held << 8 | (uint8_t)bytes.p[i];
        for (n += 8; n >= bits; n -= bits)
            buf_char(&b, alphabet[held >> (n - bits) & ((1u << bits) - 1)]);
    }
    if (n)
        buf_char(&b, alphabet[held << (bits - n) & ((1u << bits) - 1)]);
    return buf_view(&b);
}

/* `value` gives a character's number or -1. Left-over bits must be zero. */
static bool text_to_bits(struct arena *a, struct str s, int (*value)(char), int bits,
                         struct str *ret)
{
    struct buf b = { .arena = a };
    uint32_t held = 0;
    int n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int v = value(s.p[i]);
        if (v < 0)
            return false;
        held = held << bits | (uint32_t)v;
        n += bits;
        if (n >= 8) {
            n -= 8;
            buf_char(&b, (char)(held >> n));
        }
    }
    if (n >= bits || (held & ((1u << n) - 1)))
        return false;
    *ret = buf_view(&b);
    return true;
}

static const char alphabet64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char alphabet64url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int value64(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static int value32(char c)
{
    if (c >= '2' && c <= '7')
        return c - '2' + 26;
    c |= 32;
    return c >= 'a' && c <= 'z' ? c - 'a' : -1;
}

struct str base64_of(struct arena *a, struct str bytes)
{
    struct buf b = { .arena = a };
    buf_str(&b, bits_to_text(a, bytes, alphabet64, 6));
    while (b.n % 4)
        buf_char(&b, '=');
    return buf_view(&b);
}

struct str base64url_of(struct arena *a, struct str bytes)
{
    return bits_to_text(a, bytes, alphabet64url, 6);
}

static struct str without_padding(struct str s)
{
    for (int i = 0; i < 6 && s.n && s.p[s.n - 1] == '='; i++)
        s.n--;
    return s;
}

bool base64_parse(struct arena *a, struct str s, struct str *ret)
{
    return text_to_bits(a, without_padding(s), value64, 6, ret);
}

struct str base32_of(struct arena *a, struct str bytes)
{
    return bits_to_text(a, bytes, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 5);
}

bool base32_parse(struct arena *a, struct str s, struct str *ret)
{
    return text_to_bits(a, without_padding(s), value32, 5, ret);
}
