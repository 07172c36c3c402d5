/* nep due: the deadline engine at the prompt. */
#include <stdio.h>
#include <string.h>

#include "onestop/due.h"

static const struct command_option options[] = {
    { "--received", "TIME", "when the dossier was received, local time: 2026-11-23T09:15" },
    { "--term", "TERM", "3wd working days, 15d days, 4wh working hours, 2h hours, 0d the same day" },
    { "--supplement", "FROM/TO", "a supplement was asked for and completed at these times" },
    { "--mode", "MODE", "shift (default): the time waited is added; restart: the term runs anew" },
    { "--same-day-cutoff", "HH:MM", "same-day dossiers received after this are the next day's" },
    { "--explain", NULL, "also say why, in one sentence" },
    { "--lang", "LANG", "vi (default) or en" },
};

struct asked {
    struct budget budget;
    struct pause pause;
};

static bool wrong(const char *option, const char *value)
{
    fprintf(stderr, "nep due: %s: can't read '%s'\n", option, value ? value : "");
    return false;
}

static bool read_cutoff(const char *text, int64_t *ret)
{
    int hour, minute;
    char end;
    if (!text)
        return true;
    if (sscanf(text, "%2d:%2d%c", &hour, &minute, &end) != 2 || hour > 23 || minute > 59)
        return wrong("--same-day-cutoff", text);
    *ret = hour * US_PER_HOUR + minute * US_PER_MINUTE;
    return true;
}

static bool read_supplement(const char *text, struct asked *a)
{
    struct str from, to;
    if (!text)
        return true;
    if (!str_cut(str_from(text), '/', &from, &to) || !time_parse(from, &a->pause.from_us) ||
        (to.n && !time_parse(to, &a->pause.to_us)) || (to.n && a->pause.to_us < a->pause.from_us))
        return wrong("--supplement", text);
    a->budget.pauses = &a->pause;
    a->budget.n_pauses = 1;
    return true;
}

static bool read_call(const struct command_call *call, struct asked *a)
{
    const char *received = command_option(call, "--received"), *term = command_option(call, "--term");
    const char *mode = command_option(call, "--mode");
    if (!received || !time_parse(str_from(received), &a->budget.received_us))
        return wrong("--received", received);
    if (!term || !term_parse(str_from(term), &a->budget.term))
        return wrong("--term", term);
    if (mode && strcmp(mode, "shift") != 0 && strcmp(mode, "restart") != 0)
        return wrong("--mode", mode);
    a->budget.mode = mode && strcmp(mode, "restart") == 0 ? PAUSE_RESTART : PAUSE_SHIFT;
    return read_cutoff(command_option(call, "--same-day-cutoff"), &a->budget.cutoff_us) &&
           read_supplement(command_option(call, "--supplement"), a);
}

static void print_json(struct ctx *c, struct due d, struct str sentence, struct str version)
{
    struct buf b = { .arena = c->arena };
    struct json_out o = { .buf = &b };
    json_open(&o, '{');
    json_pair_str(&o, "due", time_iso_minute(c->arena, d.at_us));
    json_pair_bool(&o, "paused", d.paused);
    json_pair_str(&o, "explanation", sentence);
    json_pair_str(&o, "calendar", version);
    json_close(&o, '}');
    printf("%.*s\n", STR_ARG(buf_view(&b)));
}

static int run(struct ctx *c, const struct command_call *call)
{
    struct asked a = { 0 };
    const struct calendar *k;
    const char *lang = command_option(call, "--lang");
    c->lang = lang && strcmp(lang, "en") == 0 ? LANG_EN : LANG_VI;
    if (!read_call(call, &a))
        return EXIT_USAGE;
    err_t e = calendar_embedded(c, &k);
    if (e)
        return command_fail(c, e, "calendar");
    struct due d = due(&a.budget, k);
    struct str sentence = due_explain(c, &a.budget, k);
    if (call->json) {
        print_json(c, d, sentence, calendar_version(k));
        return EXIT_DONE;
    }
    printf("%.*s\n", STR_ARG(time_iso_minute(c->arena, d.at_us)));
    if (command_option(call, "--explain"))
        printf("%.*s\n", STR_ARG(sentence));
    return EXIT_DONE;
}

static const struct command row = {
    .name = "due",
    .arguments = "",
    .summary = "when a dossier is due, by the working calendar",
    .details = "Prints the local time. Needs no installation: the calendar is built in.",
    .options = options,
    .n_options = COUNT(options),
    .run = run,
};
const struct command_set due_commands = { &row, 1 };
