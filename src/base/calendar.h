/* The working calendar of an agency: which days it works and during which hours, from dated data files
 * (data/calendar), because holidays, swapped days and hours are announced and not computed.
 *
 * A year without a file has its fixed holidays only. A calendar is pure: no clock, no files; once built
 * it is never changed, so any thread may read it. */
#pragma once

#include "base/clock.h"
#include "base/ctx.h"

struct calendar;

enum { CALENDAR_MOST_SPANS = 4 };

struct work_span {
    int64_t from_us, to_us; /* within the day, from local midnight */
};

/* `years` are the JSON texts of YYYY.json, `hours` that of hours.json. E_BAD_INPUT names the entry. The
 * calendar lives in c->arena. */
MUST err_t calendar_new(struct ctx *c, const struct str *years, size_t n_years, struct str hours,
                        const struct calendar **ret);
/* The one built into the program. Lives in c->arena. */
MUST err_t calendar_embedded(struct ctx *c, const struct calendar **ret);
/* Identifies the data it was built from; changes with any of it. */
struct str calendar_version(const struct calendar *k);

bool calendar_is_workday(const struct calendar *k, int32_t day);
/* Why a weekday is off, or why a Saturday is worked; "" otherwise. */
struct str calendar_note(const struct calendar *k, int32_t day);
/* The hours of `day` (also of a day off); returns how many spans. */
size_t calendar_spans(const struct calendar *k, int32_t day, struct work_span ret[CALENDAR_MOST_SPANS]);
int32_t calendar_next_workday(const struct calendar *k, int32_t day); /* the first after `day` */
int calendar_workdays(const struct calendar *k, int32_t from, int32_t to); /* both included */
/* Local instants at which a working day begins and ends. */
int64_t calendar_opening(const struct calendar *k, int32_t day);
int64_t calendar_closing(const struct calendar *k, int32_t day);

/* The instant at which `work_us` of working time have passed since `from_us`. Ends at a closing time stay
 * there. */
int64_t work_add(const struct calendar *k, int64_t from_us, int64_t work_us);
/* Working time between two instants. */
int64_t work_between(const struct calendar *k, int64_t from_us, int64_t to_us);
/* Eight hours of work are one working day. */
#define WORKDAY_US (8 * US_PER_HOUR)
