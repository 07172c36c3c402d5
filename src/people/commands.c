/* nep user …, nep token …, nep import residents */
#include "people/account.h"

#include <stdio.h>
#include <string.h>

struct user_call {
    struct str login, name, password, org, hamlet;
    uint32_t role;
    bool revoke;
    struct id id;
    struct str token, secret;
};

/* A password comes from standard input: arguments can be read by everybody on the machine. */
static bool read_password(struct ctx *c, struct str *ret)
{
    char line[1100];
    fputs("Password: ", stderr);
    if (!fgets(line, sizeof line, stdin))
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    *ret = str_dup(c->arena, str_from(line));
    return ret->n > 0;
}

static err_t scope(struct ctx *c, struct db *db, const struct user_call *u, struct id *ret_org, struct id *ret_hamlet)
{
    struct organisation org;
    struct hamlet *list;
    size_t n;
    if (u->org.n) {
        TRY(organisation_by_code(c, db, u->org, &org));
        *ret_org = org.id;
    }
    if (!u->hamlet.n)
        return 0;
    TRY(hamlets(c, db, &list, &n));
    for (size_t i = 0; i < n; i++) {
        if (str_eq(list[i].code, u->hamlet)) {
            *ret_hamlet = list[i].id;
            return 0;
        }
    }
    return ctx_fail(c, E_NOT_FOUND, S("hamlet"), "no such hamlet");
}

static err_t add_user(struct ctx *c, struct db *db, void *arg)
{
    struct user_call *u = arg;
    struct id org = ID_NONE, hamlet = ID_NONE;
    struct account_row_row row;
    bool found;
    TRY(scope(c, db, u, &org, &hamlet));
    TRY(account_create(c, db, &(struct account_new){ .login = u->login, .display_name = u->name,
                                                     .password = u->password }, &u->id));
    if (u->role)
        TRY(account_grant(c, db, u->id, (enum role)u->role, org, hamlet));
    TRY(account_row(c, db, &(struct account_row_in){ .id = u->id }, &row, &found));
    u->secret = row.totp_secret;
    return 0;
}

static bool parse_role(const char *text, uint32_t *ret)
{
    *ret = text ? role_parse(str_from(text)) : 0;
    if (text && !*ret)
        fprintf(stderr, "nep: no role '%s'\n", text);
    return !text || *ret;
}

static int run_add(struct ctx *c, const struct command_call *call)
{
    struct user_call u = { .login = str_from(call->arguments[0]) };
    const char *name = command_option(call, "--name");
    u.name = name ? str_from(name) : u.login;
    u.org = str_from(command_option(call, "--org"));
    u.hamlet = str_from(command_option(call, "--hamlet"));
    if (!parse_role(command_option(call, "--role"), &u.role) || !read_password(c, &u.password))
        return EXIT_USAGE;
    err_t e = store_write(c, add_user, &u);
    if (e)
        return command_fail(c, e, "user add");
    struct str key = base32_of(c->arena, u.secret);
    fputs("Put this key into the authenticator app; it is not shown again:\n", stderr);
    printf("otpauth://totp/Nep:%.*s?secret=%.*s&issuer=Nep\n", STR_ARG(u.login), STR_ARG(key));
    return EXIT_DONE;
}

static err_t set_password(struct ctx *c, struct db *db, void *arg)
{
    struct user_call *u = arg;
    TRY(account_by_login(c, db, u->login, &u->id));
    return account_set_password(c, db, u->id, u->password);
}

static int run_passwd(struct ctx *c, const struct command_call *call)
{
    struct user_call u = { .login = str_from(call->arguments[0]) };
    if (!read_password(c, &u.password))
        return EXIT_USAGE;
    err_t e = store_write(c, set_password, &u);
    return e ? command_fail(c, e, "user passwd") : EXIT_DONE;
}

static err_t set_role(struct ctx *c, struct db *db, void *arg)
{
    struct user_call *u = arg;
    struct id org = ID_NONE, hamlet = ID_NONE;
    TRY(account_by_login(c, db, u->login, &u->id));
    if (u->revoke)
        return account_revoke(c, db, u->id, (enum role)u->role);
    TRY(scope(c, db, u, &org, &hamlet));
    return account_grant(c, db, u->id, (enum role)u->role, org, hamlet);
}

static int run_role(struct ctx *c, const struct command_call *call)
{
    struct user_call u = { .login = str_from(call->arguments[0]),
                           .revoke = command_option(call, "--remove") != NULL,
                           .org = str_from(command_option(call, "--org")),
                           .hamlet = str_from(command_option(call, "--hamlet")) };
    if (!parse_role(call->arguments[1], &u.role))
        return EXIT_USAGE;
    err_t e = store_write(c, set_role, &u);
    return e ? command_fail(c, e, "user role") : EXIT_DONE;
}

