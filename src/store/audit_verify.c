/* Recomputes the chains. Memory does not grow with their length. */
#include "store/audit.h"

#include <string.h>

struct check {
    struct ctx *c;
    struct audit_report *report;
    const struct audit_heads_row *heads;
    size_t n_heads, at; /* heads[at] is the chain being read */
    int64_t commune_id, seq;
    struct sha256 hash;
};

static err_t bad(struct check *k, int64_t seq, const char *reason)
{
    k->report->first_bad_seq = seq;
    k->report->reason = str_from(reason);
    return E_CORRUPT;
}

/* A chain came to its end: it must be where its head says. */
static err_t close_chain(struct check *k)
{
    if (!k->commune_id)
        return 0;
    if (k->at < k->n_heads && k->heads[k->at].commune_id < k->commune_id)
        return bad(k, 1, "a whole chain is missing");
    if (k->at == k->n_heads || k->heads[k->at].commune_id != k->commune_id)
        return bad(k, k->seq, "the chain has no head");
    const struct audit_heads_row *head = &k->heads[k->at++];
    if (head->seq != k->seq || memcmp(head->hash.b, k->hash.b, 32) != 0)
        return bad(k, k->seq + 1, "the chain was cut short");
    return 0;
}

static err_t see(void *arg, const struct audit_all_row *r)
{
    struct check *k = arg;
    if (r->commune_id != k->commune_id) {
        TRY(close_chain(k));
        k->commune_id = r->commune_id;
        k->seq = 0;
        memset(k->hash.b, 0, sizeof k->hash.b);
    }
    if (r->seq != k->seq + 1)
        return bad(k, k->seq + 1, "an entry is missing");
    if (memcmp(r->prev_hash.b, k->hash.b, 32) != 0)
        return bad(k, r->seq, "the entry does not follow the one before it");
    struct sha256 h = audit_hash(r);
    if (memcmp(h.b, r->hash.b, 32) != 0)
        return bad(k, r->seq, "the entry was changed");
    k->seq = r->seq;
    k->hash = h;
    k->report->entries++;
    k->report->head = h;
    return 0;
}

static err_t verify(struct ctx *c, struct db *db, void *arg)
{
    struct check *k = arg;
    struct audit_heads_row *heads;
    TRY(audit_heads(c, db, &heads, &k->n_heads));
    k->heads = heads;
    TRY(audit_all(c, db, see, k));
    TRY(close_chain(k));
    return k->at == k->n_heads ? 0 : bad(k, 1, "a whole chain is missing");
}

err_t audit_verify(struct ctx *c, struct audit_report *ret)
{
    *ret = (struct audit_report){ 0 };
    struct check k = { .c = c, .report = ret };
    return store_read(c, verify, &k);
}
