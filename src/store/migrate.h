/* Internal to store: the text of a migration in the dialect of a database. */
#pragma once

#include "store/store.h"

/* NUL-terminated. Strings and comments are left as they are. */
struct str migration_text(struct arena *a, const char *sql, bool postgresql);
