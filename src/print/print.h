/* print: official papers as PDF, and QR codes.
 *
 * A document is a list of blocks. Drawing it (cairo, pango, fontconfig) happens in a child process that
 * has no network, writes no files and lives for one document: a codec's crash never takes the desk
 * down, and the server stays small. Layout after NĐ 30/2020/NĐ-CP. */
#pragma once

#include "base/base.h"

struct doc;

/* Lives in the arena of `c`. `banner` stands on top of each page ("" for none). */
struct doc *doc_new(struct ctx *c, struct str title, struct str banner);
/* The two columns at the head: who issues it and its number; the country's name and motto. */
void doc_letterhead(struct doc *d, struct str superior, struct str agency, struct str number, struct str place_date);
void doc_title(struct doc *d, struct str title, struct str subtitle);
void doc_line(struct doc *d, struct str label, struct str value);
void doc_paragraph(struct doc *d, struct str text);
/* A row of cells; the first row of a run is its head. Widths are shares of the line, the same in a run. */
void doc_row(struct doc *d, const struct str *cells, const int *shares, size_t n);
void doc_qr(struct doc *d, struct str ascii, struct str caption);
void doc_signatures(struct doc *d, struct str left, struct str left_name, struct str right, struct str right_name);
void doc_footer(struct doc *d, struct str text);

/* The PDF, in the arena of `c`. E_UPSTREAM if the child fails, E_BUSY if too many are drawn at once. */
MUST err_t print_pdf(struct ctx *c, const struct doc *d, struct str *ret_pdf);
/* What the child runs: document on standard input, PDF on standard output. Answers the exit code. */
int print_worker_main(void);

/* A QR code as an inline SVG in the colour of the text; `ascii` is an address or a payload. */
MUST err_t qr_svg(struct ctx *c, struct str ascii, struct str *ret_svg);
