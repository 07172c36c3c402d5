/* One clock: UTC microseconds in int64 (`…_us`), shown in Asia/Ho_Chi_Minh, which has been UTC+7
 * without summer time since 1975; so local time is arithmetic and needs no zone database.
 *
 * A date is a day number (`…_day`): days since 1970-01-01 in local time. Nothing here reads the
 * machine's clock except clock_system; everything else gets the time from its struct clock, so
 * tests and the demo set it. */
#pragma once

#include "base/str.h"

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_MINUTE (60 * US_PER_SECOND)
#define US_PER_HOUR   (60 * US_PER_MINUTE)
#define US_PER_DAY    (24 * US_PER_HOUR)
#define VN_OFFSET_US  (7 * US_PER_HOUR)

struct clock {
    int64_t (*now_us)(const struct clock *self);
    int64_t fixed_us; /* what clock_fixed_at() answers; tests may move it */
};

extern const struct clock clock_system;
struct clock clock_fixed_at(int64_t now_us);
int64_t clock_now(const struct clock *clock);
/* A clock for measuring spans; never goes back, has no date. */
int64_t clock_monotonic_us(void);

/* Local wall-clock time, Asia/Ho_Chi_Minh. */
struct civil {
    int year, month, day;      /* month 1–12, day 1–31 */
    int hour, minute, second;
    int microsecond;
    int weekday;               /* 1 Monday … 7 Sunday (ISO 8601) */
};

struct civil civil_from_us(int64_t at_us);
/* False if the fields name no time that exists (29/2 of a common year, 25:00). weekday is ignored. */
MUST bool civil_to_us(struct civil when, int64_t *ret_us);

int32_t day_of_us(int64_t at_us);                    /* the local day */
int64_t day_start_us(int32_t day);                   /* local midnight that opens it */
MUST bool day_from_ymd(int year, int month, int day, int32_t *ret_day);
void day_to_ymd(int32_t day, int *ret_year, int *ret_month, int *ret_day);
int day_weekday(int32_t day);                        /* 1 Monday … 7 Sunday */

/* "2026-11-23" or "2026-11-23T09:15[:30[.123456]][Z|+07:00]"; without a zone the text is local time. */
MUST bool time_parse(struct str s, int64_t *ret_us);
MUST bool day_parse(struct str s, int32_t *ret_day); /* "2026-11-23" or "23/11/2026" */

/* Formats, into the arena. */
struct str time_iso(struct arena *a, int64_t at_us);   /* 2026-11-23T09:15:00+07:00 */
struct str time_iso_minute(struct arena *a, int64_t at_us); /* 2026-11-23T09:15, local */
struct str time_vi(struct arena *a, int64_t at_us);    /* 09:15 ngày 23/11/2026 */
struct str day_iso(struct arena *a, int32_t day);      /* 2026-11-23 */
struct str day_vi(struct arena *a, int32_t day);       /* 23/11/2026 */
