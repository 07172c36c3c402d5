/* The fields of a form as people see them; markup as docs/design-system.md shows it. */
#include "store/store.h"
#include "web/form_inside.h"
#include "web/html.h"

static void lit(struct html *h, const char *text)
{
    buf_c(&h->out, text);
}

static void translated(struct html *h, struct str msgid)
{
    if (msgid.n)
        html_text(h, str_from(T(h->c, str_c(h->c->arena, msgid))));
}

static void attribute(struct html *h, const char *name, struct str value)
{
    buf_fmt(&h->out, " %s=\"", name);
    html_text(h, value);
    lit(h, "\"");
}

static struct str error_of(const struct form_errors *errors, struct str name)
{
    for (size_t i = 0; errors && i < errors->n; i++) {
        if (str_eq(errors->items[i].name, name))
            return errors->items[i].message;
    }
    return STR_NONE;
}

static struct str label_of(const struct form *form, struct str name)
{
    const struct form_field *f = form_field_named(form, name);
    return f ? f->label : name;
}

static void error_summary(struct html *h, const struct form *form, const struct form_errors *errors)
{
    if (!errors || !errors->n)
        return;
    lit(h, "<div class=\"error-summary\" role=\"alert\" tabindex=\"-1\" id=\"error-summary\"><h2>");
    html_text(h, str_from(T(h->c, N_("Có mục cần xem lại"))));
    lit(h, "</h2><ul>");
    for (size_t i = 0; i < errors->n; i++) {
        lit(h, "<li><a href=\"#f-");
        html_component(h, errors->items[i].name);
        lit(h, "\">");
        translated(h, label_of(form, errors->items[i].name));
        lit(h, ": ");
        html_text(h, errors->items[i].message);
        lit(h, "</a></li>");
    }
    lit(h, "</ul></div>");
}

/* Attributes that tie an input to its hint and its message. */
static void common(struct html *h, const struct form_field *f, bool wrong)
{
    attribute(h, "id", str_fmt(h->c->arena, "f-%.*s", STR_ARG(f->name)));
    attribute(h, "name", f->name);
    /* A field that may be hidden can't be required by the browser: without script it always shows. */
    if (f->required && !f->show_if.n)
        lit(h, " required");
    if (f->hint.n || wrong)
        attribute(h, "aria-describedby",
                  str_fmt(h->c->arena, "%s%.*s%s%s%.*s", f->hint.n ? "h-" : "",
                          STR_ARG(f->hint.n ? f->name : S("")), f->hint.n && wrong ? " " : "",
                          wrong ? "e-" : "", STR_ARG(wrong ? f->name : S(""))));
    if (wrong)
        lit(h, " aria-invalid=\"true\"");
    if (f->autocomplete.n)
        attribute(h, "autocomplete", f->autocomplete);
}

static const char *input_attributes(enum field_type type)
{
    switch (type) {
    case FIELD_NUMBER:
        return " type=\"text\" inputmode=\"numeric\" class=\"short\"";
    case FIELD_MONEY:
        return " type=\"text\" inputmode=\"numeric\"";
    case FIELD_DATE:
        return " type=\"date\"";
    case FIELD_PHONE:
        return " type=\"tel\" inputmode=\"tel\"";
    case FIELD_EMAIL:
        return " type=\"email\" inputmode=\"email\"";
    case FIELD_ID_NUMBER:
        return " type=\"text\" inputmode=\"numeric\" maxlength=\"15\"";
    case FIELD_CODE:
        return " type=\"text\" inputmode=\"numeric\" maxlength=\"8\" class=\"code\"";
    case FIELD_PASSWORD:
        return " type=\"password\"";
    default:
        return " type=\"text\"";
    }
}

static void options_as_select(struct html *h, const struct form_field *f, struct str value, bool wrong)
{
    lit(h, "<select");
    common(h, f, wrong);
    lit(h, "><option value=\"\">");
    html_text(h, str_from(T(h->c, N_("— Chọn —"))));
    lit(h, "</option>");
    for (size_t i = 0; i < f->n_options; i++) {
        lit(h, "<option");
        attribute(h, "value", f->options[i].value);
        lit(h, str_eq(value, f->options[i].value) ? " selected>" : ">");
        translated(h, f->options[i].label);
        lit(h, "</option>");
    }
    lit(h, "</select>");
}

static bool has_line(struct str lines, struct str wanted)
{
    struct str one;
    while (lines.n) {
        (void)str_cut(lines, '\n', &one, &lines);
        if (str_eq(one, wanted))
            return true;
    }
    return false;
}

static void options_as_choices(struct html *h, const struct form_field *f, struct str value)
{
    bool many = f->type == FIELD_CHOICES;
    for (size_t i = 0; i < f->n_options; i++) {
        lit(h, many ? "<label class=\"choice\"><input type=\"checkbox\""
                    : "<label class=\"choice\"><input type=\"radio\"");
        if (i == 0)
            attribute(h, "id", str_fmt(h->c->arena, "f-%.*s", STR_ARG(f->name)));
        attribute(h, "name", f->name);
        attribute(h, "value", f->options[i].value);
        if (!many && f->required && !f->show_if.n)
            lit(h, " required");
        lit(h, has_line(value, f->options[i].value) ? " checked><span>" : "><span>");
        translated(h, f->options[i].label);
        lit(h, "</span></label>");
    }
}

