#include "onestop/figures.h"

#include <string.h>

enum { MOST_GROUPS = 4096 };

struct reading {
    struct ctx *c;
    struct figures *f;
    int64_t now_us;
    size_t cap[FIGURE_GROUPS];
};

static struct figure *group_of(struct reading *r, enum figure_group g, struct str key)
{
    struct figures *f = r->f;
    for (size_t i = 0; i < f->n_groups[g]; i++) {
        if (str_eq(f->groups[g][i].key, key))
            return &f->groups[g][i];
    }
    if (f->n_groups[g] == MOST_GROUPS)
        return NULL;
    if (f->n_groups[g] == r->cap[g]) {
        size_t cap = r->cap[g] ? 2 * r->cap[g] : 32;
        f->groups[g] = arena_grow(r->c->arena, f->groups[g], r->cap[g] * sizeof(struct figure),
                                  cap * sizeof(struct figure));
        r->cap[g] = cap;
    }
    struct figure *n = &f->groups[g][f->n_groups[g]++];
    *n = (struct figure){ .key = str_dup(r->c->arena, key) };
    return n;
}

struct facts {
    int64_t channel, state, due_at_us, finished_at_us;
};

static void count(struct figure *g, const struct facts *d, int64_t now_us)
{
    if (!g)
        return;
    g->received++;
    g->online += d->channel == CHANNEL_ONLINE;
    g->desk += d->channel == CHANNEL_DESK;
    g->post += d->channel == CHANNEL_POST;
    if (!d->finished_at_us) {
        bool late = d->due_at_us && now_us > d->due_at_us;
        g->open_late += late;
        g->open_in_time += !late;
        return;
    }
    enum verdict v = d->due_at_us ? due_verdict(d->finished_at_us, d->due_at_us) : VERDICT_EARLY;
    g->early += v == VERDICT_EARLY;
    g->on_time += v == VERDICT_ON_TIME;
    g->late += v == VERDICT_LATE;
    g->on_time_766 += !d->due_at_us || d->finished_at_us <= d->due_at_us;
}

static struct str month_of(char text[8], int64_t at_us)
{
    struct civil t = civil_from_us(at_us);
    text[0] = (char)('0' + t.year / 1000 % 10);
    text[1] = (char)('0' + t.year / 100 % 10);
    text[2] = (char)('0' + t.year / 10 % 10);
    text[3] = (char)('0' + t.year % 10);
    text[4] = '-';
    text[5] = (char)('0' + t.month / 10);
    text[6] = (char)('0' + t.month % 10);
    return (struct str){ text, 7 };
}

static err_t see(void *arg, const struct figures_each_row *row)
{
    struct reading *r = arg;
    char month[8];
    struct facts d = { row->channel, row->state, row->due_at_us, row->finished_at_us };
    struct str hamlet = { (const char *)row->hamlet_id.b, 16 };
    count(&r->f->all, &d, r->now_us);
    count(group_of(r, BY_FIELD, row->field), &d, r->now_us);
    count(group_of(r, BY_PROCEDURE, row->procedure_code), &d, r->now_us);
    count(group_of(r, BY_MONTH, month_of(month, row->received_at_us)), &d, r->now_us);
    count(group_of(r, BY_HAMLET, hamlet), &d, r->now_us);
    return 0;
}

static err_t name_groups(struct ctx *c, struct db *db, struct figures *f)
{
    struct hamlet *list;
    size_t n;
    TRY(hamlets(c, db, &list, &n));
    for (size_t i = 0; i < f->n_groups[BY_HAMLET]; i++) {
        struct figure *g = &f->groups[BY_HAMLET][i];
        struct id id;
        memcpy(id.b, g->key.p, sizeof id.b);
        g->key = id_text(c->arena, id);
        g->name = str_from(T(c, "Ngoài xã hoặc chưa rõ"));
        for (size_t k = 0; k < n; k++) {
            if (id_eq(list[k].id, id))
                g->name = list[k].name;
        }
    }
    for (size_t i = 0; i < f->n_groups[BY_PROCEDURE]; i++) {
        struct figure *g = &f->groups[BY_PROCEDURE][i];
        TRY(procedure_name_of(c, db, g->key, &g->name));
    }
    for (int k = BY_FIELD; k <= BY_MONTH; k += BY_MONTH - BY_FIELD) {
        for (size_t i = 0; i < f->n_groups[k]; i++)
            f->groups[k][i].name = f->groups[k][i].key;
    }
    return 0;
}

err_t figures_read(struct ctx *c, struct db *db, int64_t from_us, int64_t to_us, struct figures *ret)
{
    *ret = (struct figures){ .from_us = from_us, .to_us = to_us };
    struct reading r = { .c = c, .f = ret, .now_us = ctx_now(c) };
    TRY(figures_each(c, db, &(struct figures_each_in){ .from_us = from_us, .to_us = to_us }, see, &r));
    return name_groups(c, db, ret);
}

static bool matches(struct str wanted, struct str have)
{
    return !wanted.n || str_eq(wanted, have);
}

bool figure_counts(struct ctx *c, const struct figure_filter *f, const struct figures_dossiers_row *r)
{
    struct figure one = { .received = 0 };
    struct facts d = { r->channel, r->state, r->due_at_us, r->finished_at_us };
    char month[8];
    if (!matches(f->field, r->field) || !matches(f->procedure, r->procedure_code) ||
        !matches(f->month, month_of(month, r->received_at_us)) ||
        (f->hamlet.n && !str_eq(f->hamlet, id_text(c->arena, r->hamlet_id))))
        return false;
    count(&one, &d, ctx_now(c));
    const struct {
        const char *what;
        int64_t n;
    } rows[] = { { "received", one.received }, { "online", one.online }, { "desk", one.desk }, { "post", one.post },
                 { "early", one.early }, { "on_time", one.on_time }, { "late", one.late },
                 { "open", one.open_in_time + one.open_late }, { "overdue", one.open_late },
                 { "behind", one.late + one.open_late } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (str_eq_c(f->what, rows[i].what))
            return rows[i].n > 0;
    }
    return true;
}
