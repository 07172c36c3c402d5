/* From what was typed to what is kept. */
#include "store/store.h"
#include "web/form.h"

#include <string.h>

#include "web/form_inside.h"

static struct str typed_value(const struct form_values *in, struct str name)
{
    for (size_t i = 0; i < in->n; i++) {
        if (str_eq(in->items[i].name, name))
            return in->items[i].value;
    }
    return S("");
}

struct str form_get(const struct form_values *v, const char *name)
{
    return v ? typed_value(v, str_from(name)) : S("");
}

int64_t form_get_i64(const struct form_values *v, const char *name, int64_t fallback)
{
    int64_t n;
    return str_to_i64(form_get(v, name), &n) ? n : fallback;
}

bool form_get_yes(const struct form_values *v, const char *name)
{
    return str_eq_c(form_get(v, name), "yes");
}

const struct form_field *form_field_named(const struct form *form, struct str name)
{
    for (size_t i = 0; i < form->n_fields; i++) {
        if (str_eq(form->fields[i].name, name))
            return &form->fields[i];
    }
    return NULL;
}

static bool is_option(const struct form_field *f, struct str value)
{
    for (size_t i = 0; i < f->n_options; i++) {
        if (str_eq(f->options[i].value, value))
            return true;
    }
    return false;
}

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    }
    return s.n > 0;
}

/* Without blanks, dots and dashes, as people write numbers. */
static struct str only_marks_off(struct ctx *c, struct str s, const char *marks)
{
    struct buf b = { .arena = c->arena };
    for (size_t i = 0; i < s.n; i++) {
        if (!strchr(marks, s.p[i]))
            buf_char(&b, s.p[i]);
    }
    return buf_view(&b);
}

/* Each check returns NULL and perhaps a better text in *value, or the msgid of what is wrong. */
typedef const char *(*check_fn)(struct ctx *c, const struct form_field *f, struct str *value);

static const char *check_text(struct ctx *c, const struct form_field *f, struct str *value)
{
    (void)c;
    int64_t n = (int64_t)str_codepoints(*value);
    int64_t most = f->max ? f->max : f->type == FIELD_LONG ? 10000 : 500;
    if (f->type == FIELD_TEXT && str_has(*value, '\n'))
        return N_("Chỉ nhập một dòng.");
    if (n < f->min)
        return N_("Nội dung quá ngắn.");
    return n > most ? N_("Nội dung quá dài.") : NULL;
}

static const char *check_number(struct ctx *c, const struct form_field *f, struct str *value)
{
    int64_t n;
    struct str digits = f->type == FIELD_MONEY ? only_marks_off(c, *value, ". đ\xC2\xA0") : *value;
    if (!str_to_i64(digits, &n))
        return f->type == FIELD_MONEY ? N_("Nhập số tiền bằng chữ số, ví dụ 1.500.000.")
                                      : N_("Nhập một số nguyên.");
    if ((f->min || f->max) && n < f->min)
        return N_("Số này quá nhỏ.");
    if ((f->min || f->max) && n > f->max)
        return N_("Số này quá lớn.");
    *value = str_fmt(c->arena, "%lld", (long long)n);
    return NULL;
}

static const char *check_date(struct ctx *c, const struct form_field *f, struct str *value)
{
    int32_t day;
    if (!day_parse(*value, &day))
        return N_("Nhập ngày theo dạng ngày/tháng/năm, ví dụ 23/11/2026.");
    if (f->past_only && day > day_of_us(ctx_now(c)))
        return N_("Ngày này ở tương lai. Hãy kiểm tra lại.");
    int year, month, d;
    day_to_ymd(day, &year, &month, &d);
    if (year < 1875 || year > 2200)
        return N_("Năm này không hợp lý. Hãy kiểm tra lại.");
    *value = day_iso(c->arena, day);
    return NULL;
}

static const char *check_choice(struct ctx *c, const struct form_field *f, struct str *value)
{
    (void)c;
    return is_option(f, *value) ? NULL : N_("Chọn một trong các mục có sẵn.");
}

