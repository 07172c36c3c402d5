#include "base/test.h"

#include "onestop/due.h"

static struct test_ctx t;
static const struct calendar *k;

static int setup(void **state)
{
    (void)state;
    return calendar_embedded(test_ctx_init(&t, "2026-11-23T08:00"), &k);
}

static int teardown(void **state)
{
    (void)state;
    test_ctx_done(&t);
    return 0;
}

static int64_t at(const char *text)
{
    int64_t us;
    if (!time_parse(str_from(text), &us))
        fail_msg("%s", text);
    return us;
}

static struct budget budget(const char *received, const char *term)
{
    struct budget b = { .received_us = at(received) };
    assert_true(term_parse(str_from(term), &b.term));
    return b;
}

static void every_published_vector_holds(void **state)
{
    (void)state;
    static const struct {
        const char *received, *term, *due;
    } rows[] = {
        { "2026-11-23T09:15", "3wd", "2026-11-27T09:15" }, { "2026-11-23T20:00", "3wd", "2026-11-27T17:00" },
        { "2026-11-23T06:20", "1wd", "2026-11-23T17:00" }, { "2026-11-20T11:45", "1wd", "2026-11-23T11:30" },
        { "2026-02-13T15:30", "3wd", "2026-02-25T15:30" }, { "2026-08-21T10:00", "3wd", "2026-08-25T10:00" },
        { "2026-08-28T14:00", "2wd", "2026-09-04T14:00" }, { "2025-04-25T10:00", "5wd", "2025-05-06T10:00" },
        { "2026-04-24T08:00", "5wd", "2026-05-06T08:00" }, { "2026-01-30T09:00", "15d", "2026-02-23T17:00" },
        { "2026-11-09T09:00", "15d", "2026-11-25T17:00" }, { "2026-08-07T09:00", "15d", "2026-08-22T17:00" },
        { "2026-11-23T08:00", "4wh", "2026-11-23T14:00" }, { "2026-11-23T07:00", "4wh", "2026-11-23T11:00" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct budget b = budget(rows[i].received, rows[i].term);
        assert_str(time_iso_minute(t.c.arena, due(&b, k).at_us), rows[i].due);
    }
}

static void the_same_day_ends_at_three(void **state)
{
    (void)state;
    static const struct {
        const char *received, *due;
    } rows[] = {
        { "2026-11-23T15:00", "2026-11-23T17:00" }, { "2026-11-23T15:01", "2026-11-25T17:00" },
        { "2026-11-23T15:00:00.000001", "2026-11-25T17:00" }, { "2026-11-22T10:00", "2026-11-23T17:00" },
        { "2026-11-22T23:59:59", "2026-11-23T17:00" }, { "2026-11-24T15:30", "2026-11-25T17:00" },
        { "2026-11-23T00:00", "2026-11-23T17:00" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct budget b = budget(rows[i].received, "0d");
        b.cutoff_us = 15 * US_PER_HOUR;
        assert_str(time_iso_minute(t.c.arena, due(&b, k).at_us), rows[i].due);
    }
}

static void a_supplement_shifts_or_restarts(void **state)
{
    (void)state;
    struct pause p = { at("2026-11-18T10:00"), at("2026-11-25T15:00") };
    struct budget b = budget("2026-11-16T09:00", "10wd");
    assert_str(time_iso_minute(t.c.arena, due(&b, k).at_us), "2026-12-01T09:00");
    assert_int_equal(work_between(k, p.from_us, p.to_us), 35 * US_PER_HOUR);
    b.pauses = &p;
    b.n_pauses = 1;
    assert_str(time_iso_minute(t.c.arena, due(&b, k).at_us), "2026-12-07T14:00");
    b.mode = PAUSE_RESTART;
    assert_str(time_iso_minute(t.c.arena, due(&b, k).at_us), "2026-12-09T15:00");
    p.to_us = 0;
    assert_true(due(&b, k).paused);
}

static void years_have_their_working_days(void **state)
{
    (void)state;
    static const int expected[][2] = { { 2024, 251 }, { 2025, 250 }, { 2026, 249 } };
    for (size_t i = 0; i < COUNT(expected); i++) {
        int32_t first = 0, last = 0;
        assert_true(day_from_ymd(expected[i][0], 1, 1, &first) && day_from_ymd(expected[i][0], 12, 31, &last));
        assert_int_equal(calendar_workdays(k, first, last), expected[i][1]);
    }
}

static void later_reception_is_never_due_earlier(void **state)
{
    (void)state;
    static const char *const terms[] = { "1wd", "3wd", "10wd", "15d", "4wh", "0d", "2h" };
    uint64_t seed = 20261124;
    struct rng rng = rng_seeded(seed);
    for (int i = 0; i < 3000; i++) {
        int64_t from = at("2024-01-01T00:00") + (int64_t)rng_below(&rng, 1500 * (uint64_t)US_PER_DAY);
        int64_t later = from + (int64_t)rng_below(&rng, 20 * (uint64_t)US_PER_DAY);
        struct budget a = { .received_us = from, .cutoff_us = 15 * US_PER_HOUR }, b;
        assert_true(term_parse(str_from(terms[rng_below(&rng, COUNT(terms))]), &a.term));
        b = a;
        b.received_us = later;
        if (due(&a, k).at_us > due(&b, k).at_us || due(&a, k).at_us < from)
            fail_msg("seed %llu, case %d", (unsigned long long)seed, i);
        int64_t work = (int64_t)rng_below(&rng, 100 * (uint64_t)US_PER_HOUR);
        assert_int_equal(work_between(k, from, work_add(k, from, work)), work);
    }
}

static void sentences_say_why(void **state)
{
    (void)state;
    struct budget b = budget("2026-11-23T09:15", "3wd");
    assert_str(due_explain(&t.c, &b, k),
               "3 ngày làm việc từ 09:15 thứ Hai 23/11/2026; 24/11 nghỉ (Ngày Văn hóa Việt Nam)");
    b = budget("2026-08-21T10:00", "3wd");
    assert_str(due_explain(&t.c, &b, k),
               "3 ngày làm việc từ 10:00 thứ Sáu 21/08/2026; 22/8 làm bù (Làm bù cho ngày 31/8)");
}

static void verdicts_and_promises(void **state)
{
    (void)state;
    int64_t d = at("2026-11-27T09:15");
    assert_int_equal(due_verdict(at("2026-11-26T23:59"), d), VERDICT_EARLY);
    assert_int_equal(due_verdict(at("2026-11-27T16:00"), d), VERDICT_ON_TIME);
    assert_int_equal(due_verdict(at("2026-11-28T00:00"), d), VERDICT_LATE);
    assert_false(due_on_time_766(at("2026-11-27T09:16"), d, 0));
    assert_true(due_on_time_766(d, d, 1));
    assert_false(due_on_time_766(d, d, 2));
    assert_int_equal(due_promise(d, d + US_PER_DAY), d);
    assert_int_equal(due_promise(d, d - US_PER_DAY), d - US_PER_DAY);
}

static void terms_and_calendars_are_checked(void **state)
{
    (void)state;
    static const char *const bad[] = { "", "wd", "3", "-1wd", "0wd", "3x", "3.5d", "99999d", "0h" };
    struct term term;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(term_parse(str_from(bad[i]), &term));
    const struct calendar *other;
    struct str hours = S("{\"hours\":[{\"from\":\"2024-01-01\",\"spans\":[\"08:00-12:00\"]}]}");
    static const char *const years[] = {
        "{", "{\"year\":2026,\"holidays\":[{\"date\":\"2026-02-30\"}]}",
        "{\"year\":2026,\"holidays\":[{\"date\":\"2025-02-03\"}]}",
        "{\"year\":2026,\"working_saturdays\":[{\"date\":\"2026-11-23\"}]}",
    };
    for (size_t i = 0; i < COUNT(years); i++) {
        struct str year = str_from(years[i]);
        assert_int_equal(calendar_new(&t.c, &year, 1, hours, &other), E_BAD_INPUT);
    }
    assert_ok(calendar_new(&t.c, NULL, 0, hours, &other));
    assert_false(str_eq(calendar_version(other), calendar_version(k)));
    /* Without a file of its own a year still has the holidays that never move. */
    assert_false(calendar_is_workday(k, day_of_us(at("2035-04-30T00:00"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_vector_holds),
        cmocka_unit_test(the_same_day_ends_at_three),
        cmocka_unit_test(a_supplement_shifts_or_restarts),
        cmocka_unit_test(years_have_their_working_days),
        cmocka_unit_test(later_reception_is_never_due_earlier),
        cmocka_unit_test(sentences_say_why),
        cmocka_unit_test(verdicts_and_promises),
        cmocka_unit_test(terms_and_calendars_are_checked),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
