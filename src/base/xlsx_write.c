#include "base/xlsx.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

struct xlsx_writer {
    struct arena *arena;
    const char *path;
    char *sheet_path; /* the sheet's XML on its way into the container */
    FILE *sheet;
    struct str name;
    int64_t row;
    int column;
    bool failed;
};

static const char content_types[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types xmlns=\"http://schemas.openxmlformats.org/"
    "package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd."
    "openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\""
    "application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd."
    "openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/xl/"
    "worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument."
    "spreadsheetml.worksheet+xml\"/></Types>";
static const char package_rels[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships xmlns=\"http://schemas.openxmlformats"
    ".org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas."
    "openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook."
    "xml\"/></Relationships>";
static const char workbook_rels[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships xmlns=\"http://schemas.openxmlformats"
    ".org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas."
    "openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1."
    "xml\"/></Relationships>";

static void put_escaped(struct xlsx_writer *w, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '&')
            fputs("&amp;", w->sheet);
        else if (c == '<')
            fputs("&lt;", w->sheet);
        else if (c == '>')
            fputs("&gt;", w->sheet);
        else if ((unsigned char)c >= 0x20 || c == '\n' || c == '\t')
            fputc(c, w->sheet);
    }
}

err_t xlsx_write_begin(struct arena *a, const char *path, struct str sheet_name,
                       struct xlsx_writer **ret)
{
    struct xlsx_writer *w = ARENA_NEW(a, struct xlsx_writer);
    w->arena = a;
    w->path = str_c(a, str_from(path));
    w->sheet_path = str_c(a, str_fmt(a, "%s.sheet", path));
    w->name = str_dup(a, sheet_name);
    w->sheet = fopen(w->sheet_path, "we");
    if (!w->sheet)
        return E_IO;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet xmlns=\"http://schemas."
          "openxmlformats.org/spreadsheetml/2006/main\"><sheetData>",
          w->sheet);
    *ret = w;
    return 0;
}

static void begin_cell(struct xlsx_writer *w)
{
    if (w->column++ == 0)
        fprintf(w->sheet, "<row r=\"%lld\">", (long long)++w->row);
}

void xlsx_put_str(struct xlsx_writer *w, struct str s)
{
    begin_cell(w);
    fputs("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">", w->sheet);
    put_escaped(w, s);
    fputs("</t></is></c>", w->sheet);
}

void xlsx_put_i64(struct xlsx_writer *w, int64_t n)
{
    begin_cell(w);
    fprintf(w->sheet, "<c><v>%lld</v></c>", (long long)n);
}

void xlsx_end_row(struct xlsx_writer *w)
{
    if (w->column)
        fputs("</row>", w->sheet);
    w->column = 0;
}

static bool add(zip_t *z, const char *name, zip_source_t *source)
{
    zip_int64_t index = source ? zip_file_add(z, name, source, ZIP_FL_OVERWRITE) : -1;
    if (index < 0) {
        zip_source_free(source);
        return false;
    }
    /* One date for all, so that the same rows make the same bytes. */
    return zip_file_set_mtime(z, (zip_uint64_t)index, 315532800, 0) == 0;
}

static bool add_text(zip_t *z, const char *name, struct str text)
{
    return add(z, name, zip_source_buffer(z, text.p, text.n, 0));
}

static err_t pack(struct xlsx_writer *w)
{
    zip_t *z = zip_open(w->path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    if (!z)
        return E_IO;
    struct str name = str_sub(w->name, 0, 31);
    struct str workbook =
        str_fmt(w->arena,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><workbook xmlns=\"http://schemas."
                "openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas."
                "openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"%.*s\""
                " sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
                STR_ARG(name));
    bool ok = add_text(z, "[Content_Types].xml", str_from(content_types)) &&
              add_text(z, "_rels/.rels", str_from(package_rels)) &&
              add_text(z, "xl/workbook.xml", workbook) &&
              add_text(z, "xl/_rels/workbook.xml.rels", str_from(workbook_rels)) &&
              add(z, "xl/worksheets/sheet1.xml",
                  zip_source_file(z, w->sheet_path, 0, 0));
    if (!ok || zip_close(z) != 0) {
        zip_discard(z);
        return E_IO;
    }
    return 0;
}

err_t xlsx_write_end(struct xlsx_writer *w)
{
    xlsx_end_row(w);
    fputs("</sheetData></worksheet>", w->sheet);
    bool failed = ferror(w->sheet) != 0;
    failed |= fclose(w->sheet) != 0;
    err_t e = failed ? E_IO : pack(w);
    unlink(w->sheet_path);
    return e;
}
