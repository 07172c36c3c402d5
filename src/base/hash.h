/* SHA-256, HMAC and text encodings of bytes; OpenSSL underneath. */
#pragma once

#include "base/str.h"

struct sha256 {
    uint8_t b[32];
};

struct sha256_state;

struct sha256 sha256_of(struct str bytes);
struct sha256_state *sha256_begin(void);
void sha256_add(struct sha256_state *s, const void *bytes, size_t n);
/* Finishes and frees the state. */
struct sha256 sha256_end(struct sha256_state *s);
struct sha256 hmac_sha256(struct str key, struct str message);
/* RFC 6238 needs SHA-1: the 20 bytes go to ret. */
void hmac_sha1(struct str key, struct str message, uint8_t ret[20]);
bool bytes_eq_secret(const void *a, const void *b, size_t n); /* in constant time */

struct str hex_of(struct arena *a, const void *bytes, size_t n); /* lower case */
/* Exactly ret_n bytes or false. */
MUST bool hex_parse(struct str s, void *ret, size_t ret_n);
struct str base64_of(struct arena *a, struct str bytes);
struct str base64url_of(struct arena *a, struct str bytes); /* without padding */
MUST bool base64_parse(struct arena *a, struct str s, struct str *ret); /* both alphabets */
struct str base32_of(struct arena *a, struct str bytes); /* RFC 4648, no padding */
MUST bool base32_parse(struct arena *a, struct str s, struct str *ret);
