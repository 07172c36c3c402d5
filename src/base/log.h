/* The log: one line of key=value an event, on standard error, for journald. Never personal data,
 * never secrets; a person is named by id only. */
#pragma once

#include "base/defs.h"

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };

void log_set_level(enum log_level level);
/* log_info("listening", "address=%s port=%d", …); `event` is a short snake_case word. */
PRINTF(2, 3) void log_info(const char *event, const char *format, ...);
PRINTF(2, 3) void log_warn(const char *event, const char *format, ...);
PRINTF(2, 3) void log_error(const char *event, const char *format, ...);
PRINTF(2, 3) void log_debug(const char *event, const char *format, ...);
