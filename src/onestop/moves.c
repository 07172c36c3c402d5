/* The legal moves between the ten national states, and what each leaves behind. */
#include "onestop/inside.h"

#define STATE(s) (1u << (s))

static const struct move {
    const char *text, *vi, *form; /* form: its number in TT 03/2025/TT-VPCP, "" none */
    unsigned from;                /* set of states */
    enum dossier_state to;
    enum right right;
    bool needs_note;
    const char *told;             /* to the applicant, Vietnamese; NULL: nothing */
} moves[MOVE_COUNT] = {
    [MOVE_RECEIVE] = { "receive", N_("Tiếp nhận"), "01", STATE(DOSSIER_NEW), DOSSIER_RECEIVED,
                       RIGHT_DOSSIER_RECEIVE, false, N_("Hồ sơ đã được tiếp nhận") },
    [MOVE_REFUSE] = { "refuse", N_("Từ chối tiếp nhận"), "03", STATE(DOSSIER_NEW), DOSSIER_REFUSED,
                      RIGHT_DOSSIER_REFUSE, true, N_("Hồ sơ không được tiếp nhận") },
    [MOVE_ASK_SUPPLEMENT] = { "ask_supplement", N_("Yêu cầu bổ sung"), "02",
                              STATE(DOSSIER_RECEIVED) | STATE(DOSSIER_IN_PROCESS), DOSSIER_SUPPLEMENT,
                              RIGHT_DOSSIER_ASK_SUPPLEMENT, true, N_("Hồ sơ cần bổ sung giấy tờ") },
    [MOVE_SUPPLEMENT] = { "supplement", N_("Đã bổ sung"), "", STATE(DOSSIER_SUPPLEMENT), DOSSIER_IN_PROCESS,
                          RIGHT_DOSSIER_SUPPLEMENT, false, NULL },
    [MOVE_HAND_OVER] = { "hand_over", N_("Chuyển xử lý"), "", STATE(DOSSIER_RECEIVED) | STATE(DOSSIER_IN_PROCESS),
                         DOSSIER_IN_PROCESS, RIGHT_DOSSIER_HAND_OVER, false, NULL },
    [MOVE_RESOLVE] = { "resolve", N_("Đã xử lý xong"), "", STATE(DOSSIER_IN_PROCESS), DOSSIER_RESOLVED, RIGHT_DOSSIER_RESOLVE, false, N_("Hồ sơ đã có kết quả") },
    [MOVE_RETURN] = { "return", N_("Trả kết quả"), "", STATE(DOSSIER_RESOLVED), DOSSIER_RETURNED,
                      RIGHT_DOSSIER_RETURN, false, N_("Kết quả hồ sơ đã được trả") },
    [MOVE_WITHDRAW] = { "withdraw", N_("Rút hồ sơ"), "",
                        STATE(DOSSIER_RECEIVED) | STATE(DOSSIER_IN_PROCESS) | STATE(DOSSIER_SUPPLEMENT) | STATE(DOSSIER_PAYMENT),
                        DOSSIER_WITHDRAWN, RIGHT_DOSSIER_WITHDRAW, true, N_("Hồ sơ đã được rút") },
    [MOVE_STOP] = { "stop", N_("Dừng xử lý"), "05",
                    STATE(DOSSIER_RECEIVED) | STATE(DOSSIER_IN_PROCESS) | STATE(DOSSIER_SUPPLEMENT) | STATE(DOSSIER_PAYMENT),
                    DOSSIER_STOPPED, RIGHT_DOSSIER_STOP, true, N_("Hồ sơ đã dừng xử lý") },
};

const char *move_text(enum dossier_move move)
{
    return moves[move].text;
}

const char *move_vi(enum dossier_move move)
{
    return moves[move].vi;
}

bool move_needs_note(enum dossier_move move)
{
    return moves[move].needs_note;
}

