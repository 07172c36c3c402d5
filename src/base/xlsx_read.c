#include "base/xlsx.h"

#include <expat.h>
#include <string.h>
#include <zip.h>

#include "base/clock.h"

/* How far a member may unpack: 100 times its packed size, and XLSX_MAX_UNPACKED in all. */
enum { MAX_RATIO = 100, RATIO_FLOOR = 1 << 20, MAX_CELL = 32767 };

struct book {
    struct arena *arena;
    zip_t *zip;
    int64_t unpacked;
    err_t err;
    XML_Parser parser;
    /* xl/sharedStrings.xml */
    struct str *shared;
    size_t n_shared, cap_shared;
    /* xl/styles.xml: which cell formats show dates */
    bool *is_date;
    size_t n_formats, cap_formats;
    int64_t date_formats[64];
    size_t n_date_formats;
    bool in_cell_formats;
    /* the text being gathered, and whether it counts */
    struct buf text;
    bool gathering;
    /* the sheet */
    size_t row;
    struct str *cells;
    size_t n_cells;
    size_t column;
    char cell_type;
    int64_t style;
    xlsx_row_fn row_fn;
    void *row_arg;
};

static void stop(struct book *b, err_t e)
{
    if (!b->err)
        b->err = e;
    XML_StopParser(b->parser, XML_FALSE);
}

/* Attribute `name`, the prefix of a namespace left out. */
static struct str attribute(const XML_Char **attrs, const char *name)
{
    for (size_t i = 0; attrs[i]; i += 2) {
        if (strcmp(attrs[i], name) == 0)
            return str_from(attrs[i + 1]);
    }
    return STR_NONE;
}

static bool is(const XML_Char *element, const char *name)
{
    const char *colon = strrchr(element, ':');
    return strcmp(colon ? colon + 1 : element, name) == 0;
}


static void XMLCALL on_text(void *arg, const XML_Char *s, int n)
{
    struct book *b = arg;
    if (!b->gathering)
        return;
    if (b->text.n + (size_t)n > MAX_CELL || arena_over(b->arena)) {
        stop(b, E_LIMIT);
        return;
    }
    buf_put(&b->text, s, (size_t)n);
}

/* A document type declaration is where entity bombs come from; no workbook needs one. */
static void XMLCALL on_doctype(void *arg, const XML_Char *name, const XML_Char *sysid,
                               const XML_Char *pubid, int internal)
{
    (void)name, (void)sysid, (void)pubid, (void)internal;
    stop(arg, E_BAD_TYPE);
}

static err_t feed(struct book *b, zip_file_t *f, int64_t packed)
{
    char chunk[16384];
    int64_t here = 0, n;
    while ((n = zip_fread(f, chunk, sizeof chunk)) > 0) {
        here += n;
        b->unpacked += n;
        if (b->unpacked > XLSX_MAX_UNPACKED ||
            (here > RATIO_FLOOR && here / MAX_RATIO > packed + 1))
            return E_LIMIT;
        if (XML_Parse(b->parser, chunk, (int)n, 0) != XML_STATUS_OK)
            return b->err ? b->err : E_BAD_TYPE;
    }
    if (n < 0 || XML_Parse(b->parser, "", 0, 1) != XML_STATUS_OK)
        return b->err ? b->err : E_BAD_TYPE;
    return b->err;
}

/* Parses one member; an absent one is no error when it is optional. */
static err_t parse_member(struct book *b, const char *name, bool optional,
                          XML_StartElementHandler start, XML_EndElementHandler end)
{
    zip_stat_t st;
    if (zip_stat(b->zip, name, 0, &st) != 0)
        return optional ? 0 : E_BAD_TYPE;
    zip_file_t *f = zip_fopen(b->zip, name, 0);
    if (!f)
        return E_BAD_TYPE;
    b->parser = XML_ParserCreate("UTF-8");
    if (!b->parser) {
        zip_fclose(f);
        return E_INTERNAL;
    }
    XML_SetUserData(b->parser, b);
    XML_SetElementHandler(b->parser, start, end);
    XML_SetCharacterDataHandler(b->parser, on_text);
    XML_SetStartDoctypeDeclHandler(b->parser, on_doctype);
    err_t e = feed(b, f, (int64_t)st.comp_size);
    XML_ParserFree(b->parser);
    zip_fclose(f);
    return e;
}

