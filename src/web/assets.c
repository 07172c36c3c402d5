#include "web/app.h"

/* Made by tools/gen_assets.py. */
extern const struct asset web_assets[];
extern const size_t web_assets_n;

const struct asset *asset_by_name(const char *name)
{
    for (size_t i = 0; i < web_assets_n; i++) {
        if (str_eq_c(str_from(name), web_assets[i].name))
            return &web_assets[i];
    }
    return NULL;
}

struct str asset_url(const char *name)
{
    const struct asset *a = asset_by_name(name);
    return a ? str_from(a->url) : S("/assets/missing");
}

const struct asset *asset_by_url(struct str url)
{
    for (size_t i = 0; i < web_assets_n; i++) {
        if (str_eq_c(url, web_assets[i].url))
            return &web_assets[i];
    }
    return NULL;
}

err_t asset_answer(struct ctx *c, struct web_req *req, struct web_res *res, const struct asset *a)
{
    bool gzip = a->gzip && str_find(web_header(req, "accept-encoding"), S("gzip")) >= 0;
    if (a->gzip)
        web_set_header(c, res, "Vary", S("Accept-Encoding"));
    if (gzip)
        web_set_header(c, res, "Content-Encoding", S("gzip"));
    res->compressed = true; /* as good as it gets: the engine leaves it alone */
    return web_bytes(c, res, str_from(a->type),
                     gzip ? (struct str){ (const char *)a->gzip, a->n_gzip }
                          : (struct str){ (const char *)a->bytes, a->n });
}
