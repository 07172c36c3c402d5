#include "base/calendar.h"

#include <string.h>

#include "base/hash.h"
#include "base/json.h"

struct special {
    int32_t day;
    bool works;
    struct str note;
};

struct hours {
    int32_t from;
    struct work_span spans[CALENDAR_MOST_SPANS];
    size_t n;
};

struct calendar {
    struct special *specials; /* by day */
    size_t n_specials, cap_specials;
    int years[64];            /* those with a file */
    size_t n_years;
    struct hours *hours;      /* by date */
    size_t n_hours;
    struct str version;
};

static err_t add_special(struct ctx *c, struct calendar *k, const struct json *j, bool works, int year)
{
    int32_t day;
    int y, m, d;
    struct str date = json_get_str(j, "date", S(""));
    if (!day_parse(date, &day))
        return ctx_fail(c, E_BAD_INPUT, S("date"), "'%.*s' is no date", STR_ARG(date));
    day_to_ymd(day, &y, &m, &d);
    if (y != year || (works && day_weekday(day) < 6))
        return ctx_fail(c, E_BAD_INPUT, S("date"), "%.*s does not belong here", STR_ARG(date));
    if (k->n_specials == k->cap_specials) {
        size_t cap = k->cap_specials ? 2 * k->cap_specials : 64;
        k->specials = arena_grow(c->arena, k->specials, k->cap_specials * sizeof *k->specials,
                                 cap * sizeof *k->specials);
        k->cap_specials = cap;
    }
    size_t i = k->n_specials++;
    while (i && k->specials[i - 1].day > day) {
        k->specials[i] = k->specials[i - 1];
        i--;
    }
    k->specials[i] = (struct special){ day, works, str_dup(c->arena, json_get_str(j, "name", S(""))) };
    return 0;
}

static err_t add_year(struct ctx *c, struct calendar *k, struct str text)
{
    const struct json *j;
    if (json_parse(c->arena, text, &j, NULL))
        return ctx_fail(c, E_BAD_INPUT, S("calendar"), "not JSON");
    int64_t year = json_get_i64(j, "year", 0);
    if (year < 1900 || year > 2200 || k->n_years == COUNT(k->years))
        return ctx_fail(c, E_BAD_INPUT, S("year"), "a calendar file needs its year");
    const struct json *off = json_get(j, "holidays"), *on = json_get(j, "working_saturdays");
    for (size_t i = 0; off && i < off->n; i++)
        TRY(add_special(c, k, json_at(off, i), false, (int)year));
    for (size_t i = 0; on && i < on->n; i++)
        TRY(add_special(c, k, json_at(on, i), true, (int)year));
    k->years[k->n_years++] = (int)year;
    return 0;
}

/* "07:00" → time from midnight */
static bool time_of_day(struct str s, int64_t *ret)
{
    struct str hour, minute;
    int64_t h, m;
    if (!str_cut(s, ':', &hour, &minute) || !str_to_i64(hour, &h) || !str_to_i64(minute, &m) || h < 0 ||
        h > 24 || m < 0 || m > 59)
        return false;
    *ret = h * US_PER_HOUR + m * US_PER_MINUTE;
    return true;
}

static err_t parse_spans(struct ctx *c, const struct json *spans, struct hours *ret)
{
    int64_t end = 0;
    for (size_t i = 0; spans && i < spans->n; i++) {
        struct str text = S(""), from, to;
        struct work_span *s = &ret->spans[ret->n];
        bool ok = ret->n < CALENDAR_MOST_SPANS && json_str(json_at(spans, i), &text) &&
                  str_cut(text, '-', &from, &to) && time_of_day(from, &s->from_us) &&
                  time_of_day(to, &s->to_us) && s->from_us >= end && s->to_us > s->from_us;
        if (!ok)
            return ctx_fail(c, E_BAD_INPUT, S("spans"), "'%.*s' is not HH:MM-HH:MM", STR_ARG(text));
        end = s->to_us;
        ret->n++;
    }
    return ret->n ? 0 : ctx_fail(c, E_BAD_INPUT, S("spans"), "no working hours");
}

static err_t add_hours(struct ctx *c, struct calendar *k, struct str text)
{
    const struct json *j;
    if (json_parse(c->arena, text, &j, NULL))
        return ctx_fail(c, E_BAD_INPUT, S("hours"), "not JSON");
    const struct json *list = json_get(j, "hours");
    size_t n = list ? list->n : 0;
    k->hours = ARENA_ARRAY(c->arena, n, struct hours);
    for (size_t i = 0; i < n; i++) {
        struct hours *h = &k->hours[i];
        if (!day_parse(json_get_str(json_at(list, i), "from", S("")), &h->from) ||
            (i && h->from <= k->hours[i - 1].from))
            return ctx_fail(c, E_BAD_INPUT, S("from"), "hours stand in order of their dates");
        TRY(parse_spans(c, json_get(json_at(list, i), "spans"), h));
    }
    k->n_hours = n;
    return n ? 0 : ctx_fail(c, E_BAD_INPUT, S("hours"), "no working hours");
}