static void *one_more(struct book *b, void *items, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return items;
    size_t grown = *cap ? 2 * *cap : 64;
    items = arena_grow(b->arena, items, *cap * size, grown * size);
    *cap = grown;
    return items;
}

/* --- Shared strings ------------------------------------------------------------------------------- */

static void XMLCALL shared_start(void *arg, const XML_Char *name, const XML_Char **attrs)
{
    struct book *b = arg;
    (void)attrs;
    if (is(name, "si"))
        b->text = (struct buf){ .arena = b->arena };
    else if (is(name, "t"))
        b->gathering = true;
    else if (is(name, "rPh")) /* a reading aid for Japanese, not text */
        b->gathering = false;
}

static void XMLCALL shared_end(void *arg, const XML_Char *name)
{
    struct book *b = arg;
    if (is(name, "t")) {
        b->gathering = false;
    } else if (is(name, "si")) {
        b->shared = one_more(b, b->shared, b->n_shared, &b->cap_shared, sizeof *b->shared);
        b->shared[b->n_shared++] = buf_view(&b->text);
    }
}

/* --- Styles: which formats are dates ---------------------------------------------------------------- */

static bool format_is_date(struct str code)
{
    bool quoted = false;
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        quoted ^= c == '"';
        if (!quoted && (c == 'y' || c == 'd' || c == 'Y' || c == 'D'))
            return true;
    }
    return false;
}

static bool number_format_is_date(const struct book *b, int64_t id)
{
    if (id >= 14 && id <= 22)
        return true;
    for (size_t i = 0; i < b->n_date_formats; i++) {
        if (b->date_formats[i] == id)
            return true;
    }
    return false;
}

static void XMLCALL styles_start(void *arg, const XML_Char *name, const XML_Char **attrs)
{
    struct book *b = arg;
    int64_t id = 0;
    if (is(name, "numFmt")) {
        if (str_to_i64(attribute(attrs, "numFmtId"), &id) &&
            format_is_date(attribute(attrs, "formatCode")) &&
            b->n_date_formats < COUNT(b->date_formats))
            b->date_formats[b->n_date_formats++] = id;
    } else if (is(name, "cellXfs")) {
        b->in_cell_formats = true;
    } else if (is(name, "xf") && b->in_cell_formats) {
        b->is_date = one_more(b, b->is_date, b->n_formats, &b->cap_formats, sizeof *b->is_date);
        bool known = str_to_i64(attribute(attrs, "numFmtId"), &id);
        b->is_date[b->n_formats++] = known && number_format_is_date(b, id);
    }
}

static void XMLCALL styles_end(void *arg, const XML_Char *name)
{
    struct book *b = arg;
    if (is(name, "cellXfs"))
        b->in_cell_formats = false;
}

/* --- The sheet ---------------------------------------------------------------------------------------- */

/* "BC12" → 54 (zero-based column), or -1. */
static int64_t column_of(struct str reference)
{
    int64_t column = 0;
    size_t i = 0;
    for (; i < reference.n && i < 4 && reference.p[i] >= 'A' && reference.p[i] <= 'Z'; i++)
        column = column * 26 + (reference.p[i] - 'A' + 1);
    return i ? column - 1 : -1;
}

