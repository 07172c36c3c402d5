/* The document as data: JSON blocks, which is also how it travels to the child. */
#include "print/doc.h"

struct doc *doc_new(struct ctx *c, struct str title, struct str banner)
{
    struct doc *d = ARENA_NEW(c->arena, struct doc);
    d->text.arena = c->arena;
    d->out.buf = &d->text;
    json_open(&d->out, '{');
    json_pair_str(&d->out, "title", title);
    json_pair_str(&d->out, "banner", banner.p ? banner : S(""));
    json_pair_str(&d->out, "made_at", time_iso(c->arena, ctx_now(c)));
    json_key(&d->out, "blocks");
    json_open(&d->out, '[');
    return d;
}

static void block(struct doc *d, const char *kind, const struct str *texts, size_t n)
{
    json_open(&d->out, '[');
    json_put_str(&d->out, str_from(kind));
    for (size_t i = 0; i < n; i++)
        json_put_str(&d->out, texts[i].p ? texts[i] : S(""));
    json_close(&d->out, ']');
}
#define BLOCK(d, kind, ...)                                                                        \
    block(d, kind, (const struct str[]){ __VA_ARGS__ },                                            \
          sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str))

void doc_letterhead(struct doc *d, struct str superior, struct str agency, struct str number, struct str place_date)
{
    BLOCK(d, "letterhead", superior, agency, number, place_date);
}

void doc_title(struct doc *d, struct str title, struct str subtitle)
{
    BLOCK(d, "title", title, subtitle);
}

void doc_line(struct doc *d, struct str label, struct str value)
{
    BLOCK(d, "line", label, value);
}

void doc_paragraph(struct doc *d, struct str text)
{
    BLOCK(d, "paragraph", text);
}

void doc_row(struct doc *d, const struct str *cells, const int *shares, size_t n)
{
    json_open(&d->out, '[');
    json_put_str(&d->out, S("row"));
    for (size_t i = 0; i < n; i++) {
        json_put_str(&d->out, cells[i].p ? cells[i] : S(""));
        json_put_i64(&d->out, shares[i]);
    }
    json_close(&d->out, ']');
}

void doc_qr(struct doc *d, struct str ascii, struct str caption)
{
    BLOCK(d, "qr", ascii, caption);
}

void doc_signatures(struct doc *d, struct str left, struct str left_name, struct str right, struct str right_name)
{
    BLOCK(d, "signatures", left, left_name, right, right_name);
}

void doc_footer(struct doc *d, struct str text)
{
    BLOCK(d, "footer", text);
}
