/* Who may act for whom. */
#include "people/account.h"

#define ACT_FOR S("act_for")

static int age_of(struct ctx *c, int64_t born_day, int64_t born_year)
{
    int year, month, day, y, m, d;
    day_to_ymd(day_of_us(ctx_now(c)), &year, &month, &day);
    if (born_day == NO_I64)
        return born_year == NO_I64 ? 200 : year - (int)born_year - 1;
    day_to_ymd((int32_t)born_day, &y, &m, &d);
    return year - y - (month < m || (month == m && day < d));
}

/* Those who raise a household's children, by their relation to its head. */
static bool is_elder(struct str relation)
{
    static const char *const elders[] = { "Chủ hộ", "Vợ", "Chồng", "Cha", "Bố", "Mẹ", "Ông", "Bà" };
    for (size_t i = 0; i < COUNT(elders); i++) {
        if (str_eq_c(relation, elders[i]))
            return true;
    }
    return false;
}

/* Parents and grandparents of the household act for its children; adults must have said so. */
static err_t may_act(struct ctx *c, struct db *db, const struct resident *who, const struct resident *for_whom,
                     bool *ret)
{
    struct consent_row_row consent;
    if (id_eq(who->id, for_whom->id)) {
        *ret = true;
        return 0;
    }
    int64_t born = for_whom->has_born_day ? for_whom->born_day : NO_I64;
    int64_t own = who->has_born_day ? who->born_day : NO_I64;
    bool same_house = !id_is_none(who->household_id) && id_eq(who->household_id, for_whom->household_id);
    bool child = age_of(c, born, for_whom->born_year) < 18 && age_of(c, own, who->born_year) >= 18;
    if (same_house && child && is_elder(who->relation)) {
        *ret = true;
        return 0;
    }
    return consent_row(c, db,
                       &(struct consent_row_in){ .resident_id = for_whom->id, .purpose = ACT_FOR,
                                                 .to_resident_id = who->id },
                       &consent, ret);
}

err_t may_act_for(struct ctx *c, struct db *db, struct id resident_id, bool *ret_may)
{
    struct resident who, other;
    *ret_may = false;
    if (id_is_none(c->actor.resident_id))
        return 0;
    TRY(resident_get(c, db, c->actor.resident_id, &who));
    TRY(resident_get(c, db, resident_id, &other));
    return may_act(c, db, &who, &other, ret_may);
}

err_t family_of(struct ctx *c, struct db *db, struct id resident_id, struct family_member **ret, size_t *ret_n)
{
    struct resident who;
    struct household_members_row *rows;
    size_t n = 0;
    *ret_n = 0;
    TRY(resident_get(c, db, resident_id, &who));
    if (id_is_none(who.household_id))
        return 0;
    TRY(household_members(c, db, &(struct household_members_in){ .household_id = who.household_id }, &rows, &n));
    *ret = ARENA_ARRAY(c->arena, n, struct family_member);
    for (size_t i = 0; i < n; i++) {
        struct resident other;
        struct family_member *m = &(*ret)[*ret_n];
        if (id_eq(rows[i].id, who.id))
            continue;
        TRY(resident_get(c, db, rows[i].id, &other));
        *m = (struct family_member){ rows[i].id, rows[i].name, rows[i].relation, false };
        TRY(may_act(c, db, &who, &other, &m->may_act));
        ++*ret_n;
    }
    return 0;
}

err_t consent_set(struct ctx *c, struct db *db, struct id resident_id, struct id to_resident_id, bool given)
{
    if (given)
        TRY(consent_give(c, db,
                         &(struct consent_give_in){ .resident_id = resident_id, .purpose = ACT_FOR,
                                                    .to_resident_id = to_resident_id, .given_us = ctx_now(c) },
                         NULL));
    else
        TRY(consent_withdraw(c, db,
                             &(struct consent_withdraw_in){ .resident_id = resident_id, .purpose = ACT_FOR,
                                                            .to_resident_id = to_resident_id,
                                                            .now_us = ctx_now(c) },
                             NULL));
    return audit_write(c, db, &(struct audit_entry){ .action = given ? S("consent.give") : S("consent.withdraw"),
                                                     .subject_kind = S("resident"),
                                                     .subject_id = to_resident_id,
                                                     .person_id = resident_id });
}
