/* web: HTTP/1.1, routing, forms, sessions, templates, language, assets and the events stream.
 *
 * A route is a row of data. What happens to a request is the same for all, in this order: limits,
 * session, right, CSRF, form, handler. A handler is straight-line code in a worker thread: it may wait
 * (for a commit, for a provider) without holding up any other connection, because sockets belong to
 * the event threads. It never sees a field that its form did not accept, and never frees memory.
 *
 * HTML comes from pages/NAME.html, compiled by tools/gen_html.py to
 *     void ROOM_NAME_html(struct html *h, const struct ROOM_NAME *page);
 * with every value escaped by default; see src/web/README.md for the format. */
#pragma once

#include "base/base.h"
#include "store/store.h"
#include "web/form.h"

struct web_req;
struct web_res;
struct web_app;    /* routes + hooks + settings: answers requests */
struct web_server; /* sockets around an app */

enum web_method { WEB_GET = 1, WEB_POST = 2, WEB_PUT = 4, WEB_DELETE = 8 }; /* HEAD is served by GET */

typedef err_t (*web_handler)(struct ctx *c, struct web_req *req, struct web_res *res);
/* Finds the form of this request, for routes whose form depends on the path. */
typedef err_t (*web_form_of)(struct ctx *c, struct web_req *req, const struct form **ret);

enum web_flag {
    WEB_API = 1,        /* bearer token instead of session and CSRF; errors as problem+json (RFC 9457) */
    WEB_UPLOAD = 2,     /* multipart with files; body limit is the app's upload limit */
    WEB_CACHED = 4,     /* public page without session: kept until the next commit */
    WEB_NO_SCRIPT_CACHE = 8, /* answer carries personal data: Cache-Control: no-store (default for signed-in) */
    WEB_SANDBOX = 16,   /* exists only while the app's sandbox flag is on */
    WEB_LOCAL = 32,     /* loopback or a token with the right only: /metrics */
};

enum web_rate { WEB_RATE_PAGE, WEB_RATE_WRITE, WEB_RATE_LOGIN, WEB_RATE_CODE }; /* limits per address */

struct web_route {
    enum web_method method;
    const char *path;        /* "/ho-so/{code}", "/can-bo/cong-viec/{id:id}", "/x/{n:int}" */
    enum right right;
    unsigned flags;
    enum web_rate rate;
    const struct form *form; /* what the body (POST) may hold; NULL: no body */
    web_form_of form_of;     /* instead of `form` */
    web_handler handler;
    web_handler retry;       /* page shown again (422) when the form is refused: req holds values and errors */
    unsigned accept;         /* WEB_UPLOAD: enum file_accept; 0: FILE_PAPERS */
    const char *summary;     /* one English line for OpenAPI (WEB_API) */
    const char *query;       /* names of query parameters, parted by blanks, or NULL */
    const char *request, *response; /* JSON Schemas for OpenAPI, or NULL */
    bool created;            /* answers 201 */
};

/* --- Reading the request ----------------------------------------------------------------------- */

/* Path parameters; the pattern guarantees their presence and type. */
struct str web_param(const struct web_req *req, const char *name);
struct id web_param_id(const struct web_req *req, const char *name);
int64_t web_param_i64(const struct web_req *req, const char *name);
/* What was typed under a name that is not the form's own (they begin with '_'); "" where absent. */
struct str web_typed(const struct web_req *req, const char *name);
struct web_app *web_app_of(const struct web_req *req);
/* Query parameter, decoded, valid UTF-8; "" where absent. */
struct str web_query(const struct web_req *req, const char *name);
int64_t web_query_i64(const struct web_req *req, const char *name, int64_t fallback);
struct str web_header(const struct web_req *req, const char *name); /* "" where absent */
struct str web_path(const struct web_req *req);
struct str web_url(const struct web_req *req);                      /* path and query */
/* The accepted values, after the form's check. On `retry` and on GET: what was typed, or empty. */
const struct form_values *web_values(const struct web_req *req);
const struct form_errors *web_errors(const struct web_req *req);    /* NULL: none */
/* For handlers that check parts of a body themselves: these are told like the form's own. */
void web_set_errors(struct web_req *req, const struct form_errors *errors);
const struct json *web_body_json(const struct web_req *req);        /* WEB_API; NULL without a body */
/* The key that makes a repeat of this request the same request: the page's hidden field or
 * Idempotency-Key. "" where the client sent none. */
struct str web_once_key(const struct web_req *req);
struct sha256 web_request_hash(const struct web_req *req);          /* of method, path and body */

struct web_upload {
    struct str field, filename; /* filename for show only */
    struct file_ref file;       /* already durable and scanned; link it in the write */
};
size_t web_uploads(const struct web_req *req, const struct web_upload **ret);

/* --- Answering ---------------------------------------------------------------------------------- */

void web_status(struct web_res *res, int status);      /* default 200 */
void web_set_header(struct ctx *c, struct web_res *res, const char *name, struct str value);
err_t web_redirect(struct ctx *c, struct web_res *res, struct str location); /* 303 */

/* A page in the house's layout: begin writes what comes before <main>, the room's template writes into
 * it, end closes. `return web_page_end(h);` */