bool move_parse(struct str text, enum dossier_move *ret)
{
    for (int i = 0; i < MOVE_COUNT; i++) {
        if (str_eq_c(text, moves[i].text)) {
            *ret = (enum dossier_move)i;
            return true;
        }
    }
    return false;
}

const char *state_vi(enum dossier_state state)
{
    static const char *const names[] = {
        "", N_("Mới đăng ký"), N_("Được tiếp nhận"), N_("Không được tiếp nhận"), N_("Đang xử lý"),
        N_("Yêu cầu bổ sung giấy tờ"), N_("Yêu cầu thực hiện nghĩa vụ tài chính"), N_("Công dân yêu cầu rút hồ sơ"),
        N_("Dừng xử lý"), N_("Đã xử lý xong"), N_("Đã trả kết quả") };
    return state >= 1 && state < COUNT(names) ? names[state] : "";
}

static bool move_is_legal(enum dossier_state state, enum dossier_move move)
{
    return moves[move].from & STATE(state);
}

unsigned dossier_moves(enum dossier_state state, int64_t supplements, const struct actor *actor)
{
    unsigned set = 0;
    for (int i = 0; i < MOVE_COUNT; i++) {
        bool spent = i == MOVE_ASK_SUPPLEMENT && supplements > 0;
        if (move_is_legal(state, (enum dossier_move)i) && actor_can(actor, moves[i].right) && !spent)
            set |= 1u << i;
    }
    return set;
}

static err_t check(struct ctx *c, struct db *db, const struct dossier *d, const struct dossier_move_in *in)
{
    const struct move *m = &moves[in->move];
    bool may;
    TRY(dossier_may_see(c, db, d, &may));
    if (!may || !actor_can(&c->actor, m->right))
        return E_FORBIDDEN;
    if (in->version && in->version != d->version)
        return E_CONFLICT;
    if (!move_is_legal(d->state, in->move))
        return E_ILLEGAL_MOVE;
    if (in->move == MOVE_ASK_SUPPLEMENT && d->supplements > 0)
        return E_ONCE_ONLY;
    if (m->needs_note && !str_trim(in->note).n)
        return ctx_fail(c, E_BAD_INPUT, S("note"), "%s", T(c, "Cần ghi rõ lý do."));
    return 0;
}

/* Reception: the official code, the version of the day, the first promise. */
static err_t receive(struct ctx *c, struct db *db, struct dossier *d)
{
    struct procedure p;
    struct commune commune;
    TRY(procedure_get(c, db, d->procedure_code, day_of_us(ctx_now(c)), &p));
    TRY(commune_get(c, db, &commune));
    TRY(code_official(c, db, commune.agency_code, &d->code));
    d->procedure_id = p.id;
    d->received_at_us = ctx_now(c);
    return 0;
}

static err_t recompute_due(struct ctx *c, struct db *db, struct dossier *d)
{
    struct budget b;
    err_t e = dossier_budget(c, db, d, &b);
    if (e == E_NOT_FOUND) {
        d->due_at_us = 0; /* the source gives no term */
        return 0;
    }
    TRY(e);
    d->due_at_us = due(&b, onestop_calendar()).at_us;
    return 0;
}

static bool is_finish(enum dossier_state s)
{
    return s == DOSSIER_REFUSED || s == DOSSIER_WITHDRAWN || s == DOSSIER_STOPPED || s == DOSSIER_RESOLVED;
}

