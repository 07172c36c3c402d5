/* Residents from a spreadsheet: every bad row told, all or nothing unless asked otherwise. */
#include "people/people.h"
#include "people/people_queries.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum column { C_NAME, C_BORN, C_SEX, C_NUMBER, C_PHONE, C_HAMLET, C_HOUSE, C_RELATION, C_ETHNIC, C_ADDRESS, C_COUNT };
enum { MOST_FAULTS = 1000, MOST_ROWS = 100000, LARGEST_CSV = 32 << 20 };

static const struct {
    const char *folded, *vi;
} columns[C_COUNT] = {
    [C_NAME] = { "ho va ten", "Họ và tên" }, [C_BORN] = { "ngay sinh", "Ngày sinh" },
    [C_SEX] = { "gioi tinh", "Giới tính" }, [C_NUMBER] = { "so dinh danh", "Số định danh" },
    [C_PHONE] = { "dien thoai", "Điện thoại" }, [C_HAMLET] = { "xom", "Xóm" },
    [C_HOUSE] = { "ma ho", "Mã hộ" }, [C_RELATION] = { "quan he", "Quan hệ" },
    [C_ETHNIC] = { "dan toc", "Dân tộc" }, [C_ADDRESS] = { "dia chi", "Địa chỉ" },
};

struct import {
    struct ctx *c;
    int at[C_COUNT];           /* column of the file, -1: absent */
    bool header_seen;
    struct resident *people;
    struct str *houses;
    size_t n, cap;
    bool row_is_bad;
    const struct hamlet *hamlets;
    size_t n_hamlets;
    struct import_report *report;
};

static void fault(struct import *m, size_t line, enum column column, const char *msgid)
{
    struct import_report *r = m->report;
    m->row_is_bad = true;
    if (r->n_faults < MOST_FAULTS) {
        r->faults = arena_grow(m->c->arena, r->faults, r->n_faults * sizeof *r->faults,
                               (r->n_faults + 1) * sizeof *r->faults);
        r->faults[r->n_faults++] =
            (struct import_fault){ line, str_from(columns[column].vi), str_from(T(m->c, msgid)) };
    }
}

static err_t read_header(struct import *m, const struct str *cells, size_t n)
{
    for (int k = 0; k < C_COUNT; k++) {
        m->at[k] = -1;
        for (size_t i = 0; i < n; i++) {
            struct str folded = vi_fold(m->c->arena, cells[i]);
            bool same = str_eq_c(folded, columns[k].folded) ||
                        (k == C_PHONE && str_eq_c(folded, "so dien thoai")) ||
                        (k == C_HAMLET && str_eq_c(folded, "thon xom")) || (k == C_HOUSE && str_eq_c(folded, "ho"));
            if (same)
                m->at[k] = (int)i;
        }
    }
    m->header_seen = true;
    if (m->at[C_NAME] < 0)
        return ctx_fail(m->c, E_BAD_INPUT, S("file"), "%s", T(m->c, "Tệp không có cột “Họ và tên”."));
    return 0;
}

static struct str cell(const struct import *m, const struct str *cells, size_t n, enum column k)
{
    return m->at[k] >= 0 && (size_t)m->at[k] < n ? str_trim(cells[m->at[k]]) : S("");
}

static bool read_born(struct str s, struct resident *r)
{
    int64_t year;
    if (!s.n)
        return true;
    if (s.n == 4 && str_to_i64(s, &year) && year > 1880 && year < 2200) {
        r->born_year = year;
        return true;
    }
    r->has_born_day = day_parse(s, &r->born_day);
    return r->has_born_day;
}

static bool read_hamlet(const struct import *m, struct str s, struct resident *r)
{
    struct str folded = vi_fold(m->c->arena, s);
    for (size_t i = 0; i < m->n_hamlets; i++) {
        if (str_eq(folded, vi_fold(m->c->arena, m->hamlets[i].name)) || str_eq(s, m->hamlets[i].code)) {
            r->hamlet_id = m->hamlets[i].id;
            return true;
        }
    }
    return !s.n;
}

