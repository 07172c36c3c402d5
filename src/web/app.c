#include "web/app.h"

#include <sodium.h>
#include <stdlib.h>

static struct sha256 derived(struct store *s, const char *purpose)
{
    return hmac_sha256(store_secret(s), str_from(purpose));
}

static void set_defaults(struct web_settings *s)
{
    if (!s->max_body_bytes)
        s->max_body_bytes = 1 << 20;
    if (!s->max_upload_bytes)
        s->max_upload_bytes = 20 << 20;
    if (!s->max_connections)
        s->max_connections = 2048;
    if (!s->workers)
        s->workers = 64;
}

err_t web_app_new(struct ctx *c, const struct web_settings *settings, const struct web_hooks *hooks,
                  const struct web_room *rooms, size_t n_rooms, struct web_app **ret)
{
    struct web_app *app = calloc(1, sizeof *app);
    if (!app || sodium_init() < 0)
        abort();
    app->arena = arena_new(1 << 20);
    app->settings = *settings;
    app->settings.base_url = str_dup(app->arena, settings->base_url);
    app->settings.commune_name = str_dup(app->arena, settings->commune_name);
    set_defaults(&app->settings);
    app->hooks = *hooks;
    app->rooms = rooms;
    app->n_rooms = n_rooms;
    app->base = (struct ctx){ .clock = c->clock, .rng = c->rng, .store = c->store,
                              .commune_id = c->commune_id };
    app->csrf_key = derived(c->store, "csrf");
    app->keep_key = derived(c->store, "keep");
    app->hub = web_hub_new();
    app->rates = rate_table_new();
    err_t e = router_build(c, app);
    if (e) {
        (void)web_app_free(app);
        return e;
    }
    *ret = app;
    return 0;
}

struct web_app *web_app_free(struct web_app *app)
{
    if (!app)
        return NULL;
    (void)web_hub_free(app->hub);
    (void)rate_table_free(app->rates);
    app->arena = arena_free(app->arena);
    free(app);
    return NULL;
}

const struct web_settings *web_app_settings(const struct web_app *app)
{
    return &app->settings;
}

struct store *web_app_store(const struct web_app *app)
{
    return app->base.store;
}

struct ctx web_app_ctx(const struct web_app *app)
{
    return app->base;
}

struct web_hub *web_app_hub(const struct web_app *app)
{
    return app->hub;
}

void web_events_send(struct web_app *app, struct str topic, struct str name, struct str data)
{
    web_hub_send(app->hub, topic, name, data);
}

err_t web_events(struct ctx *c, struct web_req *req, struct web_res *res, struct str topic)
{
    (void)req;
    res->content = WEB_CONTENT_EVENTS;
    res->topic = topic;
    web_set_header(c, res, "Content-Type", S("text/event-stream"));
    return 0;
}