struct html;
struct page {
    struct str title;
    struct str nav;             /* id of the active entry of the navigation, or "" */
    bool staff;                 /* the dense staff shell */
    struct str events;          /* topic whose events refresh this page (SSE), or "" */
    bool print;                 /* bare shell for printing */
};
struct html *web_page(struct ctx *c, struct web_req *req, struct web_res *res, const struct page *page);
err_t web_page_end(struct html *h);

err_t web_json(struct ctx *c, struct web_res *res, int status, const struct buf *body);
err_t web_bytes(struct ctx *c, struct web_res *res, struct str type, struct str bytes);
/* The same, to be saved under a name. */
err_t web_download(struct ctx *c, struct web_res *res, struct str type, struct str bytes,
                   struct str download_name);
/* A stored file, with ranges and conditional GET. `download_name` "" shows it in the browser. */
err_t web_file(struct ctx *c, struct web_res *res, const struct file_ref *file, struct str download_name);
/* A temporary file of ours (an export); it is unlinked here and sent from the open descriptor. */
err_t web_temp_file(struct ctx *c, struct web_res *res, const char *path, struct str type,
                    struct str download_name);
/* One message shown at the top of the next page (after a redirect), then forgotten. */
void web_flash(struct ctx *c, struct web_req *req, struct web_res *res, const char *kind, struct str text);

/* Server-sent events: this answer stays open and carries what web_events_send() says of `topic`. */
err_t web_events(struct ctx *c, struct web_req *req, struct web_res *res, struct str topic);
void web_events_send(struct web_app *app, struct str topic, struct str name, struct str data);

/* The address to go back to: `ve` of the query or the form, if it is a path of ours. */
struct str web_back(const struct web_req *req, struct str fallback);

/* --- Sessions ------------------------------------------------------------------------------------ */

/* Opens a session for the account: new token (session fixation), cookie HttpOnly SameSite=Lax Secure. */
err_t web_session_open(struct ctx *c, struct web_req *req, struct web_res *res, struct id account_id,
                       int64_t lifetime_us);
err_t web_session_close(struct ctx *c, struct web_req *req, struct web_res *res);
/* Ends every session of an account (password changed, role taken away). In a write. */
err_t web_sessions_end(struct ctx *c, struct db *db, struct id account_id);
/* Small values kept for a visitor who is not signed in yet (OIDC state, the phone that got a code):
 * sealed into a short-lived cookie. "" where absent, changed or expired. */
void web_keep(struct ctx *c, struct web_req *req, struct web_res *res, const char *name, struct str value,
              int64_t lifetime_us);
struct str web_kept(struct ctx *c, struct web_req *req, const char *name);

/* --- The app -------------------------------------------------------------------------------------- */

struct web_nav {             /* one entry of the navigation */
    const char *id, *path, *vi;
    enum right right;
    bool staff;
};

struct web_hooks {
    /* Fills c->actor for an account that has a session. E_NOT_FOUND: the session is void. */
    err_t (*load_actor)(struct ctx *c, struct db *db, struct id account_id);
    /* Fills c->actor for a bearer token. E_UNAUTHENTICATED: none of ours. */
    err_t (*load_bearer)(struct ctx *c, struct db *db, struct str token);
};

struct web_settings {
    struct str base_url;       /* "https://nghiathai.example" for links in QR codes and messages; "" from Host */
    struct str commune_name;   /* shown in the header */
    bool sandbox;              /* --sandbox: what only a trial run may show */
    bool synthetic;            /* the people of this installation are made up: every page says so */
    bool behind_proxy;         /* trust X-Forwarded-For from loopback */
    int64_t max_body_bytes;    /* 0: 1 MiB */
    int64_t max_upload_bytes;  /* 0: 20 MiB each file, 60 MiB a request */
    int max_connections;       /* 0: 2048 */
    int workers;               /* 0: 64, most asleep */
    bool no_rate_limits;       /* load tests on loopback only */
};

struct web_room {              /* what a room brings */
    const struct web_route *routes;
    size_t n_routes;
    const struct web_nav *nav;
    size_t n_nav;
};

/* The tables must outlive the app. The store in `c` is the app's store. */
MUST err_t web_app_new(struct ctx *c, const struct web_settings *settings, const struct web_hooks *hooks,
                       const struct web_room *rooms, size_t n_rooms, struct web_app **ret);
struct web_app *web_app_free(struct web_app *app);
const struct web_settings *web_settings_of(const struct web_req *req);
/* Absolute address of a path, for QR codes and messages. */
struct str web_absolute(struct ctx *c, const struct web_req *req, struct str path);

/* Listens and serves in threads of its own until web_server_stop(), which lets requests under way
 * finish (at most grace_us). `address` is "127.0.0.1:8080"; port 0 picks one. */
MUST err_t web_server_start(struct ctx *c, struct web_app *app, struct str address, struct web_server **ret);
int web_server_port(const struct web_server *s);
struct web_server *web_server_stop(struct web_server *s, int64_t grace_us);

/* Answers one HTTP/1.1 request read from `in_fd` onto `out_fd`, without a port: `nep http`. */
MUST err_t web_answer_once(struct ctx *c, struct web_app *app, int in_fd, int out_fd);

/* The room's own routes: language and display switches, assets, manifest, offline page, /healthz, /readyz,
 * /metrics, /api/openapi.json, the jobs page. */
extern const struct web_room web_room;
extern const struct migration_set web_migrations;