static err_t find_secret(struct ctx *c, struct db *db, void *arg)
{
    struct user_call *u = arg;
    struct account_row_row row;
    bool found;
    TRY(account_by_login(c, db, u->login, &u->id));
    TRY(account_row(c, db, &(struct account_row_in){ .id = u->id }, &row, &found));
    u->secret = row.totp_secret;
    return audit_write(c, db, &(struct audit_entry){ .action = S("account.code_shown"),
                                                     .subject_kind = S("account"), .subject_id = u->id });
}

static int run_code(struct ctx *c, const struct command_call *call)
{
    struct user_call u = { .login = str_from(call->arguments[0]) };
    char code[7];
    err_t e = store_write(c, find_secret, &u);
    if (e)
        return command_fail(c, e, "user code");
    totp_code(u.secret, ctx_now(c), code);
    puts(code);
    return EXIT_DONE;
}

static err_t list_users(struct ctx *c, struct db *db, void *arg)
{
    struct account_staff_row *rows;
    size_t n;
    (void)arg;
    TRY(account_staff(c, db, &rows, &n));
    for (size_t i = 0; i < n; i++)
        printf("%.*s\t%.*s\n", STR_ARG(rows[i].login), STR_ARG(rows[i].display_name));
    return 0;
}

static int run_list(struct ctx *c, const struct command_call *call)
{
    (void)call;
    err_t e = store_read(c, list_users, NULL);
    return e ? command_fail(c, e, "user list") : EXIT_DONE;
}

static err_t make_token(struct ctx *c, struct db *db, void *arg)
{
    struct user_call *u = arg;
    struct id org = ID_NONE, hamlet = ID_NONE;
    TRY(scope(c, db, u, &org, &hamlet));
    return token_create(c, db, (enum role)u->role, org, u->name, &u->token);
}

static int run_token(struct ctx *c, const struct command_call *call)
{
    struct user_call u = { .org = str_from(command_option(call, "--org")) };
    const char *label = command_option(call, "--label"), *role = command_option(call, "--role");
    u.name = str_from(label ? label : role ? role : "");
    if (!role || !parse_role(role, &u.role)) {
        fputs("nep token create: --role is needed\n", stderr);
        return EXIT_USAGE;
    }
    err_t e = store_write(c, make_token, &u);
    if (e)
        return command_fail(c, e, "token create");
    if (call->json)
        printf("{\"token\":\"%.*s\"}\n", STR_ARG(u.token));
    else
        printf("%.*s\n", STR_ARG(u.token));
    return EXIT_DONE;
}

static int run_import(struct ctx *c, const struct command_call *call)
{
    struct import_report r;
    bool dry = command_option(call, "--dry-run") != NULL;
    err_t e = people_import(c, call->arguments[0], command_option(call, "--take-good") != NULL, dry, &r);
    if (e)
        return command_fail(c, e, "import residents");
    for (size_t i = 0; i < r.n_faults; i++)
        fprintf(stderr, "line %zu, %.*s: %.*s\n", r.faults[i].line, STR_ARG(r.faults[i].column),
                STR_ARG(r.faults[i].reason));
    if (call->json)
        printf("{\"rows\":%zu,\"good\":%zu,\"bad\":%zu,\"added\":%zu,\"changed\":%zu}\n", r.rows, r.good, r.bad,
               r.added, r.changed);
    else
        printf("%zu rows: %zu good, %zu bad; %zu added, %zu changed\n", r.rows, r.good, r.bad, r.added, r.changed);
    return r.bad ? EXIT_FAILED : EXIT_DONE;
}

struct commune_call {
    struct commune_add_in commune;
    struct organisation_add_in org;
    int64_t hamlets;
    const char *kind; /* "Xóm", "Thôn", … */
};

/* The rows that a new installation begins with. */
static err_t add_commune(struct ctx *c, struct db *db, void *arg)
{
    struct commune_call *k = arg;
    TRY(commune_add(c, db, &k->commune, NULL));
    k->org.id = ctx_new_id(c);
    TRY(organisation_add(c, db, &k->org, NULL));
    for (int64_t i = 1; i <= k->hamlets; i++)
        TRY(hamlet_add(c, db,
                       &(struct hamlet_add_in){ .id = ctx_new_id(c), .position = i,
                                                .code = str_fmt(c->arena, "X%02lld", (long long)i),
                                                .name = str_fmt(c->arena, "%s %lld", k->kind, (long long)i) },
                       NULL));
    return audit_write(c, db, &(struct audit_entry){ .action = S("commune.add"), .subject_kind = S("commune") });
}

static struct str option_text(const struct command_call *call, const char *name)
{
    const char *text = command_option(call, name);
    return text ? str_from(text) : S("");
}

