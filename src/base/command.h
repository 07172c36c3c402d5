/* Commands as data: one row says what `nep NAME` takes, and the parser, --help, the manual pages and
 * the shell completion are all read from it. Rooms bring their rows; main lists the rooms. */
#pragma once

#include "base/ctx.h"

enum command_exit { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct command_option {
    const char *name;      /* "--data" */
    const char *argument;  /* "DIR", or NULL for a switch */
    const char *help;
};

enum command_flag {
    COMMAND_STORE = 1,     /* takes --data and --database; the store is open in the ctx and migrated */
    COMMAND_STORE_OLD = 2, /* the same, but the schema may be behind: migrate, restore, doctor */
    COMMAND_HIDDEN = 4,    /* not in help: workers started by ourselves */
};

struct command_call;

struct command {
    const char *name;      /* "user add": one or two words */
    const char *arguments; /* "LOGIN", "KIND FILE", or "" */
    const char *summary;   /* one line, English */
    const char *details;   /* a paragraph for --help and the manual, or NULL */
    const struct command_option *options;
    size_t n_options;
    unsigned flags;
    int (*run)(struct ctx *c, const struct command_call *call); /* answers enum command_exit */
};

struct command_set {
    const struct command *items;
    size_t n;
};

/* One parsed command line. */
struct command_call {
    const struct command *command;
    const char *const *arguments; /* positional, in order */
    size_t n_arguments;
    const char *values[32];       /* by the option's index; a switch that is on has "" */
    const char *data_dir, *database; /* COMMAND_STORE */
    bool json;                    /* --json was given */
};

/* The value of an option ("" for a switch that is on) or NULL where it was not given. */
const char *command_option(const struct command_call *call, const char *name);
/* Its value as a number; EXIT_USAGE is due when it returns false (a message was printed). */
MUST bool command_option_i64(const struct command_call *call, const char *name, int64_t fallback,
                             int64_t *ret);

/* Finds and parses; prints --help or the complaint itself. Returns -1 when `ret` is ready to run,
 * otherwise the exit code. `argv` starts after the program's name. */
int command_parse(const struct command_set *sets, size_t n_sets, int argc, char **argv,
                  struct command_call *ret);

/* Prints the overview, a manual page (troff) of the whole program, or a bash completion to stdout. */
void command_print_overview(const struct command_set *sets, size_t n_sets);
void command_print_manual(const struct command_set *sets, size_t n_sets);
void command_print_completion(const struct command_set *sets, size_t n_sets);

/* Says on stderr what an error of `c` was, in English, with field and detail; returns EXIT_FAILED. */
int command_fail(const struct ctx *c, err_t e, const char *what);
