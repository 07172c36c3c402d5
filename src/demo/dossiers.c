/* A year at the desk, played in order of time. */
#include "demo/make.h"

#include <stdlib.h>

enum { PER_THOUSAND = 380, MOST_STEPS = 6 };

struct step {
    int64_t at_us;
    uint32_t dossier;
    int8_t move;        /* enum dossier_move, -1: file */
};

struct life {
    struct id applicant, id;
    struct str procedure;
    enum dossier_channel channel;
    bool dead;          /* a move was refused: nothing more happens */
};

static const struct {
    const char *code;
    int weight;
} common[] = {
    { "2.000815", 30 }, { "1.004873", 14 }, { "1.001193", 12 }, { "2.000635", 10 }, { "2.000884", 8 }, { "1.000656", 5 },
    { "1.000894", 5 }, { "1.001776", 4 }, { "1.004222", 4 }, { "1.012812", 2 }, { "1.001653", 3 }, { "1.011607", 3 },
};

static struct str pick_procedure(struct rng *rng)
{
    int64_t at = (int64_t)rng_below(rng, 100);
    for (size_t i = 0; i < COUNT(common); i++) {
        at -= common[i].weight;
        if (at < 0)
            return str_from(common[i].code);
    }
    return S("2.000815");
}

static int by_time(const void *a, const void *b)
{
    const struct step *x = a, *y = b;
    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    return x->dossier != y->dossier ? (x->dossier < y->dossier ? -1 : 1) : x->move - y->move;
}

static void plan(struct step *steps, size_t *n, uint32_t dossier, int move, int64_t at_us)
{
    steps[(*n)++] = (struct step){ at_us, dossier, (int8_t)move };
}

/* A working instant about `hours` of work later. */
static int64_t later(struct demo *d, const struct calendar *k, int64_t from_us, int64_t most_minutes)
{
    return work_add(k, from_us, (1 + (int64_t)rng_below(d->c->rng, (uint64_t)most_minutes)) * US_PER_MINUTE);
}

/* The life of one dossier; those filed in the last days are still under way. */
static void plan_life(struct demo *d, const struct calendar *k, struct step *steps, size_t *n, uint32_t i, struct life *l)
{
    struct rng *rng = d->c->rng;
    int64_t filed = day_start_us(d->today - 364) + (int64_t)rng_below(rng, 364 * (uint64_t)US_PER_DAY);
    int luck = (int)rng_below(rng, 100);
    l->applicant = d->adults[rng_below(rng, d->n_adults)];
    l->procedure = pick_procedure(rng);
    l->channel = luck < 92 ? CHANNEL_ONLINE : CHANNEL_DESK;
    if (l->channel == CHANNEL_DESK)
        filed = work_add(k, filed, US_PER_MINUTE);
    int64_t at = l->channel == CHANNEL_DESK ? filed + US_PER_MINUTE : later(d, k, filed, 150);
    plan(steps, n, i, -1, filed);
    if (luck % 25 == 3) {
        plan(steps, n, i, MOVE_REFUSE, at);
        return;
    }
    plan(steps, n, i, MOVE_RECEIVE, at);
    at = later(d, k, at, 20);
    if (luck % 12 == 5) {
        plan(steps, n, i, MOVE_ASK_SUPPLEMENT, at);
        at = later(d, k, at, 24 * 60);
        plan(steps, n, i, luck % 24 == 5 ? MOVE_WITHDRAW : MOVE_SUPPLEMENT, at);
        if (luck % 24 == 5)
            return;
    } else {
        plan(steps, n, i, MOVE_HAND_OVER, at);
    }
    at = later(d, k, at, luck == 99 ? 30 * 60 : 70);
    plan(steps, n, i, MOVE_RESOLVE, at);
    plan(steps, n, i, MOVE_RETURN, later(d, k, at, 8 * 60));
}

static err_t file_one(struct demo *d, struct life *l)
{
    struct ctx *c = d->c;
    struct form_value items[] = { { S("request"), S("Hồ sơ giả lập để chạy thử") } };
    struct form_values answers = { items, 1 };
    struct dossier made;
    struct actor desk = c->actor;
    struct dossier_filing in = { .procedure_code = l->procedure, .applicant_id = l->applicant, .answers = &answers,
                                 .channel = l->channel, .applicant_name = S(""), .applicant_id_number = S(""),
                                 .applicant_phone = S("") };
    if (l->channel == CHANNEL_ONLINE)
        c->actor = (struct actor){ .kind = ACTOR_SYSTEM, .name = S("Người nộp (giả lập)") };
    err_t e = dossier_file(c, d->db, &in, &made);
    c->actor = desk;
    l->id = made.id;
    return e;
}

static err_t take_step(struct demo *d, const struct step *s, struct life *l)
{
    struct dossier dossier;
    static const char *const notes[] = { "Giấy chụp mờ, đề nghị chụp lại", "Không thuộc thẩm quyền của xã", "Công dân đề nghị rút" };
    if (s->move < 0)
        return file_one(d, l);
    enum dossier_move move = (enum dossier_move)s->move;
    struct dossier_move_in in = { .move = move };
    in.note = move == MOVE_ASK_SUPPLEMENT ? str_from(notes[0]) : move == MOVE_REFUSE ? str_from(notes[1])
              : move == MOVE_WITHDRAW ? str_from(notes[2]) : S("");
    TRY(dossier_get(d->c, d->db, l->id, &dossier));
    return dossier_do(d->c, d->db, &dossier, &in);
}

err_t demo_dossiers(struct demo *d)
{
    struct ctx *c = d->c;
    const struct calendar *k;
    size_t n = 0, count = (size_t)(d->residents * PER_THOUSAND / 1000);
    TRY(calendar_embedded(c, &k));
    struct step *steps = malloc(count * MOST_STEPS * sizeof *steps);
    struct life *lives = calloc(count, sizeof *lives);
    if (!steps || !lives)
        abort();
    for (size_t i = 0; i < count; i++)
        plan_life(d, k, steps, &n, (uint32_t)i, &lives[i]);
    qsort(steps, n, sizeof *steps, by_time);
    struct arena *whole = c->arena, *scratch = arena_new(4 << 20);
    int64_t end = day_start_us(d->today) + 8 * US_PER_HOUR;
    err_t e = 0;
    c->actor = (struct actor){ .kind = ACTOR_SYSTEM, .account_id = d->clerk_id, .name = S("Trần Thị Mơ (giả lập)") };
    for (size_t i = 0; !e && i < n && steps[i].at_us <= end; i++) {
        arena_reset(scratch);
        c->arena = scratch;
        d->clock.fixed_us = steps[i].at_us;
        e = take_step(d, &steps[i], &lives[steps[i].dossier]);
        if (!e && i % 256 == 0 && d->progress &&
            d->progress(d->arg, d->residents + (int64_t)(i * (size_t)d->residents / n), d->residents * 2))
            e = E_STOPPING;
    }
    c->arena = whole;
    arena_free(scratch);
    free(steps);
    free(lives);
    return e;
}
