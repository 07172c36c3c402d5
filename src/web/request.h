/* Internal to web: the request and the answer as engine and app layer share them.
 *
 * The engine (server.c …) owns sockets, bytes and threads; the app layer (pipeline.c …) decides what a
 * request means. They meet in three calls:
 *
 *   web_admit()  on an event thread, when the headers are there, without waiting: finds the route, checks
 *                rate and limits, sets what kind and size of body may come. An error is answered at
 *                once and the body is not read.
 *   web_handle() in a worker, when the body is there: session, right, CSRF, form, handler. Always leaves
 *                a complete answer in `res`, also for errors.
 *   web_key()    on an event thread, without waiting: the cache key of a public page, or NONE.
 */
#pragma once

#include "web/html.h"
#include "web/web.h"

struct web_field {          /* of the query, the body, the cookies */
    struct str name, value;
};

struct web_fields {
    struct web_field *items;
    size_t n, cap;
};

enum web_body { WEB_BODY_NONE, WEB_BODY_FORM, WEB_BODY_MULTIPART, WEB_BODY_JSON };

struct web_req {
    struct web_app *app;
    struct ctx *c;
    enum web_method method;
    bool head;                     /* HEAD: as GET, without a body in the answer */
    struct str path;               /* decoded, valid UTF-8, begins with '/' */
    struct str url;                /* path and query as sent, for links back */
    struct web_fields query, headers, cookies; /* header names in lower case */
    struct str address;            /* of the client */
    bool loopback;                 /* the socket's own peer is loopback */
    bool secure;                   /* https, here or at the proxy */

    /* Set by web_admit(). */
    const struct web_route *route;
    struct web_fields params;      /* of the path */
    int64_t body_limit;            /* bytes; 0: no body is read */
    int64_t file_limit;            /* bytes of one file; 0: no files */
    unsigned accept;               /* enum file_accept of uploads */
    struct id session_id;
    struct str session_token;      /* raw, from the cookie; "" without a session */
    struct str visitor;            /* value of the visitor cookie: ties CSRF tokens without a session */
    bool new_visitor;              /* …and it was made just now */

    /* Set by the engine from the body. */
    enum web_body body_kind;
    struct web_fields form;        /* urlencoded or multipart fields */
    struct str body;               /* JSON or other, whole */
    struct web_upload *uploads;
    size_t n_uploads;
    struct sha256 body_hash;       /* of the raw body bytes */
    err_t body_error;              /* E_TOO_LARGE, E_BAD_REQUEST, E_BAD_TYPE, …: told instead of handling */

    /* Set by web_handle(). */
    const struct json *json;
    struct form_values values;
    struct form_errors errors;
    bool has_errors;
    struct str once_key;
};

enum web_content { WEB_CONTENT_BYTES, WEB_CONTENT_FD, WEB_CONTENT_EVENTS };

struct web_res {
    int status;
    struct web_fields headers;     /* what was set, names as they go out */
    enum web_content content;
    struct str bytes;              /* WEB_CONTENT_BYTES, in the arena of the request */
    bool compressed;               /* bytes are gzip already (assets) */
    int fd;                        /* WEB_CONTENT_FD; the engine closes it */
    int64_t fd_size;
    struct str etag;               /* with quotes; "" none. The engine answers 304 by it */
    struct str topic;              /* WEB_CONTENT_EVENTS */
    bool cacheable;                /* same for every visitor until the next commit (WEB_CACHED) */
    bool immutable;                /* assets: cached for a year by everyone */
};

void web_fields_add(struct arena *a, struct web_fields *f, struct str name, struct str value);
/* The first of that name, or STR_NONE. */
struct str web_fields_get(const struct web_fields *f, const char *name);
/* application/x-www-form-urlencoded into fields; at most `most`. E_LIMIT, E_BAD_REQUEST (bad escapes or
 * invalid UTF-8, NUL and other controls). Also reads query strings. */
MUST err_t web_urlencoded(struct arena *a, struct str text, size_t most, struct web_fields *ret);
/* "a=1; b=2" */
void web_cookies(struct arena *a, struct str header, struct web_fields *ret);
/* Percent-decoding of a path. */
MUST err_t web_path_decode(struct arena *a, struct str raw, struct str *ret);

enum { WEB_MOST_FIELDS = 1000 };

/* The app layer, called by the engine. */
MUST err_t web_admit(struct ctx *c, struct web_app *app, struct web_req *req, struct web_res *res);
void web_handle(struct ctx *c, struct web_app *app, struct web_req *req, struct web_res *res);
/* Completes `res` for an error of admit or of the engine itself (page or problem+json by the route). */
void web_answer_error(struct ctx *c, struct web_req *req, struct web_res *res, err_t e);
/* Key under which the answer may be kept (path, query, language, theme, type size), or STR_NONE: not a
 * cached route, or the visitor has a session or a flash message. No database, no waiting. */
struct str web_key(struct web_app *app, struct web_req *req);
/* May this request be answered on the event thread at once (assets, /healthz)? Then web_handle() may be
 * called there: it touches neither database nor disk. */
bool web_is_quick(struct web_app *app, struct web_req *req);
const struct web_settings *web_app_settings(const struct web_app *app);
struct store *web_app_store(const struct web_app *app);
/* ctx defaults for a request: clock, rng, store, commune. The arena is the caller's. */
struct ctx web_app_ctx(const struct web_app *app);

/* The engine, called by the app layer. */
struct web_hub;                                /* who listens to which events */
struct web_hub *web_hub_new(void);
struct web_hub *web_hub_free(struct web_hub *hub);
void web_hub_send(struct web_hub *hub, struct str topic, struct str name, struct str data);
struct web_hub *web_app_hub(const struct web_app *app);
/* Appends the engine's figures as Prometheus text. */
void web_metrics_put(struct buf *b);
