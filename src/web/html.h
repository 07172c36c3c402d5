/* What compiled templates write into. Escaping follows the place and is on by default; text that is
 * HTML already has the type html_t and comes only from templates and from code that built it. */
#pragma once

#include "base/base.h"

struct html {
    struct ctx *c;
    struct buf out;
    struct str csrf;   /* token of this session, for {{csrf}} */
    struct str once;   /* fresh key of this page, for {{csrf}} */
    struct str url;    /* this page's path and query */
    struct web_req *req;
    struct web_res *res;
};

typedef struct {
    struct str s;      /* safe as it is */
} html_t;

void html_text(struct html *h, struct str s);        /* escaped; also right inside quoted attributes */
void html_url(struct html *h, struct str s);         /* href/src: only http(s), mailto, tel or a path; else "#" */
void html_component(struct html *h, struct str s);   /* a part of an address, percent-encoded */
void html_raw(struct html *h, html_t markup);
html_t html_done(struct html *h);                    /* what was written so far, as one value */
struct html *html_part(struct html *h);              /* a fresh writer in the same request, for html_done() */
void html_lit(struct html *h, const char *literal, size_t n); /* the template's own text */
void html_i64(struct html *h, int64_t n);
void html_number(struct html *h, int64_t n);         /* 1.234 */
void html_vnd(struct html *h, int64_t amount_vnd);   /* 1.234 đ */
void html_day(struct html *h, int64_t day);          /* 23/11/2026 */
void html_time(struct html *h, int64_t at_us);       /* 09:15 ngày 23/11/2026, in <time datetime> */
void html_day_iso(struct html *h, int64_t day);      /* in attributes: 2026-11-23 */
void html_time_iso(struct html *h, int64_t at_us);
void html_csrf(struct html *h);                      /* the hidden fields of a form */
/* A translated sentence with {name} placeholders: pairs of name and already escaped value. */
struct html_arg {
    const char *name;
    struct str escaped;
};
void html_sentence(struct html *h, const char *msgid, const struct html_arg *args, size_t n);
/* Values of placeholders, escaped. */
struct str html_arg_str(struct html *h, struct str s);
struct str html_arg_i64(struct html *h, int64_t n);
struct str html_arg_number(struct html *h, int64_t n);
struct str html_arg_vnd(struct html *h, int64_t n);
struct str html_arg_day(struct html *h, int64_t day);
struct str html_arg_time(struct html *h, int64_t at_us);
struct str html_arg_html(struct html *h, html_t markup);
