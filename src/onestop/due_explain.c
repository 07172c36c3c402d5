#include "onestop/due.h"

enum { MOST_NAMED = 4 };

struct str term_show(struct ctx *c, struct term t)
{
    long long n = t.n;
    switch (t.unit) {
    case TERM_WORKDAYS:
        return str_fmt(c->arena, "%lld %s", n, T(c, "ngày làm việc"));
    case TERM_DAYS:
        return str_fmt(c->arena, "%lld %s", n, T(c, "ngày"));
    case TERM_WORKHOURS:
        return str_fmt(c->arena, "%lld %s", n, T(c, "giờ làm việc"));
    case TERM_HOURS:
        return str_fmt(c->arena, "%lld %s", n, T(c, "giờ"));
    case TERM_SAME_DAY:
        break;
    }
    return str_from(T(c, "Trong ngày"));
}

static const char *weekday_name(const struct ctx *c, int weekday)
{
    static const char *const names[] = { N_("thứ Hai"), N_("thứ Ba"), N_("thứ Tư"), N_("thứ Năm"),
                                         N_("thứ Sáu"), N_("thứ Bảy"), N_("Chủ nhật") };
    return T(c, names[weekday - 1]);
}

static void put_instant(struct ctx *c, struct buf *b, int64_t at_us)
{
    struct civil t = civil_from_us(at_us);
    buf_fmt(b, "%02d:%02d %s %02d/%02d/%d", t.hour, t.minute, weekday_name(c, t.weekday), t.day, t.month,
            t.year);
}

/* Days that ordinary counting would get wrong: weekdays off and Saturdays worked. */
static void put_special_days(struct ctx *c, struct buf *b, const struct calendar *k, int32_t from, int32_t to)
{
    int named = 0, more = 0;
    for (int32_t day = from; day <= to; day++) {
        bool weekday = day_weekday(day) < 6, works = calendar_is_workday(k, day);
        int y, m, d;
        if (weekday == works)
            continue;
        if (named == MOST_NAMED) {
            more++;
            continue;
        }
        day_to_ymd(day, &y, &m, &d);
        struct str note = calendar_note(k, day);
        buf_fmt(b, "; %d/%d %s", d, m, works ? T(c, "làm bù") : T(c, "nghỉ"));
        if (note.n)
            buf_fmt(b, " (%.*s)", STR_ARG(note));
        named++;
    }
    if (more)
        buf_fmt(b, "; %s %d %s", T(c, "và"), more, T(c, "ngày khác"));
}

static void put_pauses(struct ctx *c, struct buf *b, const struct budget *g, const struct calendar *k)
{
    int64_t work = 0;
    bool open = false;
    for (size_t i = 0; i < g->n_pauses; i++) {
        open |= !g->pauses[i].to_us;
        if (g->pauses[i].to_us)
            work += work_between(k, g->pauses[i].from_us, g->pauses[i].to_us);
    }
    if (open)
        buf_fmt(b, "; %s", T(c, "đang tạm dừng chờ bổ sung"));
    if (work && g->mode == PAUSE_RESTART) {
        buf_fmt(b, "; %s", T(c, "tính lại từ khi hồ sơ đủ, lúc "));
        put_instant(c, b, g->pauses[g->n_pauses - 1].to_us);
    } else if (work) {
        buf_fmt(b, "; %s %lld:%02lld %s", T(c, "cộng"), (long long)(work / US_PER_HOUR),
                (long long)(work / US_PER_MINUTE % 60), T(c, "giờ làm việc chờ bổ sung"));
    }
}

struct str due_explain(struct ctx *c, const struct budget *g, const struct calendar *k)
{
    struct buf b = { .arena = c->arena };
    struct due d = due(g, k);
    int32_t day = day_of_us(g->received_us);
    buf_str(&b, term_show(c, g->term));
    buf_fmt(&b, " %s ", T(c, "từ"));
    put_instant(c, &b, g->received_us);
    if (!calendar_is_workday(k, day))
        buf_fmt(&b, "; %s", T(c, "nhận ngoài ngày làm việc nên tính từ ngày làm việc tiếp theo"));
    else if (g->received_us > calendar_closing(k, day))
        buf_fmt(&b, "; %s", T(c, "nhận sau giờ làm việc nên tính từ ngày làm việc tiếp theo"));
    else if (g->term.unit == TERM_SAME_DAY && g->cutoff_us && g->received_us > day_start_us(day) + g->cutoff_us)
        buf_fmt(&b, "; %s", T(c, "nhận sau 15 giờ nên trả vào ngày làm việc tiếp theo"));
    put_special_days(c, &b, k, day, day_of_us(d.at_us));
    put_pauses(c, &b, g, k);
    return buf_view(&b);
}