static void input(struct html *h, const struct form_field *f, struct str value, bool wrong)
{
    if (f->type == FIELD_LONG) {
        lit(h, "<textarea rows=\"5\"");
        common(h, f, wrong);
        lit(h, ">");
        html_text(h, value);
        lit(h, "</textarea>");
        return;
    }
    buf_fmt(&h->out, "<input%s", input_attributes(f->type));
    common(h, f, wrong);
    if (f->type != FIELD_PASSWORD)
        attribute(h, "value", f->type == FIELD_PHONE ? form_show(h->c, f, value) : value);
    lit(h, ">");
}

static void hint_and_error(struct html *h, const struct form_field *f, struct str error)
{
    if (f->hint.n) {
        lit(h, "<p class=\"hint\"");
        attribute(h, "id", str_fmt(h->c->arena, "h-%.*s", STR_ARG(f->name)));
        lit(h, ">");
        translated(h, f->hint);
        lit(h, "</p>");
    }
    if (error.n) {
        lit(h, "<p class=\"error\"");
        attribute(h, "id", str_fmt(h->c->arena, "e-%.*s", STR_ARG(f->name)));
        lit(h, ">");
        html_text(h, error);
        lit(h, "</p>");
    }
}

static void open_field(struct html *h, const struct form_field *f, const char *element, bool wrong)
{
    buf_fmt(&h->out, "<%s class=\"field%s\"", element, wrong ? " has-error" : "");
    if (f->show_if.n)
        attribute(h, "data-show-if", f->show_if);
    lit(h, ">");
}

static void label_text(struct html *h, const struct form_field *f)
{
    translated(h, f->label);
    if (!f->required && f->type != FIELD_YES) {
        lit(h, " <span class=\"optional\">");
        html_text(h, str_from(T(h->c, N_("(không bắt buộc)"))));
        lit(h, "</span>");
    }
}

static void choice_field(struct html *h, const struct form_field *f, struct str value, struct str error)
{
    open_field(h, f, "fieldset", error.n > 0);
    lit(h, "<legend>");
    label_text(h, f);
    lit(h, "</legend>");
    hint_and_error(h, f, error);
    options_as_choices(h, f, value);
    lit(h, "</fieldset>");
}

static void yes_field(struct html *h, const struct form_field *f, struct str value, struct str error)
{
    open_field(h, f, "div", error.n > 0);
    hint_and_error(h, f, error);
    lit(h, "<label class=\"choice\"><input type=\"checkbox\" value=\"yes\"");
    common(h, f, error.n > 0);
    lit(h, str_eq_c(value, "yes") ? " checked><span>" : "><span>");
    label_text(h, f);
    lit(h, "</span></label></div>");
}

static void plain_field(struct html *h, const struct form_field *f, struct str value, struct str error)
{
    open_field(h, f, "div", error.n > 0);
    lit(h, "<label");
    attribute(h, "for", str_fmt(h->c->arena, "f-%.*s", STR_ARG(f->name)));
    lit(h, ">");
    label_text(h, f);
    lit(h, "</label>");
    hint_and_error(h, f, error);
    if (f->type == FIELD_CHOICE)
        options_as_select(h, f, value, error.n > 0);
    else
        input(h, f, value, error.n > 0);
    lit(h, "</div>");
}

static void field(struct html *h, const struct form_field *f, struct str value, struct str error)
{
    enum { MOST_RADIOS = 6 }; /* more are easier to find in a list */
    if (f->type == FIELD_HIDDEN) {
        lit(h, "<input type=\"hidden\"");
        attribute(h, "name", f->name);
        attribute(h, "value", value);
        lit(h, ">");
    } else if (f->type == FIELD_YES) {
        yes_field(h, f, value, error);
    } else if (f->type == FIELD_CHOICES || (f->type == FIELD_CHOICE && f->n_options <= MOST_RADIOS)) {
        choice_field(h, f, value, error);
    } else if (f->type != FIELD_FILE) {
        plain_field(h, f, value, error);
    }
}

void form_html(struct html *h, const struct form *form, const struct form_values *values,
               const struct form_errors *errors)
{
    bool in_section = false;
    error_summary(h, form, errors);
    for (size_t i = 0; i < form->n_fields; i++) {
        const struct form_field *f = &form->fields[i];
        if (f->section.n) {
            lit(h, in_section ? "</section><section class=\"form-section\"><h2>"
                              : "<section class=\"form-section\"><h2>");
            translated(h, f->section);
            lit(h, "</h2>");
            in_section = true;
        }
        struct str value = S("");
        for (size_t k = 0; values && k < values->n; k++) {
            if (str_eq(values->items[k].name, f->name))
                value = values->items[k].value;
        }
        field(h, f, value, error_of(errors, f->name));
    }
    if (in_section)
        lit(h, "</section>");
}
