/* Forms: declared once, used for the page, the check, the API and OpenAPI.
 *
 * A form is data: static tables in C for the house's own pages, or JSON files for the official
 * e-forms of procedures (data/forms/ID.json, the same members by the same names). */
#pragma once

#include "base/base.h"

enum field_type {
    FIELD_TEXT,      /* one line */
    FIELD_LONG,      /* several lines */
    FIELD_NUMBER,    /* whole number */
    FIELD_MONEY,     /* đồng, whole; "1.500.000" is accepted */
    FIELD_DATE,      /* shown as day/month/year; value is 2026-11-23 */
    FIELD_CHOICE,    /* exactly one of options */
    FIELD_CHOICES,   /* any of options; values joined by '\n' */
    FIELD_YES,       /* a box to tick; value "yes" or "" */
    FIELD_PHONE,     /* stored as +84… */
    FIELD_EMAIL,
    FIELD_ID_NUMBER, /* số định danh cá nhân, 12 digits */
    FIELD_CODE,      /* digits of a one-time code */
    FIELD_PASSWORD,
    FIELD_FILE,
    FIELD_HIDDEN,
};

struct form_option {
    struct str value, label;
};

struct form_field {
    struct str name;             /* a-z 0-9 _ */
    struct str label, hint;      /* Vietnamese; translated where shown */
    enum field_type type;
    bool required;
    int64_t min, max;            /* NUMBER, MONEY: value; TEXT, LONG: code points; CODE: digits; 0,0: the type's own limits */
    bool past_only;              /* DATE: not after today */
    const struct form_option *options;
    size_t n_options;
    struct str section;          /* this field opens a section with this heading */
    struct str show_if;          /* "field=value": asked only then; otherwise the value is dropped */
    struct str prefill;          /* attribute of the signed-in person: name, id_number, phone, born, sex, address, ethnic, nationality */
    struct str autocomplete;     /* HTML autofill token */
    unsigned accept;             /* FILE: enum file_accept */
    int max_files;               /* FILE: 0 means 1 */
};

struct form {
    struct str id, title;
    const struct form_field *fields;
    size_t n_fields;
};

struct form_value {
    struct str name, value;
};

struct form_values {
    const struct form_value *items; /* in the form's order once checked */
    size_t n;
};

struct form_error {
    struct str name, message;       /* the field and a sentence in the language of the request */
};

struct form_errors {
    const struct form_error *items;
    size_t n;
};

/* The value of a field; "" where it was not given. */
struct str form_get(const struct form_values *v, const char *name);
int64_t form_get_i64(const struct form_values *v, const char *name, int64_t fallback);
bool form_get_yes(const struct form_values *v, const char *name);

/* Checks `in` against the form: trims, normalises (NFC, phone, money, dates), refuses unknown fields,
 * drops what show_if hides. E_BAD_INPUT with *ret_errors filled; *ret_values always holds what was
 * typed, normalised where it was right. */
MUST err_t form_check(struct ctx *c, const struct form *form, const struct form_values *in,
                      struct form_values *ret_values, struct form_errors *ret_errors);
/* The same from the API's JSON object; values of wrong JSON type are field errors. */
MUST err_t form_check_json(struct ctx *c, const struct form *form, const struct json *object,
                           struct form_values *ret_values, struct form_errors *ret_errors);

/* A form from its JSON text (data/forms). E_BAD_INPUT with detail naming the path. Lives in c->arena. */
MUST err_t form_parse(struct ctx *c, const struct json *j, struct form **ret);
/* Writes the fields as JSON (the API's description) and as JSON Schema (OpenAPI). */
void form_put_json(struct json_out *o, const struct form *form);
void form_put_schema(struct json_out *o, const struct form *form);
/* Checked values as a JSON object. */
void form_values_put_json(struct json_out *o, const struct form_values *values);
MUST err_t form_values_from_json(struct ctx *c, struct str json_object, struct form_values *ret);
/* How a value is shown to people: option labels, dates and money as Vietnamese write them. */
struct str form_show(struct ctx *c, const struct form_field *field, struct str value);

struct html;
/* Writes the fields (not the <form> element) with values, hints and messages beside the fields, after an
 * error summary where there are errors. */
void form_html(struct html *h, const struct form *form, const struct form_values *values,
               const struct form_errors *errors);
