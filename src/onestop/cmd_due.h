/* Internal to onestop: the row of `nep due`. */
#pragma once

#include "base/base.h"

extern const struct command cmd_due;
