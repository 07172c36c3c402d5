/* nep import procedures */
#include "onestop/onestop.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct loading {
    struct str text;
    int32_t day;
    int64_t n;
};

static err_t load(struct ctx *c, struct db *db, void *arg)
{
    struct loading *l = arg;
    return procedures_load(c, db, l->text, l->day, &l->n);
}

static bool read_file(struct ctx *c, const char *path, struct str *ret)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size > 64 << 20)
        return false;
    char *p = arena_alloc(c->arena, (size_t)st.st_size + 1);
    ssize_t n = read(fd, p, (size_t)st.st_size);
    close(fd);
    *ret = (struct str){ p, n > 0 ? (size_t)n : 0 };
    return n == st.st_size;
}

static int run_procedures(struct ctx *c, const struct command_call *call)
{
    struct loading l = { .day = day_of_us(ctx_now(c)) };
    const char *from = command_option(call, "--valid-from");
    if (from && !day_parse(str_from(from), &l.day)) {
        fprintf(stderr, "nep import procedures: --valid-from is no date\n");
        return EXIT_USAGE;
    }
    if (!read_file(c, call->arguments[0], &l.text)) {
        fprintf(stderr, "nep import procedures: %s can't be read\n", call->arguments[0]);
        return EXIT_FAILED;
    }
    err_t e = store_write_alone(c, load, &l);
    if (e)
        return command_fail(c, e, "import procedures");
    if (call->json)
        printf("{\"new\":%lld}\n", (long long)l.n);
    else
        printf("%lld new versions\n", (long long)l.n);
    return EXIT_DONE;
}

static const struct command_option procedure_options[] = {
    { "--valid-from", "DATE", "the day from which changed procedures are in force (default: today)" },
};

static const struct command rows[] = {
    { .name = "import procedures", .arguments = "FILE", .summary = "load the catalogue of procedures as versions",
      .options = procedure_options, .n_options = COUNT(procedure_options), .flags = COMMAND_STORE,
      .run = run_procedures },
};
const struct command_set onestop_commands = { rows, COUNT(rows) };
