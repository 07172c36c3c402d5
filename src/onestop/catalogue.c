#include "onestop/inside.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Made by tools/embed.py from data/forms. */
#define FORM(name)                                                                                 \
    extern const unsigned char form_##name[];                                                      \
    extern const size_t form_##name##_n;
FORM(general) FORM(khai_sinh) FORM(tinh_trang_hon_nhan) FORM(ban_sao_chung_thuc) FORM(tro_cap_xa_hoi) FORM(index)
#undef FORM

/* The forms are parsed once and never change while the program runs. */
static struct forms {
    struct arena *arena;
    struct form *items[5];
    struct form_paper *papers[5];
    size_t n_papers[5];
    const struct json *index;
    err_t err;
} forms;

static err_t load_papers(struct ctx *c, const struct json *j, struct form_paper **ret, size_t *ret_n)
{
    const struct json *list = json_get(j, "papers");
    *ret_n = list ? list->n : 0;
    *ret = ARENA_ARRAY(c->arena, *ret_n, struct form_paper);
    for (size_t i = 0; i < *ret_n; i++) {
        const struct json *p = json_at(list, i);
        (*ret)[i] = (struct form_paper){ .id = json_get_str(p, "id", S("")), .name = json_get_str(p, "name", S("")),
                                         .hint = json_get_str(p, "hint", S("")),
                                         .show_if = json_get_str(p, "show_if", S("")),
                                         .required = json_get_bool(p, "required", false) };
    }
    return 0;
}

static void load_forms(void)
{
#define FORM(name) { (const char *)form_##name, form_##name##_n }
    const struct str texts[] = { FORM(general), FORM(khai_sinh), FORM(tinh_trang_hon_nhan),
                                 FORM(ban_sao_chung_thuc), FORM(tro_cap_xa_hoi) };
    const struct str index = FORM(index);
#undef FORM
    forms.arena = arena_new(8 << 20);
    struct ctx c = { .arena = forms.arena, .clock = &clock_system };
    const struct json *j;
    forms.err = json_parse(forms.arena, index, &forms.index, NULL);
    for (size_t i = 0; i < COUNT(texts) && !forms.err; i++) {
        forms.err = json_parse(forms.arena, texts[i], &j, NULL);
        if (!forms.err)
            forms.err = form_parse(&c, j, &forms.items[i]);
        if (!forms.err)
            forms.err = load_papers(&c, j, &forms.papers[i], &forms.n_papers[i]);
    }
    /* They are part of the program: a broken one is a broken build. */
    if (forms.err)
        abort();
}

static size_t form_position(struct str form_id)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_forms);
    for (size_t i = 0; i < COUNT(forms.items); i++) {
        if (str_eq(forms.items[i]->id, form_id))
            return i;
    }
    return 0;
}

err_t procedure_form(struct ctx *c, const struct procedure *p, const struct form **ret)
{
    (void)c;
    size_t i = form_position(p->form_id);
    *ret = forms.items[i];
    return 0;
}

void procedure_papers(const struct procedure *p, const struct form_paper **ret, size_t *ret_n)
{
    size_t i = form_position(p->form_id);
    *ret = forms.papers[i];
    *ret_n = forms.n_papers[i];
}

static struct str form_of_code(struct str code)
{
    (void)form_position(S("general"));
    const struct json *map = json_get(forms.index, "forms");
    for (size_t i = 0; map && i < map->n; i++) {
        if (str_eq(map->keys[i], code))
            return map->items[i].text;
    }
    return S("general");
}

struct procedure procedure_from(const struct procedure_row_row *r)
{
    return (struct procedure){
        .id = r->id, .code = r->code, .name = r->name, .field = r->field, .version = r->version,
        .valid_from_day = (int32_t)r->valid_from_day,
        .valid_to_day = r->valid_to_day == NO_I64 ? 0 : (int32_t)r->valid_to_day, .term = r->term,
        .supplement_mode = r->supplement_mode, .cutoff_15h = r->cutoff_15h, .fee_vnd = r->fee_vnd,
        .fee_text = r->fee_text, .online = r->online, .agency = r->agency, .result_name = r->result_name,
        .form_id = r->form_id, .details_json = r->details };
}

err_t procedure_get(struct ctx *c, struct db *db, struct str code, int32_t day, struct procedure *ret)
{
    struct procedure_row_row r;
    bool found;
    TRY(procedure_row(c, db, &(struct procedure_row_in){ .code = code, .day = day }, &r, &found));
    if (!found)
        return E_NOT_FOUND;
    *ret = procedure_from(&r);
    return 0;
}

err_t procedure_name_of(struct ctx *c, struct db *db, struct str code, struct str *ret)
{
    struct procedure_name_row r;
    bool found;
    TRY(procedure_name(c, db, &(struct procedure_name_in){ .code = code }, &r, &found));
    *ret = found ? r.name : code;
    return 0;
}

