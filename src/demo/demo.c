#include "demo/demo_queries.h"
#include "demo/make.h"

#include <stdio.h>
#include <unistd.h>

static err_t play(struct ctx *c, struct db *db, void *arg)
{
    struct demo *d = arg;
    d->db = db;
    d->c = c;
    TRY(demo_people(d));
    TRY(demo_dossiers(d));
    TRY(demo_jobs_done(c, db, NULL));
    return demo_sms_sent(c, db, NULL);
}

err_t demo_make(struct ctx *c, const struct demo_options *o, progress_fn progress, void *arg)
{
    for (int64_t i = 0; i < o->communes; i++) {
        struct ctx own = *c;
        struct rng rng = rng_seeded(o->seed + (uint64_t)i);
        /* ids of households, people and a year: too large for a stack */
        struct demo *d = ARENA_NEW(c->arena, struct demo);
        int y, m, day;
        day_to_ymd(o->today, &y, &m, &day);
        *d = (struct demo){ .residents = o->residents, .today = o->today, .year = y, .progress = progress, .arg = arg,
                            .clock = clock_fixed_at(day_start_us(o->today - 365)) };
        own.clock = &d->clock;
        own.rng = &rng;
        own.commune_id = 13906 + i;
        own.actor = (struct actor){ .kind = ACTOR_SYSTEM, .name = S("Dữ liệu giả lập") };
        err_t e = store_write_alone(&own, play, d);
        c->err = own.err;
        TRY(e);
    }
    return 0;
}

/* --- nep demo ------------------------------------------------------------------------------------------------ */

static bool show_progress(void *arg, int64_t done, int64_t total)
{
    int *last = arg;
    int percent = total ? (int)(done * 100 / total) : 100;
    if (percent != *last && isatty(STDERR_FILENO))
        fprintf(stderr, "\r%3d %%", percent);
    *last = percent;
    return false;
}

static err_t has_commune(struct ctx *c, struct db *db, void *arg)
{
    return commune_find_first(c, db, arg);
}

static int run_demo(struct ctx *c, const struct command_call *call)
{
    struct demo_options o = { .today = day_of_us(ctx_now(c)) };
    int64_t seed, existing;
    int last = -1;
    const char *today = command_option(call, "--today");
    if (!command_option_i64(call, "--seed", 1, &seed) || !command_option_i64(call, "--residents", 8000, &o.residents) ||
        !command_option_i64(call, "--communes", 1, &o.communes))
        return EXIT_USAGE;
    if ((today && !day_parse(str_from(today), &o.today)) || o.residents < 10 || o.residents > 200000 || o.communes < 1 ||
        o.communes > 1000) {
        fputs("nep demo: --today, --residents or --communes is out of range\n", stderr);
        return EXIT_USAGE;
    }
    o.seed = (uint64_t)seed;
    err_t e = store_read(c, has_commune, &existing);
    if (!e && existing)
        e = ctx_fail(c, E_EXISTS, STR_NONE, "this installation has a commune already");
    if (!e)
        e = demo_make(c, &o, show_progress, &last);
    if (isatty(STDERR_FILENO))
        fputc('\n', stderr);
    if (e)
        return command_fail(c, e, "demo");
    fputs("A synthetic commune: nobody in it is real.\n", stderr);
    return EXIT_DONE;
}

struct credential {
    struct str password;
    size_t index;
    struct demo_resident_row person;
    bool found;
};

static err_t new_password(struct ctx *c, struct db *db, void *arg)
{
    struct credential *k = arg;
    struct id id;
    TRY(account_by_login(c, db, demo_staff_login(k->index), &id));
    return account_set_password(c, db, id, k->password);
}

static err_t find_person(struct ctx *c, struct db *db, void *arg)
{
    struct credential *k = arg;
    return demo_resident(c, db, &k->person, &k->found);
}

static err_t is_synthetic(struct ctx *c, struct db *db, void *arg)
{
    return setting_get(c, db, S("synthetic"), S(""), arg);
}

/* Fresh passwords each time, so that no demo has one that others know. */
static int run_accounts(struct ctx *c, const struct command_call *call)
{
    struct str synthetic = S("");
    struct credential k = { .index = 0 };
    (void)call;
    err_t e = store_read(c, is_synthetic, &synthetic);
    if (!e && !synthetic.n)
        e = ctx_fail(c, E_FORBIDDEN, STR_NONE, "this is no demo: use 'nep user'");
    for (; !e && demo_staff_login(k.index).p; k.index++) {
        k.password = str_fmt(c->arena, "nep-%s", rng_token(c->rng, c->arena, 9).p);
        e = store_write(c, new_password, &k);
        if (!e)
            printf("%-10s %s   %s\n", demo_staff_login(k.index).p, k.password.p, role_vi(demo_staff_role(k.index)));
    }
    if (!e)
        e = store_read(c, find_person, &k);
    if (e)
        return command_fail(c, e, "demo accounts");
    if (k.found)
        printf("resident   0%.*s   %.*s\n", STR_ARG(str_sub(k.person.phone, 3, 20)), STR_ARG(k.person.name));
    fputs("Sign-in code of a staff account: nep user code LOGIN. A resident's code: page /can-bo/tin-nhan (quantri).\n", stderr);
    return EXIT_DONE;
}

static const struct command_option options[] = {
    { "--seed", "N", "the same seed and day make the same commune (default 1)" },
    { "--residents", "N", "about so many people (default 8000)" },
    { "--communes", "N", "so many communes (default 1)" },
    { "--today", "DATE", "the last day of the year of dossiers (default: today)" },
};
static const struct command rows[] = {
    { .name = "demo", .arguments = "", .summary = "make a synthetic commune in a new installation", .options = options,
      .n_options = COUNT(options), .flags = COMMAND_STORE, .run = run_demo },
    { .name = "demo accounts", .arguments = "", .summary = "give the demo's staff new passwords and print them",
      .flags = COMMAND_STORE, .run = run_accounts },
};
const struct command_set demo_commands = { rows, COUNT(rows) };
