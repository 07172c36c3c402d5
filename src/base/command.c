#include "base/command.h"

#include <stdio.h>
#include <string.h>

static const struct command_option store_options[] = {
    { "--data", "DIR", "folder of the installation (default: $NEP_DATA, else /var/lib/nep)" },
    { "--database", "URL", "postgresql://… in place of the embedded database" },
};

static const struct command_option common_options[] = {
    { "--json", NULL, "print data as JSON" },
    { "--help", NULL, "say how it is used" },
};

static bool takes_store(const struct command *cmd)
{
    return cmd->flags & (COMMAND_STORE | COMMAND_STORE_OLD);
}

/* Does `cmd` bear the words of argv? Returns how many words its name has, or 0. */
static int name_matches(const struct command *cmd, int argc, char **argv)
{
    size_t first = strcspn(cmd->name, " ");
    if (argc < 1 || strlen(argv[0]) != first || strncmp(argv[0], cmd->name, first) != 0)
        return 0;
    if (!cmd->name[first])
        return 1;
    return argc >= 2 && strcmp(argv[1], cmd->name + first + 1) == 0 ? 2 : 0;
}

/* The longest name that fits: "demo accounts" before "demo". */
static const struct command *find(const struct command_set *sets, size_t n_sets, int argc,
                                  char **argv, int *ret_words)
{
    const struct command *best = NULL;
    *ret_words = 0;
    for (size_t s = 0; s < n_sets; s++) {
        for (size_t i = 0; i < sets[s].n; i++) {
            int words = name_matches(&sets[s].items[i], argc, argv);
            if (words > *ret_words) {
                best = &sets[s].items[i];
                *ret_words = words;
            }
        }
    }
    return best;
}

static void print_option(FILE *f, const struct command_option *o)
{
    char left[64];
    snprintf(left, sizeof left, "%s%s%s", o->name, o->argument ? " " : "",
             o->argument ? o->argument : "");
    fprintf(f, "  %-24s %s\n", left, o->help);
}

static void print_help(FILE *f, const struct command *cmd)
{
    fprintf(f, "usage: nep %s [options]%s%s\n\n%s\n", cmd->name, *cmd->arguments ? " " : "",
            cmd->arguments, cmd->summary);
    if (cmd->details)
        fprintf(f, "\n%s\n", cmd->details);
    fputs("\noptions:\n", f);
    for (size_t i = 0; i < cmd->n_options; i++)
        print_option(f, &cmd->options[i]);
    if (takes_store(cmd)) {
        for (size_t i = 0; i < COUNT(store_options); i++)
            print_option(f, &store_options[i]);
    }
    for (size_t i = 0; i < COUNT(common_options); i++)
        print_option(f, &common_options[i]);
    fputs("\nexits 0 when done, 1 when it failed, 2 when it was called wrongly\n", f);
}

static void print_subcommands(FILE *f, const struct command_set *sets, size_t n_sets,
                              const char *first_word)
{
    size_t n = strlen(first_word);
    for (size_t s = 0; s < n_sets; s++) {
        for (size_t i = 0; i < sets[s].n; i++) {
            const struct command *cmd = &sets[s].items[i];
            if (strncmp(cmd->name, first_word, n) == 0 &&
                (cmd->name[n] == ' ' || cmd->name[n] == '\0'))
                fprintf(f, "  nep %s %s\n      %s\n", cmd->name, cmd->arguments, cmd->summary);
        }
    }
}

static int unknown_command(const struct command_set *sets, size_t n_sets, int argc, char **argv)
{
    if (argc == 0) {
        command_print_overview(sets, n_sets);
        return EXIT_USAGE;
    }
    bool help = strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "help") == 0;
    if (help) {
        command_print_overview(sets, n_sets);
        return EXIT_DONE;
    }
    fprintf(stderr, "nep: no command '%s%s%s'\n", argv[0], argc > 1 ? " " : "",
            argc > 1 ? argv[1] : "");
    print_subcommands(stderr, sets, n_sets, argv[0]);
    fputs("Try 'nep --help'.\n", stderr);
    return EXIT_USAGE;
}

