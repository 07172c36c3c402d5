/* The ground floor: what every room stands on and what knows nothing of communes, databases or the
 * web. A room includes this one header and gets all of the ground. */
#pragma once

#include "base/defs.h"
#include "base/arena.h"
#include "base/str.h"
#include "base/err.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/rng.h"
#include "base/hash.h"
#include "base/actor.h"
#include "base/i18n.h"
#include "base/ctx.h"
#include "base/log.h"
#include "base/command.h"
#include "base/vi.h"
#include "base/json.h"
#include "base/csv.h"
#include "base/xlsx.h"
#include "base/calendar.h"
