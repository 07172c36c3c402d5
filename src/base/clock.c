#include "base/clock.h"

#include <time.h>

static int64_t read_clock(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

static int64_t system_now(const struct clock *self)
{
    (void)self;
    return read_clock(CLOCK_REALTIME);
}

static int64_t fixed_now(const struct clock *self)
{
    return self->fixed_us;
}

const struct clock clock_system = { .now_us = system_now };

struct clock clock_fixed_at(int64_t now_us)
{
    return (struct clock){ .now_us = fixed_now, .fixed_us = now_us };
}

int64_t clock_now(const struct clock *clock)
{
    return clock->now_us(clock);
}

int64_t clock_monotonic_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days to and from the civil calendar: the proleptic Gregorian calendar counted in eras of 400
 * years that begin on 1 March, so that the leap day is the last of its year. */
bool day_from_ymd(int year, int month, int day, int32_t *ret_day)
{
    static const int days_in[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in[month - 1])
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month == 2 && day == 29 && !leap)
        return false;
    int y = month <= 2 ? year - 1 : year;
    int era = y / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    *ret_day = era * 146097 + day_of_era - 719468;
    return true;
}

void day_to_ymd(int32_t day, int *ret_year, int *ret_month, int *ret_day)
{
    int64_t z = (int64_t)day + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    *ret_day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    *ret_month = (int)(month < 10 ? month + 3 : month - 9);
    *ret_year = (int)(year_of_era + era * 400 + (*ret_month <= 2));
}

int day_weekday(int32_t day)
{
    /* 1970-01-01 was a Thursday. */
    return (int)(((int64_t)day + 3) % 7 + 7) % 7 + 1;
}

int32_t day_of_us(int64_t at_us)
{
    return (int32_t)floor_div(at_us + VN_OFFSET_US, US_PER_DAY);
}

int64_t day_start_us(int32_t day)
{
    return day * US_PER_DAY - VN_OFFSET_US;
}

struct civil civil_from_us(int64_t at_us)
{
    struct civil c;
    int32_t day = day_of_us(at_us);
    int64_t rest = at_us - day_start_us(day);
    day_to_ymd(day, &c.year, &c.month, &c.day);
    c.hour = (int)(rest / US_PER_HOUR);
    c.minute = (int)(rest / US_PER_MINUTE % 60);
    c.second = (int)(rest / US_PER_SECOND % 60);
    c.microsecond = (int)(rest % US_PER_SECOND);
    c.weekday = day_weekday(day);
    return c;
}

bool civil_to_us(struct civil when, int64_t *ret_us)
{
    int32_t day;
    if (!day_from_ymd(when.year, when.month, when.day, &day))
        return false;
    if (when.hour < 0 || when.hour > 23 || when.minute < 0 || when.minute > 59 ||
        when.second < 0 || when.second > 59 || when.microsecond < 0 || when.microsecond > 999999)
        return false;
    *ret_us = day_start_us(day) + when.hour * US_PER_HOUR + when.minute * US_PER_MINUTE +
              when.second * US_PER_SECOND + when.microsecond;
    return true;
}

/* Reads exactly `digits` digits and drops them from *s. */
static bool take_number(struct str *s, size_t digits, int *ret)
{
    int64_t value;
    struct str head = str_sub(*s, 0, digits);
    if (head.n != digits || head.p[0] == '-' || !str_to_i64(head, &value))
        return false;
    *ret = (int)value;
    *s = str_sub(*s, digits, s->n);
    return true;
}

static bool take_char(struct str *s, char c)
{
    if (!s->n || s->p[0] != c)
        return false;
    *s = str_sub(*s, 1, s->n);
    return true;
}

static bool take_date(struct str *s, struct civil *c)
{
    return take_number(s, 4, &c->year) && take_char(s, '-') && take_number(s, 2, &c->month) &&
           take_char(s, '-') && take_number(s, 2, &c->day);
}