static err_t tell(struct ctx *c, struct db *db, const struct dossier *d, const struct dossier_move_in *in,
                  int64_t seq)
{
    const struct move *m = &moves[in->move];
    struct str code = d->code.n ? d->code : d->provisional_code;
    TRY(event_publish(c, db, str_fmt(c->arena, "dossier.%s", m->text), d->id, S("{}")));
    if (!m->told)
        return 0;
    struct buf body = { .arena = c->arena };
    buf_fmt(&body, "%.*s: %s.", STR_ARG(code), m->told);
    if (in->note.n)
        buf_fmt(&body, " %.*s", STR_ARG(in->note));
    if (in->move == MOVE_RECEIVE && d->due_at_us)
        buf_fmt(&body, " Hẹn trả: %.*s.", STR_ARG(time_vi(c->arena, d->due_at_us)));
    TRY(inbox_put(c, db, d->applicant_id, str_from(m->told), buf_view(&body),
                  str_fmt(c->arena, "/ho-so/%.*s", STR_ARG(code))));
    struct str plain = vi_fold(c->arena, str_from(m->told));
    return sms_send(c, db, d->applicant_phone, str_fmt(c->arena, "%.*s: %.*s.", STR_ARG(code), STR_ARG(plain)),
                    str_fmt(c->arena, "move:%s:%lld", id_text(c->arena, d->id).p, (long long)seq));
}

static err_t write_change(struct ctx *c, struct db *db, struct dossier *d)
{
    int64_t changed = 0;
    bool has_result = false;
    for (size_t i = 0; i < 32; i++)
        has_result |= d->result_sha256.b[i] != 0;
    TRY(dossier_change(c, db,
                       &(struct dossier_change_in){
                           .id = d->id, .version = d->version, .code = d->code, .state = d->state,
                           .handler_id = d->handler_id, .received_at_us = d->received_at_us,
                           .due_at_us = d->due_at_us, .finished_at_us = d->finished_at_us,
                           .supplements = d->supplements, .procedure_id = d->procedure_id,
                           .result_sha256 = has_result ? (struct str){ (char *)d->result_sha256.b, 32 } : STR_NONE },
                       &changed));
    if (!changed)
        return E_CONFLICT;
    d->version++;
    return 0;
}

err_t dossier_do(struct ctx *c, struct db *db, struct dossier *in_out, const struct dossier_move_in *in)
{
    const struct move *m = &moves[in->move];
    struct dossier d = *in_out;
    TRY(check(c, db, &d, in));
    enum dossier_state from = d.state;
    if (in->move == MOVE_RECEIVE)
        TRY(receive(c, db, &d));
    d.state = m->to;
    d.supplements += in->move == MOVE_ASK_SUPPLEMENT;
    if (in->move == MOVE_HAND_OVER && !id_is_none(in->to_account))
        d.handler_id = in->to_account;
    if (in->move == MOVE_RESOLVE && in->result) {
        TRY(file_link(c, db, in->result));
        d.result_sha256 = in->result->sha256;
    }
    if (is_finish(d.state))
        d.finished_at_us = ctx_now(c);
    struct dossier_events_row *events;
    size_t n;
    TRY(dossier_events(c, db, &(struct dossier_events_in){ .dossier_id = d.id }, &events, &n));
    int64_t seq = n ? events[n - 1].seq + 1 : 1;
    TRY(dossier_event_add(c, db,
                          &(struct dossier_event_add_in){
                              .dossier_id = d.id, .seq = seq, .at_us = ctx_now(c), .move = str_from(m->text),
                              .from_state = from, .to_state = d.state, .by_account = c->actor.account_id,
                              .by_name = c->actor.name.p ? c->actor.name : S(""),
                              .note = in->note.p ? str_trim(in->note) : S(""), .form_number = str_from(m->form) },
                          NULL));
    if (d.received_at_us)
        TRY(recompute_due(c, db, &d));
    TRY(write_change(c, db, &d));
    if (in->move == MOVE_RECEIVE)
        TRY(dossier_reindex(c, db, &d));
    TRY(tell(c, db, &d, in, seq));
    TRY(audit_write(c, db, &(struct audit_entry){ .action = str_fmt(c->arena, "dossier.%s", m->text),
                                                  .subject_kind = S("dossier"), .subject_id = d.id,
                                                  .person_id = d.applicant_id }));
    *in_out = d;
    return 0;
}
