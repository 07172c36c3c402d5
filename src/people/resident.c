#include "people/people.h"
#include "people/people_queries.h"

static struct resident from_row(const struct resident_row_row *r)
{
    return (struct resident){ .id = r->id, .name = r->name, .id_number = r->id_number,
                              .sex = (enum sex)r->sex,
                              .born_day = r->born_day == NO_I64 ? 0 : (int32_t)r->born_day,
                              .has_born_day = r->born_day != NO_I64, .born_year = r->born_year,
                              .phone = r->phone, .ethnic = r->ethnic, .nationality = r->nationality,
                              .address = r->address, .hamlet_id = r->hamlet_id,
                              .household_id = r->household_id, .relation = r->relation,
                              .merged_into = r->merged_into, .version = r->version };
}

/* A double leads to the record that it became. */
err_t resident_get(struct ctx *c, struct db *db, struct id id, struct resident *ret)
{
    for (int hops = 0; hops < 8; hops++) {
        struct resident_row_row r;
        bool found;
        TRY(resident_row(c, db, &(struct resident_row_in){ .id = id }, &r, &found));
        if (!found)
            return E_NOT_FOUND;
        if (id_is_none(r.merged_into)) {
            *ret = from_row(&r);
            return 0;
        }
        id = r.merged_into;
    }
    return E_CORRUPT;
}

err_t resident_find_id_number(struct ctx *c, struct db *db, struct str id_number, struct resident *ret,
                              bool *ret_found)
{
    struct resident_id_by_number_row row;
    TRY(resident_id_by_number(c, db, &(struct resident_id_by_number_in){ .id_number = id_number }, &row,
                              ret_found));
    return *ret_found ? resident_get(c, db, row.id, ret) : 0;
}

struct view {
    struct id id;
    struct resident *ret;
};

static err_t view(struct ctx *c, struct db *db, void *arg)
{
    struct view *v = arg;
    TRY(resident_get(c, db, v->id, v->ret));
    bool other_hamlet = !id_is_none(c->actor.hamlet_id) && !id_eq(c->actor.hamlet_id, v->ret->hamlet_id);
    return other_hamlet ? E_FORBIDDEN : 0;
}

err_t resident_view(struct ctx *c, struct id id, struct resident *ret)
{
    struct view v = { id, ret };
    if (!actor_can(&c->actor, RIGHT_PEOPLE_READ))
        return E_FORBIDDEN;
    TRY(store_read(c, view, &v));
    /* Recorded before it is shown, durably. */
    return audit_note(c, &(struct audit_entry){ .action = S("resident.read"),
                                                .subject_kind = S("resident"), .subject_id = ret->id,
                                                .person_id = ret->id });
}

static err_t check(struct ctx *c, struct resident *r)
{
    struct id_number_parts parts;
    r->name = vi_nfc(c->arena, str_trim(r->name));
    if (!str_is_text(r->name) || str_codepoints(r->name) < 2 || r->name.n > 200 || str_has(r->name, '\n'))
        return ctx_fail(c, E_BAD_INPUT, S("name"), "%s", T(c, "Họ và tên cần được điền đầy đủ."));
    if (r->id_number.n && !id_number_read(r->id_number, &parts))
        return ctx_fail(c, E_BAD_INPUT, S("id_number"), "%s", T(c, "Số định danh phải có đúng 12 chữ số."));
    if (r->phone.n && !phone_normalise(c->arena, r->phone, &r->phone))
        return ctx_fail(c, E_BAD_INPUT, S("phone"), "%s", T(c, "Số điện thoại chưa đúng."));
    if (r->has_born_day) {
        int year, month, day;
        day_to_ymd(r->born_day, &year, &month, &day);
        r->born_year = year;
        if (r->born_day > day_of_us(ctx_now(c)))
            return ctx_fail(c, E_BAD_INPUT, S("born"), "%s", T(c, "Ngày sinh ở tương lai."));
    }
    return 0;
}

static struct str some(struct str s)
{
    return s.p ? s : S("");
}

static err_t add(struct ctx *c, struct db *db, const struct resident *r)
{
    return resident_add(c, db,
                        &(struct resident_add_in){
                            .id = r->id, .name = r->name, .name_key = vi_name_sort_key(c->arena, r->name),
                            .id_number = some(r->id_number), .sex = r->sex,
                            .born_day = r->has_born_day ? r->born_day : NO_I64, .born_year = r->born_year,
                            .phone = some(r->phone), .ethnic = some(r->ethnic),
                            .nationality = some(r->nationality), .address = some(r->address),
                            .hamlet_id = r->hamlet_id, .household_id = r->household_id,
                            .relation = some(r->relation) },
                        NULL);
}