static const char *check_choices(struct ctx *c, const struct form_field *f, struct str *value)
{
    struct str rest = *value, one;
    (void)c;
    while (rest.n) {
        (void)str_cut(rest, '\n', &one, &rest);
        if (!is_option(f, one))
            return N_("Chọn trong các mục có sẵn.");
    }
    return NULL;
}

static const char *check_yes(struct ctx *c, const struct form_field *f, struct str *value)
{
    (void)c, (void)f;
    return str_eq_c(*value, "yes") ? NULL : N_("Đánh dấu vào ô này.");
}

/* Vietnamese numbers: mobile 0[35789] + 8 digits, landline 02 + 9 digits; kept as +84…. */
static const char *check_phone(struct ctx *c, const struct form_field *f, struct str *value)
{
    (void)f;
    struct str s = only_marks_off(c, *value, " .-()");
    if (str_starts(s, S("+84")))
        s = str_fmt(c->arena, "0%.*s", STR_ARG(str_sub(s, 3, s.n)));
    else if (str_starts(s, S("84")) && s.n == 11)
        s = str_fmt(c->arena, "0%.*s", STR_ARG(str_sub(s, 2, s.n)));
    bool mobile = s.n == 10 && strchr("35789", s.p[1]);
    bool landline = s.n == 11 && s.p[1] == '2';
    if (!all_digits(s) || s.p[0] != '0' || !(mobile || landline))
        return N_("Số điện thoại chưa đúng. Nhập 10 chữ số, ví dụ 0912345678.");
    *value = str_fmt(c->arena, "+84%.*s", STR_ARG(str_sub(s, 1, s.n)));
    return NULL;
}

static const char *check_email(struct ctx *c, const struct form_field *f, struct str *value)
{
    (void)c, (void)f;
    struct str user, host;
    bool ok = str_cut(*value, '@', &user, &host) && user.n && host.n > 3 && value->n <= 254 &&
              !str_has(host, '@') && !str_has(*value, ' ') && str_has(host, '.');
    return ok ? NULL : N_("Địa chỉ thư điện tử chưa đúng, ví dụ ten@example.vn.");
}

static const char *check_id_number(struct ctx *c, const struct form_field *f, struct str *value)
{
    (void)f;
    struct str s = only_marks_off(c, *value, " .-");
    if (!all_digits(s) || s.n != 12)
        return N_("Số định danh có đúng 12 chữ số, in trên thẻ căn cước.");
    *value = s;
    return NULL;
}

static const char *check_code(struct ctx *c, const struct form_field *f, struct str *value)
{
    struct str s = only_marks_off(c, *value, " .-");
    size_t digits = f->max ? (size_t)f->max : 6;
    if (!all_digits(s) || s.n != digits)
        return N_("Mã gồm 6 chữ số.");
    *value = s;
    return NULL;
}

static const char *check_password(struct ctx *c, const struct form_field *f, struct str *value)
{
    (void)c, (void)f;
    return value->n > 1024 ? N_("Nội dung quá dài.") : NULL;
}

static const check_fn checks[] = {
    [FIELD_TEXT] = check_text, [FIELD_LONG] = check_text, [FIELD_NUMBER] = check_number,
    [FIELD_MONEY] = check_number, [FIELD_DATE] = check_date, [FIELD_CHOICE] = check_choice,
    [FIELD_CHOICES] = check_choices, [FIELD_YES] = check_yes, [FIELD_PHONE] = check_phone,
    [FIELD_EMAIL] = check_email, [FIELD_ID_NUMBER] = check_id_number, [FIELD_CODE] = check_code,
    [FIELD_PASSWORD] = check_password, [FIELD_FILE] = NULL, [FIELD_HIDDEN] = check_text,
};

bool form_field_shown(const struct form_field *f, const struct form_values *values)
{
    struct str name, wanted;
    if (!f->show_if.n)
        return true;
    (void)str_cut(f->show_if, '=', &name, &wanted);
    return str_eq(typed_value(values, name), wanted);
}