/* Where the value of option `name` goes: its slot, or NULL where the command has no such option. */
static const char **slot_of(struct command_call *call, const char *name, size_t n, bool *ret_switch)
{
    const struct command *cmd = call->command;
    for (size_t i = 0; i < cmd->n_options; i++) {
        const struct command_option *o = &cmd->options[i];
        if (strlen(o->name) == n && strncmp(o->name, name, n) == 0) {
            *ret_switch = !o->argument;
            return &call->values[i];
        }
    }
    *ret_switch = false;
    if (takes_store(cmd) && n == 6 && strncmp(name, "--data", n) == 0)
        return &call->data_dir;
    if (takes_store(cmd) && n == 10 && strncmp(name, "--database", n) == 0)
        return &call->database;
    return NULL;
}

static int complain(const struct command *cmd, const char *what, const char *about)
{
    fprintf(stderr, "nep %s: %s '%s'\nTry 'nep %s --help'.\n", cmd->name, what, about, cmd->name);
    return EXIT_USAGE;
}

/* Takes one option at argv[i]; returns how many words it used, or 0 after a complaint. */
static int take_option(struct command_call *call, int argc, char **argv, int i)
{
    const char *word = argv[i];
    size_t n = strcspn(word, "=");
    if (strcmp(word, "--json") == 0) {
        call->json = true;
        return 1;
    }
    bool is_switch;
    const char **slot = slot_of(call, word, n, &is_switch);
    if (!slot || (is_switch && word[n])) {
        (void)complain(call->command, "unknown option", word);
        return 0;
    }
    if (is_switch) {
        *slot = "";
        return 1;
    }
    if (word[n]) {
        *slot = word + n + 1;
        return 1;
    }
    if (i + 1 >= argc) {
        (void)complain(call->command, "a value is missing after", word);
        return 0;
    }
    *slot = argv[i + 1];
    return 2;
}

static size_t words_in(const char *s)
{
    size_t n = 0;
    for (bool in = false; *s; s++) {
        n += *s != ' ' && !in;
        in = *s != ' ';
    }
    return n;
}

/* "[X]" and "X…" make the count open. */
static bool count_fits(const struct command *cmd, size_t n)
{
    if (strstr(cmd->arguments, "…"))
        return n + 1 >= words_in(cmd->arguments);
    size_t most = words_in(cmd->arguments);
    size_t least = most;
    for (const char *p = cmd->arguments; *p; p++)
        least -= *p == '[';
    return n >= least && n <= most;
}

int command_parse(const struct command_set *sets, size_t n_sets, int argc, char **argv,
                  struct command_call *ret)
{
    int words;
    const struct command *cmd = find(sets, n_sets, argc, argv, &words);
    if (!cmd)
        return unknown_command(sets, n_sets, argc, argv);
    *ret = (struct command_call){ .command = cmd };
    assert(cmd->n_options <= COUNT(ret->values));
    /* Positional words are gathered at the front of argv, which the caller lends us. */
    const char **positional = (const char **)argv + words;
    bool only_positional = false;
    for (int i = words; i < argc;) {
        if (!only_positional && strcmp(argv[i], "--help") == 0) {
            print_help(stdout, cmd);
            return EXIT_DONE;
        }
        if (!only_positional && strcmp(argv[i], "--") == 0) {
            only_positional = true;
            i++;
        } else if (only_positional || strncmp(argv[i], "--", 2) != 0) {
            positional[ret->n_arguments++] = argv[i++];
        } else {
            int used = take_option(ret, argc, argv, i);
            if (!used)
                return EXIT_USAGE;
            i += used;
        }
    }
    ret->arguments = positional;
    if (!count_fits(cmd, ret->n_arguments)) {
        fprintf(stderr, "nep %s: expected arguments: %s\nTry 'nep %s --help'.\n", cmd->name,
                *cmd->arguments ? cmd->arguments : "none", cmd->name);
        return EXIT_USAGE;
    }
    return -1;
}

const char *command_option(const struct command_call *call, const char *name)
{
    for (size_t i = 0; i < call->command->n_options; i++) {
        if (strcmp(call->command->options[i].name, name) == 0)
            return call->values[i];
    }
    assert(!"a command asks only for the options it declares");
    return NULL;
}

bool command_option_i64(const struct command_call *call, const char *name, int64_t fallback,
                        int64_t *ret)
{
    const char *text = command_option(call, name);
    if (!text) {
        *ret = fallback;
        return true;
    }
    if (str_to_i64(str_from(text), ret))
        return true;
    (void)complain(call->command, "not a whole number:", text);
    return false;
}

