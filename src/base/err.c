#include "base/err.h"

struct row {
    err_t code;
    const char *name;
    enum err_class class_;
    int http;
    const char *vi, *en;
};

static const struct row rows[] = {
#define E(name, number, class_, http, vi, en) { number, #name, ERR_##class_, http, vi, en },
#include "base/errors.def"
#undef E
};

static const struct row *row_of(err_t e)
{
    static const struct row unknown = { 0, "UNKNOWN", ERR_HARD, 500, "Hệ thống gặp lỗi.",
                                        "Unknown error." };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].code == e)
            return &rows[i];
    }
    return &unknown;
}

const char *err_name(err_t e)
{
    return row_of(e)->name;
}

enum err_class err_class(err_t e)
{
    return row_of(e)->class_;
}

int err_http(err_t e)
{
    return row_of(e)->http;
}

const char *err_vi(err_t e)
{
    return row_of(e)->vi;
}

const char *err_en(err_t e)
{
    return row_of(e)->en;
}
