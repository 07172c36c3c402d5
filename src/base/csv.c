#include "base/csv.h"

#include <string.h>

struct csv_reader {
    struct arena *arena;
    struct str text;
    size_t at, line, record_line;
    char separator;
    struct str *cells;
    size_t cap;
};

/* The candidate that the first line has most of. */
static char sniff_separator(struct str text)
{
    static const char candidates[] = { ',', ';', '\t' };
    size_t count[3] = { 0 }, best = 0;
    for (size_t i = 0; i < text.n && text.p[i] != '\n'; i++) {
        for (size_t k = 0; k < COUNT(candidates); k++)
            count[k] += text.p[i] == candidates[k];
    }
    for (size_t k = 1; k < COUNT(candidates); k++) {
        if (count[k] > count[best])
            best = k;
    }
    return candidates[best];
}

struct csv_reader *csv_reader_new(struct arena *a, struct str text)
{
    struct csv_reader *r = ARENA_NEW(a, struct csv_reader);
    if (str_starts(text, S("\xEF\xBB\xBF")))
        text = str_sub(text, 3, text.n);
    r->arena = a;
    r->text = text;
    r->line = 1;
    r->separator = sniff_separator(text);
    return r;
}

size_t csv_line(const struct csv_reader *r)
{
    return r->record_line;
}

/* A quoted cell; the opening quote was taken. Doubled quotes are one. */
static err_t read_quoted(struct csv_reader *r, struct str *ret)
{
    struct buf b = { .arena = r->arena };
    while (r->at < r->text.n) {
        char c = r->text.p[r->at++];
        r->line += c == '\n';
        if (c != '"') {
            buf_char(&b, c);
        } else if (r->at < r->text.n && r->text.p[r->at] == '"') {
            buf_char(&b, '"');
            r->at++;
        } else {
            *ret = buf_view(&b);
            return 0;
        }
    }
    return E_BAD_REQUEST;
}

static struct str read_plain(struct csv_reader *r)
{
    size_t start = r->at;
    while (r->at < r->text.n && r->text.p[r->at] != r->separator && r->text.p[r->at] != '\n' &&
           r->text.p[r->at] != '\r')
        r->at++;
    return str_sub(r->text, start, r->at - start);
}

static void keep(struct csv_reader *r, size_t n, struct str cell)
{
    if (n == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 16;
        r->cells = arena_grow(r->arena, r->cells, r->cap * sizeof cell, cap * sizeof cell);
        r->cap = cap;
    }
    r->cells[n] = cell;
}

/* What stands after a cell: true if another one follows in this record. */
static err_t end_cell(struct csv_reader *r, bool *ret_more)
{
    *ret_more = false;
    if (r->at >= r->text.n)
        return 0;
    char c = r->text.p[r->at++];
    if (c == r->separator) {
        *ret_more = true;
        return 0;
    }
    if (c == '\r' && r->at < r->text.n && r->text.p[r->at] == '\n')
        c = r->text.p[r->at++];
    if (c != '\n' && c != '\r')
        return E_BAD_REQUEST;
    r->line++;
    return 0;
}

err_t csv_next(struct csv_reader *r, struct str **ret_cells, size_t *ret_n, bool *ret_done)
{
    size_t n = 0;
    r->record_line = r->line;
    if (r->at >= r->text.n) {
        *ret_done = true;
        return 0;
    }
    for (bool more = true; more;) {
        struct str cell;
        if (r->at < r->text.n && r->text.p[r->at] == '"') {
            r->at++;
            TRY(read_quoted(r, &cell));
        } else {
            cell = read_plain(r);
        }
        if (!str_is_text(cell))
            return E_BAD_REQUEST;
        keep(r, n++, cell);
        TRY(end_cell(r, &more));
        if (arena_over(r->arena))
            return E_LIMIT;
    }
    *ret_cells = r->cells;
    *ret_n = n;
    *ret_done = false;
    return 0;
}

void csv_cell(struct buf *b, struct str s, bool first)
{
    if (!first)
        buf_char(b, ',');
    bool formula = s.n && strchr("=+-@", s.p[0]) && s.p[0];
    int64_t number;
    if (formula && str_to_i64(s, &number))
        formula = false;
    bool quote = formula || str_has(s, ',') || str_has(s, '"') || str_has(s, '\n') ||
                 str_has(s, '\r') || str_has(s, ';') || str_has(s, '\t');
    if (!quote) {
        buf_str(b, s);
        return;
    }
    buf_c(b, formula ? "\"'" : "\"");
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_char(b, '"');
        buf_char(b, s.p[i]);
    }
    buf_char(b, '"');
}

void csv_end(struct buf *b)
{
    buf_c(b, "\r\n");
}
