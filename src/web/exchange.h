/* Internal to web: one request read from headers and body, the same for sockets and standard input. */
#pragma once

#include "web/engine.h"

/* Arena, ctx, randomness, id. */
void exchange_init(struct exchange *x, struct web_app *app);
void exchange_done(struct exchange *x);
void exchange_header(struct exchange *x, struct str name, struct str value);
/* Method, path, query, cookies, address: after the headers. E_BAD_REQUEST, E_METHOD. */
MUST err_t exchange_head(struct exchange *x, struct str method, struct str peer_address, bool loopback);
/* Prepares for a body of `length` bytes (-1: unknown). E_TOO_LARGE, E_BAD_TYPE. */
MUST err_t exchange_body_begin(struct exchange *x, int64_t length);
void exchange_body(struct exchange *x, const char *bytes, size_t n);
/* In a worker: finishes the files and reads the fields. Errors go to req.body_error. */
void exchange_body_end(struct exchange *x);
