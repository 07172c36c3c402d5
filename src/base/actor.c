#include "base/actor.h"

struct right_row {
    const char *text;
    uint32_t roles;
};

static const struct right_row rights[RIGHT_COUNT] = {
    [RIGHT_NOBODY] = { "nobody", 0 },
#define RIGHT(name, text, roles) [RIGHT_##name] = { text, roles },
#include "base/rights.def"
#undef RIGHT
};

struct role_row {
    enum role role;
    const char *text, *vi;
};

static const struct role_row roles[] = {
#define ROLE(name, bit, text, vi) { ROLE_##name, text, vi },
#include "base/rights.def"
#undef ROLE
};

bool actor_can(const struct actor *actor, enum right right)
{
    if (right <= RIGHT_NOBODY || right >= RIGHT_COUNT)
        return false;
    if (right == RIGHT_PUBLIC || actor->kind == ACTOR_SYSTEM)
        return true;
    if (actor->kind == ACTOR_ANONYMOUS)
        return false;
    return right == RIGHT_SIGNED_IN || (actor->roles & rights[right].roles);
}

const char *right_text(enum right right)
{
    return right < RIGHT_COUNT ? rights[right].text : "unknown";
}

static const struct role_row *role_row(enum role role)
{
    static const struct role_row none = { 0, "", "" };
    for (size_t i = 0; i < COUNT(roles); i++) {
        if (roles[i].role == role)
            return &roles[i];
    }
    return &none;
}

const char *role_text(enum role role)
{
    return role_row(role)->text;
}

const char *role_vi(enum role role)
{
    return role_row(role)->vi;
}

uint32_t role_parse(struct str text)
{
    for (size_t i = 0; i < COUNT(roles); i++) {
        if (str_eq_c(text, roles[i].text))
            return roles[i].role;
    }
    return 0;
}
