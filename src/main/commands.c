/* The commands of the whole installation. */
#include "main/rooms.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const struct web_hooks hooks = { people_load_actor, people_load_bearer };

static err_t read_title(struct ctx *c, struct db *db, void *arg)
{
    struct web_settings *s = arg;
    struct commune k;
    struct str synthetic;
    TRY(setting_get(c, db, S("synthetic"), S(""), &synthetic));
    s->synthetic = synthetic.n > 0;
    if (commune_get(c, db, &k) == 0)
        s->commune_name = k.name;
    return 0;
}

static err_t make_app(struct ctx *c, struct web_settings *s, struct web_app **ret)
{
    size_t n;
    struct web_room *rooms = rooms_of_web(c->arena, &n);
    s->commune_name = S("Nếp");
    TRY(store_read(c, read_title, s));
    return web_app_new(c, s, &hooks, rooms, n, ret);
}

static void wait_for_signal(void)
{
    sigset_t set;
    int which;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigwait(&set, &which);
}

static int run_serve(struct ctx *c, const struct command_call *call)
{
    struct web_settings s = { .sandbox = command_option(call, "--sandbox") != NULL,
                              .behind_proxy = command_option(call, "--behind-proxy") != NULL,
                              .no_rate_limits = command_option(call, "--no-rate-limits") != NULL,
                              .base_url = str_from(command_option(call, "--base-url")) };
    const char *listen = command_option(call, "--listen");
    struct str address = str_from(listen ? listen : "127.0.0.1:8080");
    struct web_app *app;
    struct web_server *server;
    size_t n_jobs;
    const struct job_kind *jobs = rooms_of_jobs(c->arena, &n_jobs);
    if (s.no_rate_limits && !str_starts(address, S("127.")) && !str_starts(address, S("[::1]"))) {
        fputs("nep serve: --no-rate-limits is for loopback only\n", stderr);
        return EXIT_USAGE;
    }
    err_t e = make_app(c, &s, &app);
    if (!e)
        e = jobs_start(c, jobs, n_jobs, 1);
    if (!e)
        e = web_server_start(c, app, address, &server);
    if (e)
        return command_fail(c, e, "serve");
    log_info("listening", "address=%.*s port=%d sandbox=%d", STR_ARG(address), web_server_port(server), s.sandbox);
    printf("http://%.*s/\n", STR_ARG(address));
    fflush(stdout);
    wait_for_signal();
    log_info("stopping", "grace=10");
    (void)web_server_stop(server, 10 * US_PER_SECOND);
    jobs_stop(c->store);
    (void)web_app_free(app);
    return EXIT_DONE;
}

static int run_http(struct ctx *c, const struct command_call *call)
{
    struct web_settings s = { .no_rate_limits = true };
    struct web_app *app;
    (void)call;
    err_t e = make_app(c, &s, &app);
    if (!e) {
        e = web_answer_once(c, app, STDIN_FILENO, STDOUT_FILENO);
        (void)web_app_free(app);
    }
    return e ? command_fail(c, e, "http") : EXIT_DONE;
}

static int run_migrate(struct ctx *c, const struct command_call *call)
{
    struct migration_report r;
    bool dry = command_option(call, "--dry-run") != NULL;
    struct migration_set *sets = ARENA_ARRAY(c->arena, room_migrations_n, struct migration_set);
    for (size_t i = 0; i < room_migrations_n; i++)
        sets[i] = *room_migrations[i];
    err_t e = store_migrate(c, sets, room_migrations_n, dry, &r);
    if (e)
        return command_fail(c, e, "migrate");
    for (size_t i = 0; i < r.n_names; i++)
        printf("%s %.*s\n", dry ? "pending" : "applied", STR_ARG(r.names[i]));
    fprintf(stderr, dry ? "%zu pending\n" : "%zu applied\n", dry ? r.pending : r.applied);
    return EXIT_DONE;
}

static int run_verify(struct ctx *c, const struct command_call *call)
{
    struct audit_report r;
    err_t e = audit_verify(c, &r);
    if (call->json)
        printf("{\"ok\":%s,\"entries\":%lld,\"first_bad\":%lld}\n", e ? "false" : "true", (long long)r.entries,
               (long long)r.first_bad_seq);
    if (e == E_CORRUPT) {
        fprintf(stderr, "the audit chain is broken at entry %lld: %.*s\n", (long long)r.first_bad_seq, STR_ARG(r.reason));
        return EXIT_FAILED;
    }
    if (e)
        return command_fail(c, e, "audit verify");
    if (!call->json)
        printf("%lld entries, chain whole\n", (long long)r.entries);
    return EXIT_DONE;
}

static bool show_progress(void *arg, int64_t done, int64_t total)
{
    (void)arg;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%lld of %lld", (long long)done, (long long)total);
    return false;
}

static int run_backup(struct ctx *c, const struct command_call *call)
{
    err_t e = store_backup(c, call->arguments[0], show_progress, NULL);
    if (isatty(STDERR_FILENO))
        fputc('\n', stderr);
    return e ? command_fail(c, e, "backup") : EXIT_DONE;
}

