/* Internal to web: what the files about forms share. */
#pragma once

#include "web/form.h"

const struct form_field *form_field_named(const struct form *form, struct str name);
/* Is the field asked for, given the values of those before it? */
bool form_field_shown(const struct form_field *f, const struct form_values *values);
