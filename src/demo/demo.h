/* demo: a synthetic commune of the shape of Nghĩa Thái as it was before the mergers of July 2025.
 *
 * Everything comes from a seed: the same seed and day make the same rows. Nobody in it is real. */
#pragma once

#include "onestop/onestop.h"

struct demo_options {
    uint64_t seed;
    int64_t residents;   /* about */
    int64_t communes;
    int32_t today;       /* the last day of the year that is played */
};

/* Fills an empty, migrated store. `catalogue` is the text of data/procedures.json. */
MUST err_t demo_make(struct ctx *c, const struct demo_options *o, progress_fn progress, void *arg);

extern const struct command_set demo_commands;
