/* When a dossier is due: pure, from its budget, the working calendar and the pauses of its clock. Due
 * dates are computed from these and never edited.
 *
 * NĐ 118/2025/NĐ-CP (terms, supplement), NĐ 23/2015/NĐ-CP Đ.7 (15:00 rule). */
#pragma once

#include "base/base.h"

enum term_unit {
    TERM_WORKDAYS,  /* "3wd": ngày làm việc, 8 working hours each, from the minute of reception */
    TERM_DAYS,      /* "15d": ngày; the last one off moves to the next working day; ends at closing time */
    TERM_WORKHOURS, /* "4wh": giờ làm việc */
    TERM_HOURS,     /* "2h": giờ; outside working hours it moves to the next opening */
    TERM_SAME_DAY,  /* "0d": trong ngày, until closing time */
};

struct term {
    enum term_unit unit;
    int64_t n;
};

/* "3wd", "15d", "4wh", "2h", "0d". */
MUST bool term_parse(struct str s, struct term *ret);
/* "3 ngày làm việc", "trong ngày" in the language of `c`. */
struct str term_show(struct ctx *c, struct term t);

enum pause_mode {
    PAUSE_SHIFT,   /* the time waited is added */
    PAUSE_RESTART, /* the whole term runs anew from the day the dossier is complete */
};

struct pause {
    int64_t from_us, to_us; /* to_us 0: still waiting */
};

struct budget {
    struct term term;
    enum pause_mode mode;
    int64_t received_us;
    int64_t cutoff_us;     /* same-day: time of day after which it is the next working day's; 0: none */
    const struct pause *pauses;
    size_t n_pauses;
};

struct due {
    int64_t at_us;
    bool paused;           /* the clock stands still; at_us would hold if it started again at once */
};

struct due due(const struct budget *b, const struct calendar *k);
/* One sentence: "3 ngày làm việc từ 09:15 thứ Hai 23/11/2026; 24/11 nghỉ (Ngày Văn hóa Việt Nam)". */
struct str due_explain(struct ctx *c, const struct budget *b, const struct calendar *k);

enum verdict { VERDICT_EARLY, VERDICT_ON_TIME, VERDICT_LATE };
/* By local dates, as provincial reports do: before, on, after the day. */
enum verdict due_verdict(int64_t ended_us, int64_t due_us);
/* By instants, as QĐ 766/QĐ-TTg does: ended ≤ due, and not more than one supplement. */
bool due_on_time_766(int64_t ended_us, int64_t due_us, int64_t supplements);

/* A changed calendar never breaks a promise: the earlier of the printed and the new date binds. */
int64_t due_promise(int64_t printed_us, int64_t recomputed_us);

/* nep due */
extern const struct command_set due_commands;
