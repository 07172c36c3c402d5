/* The handful of macros that the whole house uses. There are no others. */
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A result that may not be ignored; ignoring on purpose is written `(void)f()`. */
#define MUST __attribute__((warn_unused_result))

/* Lets the compiler check format strings: `fmt` and `args` are 1-based argument positions. */
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* An int64 that is not there: SQL NULL. */
#define NO_I64 INT64_MIN

/* Return the error of `expr` to the caller, if it has one. */
#define TRY(expr)                                                                                  \
    do {                                                                                           \
        err_t try_err_ = (expr);                                                                   \
        if (try_err_)                                                                              \
            return try_err_;                                                                       \
    } while (0)