err_t calendar_new(struct ctx *c, const struct str *years, size_t n_years, struct str hours,
                   const struct calendar **ret)
{
    struct calendar *k = ARENA_NEW(c->arena, struct calendar);
    struct sha256_state *h = sha256_begin();
    err_t e = 0;
    for (size_t i = 0; i < n_years && !e; i++) {
        sha256_add(h, years[i].p, years[i].n);
        e = add_year(c, k, years[i]);
    }
    sha256_add(h, hours.p, hours.n);
    if (!e)
        e = add_hours(c, k, hours);
    struct sha256 sum = sha256_end(h);
    k->version = hex_of(c->arena, sum.b, 6);
    if (!e)
        *ret = k;
    return e;
}

/* Made by tools/embed.py from data/calendar. */
#define YEAR(y)                                                                                    \
    extern const unsigned char calendar_##y[];                                                     \
    extern const size_t calendar_##y##_n;
YEAR(2024) YEAR(2025) YEAR(2026) YEAR(2027) YEAR(2028) YEAR(2029) YEAR(2030) YEAR(hours)
#undef YEAR

err_t calendar_embedded(struct ctx *c, const struct calendar **ret)
{
#define YEAR(y) { (const char *)calendar_##y, calendar_##y##_n }
    const struct str years[] = { YEAR(2024), YEAR(2025), YEAR(2026), YEAR(2027),
                                 YEAR(2028), YEAR(2029), YEAR(2030) };
    const struct str hours = YEAR(hours);
#undef YEAR
    return calendar_new(c, years, COUNT(years), hours, ret);
}

struct str calendar_version(const struct calendar *k)
{
    return k->version;
}

static const struct special *special_of(const struct calendar *k, int32_t day)
{
    size_t low = 0, high = k->n_specials;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (k->specials[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < k->n_specials && k->specials[low].day == day ? &k->specials[low] : NULL;
}

/* The holidays that are the same every year (BLLĐ 2019 Đ.112; 24/11 since 2026). */
static bool fixed_holiday(const struct calendar *k, int32_t day)
{
    int y, m, d;
    day_to_ymd(day, &y, &m, &d);
    for (size_t i = 0; i < k->n_years; i++) {
        if (k->years[i] == y)
            return false;
    }
    return (m == 1 && d == 1) || (m == 4 && d == 30) || (m == 5 && d == 1) || (m == 9 && d == 2) ||
           (m == 11 && d == 24 && y >= 2026);
}

bool calendar_is_workday(const struct calendar *k, int32_t day)
{
    const struct special *s = special_of(k, day);
    return s ? s->works : day_weekday(day) < 6 && !fixed_holiday(k, day);
}

struct str calendar_note(const struct calendar *k, int32_t day)
{
    const struct special *s = special_of(k, day);
    return s ? s->note : S("");
}

static const struct hours *hours_of(const struct calendar *k, int32_t day)
{
    size_t i = k->n_hours - 1;
    while (i && k->hours[i].from > day)
        i--;
    return &k->hours[i];
}

size_t calendar_spans(const struct calendar *k, int32_t day, struct work_span ret[CALENDAR_MOST_SPANS])
{
    const struct hours *h = hours_of(k, day);
    memcpy(ret, h->spans, h->n * sizeof *ret);
    return h->n;
}

int32_t calendar_next_workday(const struct calendar *k, int32_t day)
{
    do
        day++;
    while (!calendar_is_workday(k, day));
    return day;
}

int calendar_workdays(const struct calendar *k, int32_t from, int32_t to)
{
    int n = 0;
    for (int32_t day = from; day <= to; day++)
        n += calendar_is_workday(k, day);
    return n;
}

int64_t calendar_opening(const struct calendar *k, int32_t day)
{
    return day_start_us(day) + hours_of(k, day)->spans[0].from_us;
}

int64_t calendar_closing(const struct calendar *k, int32_t day)
{
    const struct hours *h = hours_of(k, day);
    return day_start_us(day) + h->spans[h->n - 1].to_us;
}

int64_t work_add(const struct calendar *k, int64_t from_us, int64_t work_us)
{
    for (int32_t day = day_of_us(from_us);; day = calendar_next_workday(k, day)) {
        if (!calendar_is_workday(k, day))
            continue;
        const struct hours *h = hours_of(k, day);
        for (size_t i = 0; i < h->n; i++) {
            int64_t begin = day_start_us(day) + h->spans[i].from_us;
            int64_t end = day_start_us(day) + h->spans[i].to_us;
            if (begin < from_us)
                begin = from_us;
            if (begin >= end)
                continue;
            if (work_us <= end - begin)
                return begin + work_us;
            work_us -= end - begin;
        }
    }
}

int64_t work_between(const struct calendar *k, int64_t from_us, int64_t to_us)
{
    int64_t sum = 0;
    for (int32_t day = day_of_us(from_us); day <= day_of_us(to_us); day++) {
        const struct hours *h = hours_of(k, day);
        for (size_t i = 0; i < h->n && calendar_is_workday(k, day); i++) {
            int64_t begin = day_start_us(day) + h->spans[i].from_us;
            int64_t end = day_start_us(day) + h->spans[i].to_us;
            begin = begin < from_us ? from_us : begin;
            end = end > to_us ? to_us : end;
            if (end > begin)
                sum += end - begin;
        }
    }
    return sum;
}
