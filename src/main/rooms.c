#include "main/rooms.h"

#include <string.h>

extern const struct command_set main_commands;

const struct migration_set *const room_migrations[] = { &store_migrations, &web_migrations, &people_migrations,
                                                        &onestop_migrations };
const size_t room_migrations_n = COUNT(room_migrations);

const struct command_set *const room_commands[] = { &main_commands, &demo_commands, &people_commands, &onestop_commands,
                                                    &due_commands };
const size_t room_commands_n = COUNT(room_commands);

struct web_room *rooms_of_web(struct arena *a, size_t *ret_n)
{
    static const struct web_room *const rooms[] = { &onestop_web_catalogue, &onestop_web_resident, &onestop_web_desk,
                                                    &onestop_web_figures, &onestop_web_api, &people_web_own,
                                                    &people_web_sign_in, &people_web_staff, &web_room };
    struct web_room *r = ARENA_ARRAY(a, COUNT(rooms), struct web_room);
    for (size_t i = 0; i < COUNT(rooms); i++)
        r[i] = *rooms[i];
    *ret_n = COUNT(rooms);
    return r;
}

const struct job_kind *rooms_of_jobs(struct arena *a, size_t *ret_n)
{
    struct job_kind *k = ARENA_ARRAY(a, people_jobs_n, struct job_kind);
    memcpy(k, people_jobs, people_jobs_n * sizeof *k);
    *ret_n = people_jobs_n;
    return k;
}
