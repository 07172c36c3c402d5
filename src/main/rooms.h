/* The rooms of the house, from the ground up: what each brings. A new room adds a line to each table. */
#pragma once

#include "demo/demo.h"

extern const struct migration_set *const room_migrations[];
extern const size_t room_migrations_n;
extern const struct command_set *const room_commands[];
extern const size_t room_commands_n;
/* Pages and interfaces, in the order of the navigation. Made once at start. */
struct web_room *rooms_of_web(struct arena *a, size_t *ret_n);
/* Kinds of jobs of all rooms. */
const struct job_kind *rooms_of_jobs(struct arena *a, size_t *ret_n);
