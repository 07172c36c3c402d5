/* Internal to people: sign-in. */
#pragma once

#include "people/people.h"
#include "people/people_queries.h"

/* OWASP's second choice for Argon2id: 19 MiB, two passes; about 40 ms on the weakest server. */
enum { PASSWORD_OPS = 2, PASSWORD_MEMORY = 19456 * 1024 };

/* Password and time-based code at once, so that neither can be guessed alone. E_BAD_INPUT, E_RATE. */
MUST err_t staff_sign_in(struct ctx *c, struct str login, struct str password, struct str code,
                         struct id *ret_account_id);
/* The resident's account, made at the first sign-in. */
MUST err_t account_of_resident(struct ctx *c, struct db *db, struct id resident_id, struct id *ret_id);

/* One-time codes by SMS. The phone is normalised. E_RATE when asked too often. */
MUST err_t login_code_send(struct ctx *c, struct db *db, struct str phone);
/* E_BAD_INPUT for a wrong code, E_EXPIRED for an old one or after five tries. Uses the code up. */
MUST err_t login_code_check(struct ctx *c, struct db *db, struct str phone, struct str code, bool *ret_right);
MUST err_t consent_set(struct ctx *c, struct db *db, struct id resident_id, struct id to_resident_id, bool given);
