/* Internal to demo: what made-up names are put together from, with their weights. */
#pragma once

#include "base/base.h"

struct str demo_family_name(struct rng *rng);
struct str demo_name(struct rng *rng, struct arena *a, struct str family, bool female);
struct str demo_phone(struct rng *rng, struct arena *a);
