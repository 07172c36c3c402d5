#include "base/test.h"

static int run_nothing(struct ctx *c, const struct command_call *call)
{
    (void)c, (void)call;
    return EXIT_DONE;
}

static const struct command_option demo_options[] = {
    { "--seed", "N", "seed" },
    { "--quiet", NULL, "say nothing" },
};

static const struct command rows[] = {
    { .name = "demo", .arguments = "", .summary = "make", .options = demo_options, .n_options = 2,
      .flags = COMMAND_STORE, .run = run_nothing },
    { .name = "demo accounts", .arguments = "", .summary = "list", .run = run_nothing },
    { .name = "import", .arguments = "KIND FILE", .summary = "read", .run = run_nothing },
    { .name = "user role", .arguments = "LOGIN [ROLE]", .summary = "grant", .run = run_nothing },
};
static const struct command_set sets[] = { { rows, COUNT(rows) } };

static int parse(struct command_call *call, int argc, const char *const *words)
{
    static char *argv[8];
    for (int i = 0; i < argc; i++)
        argv[i] = (char *)words[i];
    return command_parse(sets, 1, argc, argv, call);
}
#define PARSE(call, ...)                                                                           \
    parse(call, sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *),                          \
          (const char *[]){ __VA_ARGS__ })

static void options_are_found(void **state)
{
    (void)state;
    struct command_call call;
    int64_t n;
    assert_int_equal(PARSE(&call, "demo", "--seed", "7", "--data=/x", "--json"), -1);
    assert_string_equal(call.data_dir, "/x");
    assert_true(call.json);
    assert_true(command_option_i64(&call, "--seed", 1, &n) && n == 7);
    assert_null(command_option(&call, "--quiet"));
    assert_int_equal(PARSE(&call, "demo", "accounts"), -1);
    assert_string_equal(call.command->name, "demo accounts");
    assert_int_equal(PARSE(&call, "import", "residents", "--", "--odd.csv"), -1);
    assert_string_equal(call.arguments[1], "--odd.csv");
    assert_int_equal(PARSE(&call, "user", "role", "lan"), -1);
}

static void wrong_calls_are_refused(void **state)
{
    (void)state;
    struct command_call call;
    assert_int_equal(PARSE(&call, "nonsense"), EXIT_USAGE);
    assert_int_equal(PARSE(&call, "demo", "--nonsense"), EXIT_USAGE);
    assert_int_equal(PARSE(&call, "demo", "--seed"), EXIT_USAGE);
    assert_int_equal(PARSE(&call, "demo", "extra"), EXIT_USAGE);
    assert_int_equal(PARSE(&call, "import", "residents"), EXIT_USAGE);
    assert_int_equal(PARSE(&call, "demo", "--quiet=1"), EXIT_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_found),
        cmocka_unit_test(wrong_calls_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
