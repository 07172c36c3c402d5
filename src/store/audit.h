/* Internal to store: what an entry's hash covers. */
#pragma once

#include "store/store.h"
#include "store/store_queries.h"

/* Over every field but `hash` itself, each text with its length before it. */
struct sha256 audit_hash(const struct audit_all_row *r);
