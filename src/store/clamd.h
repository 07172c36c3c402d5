/* Internal to store: the virus scanner, where one runs. */
#pragma once

#include "store/store.h"

/* Asks clamd (INSTREAM, clamd(8)) about the file open at `fd`. *ret_scanned is false where no clamd
 * answers; E_INFECTED if it found something. */
MUST err_t clamd_scan(struct ctx *c, int fd, bool *ret_scanned);
