#include "store/internal.h"
#include "store/store_queries.h"

void events_subscribe(struct store *s, const struct event_subscription *subs, size_t n)
{
    s->subscriptions = subs;
    s->n_subscriptions = n;
}

static bool wants(const struct event_subscription *sub, struct str name)
{
    struct str pattern = str_from(sub->event);
    return str_ends(pattern, S(".")) ? str_starts(name, pattern) : str_eq(name, pattern);
}

static struct str wrapped(struct ctx *c, struct id id, struct str name, struct id subject_id,
                          struct str payload_json)
{
    struct buf b = { .arena = c->arena };
    struct json_out o = { .buf = &b };
    json_open(&o, '{');
    json_pair_str(&o, "event", name);
    json_pair_str(&o, "id", id_text(c->arena, id));
    json_pair_str(&o, "subject", id_text(c->arena, subject_id));
    json_key(&o, "payload");
    json_put_raw(&o, payload_json);
    json_close(&o, '}');
    return buf_view(&b);
}

err_t event_publish(struct ctx *c, struct db *db, struct str name, struct id subject_id,
                    struct str payload_json)
{
    struct store *s = db_store(db);
    struct id id = ctx_new_id(c);
    if (!payload_json.n)
        payload_json = S("{}");
    TRY(event_add(c, db,
                  &(struct event_add_in){ .id = id, .name = name, .subject_id = subject_id,
                                          .payload = payload_json, .at_us = ctx_now(c) },
                  NULL));
    for (size_t i = 0; i < s->n_subscriptions; i++) {
        if (!wants(&s->subscriptions[i], name))
            continue;
        struct job_request job = { .kind = str_from(s->subscriptions[i].job_kind),
                                   .key = id_text(c->arena, id),
                                   .payload_json = wrapped(c, id, name, subject_id, payload_json) };
        TRY(job_enqueue(c, db, &job));
    }
    return 0;
}
