/* Internal to onestop: figures over the dossiers received in a period, each of which opens its list. */
#pragma once

#include "onestop/inside.h"

/* One group of dossiers and its figures. */
struct figure {
    struct str key, name;      /* of the group: field, procedure code, month, hamlet id; "" the whole */
    int64_t received, online, desk, post;
    int64_t early, on_time, late;    /* finished, by local dates (§2.5) */
    int64_t open_in_time, open_late; /* not finished */
    int64_t on_time_766;             /* finished with ended ≤ due */
};

enum figure_group { BY_FIELD, BY_PROCEDURE, BY_MONTH, BY_HAMLET, FIGURE_GROUPS };

struct figures {
    int64_t from_us, to_us;
    struct figure all;
    struct figure *groups[FIGURE_GROUPS];
    size_t n_groups[FIGURE_GROUPS];
};
MUST err_t figures_read(struct ctx *c, struct db *db, int64_t from_us, int64_t to_us, struct figures *ret);

/* Which dossiers a figure counts. Empty texts match all. */
struct figure_filter {
    struct str what;           /* online, desk, post, early, on_time, late, open, overdue, received */
    struct str field, procedure, month, hamlet;
};
bool figure_counts(struct ctx *c, const struct figure_filter *f, const struct figures_dossiers_row *r);
