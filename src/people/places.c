#include "people/people.h"
#include "people/people_queries.h"

err_t hamlets(struct ctx *c, struct db *db, struct hamlet **ret, size_t *ret_n)
{
    struct hamlet_list_row *rows;
    TRY(hamlet_list(c, db, &rows, ret_n));
    *ret = ARENA_ARRAY(c->arena, *ret_n, struct hamlet);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = (struct hamlet){ rows[i].id, rows[i].code, rows[i].name };
    return 0;
}

err_t organisation_by_code(struct ctx *c, struct db *db, struct str code, struct organisation *ret)
{
    struct organisation_row_row r;
    TRY(organisation_row(c, db, &(struct organisation_row_in){ .code = code }, &r));
    *ret = (struct organisation){ r.id, r.code, r.name, r.kind, r.agency_code, r.address, r.phone };
    return 0;
}

err_t commune_get(struct ctx *c, struct db *db, struct commune *ret)
{
    struct commune_row_row r;
    struct organisation org;
    TRY(commune_row(c, db, &r));
    TRY(organisation_by_code(c, db, r.org_code, &org));
    *ret = (struct commune){ .commune_id = c->commune_id, .name = r.name, .district = r.district,
                             .province = r.province, .org_code = r.org_code, .org_id = org.id,
                             .org_name = org.name, .agency_code = org.agency_code };
    return 0;
}

err_t commune_find_first(struct ctx *c, struct db *db, int64_t *ret_commune_id)
{
    struct commune_first_row r;
    bool found;
    TRY(commune_first(c, db, &r, &found));
    *ret_commune_id = found ? r.commune_id : 0;
    return 0;
}
