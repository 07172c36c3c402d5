/* Errors: a number for programs, a sentence for people.
 *
 * A function that can fail returns err_t: 0 or one of errors.def. Outputs (`ret_…`, last) are
 * untouched on failure. Details (which field, which row) go to ctx->err by ctx_fail(). Only the
 * boundary (request, job, command) logs, once, with the request id and never personal data.
 * assert() is for our own mistakes, never for input. */
#pragma once

#include "base/str.h"

typedef int err_t;

/* Whose move it is: the user mends the input, the machine may try again, or an operator looks. */
enum err_class { ERR_USER, ERR_SOFT, ERR_HARD };

enum err {
    E_OK = 0,
#define E(name, number, class_, http, vi, en) E_##name = number,
#include "base/errors.def"
#undef E
};

const char *err_name(err_t e);      /* "NOT_FOUND", for programs; "UNKNOWN" if it is none of ours */
enum err_class err_class(err_t e);
int err_http(err_t e);              /* the HTTP status it becomes */
const char *err_vi(err_t e);        /* the Vietnamese sentence, which is also the gettext msgid */
const char *err_en(err_t e);        /* the English sentence, for commands and logs */

/* What went wrong, said closer. The texts live in the arena of the ctx that holds it. */
struct err_info {
    err_t code;
    struct str field;  /* name of the offending field or column, or NONE */
    struct str detail; /* one more sentence for people, in the language of the request, or NONE */
};
