/* The commune: places, people, a year of dossiers. */
#include "demo/make.h"

#include <stdlib.h>
#include <string.h>

#include "demo/names.h"

enum { HAMLETS = 15, TEAMS = 10, OLD_CODE = 13906, NEW_CODE = 13891 };

/* Made by tools/embed.py from data/procedures.json. */
extern const unsigned char demo_procedures[];
extern const size_t demo_procedures_n;


static int32_t day(int y, int m, int dd)
{
    int32_t r = 0;
    bool ok = day_from_ymd(y, m, dd, &r);
    assert(ok);
    (void)ok;
    return r;
}

static err_t make_places(struct demo *d)
{
    struct ctx *c = d->c;
    struct id org = ctx_new_id(c), post = ctx_new_id(c);
    int32_t merger = day(2025, 7, 1);
    d->org_id = org;
    TRY(commune_add(c, d->db, &(struct commune_add_in){ .name = S("xã Nghĩa Thái"), .district = S("huyện Nghĩa Hưng"),
                                                        .province = S("tỉnh Nam Định"), .org_code = S("TTPVHCC") }, NULL));
    TRY(place_name_add(c, d->db, &(struct place_name_add_in){ .code = S("13906"), .from_day = day(1976, 1, 1), .to_day = merger - 1,
                                                              .full_name = S("xã Nghĩa Thái, huyện Nghĩa Hưng, tỉnh Nam Định"),
                                                              .successor_code = S("13891") }, NULL));
    TRY(place_name_add(c, d->db, &(struct place_name_add_in){ .code = S("13891"), .from_day = merger, .to_day = NO_I64,
                                                              .full_name = S("xã Nghĩa Hưng, tỉnh Ninh Bình"),
                                                              .successor_code = S("") }, NULL));
    TRY(organisation_add(c, d->db, &(struct organisation_add_in){ .id = org, .code = S("TTPVHCC"), .kind = S("one_stop"),
                                                                  .name = S("Trung tâm Phục vụ hành chính công xã Nghĩa Thái"),
                                                                  .agency_code = S("H40.14.20"),
                                                                  .address = S("Trụ sở UBND xã Nghĩa Thái"),
                                                                  .phone = S("0228 000 0000") }, NULL));
    TRY(organisation_add(c, d->db, &(struct organisation_add_in){ .id = post, .code = S("BUUDIEN"), .kind = S("post_office"),
                                                                  .name = S("Bưu điện văn hóa xã Nghĩa Thái"),
                                                                  .agency_code = S(""), .address = S("Xóm 5"), .phone = S("") }, NULL));
    for (int i = 0; i < HAMLETS; i++) {
        d->hamlets[i] = ctx_new_id(c);
        TRY(hamlet_add(c, d->db, &(struct hamlet_add_in){ .id = d->hamlets[i], .position = i + 1,
                                                          .code = str_fmt(c->arena, "X%02d", i + 1),
                                                          .name = str_fmt(c->arena, "Xóm %d", i + 1) }, NULL));
    }
    return 0;
}

/* --- People ----------------------------------------------------------------------------------------------- */

struct person {
    struct str family, relation;
    bool female;
    int born_year;
    struct id household, hamlet;
};

static err_t add_person(struct demo *d, const struct person *p, struct id *ret)
{
    struct ctx *c = d->c;
    struct rng *rng = c->rng;
    int century = p->born_year >= 2000 ? 2 : 0, month = 1 + (int)rng_below(rng, 12), dd = 1 + (int)rng_below(rng, 28);
    struct resident r = {
        .name = demo_name(rng, c->arena, p->family, p->female), .sex = p->female ? SEX_FEMALE : SEX_MALE,
        .id_number = str_fmt(c->arena, "036%d%02d%06llu", century + p->female, p->born_year % 100,
                             (unsigned long long)++d->serial),
        .born_year = p->born_year, .ethnic = S("Kinh"), .nationality = S("Việt Nam"), .hamlet_id = p->hamlet,
        .household_id = p->household, .relation = p->relation,
        .address = S("xã Nghĩa Thái, huyện Nghĩa Hưng, tỉnh Nam Định") };
    /* Some of the old have only a year. */
    r.has_born_day = p->born_year > 1950 || rng_below(rng, 3) > 0;
    if (r.has_born_day) {
        r.born_day = day(p->born_year, month, dd);
        /* The year is played from its first day on: nobody is born in it. */
        if (r.born_day > d->today - 366)
            r.born_day = d->today - 366 - (int32_t)rng_below(rng, 60);
    }
    if (p->born_year < d->year - 15 && rng_below(rng, 10) < 8)
        r.phone = demo_phone(rng, c->arena);
    TRY(resident_save(c, d->db, &r));
    *ret = r.id;
    return 0;
}

