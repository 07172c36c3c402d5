/* CSV (RFC 4180), UTF-8 with or without BOM, separator , or ; or tab (sniffed from the first line). */
#pragma once

#include "base/err.h"

struct csv_reader;

/* Reads records from `text`, which must outlive the reader. Lives in the arena. */
struct csv_reader *csv_reader_new(struct arena *a, struct str text);
/* The next record: *ret_cells and *ret_n, valid until the next call. *ret_done at the end.
 * E_BAD_REQUEST on an unclosed quote or invalid UTF-8; csv_line() says where. */
MUST err_t csv_next(struct csv_reader *r, struct str **ret_cells, size_t *ret_n, bool *ret_done);
size_t csv_line(const struct csv_reader *r); /* 1-based line on which the last record began */

/* Appends one cell (quoted where needed) or ends a record. Text that a spreadsheet would take for a
 * formula (=, +, -, @ first) gets a leading apostrophe. */
void csv_cell(struct buf *b, struct str s, bool first);
void csv_end(struct buf *b);
