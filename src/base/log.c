#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static _Atomic enum log_level lowest = LOG_INFO_;

void log_set_level(enum log_level level)
{
    lowest = level;
}

PRINTF(3, 0)
static void write_line(enum log_level level, const char *event, const char *format, va_list args)
{
    /* journald reads the priority from <n>. */
    static const char *const marks[] = { "<7>debug ", "<6>", "<4>warning ", "<3>error " };
    char line[1024];
    if (level < lowest)
        return;
    int n = snprintf(line, sizeof line, "%sevent=%s ", marks[level], event);
    int m = vsnprintf(line + n, sizeof line - (size_t)n, format, args);
    size_t end = (size_t)n + (m > 0 ? (size_t)m : 0);
    if (end > sizeof line - 2)
        end = sizeof line - 2;
    for (size_t i = 0; i < end; i++) {
        if ((unsigned char)line[i] < 0x20)
            line[i] = ' ';
    }
    line[end++] = '\n';
    /* One write a line, so that lines of several threads never mix; a lost log line is no error. */
    ssize_t done = write(STDERR_FILENO, line, end);
    (void)done;
}

#define LOG_AT(name, level)                                                                        \
    void name(const char *event, const char *format, ...)                                          \
    {                                                                                              \
        va_list args;                                                                              \
        va_start(args, format);                                                                    \
        write_line(level, event, format, args);                                                    \
        va_end(args);                                                                              \
    }

LOG_AT(log_debug, LOG_DEBUG_)
LOG_AT(log_info, LOG_INFO_)
LOG_AT(log_warn, LOG_WARN_)
LOG_AT(log_error, LOG_ERROR_)