void command_print_overview(const struct command_set *sets, size_t n_sets)
{
    puts("nep: a commune's whole digital life in one program\n\nusage: nep COMMAND [options]\n");
    for (size_t s = 0; s < n_sets; s++) {
        for (size_t i = 0; i < sets[s].n; i++) {
            const struct command *cmd = &sets[s].items[i];
            if (!(cmd->flags & COMMAND_HIDDEN))
                printf("  %-16s %s\n", cmd->name, cmd->summary);
        }
    }
    puts("\n'nep COMMAND --help' says more. Data goes to standard output, words to standard error.");
}

static void manual_text(const char *s)
{
    for (; *s; s++) {
        if (*s == '-' || *s == '\\')
            putchar('\\');
        putchar(*s);
    }
}

static void manual_option(const struct command_option *o)
{
    fputs(".TP\n.B ", stdout);
    manual_text(o->name);
    if (o->argument)
        printf(" \\fI%s\\fR", o->argument);
    putchar('\n');
    manual_text(o->help);
    putchar('\n');
}

static void manual_command(const struct command *cmd)
{
    fputs(".SS ", stdout);
    printf("nep %s %s\n", cmd->name, cmd->arguments);
    manual_text(cmd->summary);
    fputs("\n", stdout);
    if (cmd->details) {
        fputs(".PP\n", stdout);
        manual_text(cmd->details);
        fputs("\n", stdout);
    }
    for (size_t i = 0; i < cmd->n_options; i++)
        manual_option(&cmd->options[i]);
}

void command_print_manual(const struct command_set *sets, size_t n_sets)
{
    puts(".TH NEP 1 \"\" \"nep " NEP_VERSION "\" \"Nếp\"\n.SH NAME\nnep \\- a commune's whole digital "
         "life in one program\n.SH SYNOPSIS\n.B nep\n.I COMMAND\n[options]\n.SH OPTIONS OF EVERY COMMAND");
    for (size_t i = 0; i < COUNT(common_options); i++)
        manual_option(&common_options[i]);
    puts(".SH OPTIONS OF COMMANDS THAT USE AN INSTALLATION");
    for (size_t i = 0; i < COUNT(store_options); i++)
        manual_option(&store_options[i]);
    puts(".SH COMMANDS");
    for (size_t s = 0; s < n_sets; s++) {
        for (size_t i = 0; i < sets[s].n; i++) {
            if (!(sets[s].items[i].flags & COMMAND_HIDDEN))
                manual_command(&sets[s].items[i]);
        }
    }
    puts(".SH EXIT STATUS\n0 done, 1 failed, 2 called wrongly.");
}

void command_print_completion(const struct command_set *sets, size_t n_sets)
{
    puts("# bash completion for nep; made by 'nep completion'\n_nep()\n{\n"
         "    local words=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\" cur=${COMP_WORDS[COMP_CWORD]}\n"
         "    case $words in");
    for (size_t s = 0; s < n_sets; s++) {
        for (size_t i = 0; i < sets[s].n; i++) {
            const struct command *cmd = &sets[s].items[i];
            if (cmd->flags & COMMAND_HIDDEN)
                continue;
            printf("    \"%s\"*) COMPREPLY=($(compgen -f -W \"", cmd->name);
            for (size_t o = 0; o < cmd->n_options; o++)
                printf("%s ", cmd->options[o].name);
            printf("%s--json --help\" -- \"$cur\")) ;;\n",
                   takes_store(cmd) ? "--data --database " : "");
        }
    }
    fputs("    \"\") COMPREPLY=($(compgen -W \"", stdout);
    for (size_t s = 0; s < n_sets; s++) {
        for (size_t i = 0; i < sets[s].n; i++) {
            if (!(sets[s].items[i].flags & COMMAND_HIDDEN))
                printf("%.*s ", (int)strcspn(sets[s].items[i].name, " "), sets[s].items[i].name);
        }
    }
    puts("\" -- \"$cur\")) ;;\n    esac\n}\ncomplete -F _nep nep");
}

int command_fail(const struct ctx *c, err_t e, const char *what)
{
    fprintf(stderr, "nep: %s: %s", what, err_en(e));
    if (c->err.code == e && c->err.field.n)
        fprintf(stderr, " [%.*s]", STR_ARG(c->err.field));
    if (c->err.code == e && c->err.detail.n)
        fprintf(stderr, " %.*s", STR_ARG(c->err.detail));
    fputc('\n', stderr);
    return EXIT_FAILED;
}
