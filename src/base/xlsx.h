/* Excel workbooks (ECMA-376): the first sheet read as rows of text, tables written.
 *
 * Reading is bounded: libzip for the container, expat for the XML, and limits on unpacked bytes,
 * on rows and on the ratio of packing, so that a zip bomb is an error and not an outage. */
#pragma once

#include "base/err.h"

enum { XLSX_MAX_UNPACKED = 64 << 20, XLSX_MAX_ROWS = 200000, XLSX_MAX_COLUMNS = 256 };

/* Called once a row, with the 1-based row number of the sheet. Cells live until it returns. A
 * non-zero return ends the reading and is handed on. */
typedef err_t (*xlsx_row_fn)(void *arg, size_t row, const struct str *cells, size_t n_cells);

/* Reads the first sheet of the file `path`. Dates come as 2026-11-23, numbers as written.
 * E_BAD_TYPE: no workbook; E_LIMIT: over a limit; E_IO. */
MUST err_t xlsx_read(struct arena *a, const char *path, xlsx_row_fn row, void *arg);

struct xlsx_writer;

/* A workbook of one sheet, streamed into the file `path`, which is created or replaced. */
MUST err_t xlsx_write_begin(struct arena *a, const char *path, struct str sheet_name,
                            struct xlsx_writer **ret);
void xlsx_put_str(struct xlsx_writer *w, struct str s);
void xlsx_put_i64(struct xlsx_writer *w, int64_t n);
void xlsx_end_row(struct xlsx_writer *w);
/* Finishes the file and frees the writer, also on failure. */
MUST err_t xlsx_write_end(struct xlsx_writer *w);
