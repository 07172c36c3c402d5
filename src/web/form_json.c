/* Forms and values as JSON: data files, the API, OpenAPI. */
#include "store/store.h"
#include "web/form_inside.h"

static const struct {
    const char *text;
    enum field_type type;
} types[] = {
    { "text", FIELD_TEXT }, { "long", FIELD_LONG }, { "number", FIELD_NUMBER }, { "money", FIELD_MONEY },
    { "date", FIELD_DATE }, { "choice", FIELD_CHOICE }, { "choices", FIELD_CHOICES },
    { "yes", FIELD_YES }, { "phone", FIELD_PHONE }, { "email", FIELD_EMAIL },
    { "id_number", FIELD_ID_NUMBER }, { "code", FIELD_CODE }, { "password", FIELD_PASSWORD },
    { "file", FIELD_FILE }, { "hidden", FIELD_HIDDEN },
};

static bool type_parse(struct str text, enum field_type *ret)
{
    for (size_t i = 0; i < COUNT(types); i++) {
        if (str_eq_c(text, types[i].text)) {
            *ret = types[i].type;
            return true;
        }
    }
    return false;
}

static const char *type_text(enum field_type type)
{
    for (size_t i = 0; i < COUNT(types); i++) {
        if (types[i].type == type)
            return types[i].text;
    }
    return "text";
}

static err_t options_parse(struct ctx *c, const struct json *j, struct form_field *f)
{
    size_t n = j ? j->n : 0;
    struct form_option *options = ARENA_ARRAY(c->arena, n, struct form_option);
    for (size_t i = 0; i < n; i++) {
        options[i].value = json_get_str(json_at(j, i), "value", S(""));
        options[i].label = json_get_str(json_at(j, i), "label", S(""));
        if (!options[i].value.n || !options[i].label.n)
            return ctx_fail(c, E_BAD_INPUT, f->name, "option %zu has no value or label", i + 1);
    }
    f->options = options;
    f->n_options = n;
    return 0;
}

static err_t field_parse(struct ctx *c, const struct json *j, struct form_field *f)
{
    *f = (struct form_field){
        .name = json_get_str(j, "name", S("")), .label = json_get_str(j, "label", S("")),
        .hint = json_get_str(j, "hint", S("")), .required = json_get_bool(j, "required", false),
        .min = json_get_i64(j, "min", 0), .max = json_get_i64(j, "max", 0),
        .past_only = json_get_bool(j, "past_only", false), .section = json_get_str(j, "section", S("")),
        .show_if = json_get_str(j, "show_if", S("")), .prefill = json_get_str(j, "prefill", S("")),
        .autocomplete = json_get_str(j, "autocomplete", S("")),
    };
    if (!f->name.n || !f->label.n)
        return ctx_fail(c, E_BAD_INPUT, f->name, "a field needs a name and a label");
    if (!type_parse(json_get_str(j, "type", S("text")), &f->type))
        return ctx_fail(c, E_BAD_INPUT, f->name, "unknown type");
    TRY(options_parse(c, json_get(j, "options"), f));
    bool choice = f->type == FIELD_CHOICE || f->type == FIELD_CHOICES;
    if (choice != (f->n_options > 0))
        return ctx_fail(c, E_BAD_INPUT, f->name, "options belong to choices");
    return 0;
}

err_t form_parse(struct ctx *c, const struct json *j, struct form **ret)
{
    struct form *form = ARENA_NEW(c->arena, struct form);
    const struct json *fields = json_get(j, "fields");
    form->id = json_get_str(j, "id", S(""));
    form->title = json_get_str(j, "title", S(""));
    if (!form->id.n || !form->title.n || !fields || fields->type != JSON_ARRAY)
        return ctx_fail(c, E_BAD_INPUT, S("form"), "a form needs id, title and fields");
    struct form_field *items = ARENA_ARRAY(c->arena, fields->n, struct form_field);
    form->fields = items;
    for (size_t i = 0; i < fields->n; i++) {
        TRY(field_parse(c, json_at(fields, i), &items[i]));
        if (form_field_named(form, items[i].name))
            return ctx_fail(c, E_BAD_INPUT, items[i].name, "the name is used twice");
        struct str condition, wanted;
        if (items[i].show_if.n &&
            (!str_cut(items[i].show_if, '=', &condition, &wanted) || !form_field_named(form, condition)))
            return ctx_fail(c, E_BAD_INPUT, items[i].name, "show_if names no field before this one");
        form->n_fields++;
    }
    *ret = form;
    return 0;
}

static void put_field(struct json_out *o, const struct form_field *f)
{
    json_open(o, '{');
    json_pair_str(o, "name", f->name);
    json_pair_str(o, "label", f->label);
    json_pair_str(o, "type", str_from(type_text(f->type)));
    json_pair_bool(o, "required", f->required);
    if (f->hint.n)
        json_pair_str(o, "hint", f->hint);
    if (f->section.n)
        json_pair_str(o, "section", f->section);
    if (f->show_if.n)
        json_pair_str(o, "show_if", f->show_if);
    if (f->min)
        json_pair_i64(o, "min", f->min);
    if (f->max)
        json_pair_i64(o, "max", f->max);
    if (f->n_options) {
        json_key(o, "options");
        json_open(o, '[');
        for (size_t i = 0; i < f->n_options; i++) {
            json_open(o, '{');
            json_pair_str(o, "value", f->options[i].value);
            json_pair_str(o, "label", f->options[i].label);
            json_close(o, '}');
        }
        json_close(o, ']');
    }
    json_close(o, '}');
}