err_t procedure_version(struct ctx *c, struct db *db, struct id id, struct procedure *ret)
{
    struct procedure_by_id_row r;
    TRY(procedure_by_id(c, db, &(struct procedure_by_id_in){ .id = id }, &r));
    /* The two queries have the same columns. */
    _Static_assert(sizeof r == sizeof(struct procedure_row_row), "the same columns");
    *ret = procedure_from((const struct procedure_row_row *)(const void *)&r);
    return 0;
}

/* The source's number and unit as a term; "" where it gives none. */
static struct str term_of(struct ctx *c, const struct json *j)
{
    int64_t n;
    struct str unit = json_get_str(j, "days_unit", S(""));
    bool same_day = json_get_bool(j, "cutoff_15h", false);
    if (same_day)
        return S("0d");
    if (!json_i64(json_get(j, "days"), &n) || n < 1)
        return S("");
    const char *suffix = str_eq_c(unit, "ngày") ? "d" : str_eq_c(unit, "giờ") ? "h" : str_eq_c(unit, "giờ làm việc") ? "wh" : "wd";
    return str_fmt(c->arena, "%lld%s", (long long)n, suffix);
}

static struct str fee_text_of(struct ctx *c, const struct json *j)
{
    int64_t fee;
    struct str note = json_get_str(j, "fee_note", json_get_str(j, "fee_rule", S("")));
    if (note.n)
        return note;
    if (!json_i64(json_get(j, "fee_vnd"), &fee))
        return S("");
    if (!fee)
        return S("Không thu phí");
    struct str unit = json_get_str(j, "fee_unit", S("đồng"));
    return str_fmt(c->arena, "%.*s %.*s", STR_ARG(vi_number(c->arena, fee)), STR_ARG(unit));
}

static err_t load_one(struct ctx *c, struct db *db, const struct json *j, int32_t day, int64_t *new_rows)
{
    struct procedure_row_row old;
    struct buf text = { .arena = c->arena };
    struct json_out o = { .buf = &text };
    bool found;
    json_put(&o, j);
    struct sha256 hash = sha256_of(buf_view(&text));
    struct str code = json_get_str(j, "code", S("")), name = json_get_str(j, "name", S(""));
    if (!code.n || !name.n)
        return ctx_fail(c, E_BAD_INPUT, S("code"), "a procedure needs code and name");
    TRY(procedure_row(c, db, &(struct procedure_row_in){ .code = code, .day = INT32_MAX }, &old, &found));
    if (found && memcmp(old.content_hash.b, hash.b, 32) == 0)
        return 0;
    if (found)
        TRY(procedure_close(c, db, &(struct procedure_close_in){ .id = old.id, .valid_to_day = day - 1 }, NULL));
    struct procedure_add_in row = {
        .id = ctx_new_id(c), .code = code, .version = found ? old.version + 1 : 1, .valid_from_day = day,
        .name = name, .field = json_get_str(j, "field", S("")), .term = term_of(c, j),
        .supplement_mode = S("shift"), .cutoff_15h = json_get_bool(j, "cutoff_15h", false),
        .fee_vnd = json_get_i64(j, "fee_vnd", NO_I64), .fee_text = fee_text_of(c, j),
        .online = json_get_str(j, "online", S("")), .agency = json_get_str(j, "agency", S("")),
        .result_name = json_get_str(j, "result", S("")), .form_id = form_of_code(code),
        .details = buf_view(&text), .content_hash = hash };
    TRY(procedure_add(c, db, &row, NULL));
    ++*new_rows;
    /* Search finds the code, so that the newest version stands for all. */
    return search_put(c, db, S("procedure"), id_of_code(code),
                      str_fmt(c->arena, "%.*s %.*s %.*s", STR_ARG(name), STR_ARG(code), STR_ARG(row.field)));
}

struct id id_of_code(struct str code)
{
    struct id id;
    struct sha256 h = sha256_of(code);
    memcpy(id.b, h.b, sizeof id.b);
    return id;
}

err_t procedures_load(struct ctx *c, struct db *db, struct str json, int32_t valid_from_day, int64_t *ret_new)
{
    const struct json *list;
    struct json_error where = { 0 };
    int64_t n = 0;
    if (json_parse(c->arena, json, &list, &where) || list->type != JSON_ARRAY)
        return ctx_fail(c, E_BAD_INPUT, S("file"), "line %zu: %s", where.line, where.reason ? where.reason : "no list");
    for (size_t i = 0; i < list->n; i++)
        TRY(load_one(c, db, json_at(list, i), valid_from_day, &n));
    *ret_new = n;
    return audit_write(c, db, &(struct audit_entry){ .action = S("catalogue.load"),
                                                     .detail = str_fmt(c->arena, "{\"new\":%lld}", (long long)n) });
}
