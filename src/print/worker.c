/* The child that draws: reads one document, locks itself in, writes one PDF. */
#include "print/print.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define MM(x) ((x)*72.0 / 25.4)

enum { LARGEST_DOCUMENT = 4 << 20 };
static const double page_w = MM(210), page_h = MM(297), margin_l = MM(25), margin_r = MM(18), margin_y = MM(18);

struct drawing {
    struct arena *arena;
    cairo_t *cr;
    double y;
    int page;
    struct str banner, footer;
};

static double line_width(void)
{
    return page_w - margin_l - margin_r;
}

static PangoLayout *layout(struct drawing *d, struct str text, double width, double size, const char *style,
                           PangoAlignment align)
{
    PangoLayout *l = pango_cairo_create_layout(d->cr);
    /* Sizes are points, and so are the units of a PDF page. */
    pango_cairo_context_set_resolution(pango_layout_get_context(l), 72);
    char font[80];
    snprintf(font, sizeof font, "Liberation Serif, Noto Serif, serif %s %g", style, size);
    PangoFontDescription *f = pango_font_description_from_string(font);
    pango_layout_set_font_description(l, f);
    pango_font_description_free(f);
    pango_layout_set_width(l, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(l, align);
    pango_layout_set_line_spacing(l, 1.25f);
    pango_layout_set_text(l, text.p ? text.p : "", (int)text.n);
    return l;
}

static double height(PangoLayout *l)
{
    int h;
    pango_layout_get_size(l, NULL, &h);
    return (double)h / PANGO_SCALE;
}

static void show(struct drawing *d, PangoLayout *l, double x, double y)
{
    cairo_move_to(d->cr, x, y);
    pango_cairo_show_layout(d->cr, l);
}

static void text_at(struct drawing *d, struct str s, double x, double y, double width, double size,
                    const char *style, PangoAlignment align, double *ret_h)
{
    PangoLayout *l = layout(d, s, width, size, style, align);
    show(d, l, x, y);
    if (ret_h)
        *ret_h = height(l);
    g_object_unref(l);
}

static void page_frame(struct drawing *d)
{
    d->page++;
    d->y = margin_y;
    if (d->banner.n)
        text_at(d, d->banner, margin_l, MM(8), line_width(), 9, "Bold", PANGO_ALIGN_CENTER, NULL);
    struct str n = str_fmt(d->arena, "%.*s%s%d", STR_ARG(d->footer), d->footer.n ? " – " : "", d->page);
    text_at(d, n, margin_l, page_h - MM(12), line_width(), 9, "", PANGO_ALIGN_RIGHT, NULL);
}

static void need(struct drawing *d, double h)
{
    if (d->y + h > page_h - margin_y) {
        cairo_show_page(d->cr);
        page_frame(d);
    }
}

static struct str arg(const struct json *b, size_t i)
{
    struct str s = S("");
    return json_str(json_at(b, i), &s) ? s : S("");
}

static void underline(struct drawing *d, double center, double width)
{
    cairo_set_line_width(d->cr, 0.7);
    cairo_move_to(d->cr, center - width / 2, d->y);
    cairo_line_to(d->cr, center + width / 2, d->y);
    cairo_stroke(d->cr);
}

static void letterhead(struct drawing *d, const struct json *b)
{
    double left = line_width() * 0.42, gap = MM(4), right = line_width() - left - gap, h, top = d->y, ly, ry;
    text_at(d, arg(b, 1), margin_l, top, left, 11, "", PANGO_ALIGN_CENTER, &h);
    ly = top + h;
    text_at(d, arg(b, 2), margin_l, ly, left, 11, "Bold", PANGO_ALIGN_CENTER, &h);
    d->y = ly + h + 2;
    underline(d, margin_l + left / 2, left / 3);
    text_at(d, arg(b, 3), margin_l, d->y + 4, left, 11, "", PANGO_ALIGN_CENTER, &h);
    ly = d->y + 4 + h;
    double x = margin_l + left + gap;
    text_at(d, S("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), x, top, right, 11, "Bold", PANGO_ALIGN_CENTER, &h);
    ry = top + h;
    text_at(d, S("Độc lập - Tự do - Hạnh phúc"), x, ry, right, 12, "Bold", PANGO_ALIGN_CENTER, &h);
    d->y = ry + h + 2;
    underline(d, x + right / 2, right * 0.55);
    text_at(d, arg(b, 4), x, d->y + 4, right, 11, "Italic", PANGO_ALIGN_CENTER, &h);
    ry = d->y + 4 + h;
    d->y = (ly > ry ? ly : ry) + MM(6);
}

static void paragraph(struct drawing *d, struct str s, double size, const char *style, PangoAlignment align, double after)
{
    PangoLayout *l = layout(d, s, line_width(), size, style, align);
    need(d, height(l));
    show(d, l, margin_l, d->y);
    d->y += height(l) + after;
    g_object_unref(l);
}

static void label_line(struct drawing *d, const struct json *b)
{
    struct str s = str_fmt(d->arena, "%.*s: %.*s", STR_ARG(arg(b, 1)), STR_ARG(arg(b, 2)));
    PangoLayout *l = layout(d, s, line_width(), 12.5, "", PANGO_ALIGN_LEFT);
    PangoAttrList *attrs = pango_attr_list_new();
    PangoAttribute *bold = pango_attr_weight_new(PANGO_WEIGHT_BOLD);
    bold->start_index = (guint)arg(b, 1).n + 2;
    pango_attr_list_insert(attrs, bold);
    pango_layout_set_attributes(l, attrs);
    pango_attr_list_unref(attrs);
    need(d, height(l));
    show(d, l, margin_l, d->y);
    d->y += height(l) + 3;
    g_object_unref(l);
}

static void table_row(struct drawing *d, const struct json *b)
{
    enum { MOST = 12 };
    PangoLayout *cells[MOST];
    double widths[MOST], tallest = 0, x = margin_l;
    int64_t shares = 0, share = 0;
    size_t n = (b->n - 1) / 2;
    for (size_t i = 0; i < n && i < MOST; i++)
        shares += json_i64(json_at(b, 2 + 2 * i), &share) ? share : 1;
    for (size_t i = 0; i < n && i < MOST; i++) {
        if (!json_i64(json_at(b, 2 + 2 * i), &share))
            share = 1;
        widths[i] = line_width() * (double)share / (double)(shares ? shares : 1);
        cells[i] = layout(d, arg(b, 1 + 2 * i), widths[i] - 8, 11, "", PANGO_ALIGN_LEFT);
        if (height(cells[i]) > tallest)
            tallest = height(cells[i]);
    }
    need(d, tallest + 6);
    cairo_set_line_width(d->cr, 0.5);
    for (size_t i = 0; i < n && i < MOST; i++) {
        cairo_rectangle(d->cr, x, d->y, widths[i], tallest + 6);
        cairo_stroke(d->cr);
        show(d, cells[i], x + 4, d->y + 3);
        g_object_unref(cells[i]);
        x += widths[i];
    }
    d->y += tallest + 6;
}

static void qr(struct drawing *d, const struct json *b)
{
    char *text = str_c(d->arena, arg(b, 1));
    QRcode *q = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    double side = MM(30);
    if (!q)
        return;
    need(d, side + MM(8));
    double cell = side / q->width;
    for (int i = 0; i < q->width * q->width; i++) {
        if (q->data[i] & 1)
            cairo_rectangle(d->cr, margin_l + i % q->width * cell, d->y + MM(2) + i / q->width * cell, cell, cell);
    }
    cairo_fill(d->cr);
    text_at(d, arg(b, 2), margin_l + side + MM(5), d->y + MM(8), line_width() - side - MM(5), 11, "", PANGO_ALIGN_LEFT, NULL);
    d->y += side + MM(6);
    QRcode_free(q);
}

static void signatures(struct drawing *d, const struct json *b)
{
    double half = line_width() / 2, h;
    need(d, MM(42));
    d->y += MM(4);
    for (int i = 0; i < 2; i++) {
        double x = margin_l + i * half;
        if (!arg(b, (size_t)(1 + 2 * i)).n)
            continue;
        text_at(d, arg(b, (size_t)(1 + 2 * i)), x, d->y, half, 12, "Bold", PANGO_ALIGN_CENTER, &h);
        text_at(d, S("(Ký và ghi rõ họ tên)"), x, d->y + h, half, 10.5, "Italic", PANGO_ALIGN_CENTER, NULL);
        text_at(d, arg(b, (size_t)(2 + 2 * i)), x, d->y + MM(28), half, 12, "Bold", PANGO_ALIGN_CENTER, NULL);
    }
    d->y += MM(38);
}

static void draw_block(struct drawing *d, const struct json *b)
{
    struct str kind = arg(b, 0);
    if (str_eq_c(kind, "letterhead")) {
        letterhead(d, b);
    } else if (str_eq_c(kind, "title")) {
        paragraph(d, arg(b, 1), 14, "Bold", PANGO_ALIGN_CENTER, 2);
        paragraph(d, arg(b, 2), 12, "Italic", PANGO_ALIGN_CENTER, MM(4));
    } else if (str_eq_c(kind, "line")) {
        label_line(d, b);
    } else if (str_eq_c(kind, "paragraph")) {
        paragraph(d, arg(b, 1), 12.5, "", PANGO_ALIGN_LEFT, 5);
    } else if (str_eq_c(kind, "row")) {
        table_row(d, b);
    } else if (str_eq_c(kind, "qr")) {
        qr(d, b);
    } else if (str_eq_c(kind, "signatures")) {
        signatures(d, b);
    }
}

static cairo_status_t write_out(void *arg_, const unsigned char *bytes, unsigned n)
{
    (void)arg_;
    return fwrite(bytes, 1, n, stdout) == n ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static struct str footer_of(const struct json *blocks)
{
    for (size_t i = 0; blocks && i < blocks->n; i++) {
        if (str_eq_c(arg(&blocks->items[i], 0), "footer"))
            return arg(&blocks->items[i], 1);
    }
    return S("");
}

static bool draw(struct arena *a, const struct json *doc)
{
    const struct json *blocks = json_get(doc, "blocks");
    cairo_surface_t *s = cairo_pdf_surface_create_for_stream(write_out, NULL, page_w, page_h);
    cairo_pdf_surface_restrict_to_version(s, CAIRO_PDF_VERSION_1_4);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, str_c(a, json_get_str(doc, "title", S(""))));
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATOR, "Nếp");
    /* The document says when it was made, so that the same document is the same bytes. */
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, str_c(a, json_get_str(doc, "made_at", S(""))));
    struct drawing d = { .arena = a, .cr = cairo_create(s), .banner = json_get_str(doc, "banner", S("")),
                         .footer = footer_of(blocks) };
    page_frame(&d);
    for (size_t i = 0; blocks && i < blocks->n; i++)
        draw_block(&d, &blocks->items[i]);
    cairo_show_page(d.cr);
    cairo_destroy(d.cr);
    cairo_surface_finish(s);
    bool ok = cairo_surface_status(s) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(s);
    return ok && fflush(stdout) == 0;
}

/* From here on: no network, no new programs, no changes to files. Fonts are still read. */
static bool lock_in(void)
{
    static const int forbidden[] = {
        SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4),
        SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork),
        SCMP_SYS(ptrace), SCMP_SYS(kill), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(renameat),
        SCMP_SYS(renameat2), SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(symlink),
        SCMP_SYS(symlinkat), SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat),
        SCMP_SYS(chown), SCMP_SYS(fchown), SCMP_SYS(mount), SCMP_SYS(setuid), SCMP_SYS(truncate), SCMP_SYS(creat),
    };
    struct rlimit cpu = { 15, 15 }, files = { 0, 0 };
    setrlimit(RLIMIT_CPU, &cpu);
    setrlimit(RLIMIT_FSIZE, &files); /* pipes are no files */
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
    bool ok = f != NULL;
    for (size_t i = 0; ok && i < COUNT(forbidden); i++)
        ok = seccomp_rule_add(f, SCMP_ACT_ERRNO(1), forbidden[i], 0) == 0;
    ok = ok && seccomp_load(f) == 0;
    seccomp_release(f);
    return ok;
}

int print_worker_main(void)
{
    struct arena *a = arena_new(64 << 20);
    char *text = arena_alloc(a, LARGEST_DOCUMENT + 1);
    size_t n = fread(text, 1, LARGEST_DOCUMENT + 1, stdin);
    const struct json *doc;
    if (!lock_in() || n > LARGEST_DOCUMENT || json_parse(a, (struct str){ text, n }, &doc, NULL))
        return EXIT_FAILED;
    return draw(a, doc) ? EXIT_DONE : EXIT_FAILED;
}
