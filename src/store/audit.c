#include "store/audit.h"

#include "store/internal.h"

static void put_number(struct sha256_state *h, int64_t n)
{
    uint8_t b[8];
    for (int i = 0; i < 8; i++)
        b[i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
    sha256_add(h, b, sizeof b);
}

/* Length first: no two different entries can be the same bytes. */
static void put_text(struct sha256_state *h, struct str s)
{
    put_number(h, (int64_t)s.n);
    sha256_add(h, s.p ? s.p : "", s.n);
}

struct sha256 audit_hash(const struct audit_all_row *r)
{
    struct sha256_state *h = sha256_begin();
    put_number(h, r->commune_id);
    put_number(h, r->seq);
    put_number(h, r->at_us);
    put_text(h, r->actor_kind);
    sha256_add(h, r->actor_account_id.b, 16);
    put_text(h, r->actor_name);
    put_text(h, r->address);
    sha256_add(h, r->request_id.b, 16);
    put_text(h, r->action);
    put_text(h, r->subject_kind);
    sha256_add(h, r->subject_id.b, 16);
    sha256_add(h, r->person_id.b, 16);
    put_text(h, r->detail);
    sha256_add(h, r->prev_hash.b, 32);
    return sha256_end(h);
}

static struct str kind_text(enum actor_kind kind)
{
    static const char *const texts[] = { "anonymous", "resident", "staff", "token", "system" };
    return str_from(texts[kind]);
}

static struct str never_none(struct str s)
{
    return s.p ? s : S("");
}

err_t audit_write(struct ctx *c, struct db *db, const struct audit_entry *entry)
{
    struct audit_head_read_row head;
    bool found;
    TRY(audit_head_read(c, db, &head, &found));
    struct audit_all_row r = {
        .commune_id = c->commune_id,
        .seq = found ? head.seq + 1 : 1,
        .at_us = ctx_now(c),
        .actor_kind = kind_text(c->actor.kind),
        .actor_account_id = c->actor.account_id,
        .actor_name = never_none(c->actor.name),
        .address = never_none(c->actor.address),
        .request_id = c->request_id,
        .action = entry->action,
        .subject_kind = never_none(entry->subject_kind),
        .subject_id = entry->subject_id,
        .person_id = entry->person_id,
        .detail = never_none(entry->detail),
    };
    if (found)
        r.prev_hash = head.hash;
    r.hash = audit_hash(&r);
    TRY(audit_add(c, db,
                  &(struct audit_add_in){
                      .seq = r.seq, .at_us = r.at_us, .actor_kind = r.actor_kind,
                      .actor_account_id = r.actor_account_id, .actor_name = r.actor_name,
                      .address = r.address, .request_id = r.request_id, .action = r.action,
                      .subject_kind = r.subject_kind, .subject_id = r.subject_id,
                      .person_id = r.person_id, .detail = r.detail, .prev_hash = r.prev_hash,
                      .hash = r.hash },
                  NULL));
    return audit_head_write(c, db, &(struct audit_head_write_in){ .seq = r.seq, .hash = r.hash }, NULL);
}

static err_t write_entry(struct ctx *c, struct db *db, void *arg)
{
    return audit_write(c, db, arg);
}

err_t audit_note(struct ctx *c, const struct audit_entry *entry)
{
    return store_write(c, write_entry, (void *)entry);
}

err_t audit_of_person(struct ctx *c, struct db *db, struct id person_id, int64_t before_seq,
                      int64_t limit, struct audit_row **ret_rows, size_t *ret_n)
{
    struct audit_person_rows_row *rows;
    TRY(audit_person_rows(c, db,
                          &(struct audit_person_rows_in){ .person_id = person_id,
                              .before_seq = before_seq ? before_seq : INT64_MAX, .n = limit },
                          &rows, ret_n));
    *ret_rows = ARENA_ARRAY(c->arena, *ret_n, struct audit_row);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret_rows)[i] = (struct audit_row){
            .seq = rows[i].seq, .at_us = rows[i].at_us, .actor_kind = rows[i].actor_kind,
            .actor_name = rows[i].actor_name, .action = rows[i].action,
            .subject_kind = rows[i].subject_kind, .detail = rows[i].detail,
            .actor_account_id = rows[i].actor_account_id, .subject_id = rows[i].subject_id };
    return 0;
}

err_t audit_latest(struct ctx *c, struct db *db, int64_t before_seq, int64_t limit,
                   struct audit_row **ret_rows, size_t *ret_n)
{
    struct audit_rows_row *rows;
    TRY(audit_rows(c, db,
                   &(struct audit_rows_in){ .before_seq = before_seq ? before_seq : INT64_MAX,
                                            .n = limit },
                   &rows, ret_n));
    *ret_rows = ARENA_ARRAY(c->arena, *ret_n, struct audit_row);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret_rows)[i] = (struct audit_row){
            .seq = rows[i].seq, .at_us = rows[i].at_us, .actor_kind = rows[i].actor_kind,
            .actor_name = rows[i].actor_name, .action = rows[i].action,
            .subject_kind = rows[i].subject_kind, .detail = rows[i].detail,
            .actor_account_id = rows[i].actor_account_id, .subject_id = rows[i].subject_id };
    return 0;
}
