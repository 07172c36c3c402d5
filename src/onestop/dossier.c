#include "onestop/inside.h"

static struct dossier from_row(const struct dossier_row_row *r)
{
    return (struct dossier){
        .id = r->id, .code = r->code, .provisional_code = r->provisional_code, .procedure_id = r->procedure_id,
        .procedure_code = r->procedure_code, .state = (enum dossier_state)r->state,
        .channel = (enum dossier_channel)r->channel, .org_id = r->org_id, .applicant_id = r->applicant_id,
        .applicant_name = r->applicant_name, .applicant_phone = r->applicant_phone,
        .applicant_id_number = r->applicant_id_number, .hamlet_id = r->hamlet_id, .filed_by = r->filed_by,
        .handler_id = r->handler_id, .answers_json = r->answers, .filed_at_us = r->filed_at_us,
        .received_at_us = r->received_at_us, .due_at_us = r->due_at_us, .finished_at_us = r->finished_at_us,
        .supplements = r->supplements, .result_sha256 = r->result_sha256, .version = r->version };
}

err_t dossier_get(struct ctx *c, struct db *db, struct id id, struct dossier *ret)
{
    struct dossier_row_row row;
    struct procedure p;
    bool found;
    TRY(dossier_row(c, db, &(struct dossier_row_in){ .id = id }, &row, &found));
    if (!found)
        return E_NOT_FOUND;
    struct dossier d = from_row(&row);
    TRY(procedure_version(c, db, d.procedure_id, &p));
    d.procedure_name = p.name;
    *ret = d;
    return 0;
}

err_t dossier_by_code(struct ctx *c, struct db *db, struct str code, struct dossier *ret)
{
    struct dossier_id_by_code_row official;
    struct dossier_id_by_provisional_row provisional;
    bool found;
    if (!code_read(c, code, &code))
        return E_NOT_FOUND;
    TRY(dossier_id_by_code(c, db, &(struct dossier_id_by_code_in){ .code = code }, &official, &found));
    if (found)
        return dossier_get(c, db, official.id, ret);
    TRY(dossier_id_by_provisional(c, db, &(struct dossier_id_by_provisional_in){ .code = code }, &provisional,
                                  &found));
    return found ? dossier_get(c, db, provisional.id, ret) : E_NOT_FOUND;
}

err_t dossier_may_see(struct ctx *c, struct db *db, const struct dossier *d, bool *ret)
{
    if (actor_can(&c->actor, RIGHT_DOSSIER_READ)) {
        *ret = id_is_none(c->actor.org_id) || id_eq(c->actor.org_id, d->org_id);
        return 0;
    }
    *ret = !id_is_none(c->actor.account_id) && id_eq(c->actor.account_id, d->filed_by);
    if (*ret || id_is_none(c->actor.resident_id))
        return 0;
    return may_act_for(c, db, d->applicant_id, ret);
}

static struct str never_none(struct str s)
{
    return s.p ? s : S("");
}

static err_t find_applicant(struct ctx *c, struct db *db, const struct dossier_filing *in, struct resident *ret)
{
    struct id id = in->applicant_id;
    bool may = true;
    if (id_is_none(id))
        TRY(resident_for_applicant(c, db, in->applicant_name, in->applicant_id_number, in->applicant_phone, &id));
    /* A resident files for themselves or for whom they may act. */
    if (c->actor.kind == ACTOR_RESIDENT)
        TRY(may_act_for(c, db, id, &may));
    if (!may)
        return E_FORBIDDEN;
    return resident_get(c, db, id, ret);
}

static err_t add_papers(struct ctx *c, struct db *db, const struct dossier *d, const struct web_upload *uploads,
                        size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct web_upload *u = &uploads[i];
        TRY(file_link(c, db, &u->file));
        TRY(dossier_paper_add(c, db,
                              &(struct dossier_paper_add_in){ .dossier_id = d->id, .id = ctx_new_id(c),
                                                              .name = u->field, .filename = u->filename,
                                                              .sha256 = u->file.sha256,
                                                              .size_bytes = u->file.size_bytes,
                                                              .type = u->file.type, .added_at_us = ctx_now(c) },
                              NULL));
    }
    return 0;
}

static err_t index_dossier(struct ctx *c, struct db *db, const struct dossier *d)
{
    return search_put(c, db, S("dossier"), d->id,
                      str_fmt(c->arena, "%.*s %.*s %.*s %.*s", STR_ARG(d->applicant_name), STR_ARG(d->code),
                              STR_ARG(d->provisional_code), STR_ARG(d->procedure_name)));
}

static struct str answers_json(struct ctx *c, const struct form_values *answers)
{
    struct buf b = { .arena = c->arena };
    struct json_out o = { .buf = &b };
    form_values_put_json(&o, answers);
    return buf_view(&b);
}

