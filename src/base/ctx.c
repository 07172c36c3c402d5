#include "base/ctx.h"

int64_t ctx_now(const struct ctx *c)
{
    return clock_now(c->clock);
}

void ctx_waits(struct ctx *c, bool begins)
{
    if (c->waits)
        c->waits(c, begins);
}

struct id ctx_new_id(struct ctx *c)
{
    return id_new(c->rng, ctx_now(c));
}

const char *T(const struct ctx *c, const char *msgid)
{
    return tr(c->lang, msgid);
}

err_t ctx_fail(struct ctx *c, err_t code, struct str field, const char *detail_format, ...)
{
    struct buf b = { .arena = c->arena };
    if (detail_format) {
        va_list args;
        va_start(args, detail_format);
        buf_vfmt(&b, detail_format, args);
        va_end(args);
    }
    c->err = (struct err_info){
        .code = code,
        .field = str_dup(c->arena, field),
        .detail = detail_format ? buf_view(&b) : STR_NONE,
    };
    return code;
}