/* A couple or a widow, children, sometimes a grandparent. */
static err_t make_household(struct demo *d, int number)
{
    struct ctx *c = d->c;
    struct rng *rng = c->rng;
    int h = (int)rng_below(rng, HAMLETS), head_age = 26 + (int)rng_below(rng, 50), children = (int)rng_below(rng, 4);
    bool widow = rng_below(rng, 7) == 0;
    struct person p = { .household = ctx_new_id(c), .hamlet = d->hamlets[h], .family = demo_family_name(rng) };
    struct str family = p.family;
    struct id id;
    TRY(household_add(c, d->db, &(struct household_add_in){ .id = p.household, .code = str_fmt(c->arena, "H%05d", number),
                                                            .hamlet_id = p.hamlet,
                                                            .address = str_fmt(c->arena, "Xóm %d", h + 1) }, NULL));
    p.born_year = d->year - head_age;
    p.relation = S("Chủ hộ");
    p.female = widow;
    TRY(add_person(d, &p, &id));
    if (d->n_adults < COUNT(d->adults))
        d->adults[d->n_adults++] = id;
    d->made++;
    if (!widow) {
        p.family = demo_family_name(rng);
        p.female = true;
        p.relation = S("Vợ");
        p.born_year += (int)rng_below(rng, 6);
        TRY(add_person(d, &p, &id));
        d->made++;
    }
    p.family = family;
    for (int i = 0; i < children; i++) {
        int age = head_age - 22 - (int)rng_below(rng, 14);
        if (age < 0)
            continue;
        p.relation = S("Con");
        p.born_year = d->year - age;
        p.female = rng_below(rng, 2);
        TRY(add_person(d, &p, &id));
        d->made++;
    }
    if (head_age < 55 && rng_below(rng, 4) == 0) {
        p.relation = S("Mẹ");
        p.female = true;
        p.family = demo_family_name(rng);
        p.born_year = d->year - head_age - 24;
        TRY(add_person(d, &p, &id));
        d->made++;
    }
    return 0;
}

static err_t make_teams(struct demo *d)
{
    struct ctx *c = d->c;
    size_t at = 0;
    for (int t = 0; t < TEAMS && d->n_adults; t++) {
        struct id team = ctx_new_id(c);
        TRY(team_add(c, d->db, &(struct team_add_in){ .id = team, .hamlet_id = d->hamlets[t],
                                                      .name = str_fmt(c->arena, "Tổ công nghệ số cộng đồng xóm %d", t + 1) }, NULL));
        for (int i = 0; i < 11 && at < d->n_adults; i++, at++)
            TRY(team_member_add(c, d->db, &(struct team_member_add_in){ .team_id = team, .resident_id = d->adults[at],
                                                                        .is_leader = i == 0 }, NULL));
    }
    return 0;
}

static const struct staff {
    const char *login, *name;
    enum role role;
} staff[] = {
    { "motcua", "Trần Thị Mơ (giả lập)", ROLE_CLERK }, { "tuphap", "Vũ Văn Luật (giả lập)", ROLE_SPECIALIST },
    { "lanhdao", "Phạm Thị Chủ (giả lập)", ROLE_LEADER }, { "quantri", "Đỗ Văn Máy (giả lập)", ROLE_ADMIN },
    { "kythuat", "Lê Văn Điện (giả lập)", ROLE_TECHNICIAN }, { "kiemtra", "Ngô Thị Soát (giả lập)", ROLE_INSPECTOR },
};

static err_t make_staff(struct demo *d)
{
    for (size_t i = 0; i < COUNT(staff); i++) {
        struct id id;
        TRY(account_create(d->c, d->db, &(struct account_new){ .login = str_from(staff[i].login),
                                                               .display_name = str_from(staff[i].name),
                                                               .password = S("") }, &id));
        TRY(account_grant(d->c, d->db, id, staff[i].role, staff[i].role == ROLE_CLERK ? d->org_id : ID_NONE, ID_NONE));
        if (staff[i].role == ROLE_CLERK)
            d->clerk_id = id;
    }
    return 0;
}

struct str demo_staff_login(size_t i)
{
    return i < COUNT(staff) ? str_from(staff[i].login) : STR_NONE;
}

enum role demo_staff_role(size_t i)
{
    return staff[i].role;
}

err_t demo_people(struct demo *d)
{
    int64_t n = 0;
    TRY(setting_put(d->c, d->db, S("synthetic"), S("1")));
    TRY(make_places(d));
    TRY(procedures_load(d->c, d->db, (struct str){ (const char *)demo_procedures, demo_procedures_n }, day(2025, 1, 1), &n));
    TRY(make_staff(d));
    struct arena *whole = d->c->arena, *scratch = arena_new(1 << 20);
    err_t e = 0;
    for (int h = 1; !e && d->made < d->residents; h++) {
        arena_reset(scratch);
        d->c->arena = scratch;
        e = make_household(d, h);
        if (!e && h % 64 == 0 && d->progress && d->progress(d->arg, d->made, d->residents * 2))
            e = E_STOPPING;
    }
    d->c->arena = whole;
    arena_free(scratch);
    return e ? e : make_teams(d);
}
