#include "base/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

static struct arena *a;

static int setup(void **state)
{
    (void)state;
    a = arena_new(256 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    a = arena_free(a);
    return 0;
}

static void hashes_match_published_vectors(void **state)
{
    (void)state;
    struct sha256 h = sha256_of(S("abc"));
    assert_str(hex_of(a, h.b, 32),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    struct sha256_state *s = sha256_begin();
    sha256_add(s, "a", 1);
    sha256_add(s, "bc", 2);
    struct sha256 streamed = sha256_end(s);
    assert_memory_equal(h.b, streamed.b, 32);
    /* RFC 4231, case 2 */
    h = hmac_sha256(S("Jefe"), S("what do ya want for nothing?"));
    assert_str(hex_of(a, h.b, 32),
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void encodings_go_round(void **state)
{
    (void)state;
    static const struct {
        const char *plain, *b64, *b32;
    } rows[] = { /* RFC 4648, section 10 */
        { "", "", "" }, { "f", "Zg==", "MY" }, { "fo", "Zm8=", "MZXQ" }, { "foo", "Zm9v", "MZXW6" },
        { "foob", "Zm9vYg==", "MZXW6YQ" }, { "fooba", "Zm9vYmE=", "MZXW6YTB" },
        { "foobar", "Zm9vYmFy", "MZXW6YTBOI" },
    };
    struct str back;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_str(base64_of(a, str_from(rows[i].plain)), rows[i].b64);
        assert_str(base32_of(a, str_from(rows[i].plain)), rows[i].b32);
        assert_true(base64_parse(a, str_from(rows[i].b64), &back));
        assert_str(back, rows[i].plain);
        assert_true(base32_parse(a, str_from(rows[i].b32), &back));
        assert_str(back, rows[i].plain);
    }
    assert_false(base64_parse(a, S("Zg=a"), &back));
    assert_false(base32_parse(a, S("M1"), &back));
    uint8_t bytes[2];
    assert_false(hex_parse(S("12x4"), bytes, 2));
    assert_false(hex_parse(S("123"), bytes, 2));
}

static const struct json *parsed(const char *text)
{
    const struct json *j = NULL;
    return json_parse(a, str_from(text), &j, NULL) ? NULL : j;
}

static void json_keeps_numbers_and_refuses_what_is_none(void **state)
{
    (void)state;
    const struct json *j = parsed(" {\"a\":1.00,\"b\":[true,null,\"\\u0110\\ud83d\\ude00\"],\"c\":-0e+3}");
    assert_non_null(j);
    assert_str(json_get(j, "a")->text, "1.00");
    assert_str(json_at(json_get(j, "b"), 2)->text, "Đ😀");
    struct buf b = { .arena = a };
    struct json_out o = { .buf = &b };
    json_put(&o, j);
    assert_str(buf_view(&b), "{\"a\":1.00,\"b\":[true,null,\"Đ😀\"],\"c\":-0e+3}");
    static const char *const bad[] = {
        "", "{", "01", "1.", ".5", "+1", "NaN", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "\"\t\"", "'a'", "// x\n1", "1 2", "\"\\x\"", "\"\\u12\"", "[1", "tru", "nul",
        "{\"a\" 1}", "{a:1}", "\"\xff\"", "\"\\u0000\"", "-", "1e", "1e+",
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_null(parsed(bad[i]));
    struct buf deep = { .arena = a };
    for (int i = 0; i < 100; i++)
        buf_char(&deep, '[');
    assert_null(parsed(str_c(a, buf_view(&deep))));
}

static void json_says_where_it_stopped(void **state)
{
    (void)state;
    struct json_error e;
    const struct json *j;
    assert_int_equal(json_parse(a, S("{\n \"a\": x}"), &j, &e), E_BAD_REQUEST);
    assert_int_equal(e.line, 2);
    assert_int_equal(e.column, 7);
}

static void json_conversions_are_strict(void **state)
{
    (void)state;
    const struct json *j = parsed("{\"n\":12,\"f\":1.5,\"big\":9223372036854775808,\"s\":\"x\"}");
    int64_t n = 0;
    struct str s;
    assert_true(json_i64(json_get(j, "n"), &n) && n == 12);
    assert_false(json_i64(json_get(j, "f"), &n));
    assert_false(json_i64(json_get(j, "big"), &n));
    assert_false(json_str(json_get(j, "n"), &s));
    assert_false(json_i64(json_get(j, "absent"), &n));
    assert_int_equal(json_get_i64(j, "absent", 5), 5);
    assert_null(json_at(j, 0));
}

static void csv_reads_what_spreadsheets_write(void **state)
{
    (void)state;
    struct csv_reader *r =
        csv_reader_new(a, S("\xEF\xBB\xBFhọ tên;số\r\n\"An \"\"x\"\"\n;y\";2\n\nZ;\n"));
    struct str *cells;
    size_t n;
    bool done;
    assert_ok(csv_next(r, &cells, &n, &done));
    assert_int_equal(n, 2);
    assert_str(cells[0], "họ tên");
    assert_ok(csv_next(r, &cells, &n, &done));
    assert_str(cells[0], "An \"x\"\n;y");
    assert_int_equal(csv_line(r), 2);
    assert_ok(csv_next(r, &cells, &n, &done));
    assert_int_equal(n, 1);
    assert_int_equal(csv_line(r), 4);
    assert_ok(csv_next(r, &cells, &n, &done));
    assert_int_equal(n, 2);
    assert_ok(csv_next(r, &cells, &n, &done));
    assert_true(done);
    r = csv_reader_new(a, S("a,\"b"));
    assert_int_equal(csv_next(r, &cells, &n, &done), E_BAD_REQUEST);
    r = csv_reader_new(a, S("a,\xff"));
    assert_int_equal(csv_next(r, &cells, &n, &done), E_BAD_REQUEST);
}

static void csv_writes_no_formulas(void **state)
{
    (void)state;
    struct buf b = { .arena = a };
    csv_cell(&b, S("=1+1"), true);
    csv_cell(&b, S("-12"), false);
    csv_cell(&b, S("a,\"b\""), false);
    csv_end(&b);
    assert_str(buf_view(&b), "\"'=1+1\",-12,\"a,\"\"b\"\"\"\r\n");
}

struct seen {
    size_t rows;
    struct str last[4];
};

static err_t see_row(void *arg, size_t row, const struct str *cells, size_t n)
{
    struct seen *s = arg;
    s->rows++;
    assert_true(row > 0);
    for (size_t i = 0; i < 4; i++)
        s->last[i] = i < n ? str_dup(a, cells[i]) : STR_NONE;
    return 0;
}

static void xlsx_goes_round(void **state)
{
    (void)state;
    char path[] = "/tmp/nep-xlsx-XXXXXX";
    close(mkstemp(path));
    struct xlsx_writer *w;
    assert_ok(xlsx_write_begin(a, path, S("Hồ sơ"), &w));
    for (int i = 0; i < 3; i++) {
        xlsx_put_str(w, S("Đặng & <Thị>"));
        xlsx_put_i64(w, i);
        xlsx_put_str(w, S("036123456789"));
        xlsx_end_row(w);
    }
    assert_ok(xlsx_write_end(w));
    struct seen s = { 0 };
    assert_ok(xlsx_read(a, path, see_row, &s));
    assert_int_equal(s.rows, 3);
    assert_str(s.last[0], "Đặng & <Thị>");
    assert_str(s.last[1], "2");
    assert_str(s.last[2], "036123456789");
    unlink(path);
}

/* A workbook whose sheet is `xml`, `repeat` times. */
static void make_book(const char *path, const char *styles, struct str xml)
{
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(z);
    zip_file_add(z, "xl/styles.xml", zip_source_buffer(z, styles, strlen(styles), 0), 0);
    zip_file_add(z, "xl/worksheets/sheet1.xml", zip_source_buffer(z, xml.p, xml.n, 0), 0);
    assert_int_equal(zip_close(z), 0);
}

static void xlsx_dates_are_dates(void **state)
{
    (void)state;
    char path[] = "/tmp/nep-xlsx-XXXXXX";
    close(mkstemp(path));
    make_book(path, "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
              S("<worksheet><sheetData><row r=\"2\"><c r=\"B2\" s=\"1\"><v>46349</v></c>"
                "<c r=\"C2\"><v>46349</v></c></row></sheetData></worksheet>"));
    struct seen s = { 0 };
    assert_ok(xlsx_read(a, path, see_row, &s));
    assert_str(s.last[0], "");
    assert_str(s.last[1], "2026-11-23");
    assert_str(s.last[2], "46349");
    unlink(path);
}

static void xlsx_bombs_are_refused(void **state)
{
    (void)state;
    char path[] = "/tmp/nep-xlsx-XXXXXX";
    close(mkstemp(path));
    size_t n = 80u << 20;
    char *zeros = malloc(n);
    memset(zeros, ' ', n);
    memcpy(zeros, "<worksheet>", 11);
    make_book(path, "<styleSheet/>", (struct str){ zeros, n });
    struct seen s = { 0 };
    assert_int_equal(xlsx_read(a, path, see_row, &s), E_LIMIT);
    free(zeros);
    make_book(path, "<!DOCTYPE x [<!ENTITY e \"x\">]><styleSheet/>", S("<worksheet/>"));
    assert_int_equal(xlsx_read(a, path, see_row, &s), E_BAD_TYPE);
    unlink(path);
    assert_int_equal(xlsx_read(a, "/etc/passwd", see_row, &s), E_BAD_TYPE);
}

static void errors_speak_both_languages(void **state)
{
    (void)state;
    assert_string_equal(err_name(E_NOT_FOUND), "NOT_FOUND");
    assert_int_equal(err_http(E_DISK_FULL), 507);
    assert_int_equal(err_class(E_BUSY), ERR_SOFT);
    assert_string_equal(tr(LANG_EN, err_vi(E_NOT_FOUND)), "Not found.");
    assert_string_equal(tr(LANG_VI, err_vi(E_NOT_FOUND)), "Không tìm thấy nội dung này.");
    assert_string_equal(tr(LANG_EN, "không có trong danh mục"), "không có trong danh mục");
    assert_string_equal(err_name(99), "UNKNOWN");
}

static void rights_are_denied_by_default(void **state)
{
    (void)state;
    struct actor nobody = { .kind = ACTOR_ANONYMOUS, .roles = ~0u };
    struct actor clerk = { .kind = ACTOR_STAFF, .roles = ROLE_CLERK };
    struct actor system = { .kind = ACTOR_SYSTEM };
    assert_true(actor_can(&nobody, RIGHT_PUBLIC));
    assert_false(actor_can(&nobody, RIGHT_SIGNED_IN));
    assert_false(actor_can(&nobody, RIGHT_DOSSIER_RECEIVE));
    assert_true(actor_can(&clerk, RIGHT_DOSSIER_RECEIVE));
    assert_false(actor_can(&clerk, RIGHT_DOSSIER_STOP));
    assert_false(actor_can(&clerk, RIGHT_NOBODY));
    assert_false(actor_can(&system, RIGHT_NOBODY));
    assert_true(actor_can(&system, RIGHT_AUDIT_READ));
    assert_int_equal(role_parse(S("clerk")), ROLE_CLERK);
    assert_int_equal(role_parse(S("king")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hashes_match_published_vectors, setup, teardown),
        cmocka_unit_test_setup_teardown(encodings_go_round, setup, teardown),
        cmocka_unit_test_setup_teardown(json_keeps_numbers_and_refuses_what_is_none, setup, teardown),
        cmocka_unit_test_setup_teardown(json_says_where_it_stopped, setup, teardown),
        cmocka_unit_test_setup_teardown(json_conversions_are_strict, setup, teardown),
        cmocka_unit_test_setup_teardown(csv_reads_what_spreadsheets_write, setup, teardown),
        cmocka_unit_test_setup_teardown(csv_writes_no_formulas, setup, teardown),
        cmocka_unit_test_setup_teardown(xlsx_goes_round, setup, teardown),
        cmocka_unit_test_setup_teardown(xlsx_dates_are_dates, setup, teardown),
        cmocka_unit_test_setup_teardown(xlsx_bombs_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(errors_speak_both_languages, setup, teardown),
        cmocka_unit_test_setup_teardown(rights_are_denied_by_default, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