static int run_restore(struct ctx *c, const struct command_call *call)
{
    const char *data = command_option(call, "--data");
    struct store_options to = { .data_dir = str_from(data), .database = str_from(command_option(call, "--database")) };
    struct audit_report r;
    if (!data) {
        fputs("nep restore: --data DIR says where to; it must be empty\n", stderr);
        return EXIT_USAGE;
    }
    err_t e = store_restore(c, call->arguments[0], &to, show_progress, NULL);
    if (isatty(STDERR_FILENO))
        fputc('\n', stderr);
    if (!e)
        e = store_open(c, &to, &c->store);
    if (!e)
        e = audit_verify(c, &r);
    if (e)
        return command_fail(c, e, "restore");
    printf("restored; audit chain of %lld entries is whole\n", (long long)r.entries);
    return EXIT_DONE;
}

static int complain(const char *what, const char *mend)
{
    printf("- %s\n  %s\n", what, mend);
    return 1;
}

static int run_doctor(struct ctx *c, const struct command_call *call)
{
    struct migration_report m;
    struct audit_report a;
    struct statvfs disk;
    int faults = 0;
    struct migration_set *sets = ARENA_ARRAY(c->arena, room_migrations_n, struct migration_set);
    (void)call;
    for (size_t i = 0; i < room_migrations_n; i++)
        sets[i] = *room_migrations[i];
    if (store_migrate(c, sets, room_migrations_n, true, &m) || m.pending)
        faults += complain("The database is behind the program, or from another one.", "Run: nep migrate");
    else if (audit_verify(c, &a))
        faults += complain("The audit chain is broken.", "Restore the last good backup and report the incident.");
    if (statvfs(str_c(c->arena, store_data_dir(c->store)), &disk) == 0 &&
        disk.f_bavail * disk.f_frsize < (uint64_t)1 << 30)
        faults += complain("Less than 1 GB of disk is free.", "Free some, or move the data folder.");
    if (access("/run/clamav/clamd.ctl", F_OK) != 0)
        faults += complain("Uploads are not scanned for malware.", "Run: apt-get install clamav-daemon");
    if (!faults)
        puts("All is well.");
    return faults ? EXIT_FAILED : EXIT_DONE;
}

static struct command_set *all_sets(struct ctx *c)
{
    struct command_set *sets = ARENA_ARRAY(c->arena, room_commands_n, struct command_set);
    for (size_t i = 0; i < room_commands_n; i++)
        sets[i] = *room_commands[i];
    return sets;
}

static int run_manual(struct ctx *c, const struct command_call *call)
{
    (void)call;
    command_print_manual(all_sets(c), room_commands_n);
    return EXIT_DONE;
}

static int run_completion(struct ctx *c, const struct command_call *call)
{
    (void)call;
    command_print_completion(all_sets(c), room_commands_n);
    return EXIT_DONE;
}

static int run_version(struct ctx *c, const struct command_call *call)
{
    (void)c, (void)call;
    puts("nep " NEP_VERSION);
    return EXIT_DONE;
}

static const struct command_option serve_options[] = {
    { "--listen", "ADDR:PORT", "where to listen (default 127.0.0.1:8080)" },
    { "--base-url", "URL", "public address, for QR codes and messages" },
    { "--behind-proxy", NULL, "trust X-Forwarded-For and -Proto from loopback" },
    { "--sandbox", NULL, "trial run: show codes of messages on the staff page; a banner says so" },
    { "--no-rate-limits", NULL, "for load tests on loopback" },
};
static const struct command_option migrate_options[] = { { "--dry-run", NULL, "only list what is pending" } };
static const struct command_option restore_options[] = {
    { "--data", "DIR", "new folder of the installation; must be empty" },
    { "--database", "URL", "empty PostgreSQL database, for a backup of one" },
};

static const struct command rows[] = {
    { .name = "serve", .arguments = "", .summary = "serve the commune's site and desk", .options = serve_options,
      .n_options = COUNT(serve_options), .flags = COMMAND_STORE, .run = run_serve },
    { .name = "migrate", .arguments = "", .summary = "bring the database up to this program", .options = migrate_options,
      .n_options = COUNT(migrate_options), .flags = COMMAND_STORE_OLD, .run = run_migrate },
    { .name = "backup", .arguments = "FILE", .summary = "copy database and files into one archive, while in use",
      .flags = COMMAND_STORE, .run = run_backup },
    { .name = "restore", .arguments = "FILE", .summary = "restore an archive into a new folder, checked first",
      .options = restore_options, .n_options = COUNT(restore_options), .run = run_restore },
    { .name = "audit verify", .arguments = "", .summary = "prove that the audit chain is whole", .flags = COMMAND_STORE,
      .run = run_verify },
    { .name = "doctor", .arguments = "", .summary = "check an installation and say what to mend", .flags = COMMAND_STORE_OLD,
      .run = run_doctor },
    { .name = "http", .arguments = "", .summary = "answer one HTTP request from standard input", .flags = COMMAND_STORE,
      .run = run_http },
    { .name = "manual", .arguments = "", .summary = "print the manual page (troff)", .run = run_manual },
    { .name = "completion", .arguments = "", .summary = "print the bash completion", .run = run_completion },
    { .name = "version", .arguments = "", .summary = "print the version", .run = run_version },
};
const struct command_set main_commands = { rows, COUNT(rows) };
