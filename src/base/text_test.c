#include "base/test.h"

#include <string.h>

static struct arena *a;

static int setup(void **state)
{
    (void)state;
    a = arena_new(1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    a = arena_free(a);
    return 0;
}

static void arena_grows_and_flags_its_cap(void **state)
{
    (void)state;
    struct arena *small = arena_new(1000);
    char *p = arena_alloc(small, 10);
    p = arena_grow(small, p, 10, 400);
    p[399] = 'x';
    assert_false(arena_over(small));
    char *large = arena_alloc(small, 1 << 20);
    large[(1 << 20) - 1] = 1;
    assert_true(arena_over(small));
    arena_reset(small);
    assert_false(arena_over(small));
    assert_int_equal(arena_used(small), 0);
    arena_free(small);
    assert_null(arena_free(NULL));
}

static void strings_compare_cut_and_trim(void **state)
{
    (void)state;
    struct str head, tail;
    assert_true(str_cut(S("a=b=c"), '=', &head, &tail));
    assert_str(head, "a");
    assert_str(tail, "b=c");
    assert_false(str_cut(S("abc"), '=', &head, &tail));
    assert_str(head, "abc");
    assert_int_equal(tail.n, 0);
    assert_str(str_trim(S(" \t x y\n")), "x y");
    assert_true(str_cmp(S("ab"), S("abc")) < 0);
    assert_int_equal(str_find(S("hello"), S("ll")), 2);
    assert_int_equal(str_find(S("hello"), S("z")), -1);
    assert_null(str_dup(a, STR_NONE).p);
}

static void numbers_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    int64_t n = 7;
    assert_true(str_to_i64(S("9223372036854775807"), &n) && n == INT64_MAX);
    assert_true(str_to_i64(S("-9223372036854775808"), &n) && n == INT64_MIN);
    n = 7;
    static const char *const bad[] = { "", "-", "9223372036854775808", "1 ", "+1", "1e3", "0x1" };
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(str_to_i64(str_from(bad[i]), &n));
    assert_int_equal(n, 7);
    struct buf b = { .arena = a };
    buf_i64(&b, INT64_MIN);
    assert_str(buf_view(&b), "-9223372036854775808");
}

static void utf8_is_checked(void **state)
{
    (void)state;
    assert_true(str_is_text(S("Đặng Thị Hường\n")));
    static const char *const bad[] = { "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80",
                                       "\xE1\xBB", "\xF8\x88\x80\x80\x80" };
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(str_is_utf8(str_from(bad[i])));
    assert_false(str_is_text(S("a\0b")));
    assert_int_equal(str_codepoints(S("Đức")), 3);
}

static void folding_finds_without_marks(void **state)
{
    (void)state;
    assert_str(vi_fold(a, S("Nguyễn Thị Đức")), "nguyen thi duc");
    assert_str(vi_fold(a, S("  ĐẤT—đai, 2026! ")), "dat dai 2026");
    /* the same word decomposed */
    assert_str(vi_fold(a, S("e\xCC\x82\xCC\x81")), "e");
    assert_str(vi_slug(a, S("Đăng ký khai sinh")), "dang-ky-khai-sinh");
    assert_str(vi_fold(a, S("")), "");
}

static void tone_placement_does_not_matter_when_exact(void **state)
{
    (void)state;
    assert_str(vi_exact(a, S("Hoà thuý khoẻ")), "hòa thúy khỏe");
    assert_str(vi_exact(a, S("quý quỳ loài hoài")), "quý quỳ loài hoài");
}

static void sorting_is_vietnamese(void **state)
{
    (void)state;
    static const char *const order[] = { "ma", "mà", "mả", "mã", "má", "mạ", "mă", "mâ", "me",
                                         "na", "nơ", "đa" };
    static const char *const letters[] = { "an", "ăn", "ân", "d", "đ", "e", "ê", "o", "ô", "ơ", "u",
                                           "ư" };
    for (size_t i = 0; i + 2 < COUNT(order); i++)
        assert_true(str_cmp(vi_sort_key(a, str_from(order[i])),
                            vi_sort_key(a, str_from(order[i + 1]))) < 0);
    for (size_t i = 0; i + 1 < COUNT(letters); i++)
        assert_true(str_cmp(vi_sort_key(a, str_from(letters[i])),
                            vi_sort_key(a, str_from(letters[i + 1]))) < 0);
    /* given name first: An before Bình whatever the family name */
    assert_true(str_cmp(vi_name_sort_key(a, S("Vũ Văn An")),
                        vi_name_sort_key(a, S("Bùi Thị Bình"))) < 0);
    assert_true(str_cmp(vi_name_sort_key(a, S("Bùi An")), vi_name_sort_key(a, S("Vũ An"))) < 0);
    assert_str(vi_given_name(S("Nguyễn Thị Hường ")), "Hường");
}

static void letters_change_case(void **state)
{
    (void)state;
    assert_str(vi_lower(a, S("ĐẶNG ƯỚC")), "đặng ước");
    assert_str(vi_upper(a, S("đặng ước")), "ĐẶNG ƯỚC");
}

static void numbers_are_said(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        const char *words;
    } rows[] = {
        { 0, "không" }, { 5, "năm" }, { 10, "mười" }, { 15, "mười lăm" }, { 21, "hai mươi mốt" },
        { 105, "một trăm linh năm" }, { 1205, "một nghìn hai trăm linh năm" },
        { 1000000, "một triệu" }, { 1000005, "một triệu không trăm linh năm" },
        { 2500000000, "hai tỷ năm trăm triệu" }, { -11, "âm mười một" },
        { 1015, "một nghìn không trăm mười lăm" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_str(vi_number_words(a, rows[i].n), rows[i].words);
    assert_str(vi_number(a, 1234567), "1.234.567");
    assert_str(vi_number(a, -100), "-100");
    assert_str(vi_vnd(a, 2000), "2.000\xC2\xA0đ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(arena_grows_and_flags_its_cap, setup, teardown),
        cmocka_unit_test_setup_teardown(strings_compare_cut_and_trim, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_are_read_whole_or_not_at_all, setup, teardown),
        cmocka_unit_test_setup_teardown(utf8_is_checked, setup, teardown),
        cmocka_unit_test_setup_teardown(folding_finds_without_marks, setup, teardown),
        cmocka_unit_test_setup_teardown(tone_placement_does_not_matter_when_exact, setup, teardown),
        cmocka_unit_test_setup_teardown(sorting_is_vietnamese, setup, teardown),
        cmocka_unit_test_setup_teardown(letters_change_case, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_are_said, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
