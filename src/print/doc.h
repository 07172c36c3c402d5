/* Internal to print. */
#pragma once

#include "print/print.h"

struct doc {
    struct buf text;
    struct json_out out;
};