static void add_error(struct ctx *c, struct form_errors *e, struct str name, const char *msgid)
{
    struct form_error *items = arena_grow(c->arena, (void *)e->items, e->n * sizeof *items,
                                          (e->n + 1) * sizeof *items);
    items[e->n] = (struct form_error){ name, str_from(T(c, msgid)) };
    e->items = items;
    e->n++;
}

static const char *required_message(const struct form_field *f)
{
    if (f->type == FIELD_CHOICE || f->type == FIELD_CHOICES)
        return N_("Chọn một mục.");
    return f->type == FIELD_YES ? N_("Đánh dấu vào ô này.") : N_("Mục này cần được điền.");
}

/* Passwords stay as typed; other texts lose blanks at their ends and become NFC. */
static struct str tidy(struct ctx *c, const struct form_field *f, struct str s)
{
    if (f->type == FIELD_PASSWORD)
        return s;
    struct buf b = { .arena = c->arena };
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\r')
            buf_char(&b, s.p[i]);
    }
    return vi_nfc(c->arena, str_trim(buf_view(&b)));
}

static bool names_are_known(struct ctx *c, const struct form *form, const struct form_values *in,
                            struct form_errors *errors)
{
    for (size_t i = 0; i < in->n; i++) {
        bool ours = str_starts(in->items[i].name, S("_"));
        if (!ours && !form_field_named(form, in->items[i].name))
            add_error(c, errors, str_dup(c->arena, in->items[i].name),
                      N_("Biểu mẫu không có mục này."));
    }
    return errors->n == 0;
}

err_t form_check(struct ctx *c, const struct form *form, const struct form_values *in,
                 struct form_values *ret_values, struct form_errors *ret_errors)
{
    struct form_value *values = ARENA_ARRAY(c->arena, form->n_fields, struct form_value);
    struct form_values out = { values, 0 };
    struct form_errors errors = { 0 };
    (void)names_are_known(c, form, in, &errors);
    for (size_t i = 0; i < form->n_fields; i++) {
        const struct form_field *f = &form->fields[i];
        /* A condition looks at fields that stand before. */
        if (f->type == FIELD_FILE || !form_field_shown(f, &out))
            continue;
        struct str value = typed_value(in, f->name);
        const char *wrong = NULL;
        if (!str_is_text(value)) {
            wrong = N_("Nội dung có ký tự không hợp lệ.");
            value = S("");
        } else {
            value = tidy(c, f, value);
            if (value.n)
                wrong = checks[f->type](c, f, &value);
            else if (f->required)
                wrong = required_message(f);
        }
        if (wrong)
            add_error(c, &errors, f->name, wrong);
        values[out.n++] = (struct form_value){ f->name, value };
    }
    *ret_values = out;
    *ret_errors = errors;
    return errors.n ? ctx_fail(c, E_BAD_INPUT, errors.items[0].name, NULL) : 0;
}

err_t form_check_json(struct ctx *c, const struct form *form, const struct json *object,
                      struct form_values *ret_values, struct form_errors *ret_errors)
{
    size_t n = object && object->type == JSON_OBJECT ? object->n : 0;
    struct form_value *items = ARENA_ARRAY(c->arena, n, struct form_value);
    struct form_errors wrong = { 0 };
    for (size_t i = 0; i < n; i++) {
        const struct json *j = &object->items[i];
        items[i].name = object->keys[i];
        if (j->type == JSON_STRING || j->type == JSON_NUMBER)
            items[i].value = j->text;
        else if (j->type == JSON_BOOL)
            items[i].value = j->boolean ? S("yes") : S("");
        else if (j->type == JSON_NULL)
            items[i].value = S("");
        else
            add_error(c, &wrong, object->keys[i], N_("Giá trị phải là một chuỗi hoặc một số."));
    }
    struct form_values in = { items, n };
    err_t e = form_check(c, form, &in, ret_values, ret_errors);
    if (!wrong.n)
        return e;
    *ret_errors = wrong;
    return ctx_fail(c, E_BAD_INPUT, wrong.items[0].name, NULL);
}
