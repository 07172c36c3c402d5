#include "base/test.h"

#include <string.h>

static void days_go_round(void **state)
{
    (void)state;
    int32_t previous;
    assert_true(day_from_ymd(1900, 1, 1, &previous));
    assert_int_equal(previous, -25567);
    int weekday = day_weekday(previous);
    assert_int_equal(weekday, 1); /* a Monday */
    for (int32_t day = previous; day < 73000; day++) {
        int y, m, d;
        int32_t again;
        day_to_ymd(day, &y, &m, &d);
        assert_true(day_from_ymd(y, m, d, &again));
        assert_int_equal(again, day);
        assert_int_equal(day_weekday(day), weekday);
        weekday = weekday % 7 + 1;
    }
}

static void dates_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    int32_t day;
    assert_true(day_parse(S("29/02/2024"), &day));
    assert_true(day_parse(S("2000-02-29"), &day));
    assert_true(day_parse(S("1/3/2026"), &day));
    static const char *const bad[] = { "29/02/2026", "2100-02-29", "31/04/2026", "2026-13-01", "",
                                       "2026-1-1", "00/01/2026", "1/1/26", "32/01/2026", "a/b/cccc",
                                       "2026-11-23x" };
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(day_parse(str_from(bad[i]), &day));
}

static void times_are_read_and_shown(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    int64_t at, same;
    assert_true(time_parse(S("2026-11-23T09:15"), &at));
    assert_str(time_iso(a, at), "2026-11-23T09:15:00+07:00");
    assert_str(time_iso_minute(a, at), "2026-11-23T09:15");
    assert_str(time_vi(a, at), "09:15 ngày 23/11/2026");
    assert_true(time_parse(S("2026-11-23T02:15:00Z"), &same) && same == at);
    assert_true(time_parse(S("2026-11-23T09:15:00+07:00"), &same) && same == at);
    assert_true(time_parse(S("2026-11-22T21:15:00.000-05:00"), &same) && same == at);
    assert_true(time_parse(S("2026-11-23T09:15:00.5"), &same) && same == at + 500000);
    static const char *const bad[] = { "2026-11-23T", "2026-11-23T24:00", "2026-11-23T09:60",
                                       "2026-11-23T09:15+7", "2026-11-23T09:15:00.", "x" };
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(time_parse(str_from(bad[i]), &same));
    arena_free(a);
}

static void midnight_is_local(void **state)
{
    (void)state;
    int64_t at;
    int32_t day;
    assert_true(time_parse(S("2026-12-31T23:59:59.999999"), &at));
    assert_true(day_from_ymd(2026, 12, 31, &day));
    assert_int_equal(day_of_us(at), day);
    assert_int_equal(day_of_us(at + 1), day + 1);
    assert_int_equal(day_start_us(day + 1), at + 1);
    struct civil c = civil_from_us(at + 1);
    assert_int_equal(c.year, 2027);
    assert_int_equal(c.hour, 0);
    assert_int_equal(c.weekday, 5);
}

static void ids_are_ordered_and_read_back(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    struct rng rng = rng_seeded(7);
    struct id last = ID_NONE;
    for (int64_t i = 0; i < 1000; i++) {
        struct id id = id_new(&rng, 1700000000000000 + i * 1000), again;
        assert_true(memcmp(id.b, last.b, 16) > 0);
        assert_true(id_parse(id_text(a, id), &again) && id_eq(id, again));
        assert_int_equal(id.b[6] >> 4, 7);
        assert_int_equal(id.b[8] >> 6, 2);
        last = id;
    }
    struct id id;
    assert_false(id_parse(S("0190163d-8694-739b-aea5-966c26f8ad9"), &id));
    assert_false(id_parse(S("0190163d-8694-739b-aea5-966c26f8ad9z"), &id));
    assert_true(id_is_none(ID_NONE));
    arena_free(a);
}

static void seeded_randomness_repeats(void **state)
{
    (void)state;
    struct rng one = rng_seeded(42), two = rng_seeded(42), three = rng_seeded(43), real = rng_system();
    assert_int_equal(rng_u64(&one), rng_u64(&two));
    assert_true(rng_u64(&one) != rng_u64(&three));
    assert_true(rng_u64(&real) != rng_u64(&real));
    for (int i = 0; i < 1000; i++)
        assert_true(rng_below(&one, 7) < 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_go_round),
        cmocka_unit_test(dates_that_do_not_exist_are_refused),
        cmocka_unit_test(times_are_read_and_shown),
        cmocka_unit_test(midnight_is_local),
        cmocka_unit_test(ids_are_ordered_and_read_back),
        cmocka_unit_test(seeded_randomness_repeats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
