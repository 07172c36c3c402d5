/* Who acts, and what they may do: the one place where roles meet rights.
 *
 * A right is asked for by a route (web) or by a rule (rooms) and answered by actor_can(). The table
 * of roles and rights is rights.def; nothing else in the house compares roles. */
#pragma once

#include "base/id.h"

enum actor_kind {
    ACTOR_ANONYMOUS, /* a visitor */
    ACTOR_RESIDENT,  /* công dân, signed in by one-time code or OpenID Connect */
    ACTOR_STAFF,     /* cán bộ, signed in by password and TOTP */
    ACTOR_TOKEN,     /* a bearer token of the machine interface */
    ACTOR_SYSTEM,    /* jobs and commands */
};

enum role {
#define ROLE(name, bit, text, vi) ROLE_##name = 1u << (bit),
#include "base/rights.def"
#undef ROLE
};

enum right {
    RIGHT_NOBODY, /* the default of a route that forgot to say: nobody may */
#define RIGHT(name, text, roles) RIGHT_##name,
#include "base/rights.def"
#undef RIGHT
    RIGHT_COUNT
};

struct actor {
    enum actor_kind kind;
    uint32_t roles;          /* set of enum role */
    struct id account_id;
    struct id resident_id;   /* whose person this is; none for pure staff and tokens */
    struct id org_id;        /* organisation that the roles are limited to; none: all */
    struct id hamlet_id;     /* hamlet that the roles are limited to; none: all */
    struct str name;         /* shown on screens and written into the audit chain */
    struct str address;      /* network address the request came from; "" inside */
};

/* Deny by default: true only if one of the actor's roles holds `right`. Scope (organisation,
 * hamlet, own record) is checked by the rule that knows the record. */
bool actor_can(const struct actor *actor, enum right right);
const char *right_text(enum right right); /* "dossier.receive" */
const char *role_text(enum role role);    /* "clerk" */
const char *role_vi(enum role role);      /* "Cán bộ một cửa" */
/* The role named `text`, or 0. */
uint32_t role_parse(struct str text);