static err_t change(struct ctx *c, struct db *db, const struct resident *r)
{
    int64_t changed = 0;
    struct resident old;
    TRY(resident_get(c, db, r->id, &old));
    if (old.id_number.n && !str_eq(old.id_number, some(r->id_number)))
        TRY(identifier_add(c, db,
                           &(struct identifier_add_in){ .resident_id = r->id, .number = old.id_number,
                                                        .from_us = 0, .to_us = ctx_now(c) },
                           NULL));
    TRY(resident_change(c, db,
                        &(struct resident_change_in){
                            .id = r->id, .version = r->version, .name = r->name,
                            .name_key = vi_name_sort_key(c->arena, r->name),
                            .id_number = some(r->id_number), .sex = r->sex,
                            .born_day = r->has_born_day ? r->born_day : NO_I64, .born_year = r->born_year,
                            .phone = some(r->phone), .ethnic = some(r->ethnic),
                            .nationality = some(r->nationality), .address = some(r->address),
                            .hamlet_id = r->hamlet_id, .household_id = r->household_id,
                            .relation = some(r->relation) },
                        &changed));
    return changed ? 0 : E_CONFLICT;
}

err_t resident_save(struct ctx *c, struct db *db, struct resident *r)
{
    bool fresh = id_is_none(r->id), taken;
    struct resident other;
    TRY(check(c, r));
    if (r->id_number.n) {
        TRY(resident_find_id_number(c, db, r->id_number, &other, &taken));
        if (taken && !id_eq(other.id, r->id))
            return ctx_fail(c, E_EXISTS, S("id_number"), "%s", T(c, "Đã có người mang số định danh này."));
    }
    if (fresh)
        r->id = ctx_new_id(c);
    TRY(fresh ? add(c, db, r) : change(c, db, r));
    r->version = fresh ? 1 : r->version + 1;
    TRY(search_put(c, db, S("resident"), r->id,
                   str_fmt(c->arena, "%.*s %.*s", STR_ARG(r->name), STR_ARG(some(r->id_number)))));
    return audit_write(c, db, &(struct audit_entry){ .action = fresh ? S("resident.add") : S("resident.change"),
                                                     .subject_kind = S("resident"), .subject_id = r->id,
                                                     .person_id = r->id });
}

err_t resident_for_applicant(struct ctx *c, struct db *db, struct str name, struct str id_number,
                             struct str phone, struct id *ret_id)
{
    struct resident r;
    bool found = false;
    if (id_number.n)
        TRY(resident_find_id_number(c, db, id_number, &r, &found));
    if (!found) {
        r = (struct resident){ .name = name, .id_number = id_number, .phone = phone, .born_year = NO_I64 };
        TRY(resident_save(c, db, &r));
    }
    *ret_id = r.id;
    return 0;
}

err_t residents_merge(struct ctx *c, struct db *db, struct id from, struct id into, struct str reason)
{
    struct resident a, b;
    int64_t changed = 0;
    TRY(resident_get(c, db, from, &a));
    TRY(resident_get(c, db, into, &b));
    if (id_eq(a.id, b.id) || !reason.n)
        return ctx_fail(c, E_BAD_INPUT, S("reason"), "%s", T(c, "Chọn hai người khác nhau và ghi lý do."));
    TRY(resident_merge_mark(c, db, &(struct resident_merge_mark_in){ .id = a.id, .into_id = b.id }, &changed));
    if (!changed)
        return E_CONFLICT;
    TRY(resident_merge_add(c, db,
                           &(struct resident_merge_add_in){ .from_id = a.id, .into_id = b.id, .reason = reason,
                                                            .at_us = ctx_now(c), .by_name = c->actor.name },
                           NULL));
    if (a.id_number.n)
        TRY(identifier_add(c, db,
                           &(struct identifier_add_in){ .resident_id = b.id, .number = a.id_number,
                                                        .to_us = ctx_now(c) },
                           NULL));
    TRY(search_remove(c, db, S("resident"), a.id));
    TRY(event_publish(c, db, S("resident.merged"), b.id,
                      str_fmt(c->arena, "{\"from\":\"%s\"}", id_text(c->arena, a.id).p)));
    TRY(audit_write(c, db, &(struct audit_entry){ .action = S("resident.merge"), .subject_kind = S("resident"),
                                                  .subject_id = a.id, .person_id = b.id }));
    return 0;
}