static bool seen_number(const struct import *m, struct str number)
{
    for (size_t i = 0; number.n && i < m->n; i++) {
        if (str_eq(m->people[i].id_number, number))
            return true;
    }
    return false;
}

static err_t read_row(struct import *m, size_t line, const struct str *cells, size_t n)
{
    struct arena *a = m->c->arena;
    struct id_number_parts parts;
    struct resident r = { .born_year = NO_I64, .nationality = S("Việt Nam") };
    bool blank = true;
    for (size_t i = 0; i < n; i++)
        blank &= str_trim(cells[i]).n == 0;
    if (blank)
        return 0;
    if (++m->report->rows > MOST_ROWS)
        return E_LIMIT;
    r.name = str_dup(a, cell(m, cells, n, C_NAME));
    r.id_number = str_dup(a, cell(m, cells, n, C_NUMBER));
    r.ethnic = str_dup(a, cell(m, cells, n, C_ETHNIC));
    r.address = str_dup(a, cell(m, cells, n, C_ADDRESS));
    r.relation = str_dup(a, cell(m, cells, n, C_RELATION));
    m->row_is_bad = false;
    struct str phone = cell(m, cells, n, C_PHONE), sex = vi_fold(a, cell(m, cells, n, C_SEX));
    if (str_codepoints(r.name) < 2 || !str_is_text(r.name))
        fault(m, line, C_NAME, N_("thiếu họ và tên"));
    if (!read_born(cell(m, cells, n, C_BORN), &r))
        fault(m, line, C_BORN, N_("không phải ngày có thật; viết như 23/11/1980 hoặc 1980"));
    if (r.id_number.n && !id_number_read(r.id_number, &parts))
        fault(m, line, C_NUMBER, N_("phải có đúng 12 chữ số"));
    else if (seen_number(m, r.id_number))
        fault(m, line, C_NUMBER, N_("số này đã có ở dòng trên"));
    if (phone.n && !phone_normalise(a, phone, &r.phone))
        fault(m, line, C_PHONE, N_("không phải số điện thoại Việt Nam"));
    if (!read_hamlet(m, cell(m, cells, n, C_HAMLET), &r))
        fault(m, line, C_HAMLET, N_("xã không có xóm này"));
    if (sex.n && !str_eq_c(sex, "nam") && !str_eq_c(sex, "nu"))
        fault(m, line, C_SEX, N_("viết Nam hoặc Nữ"));
    r.sex = str_eq_c(sex, "nam") ? SEX_MALE : str_eq_c(sex, "nu") ? SEX_FEMALE : SEX_UNKNOWN;
    if (r.has_born_day && r.born_day > day_of_us(ctx_now(m->c)))
        fault(m, line, C_BORN, N_("ngày này ở tương lai"));
    if (r.name.n > 200 || r.address.n > 1000)
        fault(m, line, C_NAME, N_("nội dung quá dài"));
    if (m->row_is_bad) {
        m->report->bad++;
        return 0;
    }
    if (m->n == m->cap) {
        size_t cap = m->cap ? 2 * m->cap : 256;
        m->people = arena_grow(a, m->people, m->cap * sizeof *m->people, cap * sizeof *m->people);
        m->houses = arena_grow(a, m->houses, m->cap * sizeof *m->houses, cap * sizeof *m->houses);
        m->cap = cap;
    }
    m->houses[m->n] = str_dup(a, cell(m, cells, n, C_HOUSE));
    m->people[m->n++] = r;
    m->report->good++;
    return 0;
}

static err_t take_row(void *arg, size_t line, const struct str *cells, size_t n)
{
    struct import *m = arg;
    return m->header_seen ? read_row(m, line, cells, n) : read_header(m, cells, n);
}

static err_t read_text(struct ctx *c, const char *path, struct str *ret)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size > LARGEST_CSV) {
        if (fd >= 0)
            close(fd);
        return fd < 0 ? ctx_fail(c, E_IO, S("file"), "%s can't be read", path) : E_TOO_LARGE;
    }
    char *p = arena_alloc(c->arena, (size_t)st.st_size + 1);
    ssize_t n = read(fd, p, (size_t)st.st_size);
    close(fd);
    *ret = (struct str){ p, n > 0 ? (size_t)n : 0 };
    return n == st.st_size ? 0 : E_IO;
}