static void XMLCALL sheet_start(void *arg, const XML_Char *name, const XML_Char **attrs)
{
    struct book *b = arg;
    if (is(name, "row")) {
        int64_t row;
        b->row = str_to_i64(attribute(attrs, "r"), &row) && row > 0 ? (size_t)row : b->row + 1;
        b->n_cells = 0;
        b->column = 0;
        memset(b->cells, 0, XLSX_MAX_COLUMNS * sizeof *b->cells);
        if (b->row > XLSX_MAX_ROWS)
            stop(b, E_LIMIT);
    } else if (is(name, "c")) {
        int64_t column = column_of(attribute(attrs, "r"));
        struct str type = attribute(attrs, "t");
        if (column >= 0)
            b->column = (size_t)column;
        if (b->column >= XLSX_MAX_COLUMNS)
            stop(b, E_LIMIT);
        b->cell_type = str_eq_c(type, "s")           ? 's'
                       : str_eq_c(type, "inlineStr") ? 'i'
                       : str_eq_c(type, "str")       ? 't'
                       : str_eq_c(type, "b")         ? 'b'
                                                     : 'n';
        if (!str_to_i64(attribute(attrs, "s"), &b->style))
            b->style = 0;
        b->text = (struct buf){ .arena = b->arena };
    } else if (is(name, "v") || is(name, "t")) {
        b->gathering = true;
    }
}

/* Excel's day 1 is 1900-01-01, and it believes in 29/2/1900: day numbers from 60 on are one too far. */
static struct str date_cell(struct book *b, struct str serial)
{
    struct str whole, fraction;
    int64_t n;
    (void)str_cut(serial, '.', &whole, &fraction);
    if (!str_to_i64(whole, &n) || n < 1 || n > 2958465)
        return serial;
    int32_t epoch = -25568 + (n >= 60 ? -1 : 0); /* 1899-12-31, corrected */
    return day_iso(b->arena, (int32_t)n + epoch);
}

static struct str cell_value(struct book *b)
{
    struct str v = buf_view(&b->text);
    int64_t index;
    switch (b->cell_type) {
    case 's':
        return str_to_i64(v, &index) && index >= 0 && (size_t)index < b->n_shared
                   ? b->shared[index]
                   : STR_NONE;
    case 'n':
        if (v.n && b->style >= 0 && (size_t)b->style < b->n_formats && b->is_date[b->style])
            return date_cell(b, v);
        return v;
    default:
        return v;
    }
}

static void XMLCALL sheet_end(void *arg, const XML_Char *name)
{
    struct book *b = arg;
    if (b->err)
        return;
    if (is(name, "v") || is(name, "t")) {
        b->gathering = false;
    } else if (is(name, "c") && b->column < XLSX_MAX_COLUMNS) {
        b->cells[b->column++] = cell_value(b);
        if (b->column > b->n_cells)
            b->n_cells = b->column;
    } else if (is(name, "row")) {
        for (size_t i = 0; i < b->n_cells; i++) {
            if (!b->cells[i].p)
                b->cells[i] = S("");
        }
        err_t e = b->row_fn(b->row_arg, b->row, b->cells, b->n_cells);
        if (!e && arena_over(b->arena))
            e = E_LIMIT;
        if (e)
            stop(b, e);
    }
}

err_t xlsx_read(struct arena *a, const char *path, xlsx_row_fn row, void *arg)
{
    struct book b = { .arena = a, .row_fn = row, .row_arg = arg };
    b.zip = zip_open(path, ZIP_RDONLY, NULL);
    if (!b.zip)
        return E_BAD_TYPE;
    b.cells = ARENA_ARRAY(a, XLSX_MAX_COLUMNS, struct str);
    err_t e = parse_member(&b, "xl/sharedStrings.xml", true, shared_start, shared_end);
    if (!e)
        e = parse_member(&b, "xl/styles.xml", true, styles_start, styles_end);
    b.gathering = false;
    if (!e)
        e = parse_member(&b, "xl/worksheets/sheet1.xml", false, sheet_start, sheet_end);
    zip_discard(b.zip);
    return e;
}
