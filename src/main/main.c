/* nep: one program, many commands. */
#include "main/rooms.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "print/print.h"

static struct command_set *sets_of(struct arena *a)
{
    struct command_set *sets = ARENA_ARRAY(a, room_commands_n, struct command_set);
    for (size_t i = 0; i < room_commands_n; i++)
        sets[i] = *room_commands[i];
    return sets;
}

static err_t find_commune(struct ctx *c, struct db *db, void *arg)
{
    (void)arg;
    return commune_find_first(c, db, &c->commune_id);
}

static err_t migrate(struct ctx *c)
{
    struct migration_report r;
    struct migration_set *sets = ARENA_ARRAY(c->arena, room_migrations_n, struct migration_set);
    for (size_t i = 0; i < room_migrations_n; i++)
        sets[i] = *room_migrations[i];
    return store_migrate(c, sets, room_migrations_n, false, &r);
}

/* Opens the installation for a command that works on one. */
static err_t open_installation(struct ctx *c, const struct command_call *call)
{
    const char *data = call->data_dir ? call->data_dir : getenv("NEP_DATA");
    struct store_options o = { .data_dir = str_from(data ? data : "/var/lib/nep"),
                               .database = str_from(call->database) };
    bool makes_one = strcmp(call->command->name, "demo") == 0 || strcmp(call->command->name, "migrate") == 0 ||
                     strcmp(call->command->name, "serve") == 0;
    o.must_exist = !makes_one;
    /* A demo of the same seed and day is the same to the byte: its steps bear the day, not the minute. */
    static struct clock day;
    if (strcmp(call->command->name, "demo") == 0) {
        day = clock_fixed_at(day_start_us(day_of_us(ctx_now(c))));
        c->clock = &day;
    }
    TRY(store_open(c, &o, &c->store));
    if (call->command->flags & COMMAND_STORE_OLD)
        return 0;
    TRY(migrate(c));
    return store_read(c, find_commune, NULL);
}

/* Before any thread starts: the server waits for its signals and handles none. */
static void block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int main(int argc, char **argv)
{
    /* The worker ends as it is: the libraries that draw keep caches, which go with the process. */
    if (argc == 2 && strcmp(argv[1], "print-worker") == 0)
        _exit(print_worker_main());
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "serve") == 0)
        block_signals();
    struct rng rng = rng_system();
    struct ctx c = { .arena = arena_new(256 << 20), .clock = &clock_system, .rng = &rng,
                     .actor = { .kind = ACTOR_SYSTEM, .name = S("nep") } };
    struct command_call call;
    struct command_set *sets = sets_of(c.arena);
    int code = command_parse(sets, room_commands_n, argc - 1, argv + 1, &call);
    if (code < 0) {
        err_t e = call.command->flags & (COMMAND_STORE | COMMAND_STORE_OLD) ? open_installation(&c, &call) : 0;
        code = e ? command_fail(&c, e, call.command->name) : call.command->run(&c, &call);
    }
    c.store = store_close(c.store);
    c.arena = arena_free(c.arena);
    if (fflush(stdout) != 0 && code == EXIT_DONE)
        code = EXIT_FAILED;
    return code;
}
