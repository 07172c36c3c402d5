#include "onestop/due.h"

bool term_parse(struct str s, struct term *ret)
{
    static const struct {
        const char *suffix;
        enum term_unit unit;
    } rows[] = { { "wd", TERM_WORKDAYS }, { "wh", TERM_WORKHOURS }, { "d", TERM_DAYS }, { "h", TERM_HOURS } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str suffix = str_from(rows[i].suffix);
        int64_t n;
        if (!str_ends(s, suffix) || !str_to_i64(str_sub(s, 0, s.n - suffix.n), &n))
            continue;
        bool same_day = rows[i].unit == TERM_DAYS && n == 0;
        if (n > 3660 || n < 0 || (n == 0 && !same_day))
            return false;
        *ret = (struct term){ same_day ? TERM_SAME_DAY : rows[i].unit, n };
        return true;
    }
    return false;
}

/* Where work on it can begin: the day itself, or the next working day. */
static int32_t reception_day(const struct calendar *k, int64_t at_us)
{
    int32_t day = day_of_us(at_us);
    bool today = calendar_is_workday(k, day) && at_us <= calendar_closing(k, day);
    return today ? day : calendar_next_workday(k, day);
}

static int64_t same_day_due(const struct budget *b, const struct calendar *k, int64_t from_us)
{
    int32_t day = reception_day(k, from_us);
    bool after = b->cutoff_us && day == day_of_us(from_us) && from_us > day_start_us(day) + b->cutoff_us;
    return calendar_closing(k, after ? calendar_next_workday(k, day) : day);
}

static int64_t days_due(const struct calendar *k, int64_t from_us, int64_t days)
{
    int32_t day = day_of_us(from_us) + (int32_t)days;
    if (!calendar_is_workday(k, day))
        day = calendar_next_workday(k, day);
    return calendar_closing(k, day);
}

static int64_t hours_due(const struct calendar *k, int64_t at_us)
{
    int32_t day = day_of_us(at_us);
    if (!calendar_is_workday(k, day) || at_us > calendar_closing(k, day))
        return calendar_opening(k, calendar_next_workday(k, day));
    return at_us < calendar_opening(k, day) ? calendar_opening(k, day) : at_us;
}

/* The term from one instant on, with time waited added: working time, or whole days. */
static int64_t run(const struct budget *b, const struct calendar *k, int64_t from_us, int64_t waited_work,
                   int64_t waited_days)
{
    switch (b->term.unit) {
    case TERM_WORKDAYS:
        return work_add(k, from_us, b->term.n * WORKDAY_US + waited_work);
    case TERM_WORKHOURS:
        return work_add(k, from_us, b->term.n * US_PER_HOUR + waited_work);
    case TERM_DAYS:
        return days_due(k, from_us, b->term.n + waited_days);
    case TERM_HOURS:
        return hours_due(k, from_us + b->term.n * US_PER_HOUR + waited_days * US_PER_DAY);
    case TERM_SAME_DAY:
        break;
    }
    return same_day_due(b, k, from_us);
}

struct due due(const struct budget *b, const struct calendar *k)
{
    int64_t from = b->received_us, work = 0, days = 0;
    struct due r = { 0 };
    for (size_t i = 0; i < b->n_pauses; i++) {
        const struct pause *p = &b->pauses[i];
        if (!p->to_us) {
            r.paused = true;
            continue;
        }
        /* What is due the same day is due on the day it is complete, in either mode. */
        if (b->mode == PAUSE_RESTART || b->term.unit == TERM_SAME_DAY)
            from = p->to_us;
        work += work_between(k, p->from_us, p->to_us);
        days += day_of_us(p->to_us) - day_of_us(p->from_us);
    }
    bool restarted = from != b->received_us;
    r.at_us = run(b, k, from, restarted ? 0 : work, restarted ? 0 : days);
    return r;
}

enum verdict due_verdict(int64_t ended_us, int64_t due_us)
{
    int32_t ended = day_of_us(ended_us), day = day_of_us(due_us);
    return ended < day ? VERDICT_EARLY : ended == day ? VERDICT_ON_TIME : VERDICT_LATE;
}

bool due_on_time_766(int64_t ended_us, int64_t due_us, int64_t supplements)
{
    return ended_us <= due_us && supplements <= 1;
}

int64_t due_promise(int64_t printed_us, int64_t recomputed_us)
{
    return printed_us && printed_us < recomputed_us ? printed_us : recomputed_us;
}