static int run_commune(struct ctx *c, const struct command_call *call)
{
    struct commune_call k = { .kind = command_option(call, "--hamlet-name") };
    int64_t code;
    struct str agency = option_text(call, "--agency-code");
    if (!command_option_i64(call, "--code", 0, &code) || !command_option_i64(call, "--hamlets", 0, &k.hamlets))
        return EXIT_USAGE;
    if (code < 1 || !agency.n || k.hamlets < 0 || k.hamlets > 200) {
        fputs("nep commune add: --code and --agency-code are needed; --hamlets is at most 200\n", stderr);
        return EXIT_USAGE;
    }
    if (!k.kind)
        k.kind = "Xóm";
    struct str name = str_from(call->arguments[0]);
    k.commune = (struct commune_add_in){ .name = name, .district = option_text(call, "--district"),
                                         .province = option_text(call, "--province"), .org_code = S("TTPVHCC") };
    k.org = (struct organisation_add_in){
        .code = S("TTPVHCC"), .kind = S("one_stop"), .agency_code = agency, .phone = option_text(call, "--phone"),
        .name = str_fmt(c->arena, "Trung tâm Phục vụ hành chính công %.*s", STR_ARG(name)),
        .address = str_fmt(c->arena, "Trụ sở UBND %.*s", STR_ARG(name)) };
    c->commune_id = code;
    err_t e = store_write(c, add_commune, &k);
    return e ? command_fail(c, e, "commune add") : EXIT_DONE;
}

static const struct command_option commune_options[] = {
    { "--code", "N", "statistical code of the commune (QĐ 19/2025/QĐ-TTg)" },
    { "--agency-code", "CODE", "electronic code of its one-stop centre, which leads dossier codes: H42.14.20" },
    { "--province", "NAME", "tỉnh …" },
    { "--district", "NAME", "former district, for old papers" },
    { "--phone", "NUMBER", "of the one-stop desk" },
    { "--hamlets", "N", "so many hamlets, numbered" },
    { "--hamlet-name", "WORD", "Xóm (default), Thôn, Làng, Ấp, Bản" },
};
static const struct command_option add_options[] = {
    { "--name", "NAME", "name shown on screens" },
    { "--role", "ROLE", "clerk, specialist, leader, admin, technician, inspector, hamlet_head, volunteer, post_office" },
    { "--org", "CODE", "limit the role to this organisation" },
    { "--hamlet", "CODE", "limit the role to this hamlet" },
};
static const struct command_option role_options[] = {
    { "--remove", NULL, "take the role away" },
    { "--org", "CODE", "limit the role to this organisation" },
    { "--hamlet", "CODE", "limit the role to this hamlet" },
};
static const struct command_option token_options[] = {
    { "--role", "ROLE", "clerk, resident, leader, admin, …" },
    { "--org", "CODE", "limit the token to this organisation" },
    { "--label", "TEXT", "what it is for; shown in the audit chain" },
};
static const struct command_option import_options[] = {
    { "--take-good", NULL, "take the good rows although others are bad" },
    { "--dry-run", NULL, "only check" },
};

static const struct command rows[] = {
    { .name = "commune add", .arguments = "NAME", .summary = "set up the commune of a new installation",
      .options = commune_options, .n_options = COUNT(commune_options), .flags = COMMAND_STORE, .run = run_commune },
    { .name = "user add", .arguments = "LOGIN", .summary = "make a staff account; the password is read from standard input",
      .options = add_options, .n_options = COUNT(add_options), .flags = COMMAND_STORE, .run = run_add },
    { .name = "user passwd", .arguments = "LOGIN", .summary = "set a password, read from standard input",
      .flags = COMMAND_STORE, .run = run_passwd },
    { .name = "user role", .arguments = "LOGIN ROLE", .summary = "give a role or take it away", .options = role_options,
      .n_options = COUNT(role_options), .flags = COMMAND_STORE, .run = run_role },
    { .name = "user list", .arguments = "", .summary = "list staff accounts", .flags = COMMAND_STORE, .run = run_list },
    { .name = "user code", .arguments = "LOGIN", .summary = "print the current sign-in code of an account; recorded",
      .flags = COMMAND_STORE, .run = run_code },
    { .name = "token create", .arguments = "", .summary = "make a bearer token for the machine interface; shown once",
      .options = token_options, .n_options = COUNT(token_options), .flags = COMMAND_STORE, .run = run_token },
    { .name = "import residents", .arguments = "FILE", .summary = "take residents from a .csv or .xlsx file",
      .options = import_options, .n_options = COUNT(import_options), .flags = COMMAND_STORE, .run = run_import },
};
const struct command_set people_commands = { rows, COUNT(rows) };