/* ".5" → 500000 µs; more than six digits are cut. */
static bool take_fraction(struct str *s, int *ret_us)
{
    int us = 0, scale = 100000;
    size_t n = 0;
    while (s->n && s->p[0] >= '0' && s->p[0] <= '9') {
        us += (s->p[0] - '0') * scale;
        scale /= 10;
        n++;
        *s = str_sub(*s, 1, s->n);
    }
    *ret_us = us;
    return n > 0;
}

/* The zone that ends a time: none is local time. */
static bool take_zone(struct str *s, int64_t *ret_offset_us)
{
    *ret_offset_us = VN_OFFSET_US;
    if (!s->n)
        return true;
    if (take_char(s, 'Z')) {
        *ret_offset_us = 0;
        return true;
    }
    int sign = s->p[0] == '-' ? -1 : 1, hours, minutes;
    if (!take_char(s, '+') && !take_char(s, '-'))
        return false;
    if (!take_number(s, 2, &hours) || !take_char(s, ':') || !take_number(s, 2, &minutes) ||
        hours > 14 || minutes > 59)
        return false;
    *ret_offset_us = sign * (hours * US_PER_HOUR + minutes * US_PER_MINUTE);
    return true;
}

bool time_parse(struct str s, int64_t *ret_us)
{
    struct civil c = { 0 };
    int64_t offset = VN_OFFSET_US, at;
    if (!take_date(&s, &c))
        return false;
    if (s.n) {
        if (!take_char(&s, 'T') && !take_char(&s, ' '))
            return false;
        if (!take_number(&s, 2, &c.hour) || !take_char(&s, ':') || !take_number(&s, 2, &c.minute))
            return false;
        if (take_char(&s, ':') && !take_number(&s, 2, &c.second))
            return false;
        if (take_char(&s, '.') && !take_fraction(&s, &c.microsecond))
            return false;
        if (!take_zone(&s, &offset))
            return false;
    }
    if (s.n || !civil_to_us(c, &at))
        return false;
    *ret_us = at + VN_OFFSET_US - offset;
    return true;
}

bool day_parse(struct str s, int32_t *ret_day)
{
    struct civil c = { 0 };
    struct str vi = s;
    if (take_date(&s, &c) && !s.n)
        return day_from_ymd(c.year, c.month, c.day, ret_day);
    struct str d, m;
    int64_t day, month, year;
    if (!str_cut(vi, '/', &d, &vi) || !str_cut(vi, '/', &m, &vi) || vi.n != 4 || !d.n || d.n > 2 ||
        !m.n || m.n > 2)
        return false;
    if (!str_to_i64(d, &day) || !str_to_i64(m, &month) || !str_to_i64(vi, &year))
        return false;
    return day_from_ymd((int)year, (int)month, (int)day, ret_day);
}

struct str time_iso(struct arena *a, int64_t at_us)
{
    struct civil c = civil_from_us(at_us);
    return str_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02d+07:00", c.year, c.month, c.day, c.hour,
                   c.minute, c.second);
}

struct str time_iso_minute(struct arena *a, int64_t at_us)
{
    struct civil c = civil_from_us(at_us);
    return str_fmt(a, "%04d-%02d-%02dT%02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

struct str time_vi(struct arena *a, int64_t at_us)
{
    struct civil c = civil_from_us(at_us);
    return str_fmt(a, "%02d:%02d ngày %02d/%02d/%04d", c.hour, c.minute, c.day, c.month, c.year);
}

struct str day_iso(struct arena *a, int32_t day)
{
    int y, m, d;
    day_to_ymd(day, &y, &m, &d);
    return str_fmt(a, "%04d-%02d-%02d", y, m, d);
}

struct str day_vi(struct arena *a, int32_t day)
{
    int y, m, d;
    day_to_ymd(day, &y, &m, &d);
    return str_fmt(a, "%02d/%02d/%04d", d, m, y);
}