void form_put_json(struct json_out *o, const struct form *form)
{
    json_open(o, '{');
    json_pair_str(o, "id", form->id);
    json_pair_str(o, "title", form->title);
    json_key(o, "fields");
    json_open(o, '[');
    for (size_t i = 0; i < form->n_fields; i++)
        put_field(o, &form->fields[i]);
    json_close(o, ']');
    json_close(o, '}');
}

static void put_property(struct json_out *o, const struct form_field *f)
{
    json_key_str(o, f->name);
    json_open(o, '{');
    bool number = f->type == FIELD_NUMBER || f->type == FIELD_MONEY;
    json_pair_str(o, "type", number ? S("integer") : S("string"));
    json_pair_str(o, "description", f->label);
    if (f->type == FIELD_DATE)
        json_pair_str(o, "format", S("date"));
    if (f->type == FIELD_ID_NUMBER)
        json_pair_str(o, "pattern", S("^[0-9]{12}$"));
    if (f->type == FIELD_CHOICE) {
        json_key(o, "enum");
        json_open(o, '[');
        for (size_t i = 0; i < f->n_options; i++)
            json_put_str(o, f->options[i].value);
        json_close(o, ']');
    }
    if ((f->type == FIELD_TEXT || f->type == FIELD_LONG) && f->max)
        json_pair_i64(o, "maxLength", f->max);
    json_close(o, '}');
}

void form_put_schema(struct json_out *o, const struct form *form)
{
    json_open(o, '{');
    json_pair_str(o, "type", S("object"));
    json_pair_str(o, "title", form->title);
    json_key(o, "properties");
    json_open(o, '{');
    for (size_t i = 0; i < form->n_fields; i++) {
        if (form->fields[i].type != FIELD_FILE)
            put_property(o, &form->fields[i]);
    }
    json_close(o, '}');
    json_key(o, "required");
    json_open(o, '[');
    for (size_t i = 0; i < form->n_fields; i++) {
        const struct form_field *f = &form->fields[i];
        if (f->required && !f->show_if.n && f->type != FIELD_FILE)
            json_put_str(o, f->name);
    }
    json_close(o, ']');
    json_pair_bool(o, "additionalProperties", false);
    json_close(o, '}');
}

void form_values_put_json(struct json_out *o, const struct form_values *values)
{
    json_open(o, '{');
    for (size_t i = 0; i < values->n; i++) {
        json_key_str(o, values->items[i].name);
        json_put_str(o, values->items[i].value);
    }
    json_close(o, '}');
}

err_t form_values_from_json(struct ctx *c, struct str json_object, struct form_values *ret)
{
    const struct json *j;
    TRY(json_parse(c->arena, json_object, &j, NULL));
    size_t n = j->type == JSON_OBJECT ? j->n : 0;
    struct form_value *items = ARENA_ARRAY(c->arena, n, struct form_value);
    for (size_t i = 0; i < n; i++)
        items[i] = (struct form_value){ j->keys[i], j->items[i].text.p ? j->items[i].text : S("") };
    *ret = (struct form_values){ items, n };
    return 0;
}

static struct str option_label(struct ctx *c, const struct form_field *f, struct str value)
{
    for (size_t i = 0; i < f->n_options; i++) {
        if (str_eq(f->options[i].value, value))
            return str_from(T(c, str_c(c->arena, f->options[i].label)));
    }
    return value;
}

static struct str show_choices(struct ctx *c, const struct form_field *f, struct str value)
{
    struct buf b = { .arena = c->arena };
    struct str one;
    while (value.n) {
        (void)str_cut(value, '\n', &one, &value);
        buf_c(&b, b.n ? "; " : "");
        buf_str(&b, option_label(c, f, one));
    }
    return buf_view(&b);
}

struct str form_show(struct ctx *c, const struct form_field *field, struct str value)
{
    int64_t n;
    int32_t day;
    switch (field->type) {
    case FIELD_CHOICE:
        return option_label(c, field, value);
    case FIELD_CHOICES:
        return show_choices(c, field, value);
    case FIELD_YES:
        return str_eq_c(value, "yes") ? str_from(T(c, "Có")) : S("");
    case FIELD_DATE:
        return day_parse(value, &day) ? day_vi(c->arena, day) : value;
    case FIELD_MONEY:
        return str_to_i64(value, &n) ? vi_vnd(c->arena, n) : value;
    case FIELD_PHONE:
        return str_starts(value, S("+84"))
                   ? str_fmt(c->arena, "0%.*s", STR_ARG(str_sub(value, 3, value.n)))
                   : value;
    case FIELD_PASSWORD:
        return S("••••••••");
    default:
        return value;
    }
}
