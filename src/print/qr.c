#include "print/print.h"

#include <qrencode.h>

err_t qr_svg(struct ctx *c, struct str ascii, struct str *ret_svg)
{
    enum { QUIET = 4 };
    QRcode *q = QRcode_encodeString8bit(str_c(c->arena, ascii), 0, QR_ECLEVEL_M);
    if (!q)
        return ctx_fail(c, E_BAD_INPUT, S("qr"), "too long for a QR code");
    struct buf b = { .arena = c->arena };
    int side = q->width + 2 * QUIET;
    buf_fmt(&b, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"QR\" shape-rendering=\"crispEdges\"><path fill=\"currentColor\" d=\"",
            side, side);
    for (int y = 0; y < q->width; y++) {
        for (int x = 0; x < q->width; x++) {
            if (q->data[y * q->width + x] & 1)
                buf_fmt(&b, "M%d %dh1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    buf_c(&b, "\"/></svg>");
    QRcode_free(q);
    *ret_svg = buf_view(&b);
    return 0;
}
