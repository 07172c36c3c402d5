/* The numbered forms of TT 03/2025/TT-VPCP and the result, drawn from the event log. */
#include "onestop/inside.h"

#include "print/print.h"

struct gather {
    const struct dossier *d;
    struct commune commune;
    struct organisation org;
    struct procedure p;
    struct dossier_events_row *events;
    size_t n_events;
    struct dossier_papers_row *papers;
    size_t n_papers;
    struct budget budget;
    bool has_budget;
    int64_t times;
    struct str synthetic; /* "1" where the people of this installation are made up */
    const char *form;
};

static err_t gather(struct ctx *c, struct db *db, void *arg)
{
    struct gather *g = arg;
    TRY(setting_get(c, db, S("synthetic"), S(""), &g->synthetic));
    TRY(commune_get(c, db, &g->commune));
    TRY(organisation_by_code(c, db, g->commune.org_code, &g->org));
    TRY(procedure_version(c, db, g->d->procedure_id, &g->p));
    TRY(dossier_events(c, db, &(struct dossier_events_in){ .dossier_id = g->d->id }, &g->events, &g->n_events));
    TRY(dossier_papers(c, db, &(struct dossier_papers_in){ .dossier_id = g->d->id }, &g->papers, &g->n_papers));
    g->has_budget = g->d->received_at_us && dossier_budget(c, db, g->d, &g->budget) == 0;
    return 0;
}

/* Each print is counted and recorded. */
static err_t note_print(struct ctx *c, struct db *db, void *arg)
{
    struct gather *g = arg;
    struct dossier_print_count_row row;
    TRY(dossier_print_count(c, db,
                            &(struct dossier_print_count_in){ .dossier_id = g->d->id, .form = str_from(g->form) },
                            &row));
    g->times = row.times;
    return audit_write(c, db, &(struct audit_entry){ .action = S("dossier.print"), .subject_kind = S("dossier"),
                                                     .subject_id = g->d->id, .person_id = g->d->applicant_id });
}

static struct str place_date(struct ctx *c, const struct gather *g, int64_t at_us)
{
    struct civil t = civil_from_us(at_us);
    struct str place = g->commune.name;
    if (str_starts(place, S("xã ")) || str_starts(place, S("Xã ")))
        place = str_sub(place, 4, place.n);
    return str_fmt(c->arena, "%.*s, ngày %02d tháng %02d năm %d", STR_ARG(place), t.day, t.month, t.year);
}

static struct doc *begin(struct ctx *c, const struct gather *g, const char *number_mark, const char *title,
                         int64_t at_us)
{
    struct str code = g->d->code.n ? g->d->code : g->d->provisional_code;
    struct doc *d = doc_new(c, str_fmt(c->arena, "%s %.*s", title, STR_ARG(code)),
                            g->synthetic.n ? S("DỮ LIỆU GIẢ LẬP – BẢN CHẠY THỬ") : S(""));
    doc_letterhead(d, str_fmt(c->arena, "ỦY BAN NHÂN DÂN\n%.*s", STR_ARG(vi_upper(c->arena, g->commune.name))),
                   vi_upper(c->arena, g->org.name), str_fmt(c->arena, "Số: %.*s/%s", STR_ARG(code), number_mark),
                   place_date(c, g, at_us));
    doc_title(d, str_from(title), g->times > 1 ? str_fmt(c->arena, "(In lại lần %lld)", (long long)g->times - 1) : S(""));
    return d;
}

static struct str local_phone(struct ctx *c, struct str phone)
{
    return str_starts(phone, S("+84")) ? str_fmt(c->arena, "0%.*s", STR_ARG(str_sub(phone, 3, phone.n))) : phone;
}

static void person_lines(struct ctx *c, struct doc *d, const struct gather *g)
{
    doc_line(d, S("Họ và tên"), g->d->applicant_name);
    doc_line(d, S("Số định danh cá nhân"), g->d->applicant_id_number);
    doc_line(d, S("Điện thoại"), local_phone(c, g->d->applicant_phone));
    doc_line(d, S("Nội dung yêu cầu giải quyết"), g->d->procedure_name);
}

static void paper_rows(struct ctx *c, struct doc *d, const struct gather *g)
{
    static const int shares[] = { 1, 8, 3 };
    doc_paragraph(d, S("Giấy tờ đã nộp:"));
    doc_row(d, (struct str[]){ S("STT"), S("Tên giấy tờ"), S("Hình thức") }, shares, 3);
    doc_row(d, (struct str[]){ S("1"), S("Tờ khai (biểu mẫu điện tử)"), S("Bản điện tử") }, shares, 3);
    for (size_t i = 0; i < g->n_papers; i++)
        doc_row(d, (struct str[]){ str_fmt(c->arena, "%zu", i + 2), g->papers[i].name, S("Bản chụp") }, shares, 3);
    doc_paragraph(d, S(""));
}