static err_t read_csv(struct import *m, const char *path)
{
    struct str text, *cells;
    size_t n;
    bool done = false;
    TRY(read_text(m->c, path, &text));
    struct csv_reader *r = csv_reader_new(m->c->arena, text);
    for (;;) {
        err_t e = csv_next(r, &cells, &n, &done);
        if (e)
            return ctx_fail(m->c, e, S("file"), "%s %zu", T(m->c, "Tệp hỏng ở dòng"), csv_line(r));
        if (done)
            return 0;
        TRY(take_row(m, csv_line(r), cells, n));
    }
}

static err_t read_hamlets(struct ctx *c, struct db *db, void *arg)
{
    struct import *m = arg;
    struct hamlet *list;
    TRY(hamlets(c, db, &list, &m->n_hamlets));
    m->hamlets = list;
    return 0;
}

static err_t find_house(struct ctx *c, struct db *db, struct str code, struct resident *r)
{
    struct household_by_code_row row;
    bool found;
    if (!code.n || id_is_none(r->hamlet_id))
        return 0;
    TRY(household_by_code(c, db, &(struct household_by_code_in){ .code = code }, &row, &found));
    r->household_id = found ? row.id : ctx_new_id(c);
    if (found)
        return 0;
    return household_add(c, db,
                         &(struct household_add_in){ .id = r->household_id, .code = code,
                                                     .hamlet_id = r->hamlet_id,
                                                     .address = r->address.p ? r->address : S("") },
                         NULL);
}

static struct str either(struct str fresh, struct str old)
{
    return fresh.n ? fresh : old;
}

/* What the file says, and where it is silent, what was known. */
static struct resident filled_in(const struct resident *old, const struct resident *fresh)
{
    struct resident r = *old;
    r.name = fresh->name;
    r.phone = either(fresh->phone, old->phone);
    r.ethnic = either(fresh->ethnic, old->ethnic);
    r.address = either(fresh->address, old->address);
    r.relation = either(fresh->relation, old->relation);
    r.sex = fresh->sex != SEX_UNKNOWN ? fresh->sex : old->sex;
    if (!id_is_none(fresh->hamlet_id))
        r.hamlet_id = fresh->hamlet_id;
    if (fresh->has_born_day || fresh->born_year != NO_I64) {
        r.has_born_day = fresh->has_born_day;
        r.born_day = fresh->born_day;
        r.born_year = fresh->born_year;
    }
    return r;
}

/* Somebody known by number is changed, not added again. */
static err_t write_people(struct ctx *c, struct db *db, void *arg)
{
    struct import *m = arg;
    m->report->added = m->report->changed = 0;
    for (size_t i = 0; i < m->n; i++) {
        struct resident r = m->people[i], old;
        bool known = false;
        if (r.id_number.n)
            TRY(resident_find_id_number(c, db, r.id_number, &old, &known));
        if (known)
            r = filled_in(&old, &r);
        TRY(find_house(c, db, m->houses[i], &r));
        TRY(resident_save(c, db, &r));
        m->report->added += !known;
        m->report->changed += known;
    }
    return 0;
}

err_t people_import(struct ctx *c, const char *path, bool take_good, bool dry_run, struct import_report *ret)
{
    *ret = (struct import_report){ 0 };
    struct import m = { .c = c, .report = ret };
    TRY(store_read(c, read_hamlets, &m));
    char head[4] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, head, sizeof head) < 0) {
        if (fd >= 0)
            close(fd);
        return ctx_fail(c, E_IO, S("file"), "%s can't be read", path);
    }
    close(fd);
    bool book = memcmp(head, "PK\x03\x04", 4) == 0;
    TRY(book ? xlsx_read(c->arena, path, take_row, &m) : read_csv(&m, path));
    if (!m.header_seen)
        return ctx_fail(c, E_BAD_INPUT, S("file"), "%s", T(c, "Tệp không có dòng nào."));
    if (dry_run || (ret->bad && !take_good) || !m.n)
        return 0;
    return store_write_alone(c, write_people, &m);
}
