/* Internal to demo. */
#pragma once

#include "demo/demo.h"
#include "people/people_queries.h"

struct demo {
    struct ctx *c;
    struct db *db;
    struct clock clock;      /* moved through the year */
    int64_t residents, made, serial;
    int year;
    int32_t today;
    struct id org_id, clerk_id, hamlets[15], adults[4000];
    size_t n_adults;
    progress_fn progress;
    void *arg;
};

MUST err_t demo_people(struct demo *d);
MUST err_t demo_dossiers(struct demo *d);
struct str demo_staff_login(size_t i); /* STR_NONE after the last */
enum role demo_staff_role(size_t i);