err_t dossier_receipt_pdf(struct ctx *c, const struct dossier *dossier, struct str url, struct str *ret_pdf)
{
    struct gather g = { .d = dossier, .form = "01" };
    if (!dossier->received_at_us)
        return E_ILLEGAL_MOVE;
    TRY(store_read(c, gather, &g));
    TRY(store_write(c, note_print, &g));
    struct doc *d = begin(c, &g, "TTPVHCC", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", dossier->received_at_us);
    doc_line(d, S("Mã hồ sơ"), dossier->code);
    doc_paragraph(d, str_fmt(c->arena, "%.*s tiếp nhận hồ sơ của:", STR_ARG(g.org.name)));
    person_lines(c, d, &g);
    paper_rows(c, d, &g);
    if (g.has_budget) {
        doc_line(d, S("Thời hạn giải quyết"), term_show(c, g.budget.term));
        doc_line(d, S("Cách tính"), due_explain(c, &g.budget, onestop_calendar()));
    }
    doc_line(d, S("Thời gian nhận hồ sơ"), time_vi(c->arena, dossier->received_at_us));
    doc_line(d, S("Thời gian trả kết quả"), dossier->due_at_us ? time_vi(c->arena, dossier->due_at_us)
                                                             : S("theo quy định của thủ tục"));
    doc_line(d, S("Nơi nhận kết quả"), g.org.name);
    doc_qr(d, url, S("Quét mã để theo dõi hồ sơ.\nKhi đến nhận, mang giấy này hoặc thẻ căn cước."));
    doc_signatures(d, S("NGƯỜI NỘP HỒ SƠ"), dossier->applicant_name, S("NGƯỜI TIẾP NHẬN HỒ SƠ"),
                   g.n_events > 1 ? g.events[1].by_name : S(""));
    return print_pdf(c, d, ret_pdf);
}

static const struct numbered {
    const char *form, *mark, *title, *move, *lead;
} numbered[] = {
    { "02", "PBS", "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", "ask_supplement", "Đề nghị ông/bà bổ sung, hoàn thiện" },
    { "03", "PTC", "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ", "refuse", "Lý do không tiếp nhận" },
    { "05", "TB", "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ", "stop", "Lý do dừng giải quyết" },
};

static err_t control_sheet(struct ctx *c, struct gather *g, struct str *ret_pdf)
{
    static const int shares[] = { 3, 4, 4, 5 };
    struct doc *d = begin(c, g, "PKS", "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ", ctx_now(c));
    doc_line(d, S("Mã hồ sơ"), g->d->code);
    person_lines(c, d, g);
    if (g->d->due_at_us)
        doc_line(d, S("Hẹn trả kết quả"), time_vi(c->arena, g->d->due_at_us));
    doc_row(d, (struct str[]){ S("Thời gian"), S("Bước"), S("Người thực hiện"), S("Ghi chú") }, shares, 4);
    for (size_t i = 0; i < g->n_events; i++)
        doc_row(d, (struct str[]){ time_vi(c->arena, g->events[i].at_us),
                                   str_from(state_vi((enum dossier_state)g->events[i].to_state)),
                                   g->events[i].by_name, g->events[i].note },
                shares, 4);
    return print_pdf(c, d, ret_pdf);
}

err_t dossier_form_pdf(struct ctx *c, const struct dossier *dossier, struct str form, struct str *ret_pdf)
{
    struct gather g = { .d = dossier, .form = str_c(c->arena, form) };
    const struct numbered *n = NULL;
    const struct dossier_events_row *event = NULL;
    TRY(store_read(c, gather, &g));
    for (size_t i = 0; i < COUNT(numbered); i++) {
        if (str_eq_c(form, numbered[i].form))
            n = &numbered[i];
    }
    for (size_t i = 0; n && i < g.n_events; i++) {
        if (str_eq_c(g.events[i].move, n->move))
            event = &g.events[i];
    }
    if (!event && !str_eq_c(form, "06"))
        return E_NOT_FOUND;
    TRY(store_write(c, note_print, &g));
    if (!event)
        return control_sheet(c, &g, ret_pdf);
    struct doc *d = begin(c, &g, n->mark, n->title, event->at_us);
    person_lines(c, d, &g);
    doc_paragraph(d, str_fmt(c->arena, "%s:", n->lead));
    doc_paragraph(d, event->note);
    doc_line(d, S("Liên hệ"), str_fmt(c->arena, "%.*s, điện thoại %.*s", STR_ARG(event->by_name), STR_ARG(g.org.phone)));
    doc_signatures(d, S("NGƯỜI NỘP HỒ SƠ"), S(""), S("NGƯỜI LẬP PHIẾU"), event->by_name);
    return print_pdf(c, d, ret_pdf);
}

/* Until each procedure has its own template: what was asked, as it was declared, and the answer. */
err_t dossier_result_pdf(struct ctx *c, const struct dossier *dossier, struct str note, struct str *ret_pdf)
{
    struct gather g = { .d = dossier, .form = "result" };
    struct form_values answers;
    const struct form *form;
    TRY(store_read(c, gather, &g));
    TRY(procedure_form(c, &g.p, &form));
    TRY(form_values_from_json(c, dossier->answers_json, &answers));
    struct str title = vi_upper(c->arena, g.p.result_name.n ? g.p.result_name : S("KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"));
    struct doc *d = begin(c, &g, "KQ", str_c(c->arena, title), ctx_now(c));
    for (size_t i = 0; i < form->n_fields; i++) {
        const struct form_field *f = &form->fields[i];
        struct str value = form_get(&answers, str_c(c->arena, f->name));
        bool about_service = f->type == FIELD_YES || str_starts(f->name, S("result_")) || str_starts(f->name, S("requester_"));
        if (value.n && !about_service)
            doc_line(d, f->label, form_show(c, f, value));
    }
    if (note.n)
        doc_paragraph(d, note);
    doc_signatures(d, S(""), S(""), S("TM. ỦY BAN NHÂN DÂN"), S(""));
    return print_pdf(c, d, ret_pdf);
}
