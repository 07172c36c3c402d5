/* Internal to store: shared by backup and restore. */
#pragma once

#include "store/store.h"

/* Runs a program of the system (pg_dump, pg_restore) to its end. E_CONFIG if it is not installed. */
MUST err_t run_program(struct ctx *c, char *const argv[]);