static err_t tell_filed(struct ctx *c, struct db *db, const struct dossier *d)
{
    struct str key = id_text(c->arena, d->id);
    struct str link = str_fmt(c->arena, "/ho-so/%.*s", STR_ARG(d->provisional_code));
    TRY(event_publish(c, db, S("dossier.filed"), d->id, S("{}")));
    TRY(inbox_put(c, db, d->applicant_id, S("Đã nộp hồ sơ"),
                  str_fmt(c->arena, "%.*s. Mã tạm: %.*s. Bộ phận một cửa sẽ kiểm tra và tiếp nhận.",
                          STR_ARG(d->procedure_name), STR_ARG(d->provisional_code)), link));
    return sms_send(c, db, d->applicant_phone,
                    str_fmt(c->arena, "Da nop ho so, ma tam %.*s. Tra cuu tren trang cua xa.",
                            STR_ARG(d->provisional_code)),
                    str_fmt(c->arena, "filed:%.*s", STR_ARG(key)));
}

err_t dossier_file(struct ctx *c, struct db *db, const struct dossier_filing *in, struct dossier *ret)
{
    struct procedure p;
    struct commune commune;
    struct resident who;
    struct dossier d = { .id = ctx_new_id(c), .state = DOSSIER_NEW, .channel = in->channel, .version = 1,
                         .provisional_code = code_provisional(c), .filed_by = c->actor.account_id,
                         .filed_at_us = ctx_now(c), .code = S("") };
    TRY(procedure_get(c, db, in->procedure_code, day_of_us(ctx_now(c)), &p));
    TRY(commune_get(c, db, &commune));
    TRY(find_applicant(c, db, in, &who));
    d.procedure_id = p.id;
    d.procedure_code = p.code;
    d.procedure_name = p.name;
    d.org_id = commune.org_id;
    d.applicant_id = who.id;
    d.applicant_name = who.name;
    d.applicant_phone = in->applicant_phone.n ? in->applicant_phone : never_none(who.phone);
    d.applicant_id_number = in->applicant_id_number.n ? in->applicant_id_number : never_none(who.id_number);
    d.hamlet_id = who.hamlet_id;
    d.answers_json = answers_json(c, in->answers);
    TRY(dossier_add(c, db,
                    &(struct dossier_add_in){
                        .id = d.id, .provisional_code = d.provisional_code, .procedure_id = d.procedure_id,
                        .procedure_code = d.procedure_code, .field = p.field, .channel = d.channel,
                        .org_id = d.org_id, .applicant_id = d.applicant_id, .applicant_name = d.applicant_name,
                        .applicant_phone = d.applicant_phone, .applicant_id_number = d.applicant_id_number,
                        .hamlet_id = d.hamlet_id, .filed_by = d.filed_by, .answers = d.answers_json,
                        .filed_at_us = d.filed_at_us },
                    NULL));
    TRY(dossier_event_add(c, db,
                          &(struct dossier_event_add_in){ .dossier_id = d.id, .seq = 1, .at_us = d.filed_at_us,
                                                          .move = S("file"), .from_state = 0,
                                                          .to_state = DOSSIER_NEW, .by_account = d.filed_by,
                                                          .by_name = never_none(c->actor.name), .note = S(""),
                                                          .form_number = S("") },
                          NULL));
    TRY(add_papers(c, db, &d, in->uploads, in->n_uploads));
    TRY(index_dossier(c, db, &d));
    TRY(tell_filed(c, db, &d));
    TRY(audit_write(c, db, &(struct audit_entry){ .action = S("dossier.file"), .subject_kind = S("dossier"),
                                                  .subject_id = d.id, .person_id = d.applicant_id }));
    *ret = d;
    return 0;
}

err_t dossier_add_paper(struct ctx *c, struct db *db, struct dossier *d, const struct web_upload *upload)
{
    bool may, desk = actor_can(&c->actor, RIGHT_DOSSIER_RECEIVE);
    TRY(dossier_may_see(c, db, d, &may));
    if (!may)
        return E_FORBIDDEN;
    bool open = d->state == DOSSIER_NEW || d->state == DOSSIER_SUPPLEMENT ||
                (desk && (d->state == DOSSIER_RECEIVED || d->state == DOSSIER_IN_PROCESS));
    if (!open)
        return E_ILLEGAL_MOVE;
    TRY(add_papers(c, db, d, upload, 1));
    return audit_write(c, db, &(struct audit_entry){ .action = S("dossier.add_paper"), .subject_kind = S("dossier"),
                                                     .subject_id = d->id, .person_id = d->applicant_id });
}

/* After a move the searchable text has the official code too. */
err_t dossier_reindex(struct ctx *c, struct db *db, const struct dossier *d)
{
    return index_dossier(c, db, d);
}
