/* The due date of a dossier: its procedure's term, the calendar, and the pauses in its event log. */
#include "onestop/inside.h"

#include <pthread.h>
#include <stdlib.h>

/* Both live as long as the program. */
static struct arena *calendar_arena;
static const struct calendar *calendar;

static void load_calendar(void)
{
    calendar_arena = arena_new(4 << 20);
    struct ctx c = { .arena = calendar_arena, .clock = &clock_system };
    if (calendar_embedded(&c, &calendar))
        abort();
}

const struct calendar *onestop_calendar(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_calendar);
    return calendar;
}

static bool is_pause(int64_t state)
{
    return state == DOSSIER_SUPPLEMENT || state == DOSSIER_PAYMENT;
}

err_t dossier_budget(struct ctx *c, struct db *db, const struct dossier *d, struct budget *ret)
{
    struct procedure p;
    struct dossier_events_row *events;
    size_t n;
    TRY(procedure_version(c, db, d->procedure_id, &p));
    TRY(dossier_events(c, db, &(struct dossier_events_in){ .dossier_id = d->id }, &events, &n));
    struct pause *pauses = ARENA_ARRAY(c->arena, n, struct pause);
    struct budget b = { .received_us = d->received_at_us, .pauses = pauses,
                        .mode = str_eq_c(p.supplement_mode, "restart") ? PAUSE_RESTART : PAUSE_SHIFT,
                        .cutoff_us = p.cutoff_15h ? 15 * US_PER_HOUR : 0 };
    if (!term_parse(p.term, &b.term))
        return E_NOT_FOUND;
    for (size_t i = 0; i < n; i++) {
        if (is_pause(events[i].to_state) && !is_pause(events[i].from_state))
            pauses[b.n_pauses++] = (struct pause){ events[i].at_us, 0 };
        else if (is_pause(events[i].from_state) && !is_pause(events[i].to_state) && b.n_pauses)
            pauses[b.n_pauses - 1].to_us = events[i].at_us;
    }
    *ret = b;
    return 0;
}
