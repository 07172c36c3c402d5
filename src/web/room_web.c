/* The room's own pages. */
#include "web/app.h"
#include "web/web_pages.h"

static err_t serve_asset(struct ctx *c, struct web_req *req, struct web_res *res)
{
    const struct asset *a = asset_by_url(req->path);
    if (!a)
        return E_NOT_FOUND;
    res->immutable = true;
    return asset_answer(c, req, res, a);
}

static err_t serve_named(struct ctx *c, struct web_req *req, struct web_res *res, const char *name)
{
    const struct asset *a = asset_by_name(name);
    res->cacheable = true;
    return a ? asset_answer(c, req, res, a) : E_NOT_FOUND;
}

static err_t serve_manifest(struct ctx *c, struct web_req *req, struct web_res *res)
{
    return serve_named(c, req, res, "nep.webmanifest");
}

static err_t serve_worker(struct ctx *c, struct web_req *req, struct web_res *res)
{
    return serve_named(c, req, res, "sw.js");
}

static err_t serve_icon(struct ctx *c, struct web_req *req, struct web_res *res)
{
    return serve_named(c, req, res, "icon-192.png");
}

static err_t offline_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Mất kết nối")) });
    web_offline_html(h, &(struct web_offline){ 0 });
    return web_page_end(h);
}

static err_t answer_ok(struct ctx *c, struct web_res *res)
{
    struct buf b = { .arena = c->arena };
    buf_c(&b, "{\"status\":\"ok\"}");
    return web_json(c, res, 200, &b);
}

static err_t healthz(struct ctx *c, struct web_req *req, struct web_res *res)
{
    (void)req;
    return answer_ok(c, res);
}

static err_t read_something(struct ctx *c, struct db *db, void *arg)
{
    struct str value;
    (void)arg;
    return setting_get(c, db, S("readyz"), S(""), &value);
}

static err_t readyz(struct ctx *c, struct web_req *req, struct web_res *res)
{
    (void)req;
    TRY(store_read(c, read_something, NULL));
    return answer_ok(c, res);
}

static err_t metrics(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct buf b = { .arena = c->arena };
    web_metrics_put(&b);
    uint64_t writes, commits;
    store_counts(req->app->base.store, &writes, &commits);
    buf_fmt(&b, "# TYPE nep_store_writes counter\nnep_store_writes %llu\n# TYPE nep_store_commits counter\nnep_store_commits %llu\n",
            (unsigned long long)writes, (unsigned long long)commits);
    return web_bytes(c, res, S("text/plain; version=0.0.4"), buf_view(&b));
}

static err_t switch_display(struct ctx *c, struct web_req *req, struct web_res *res)
{
    static const struct {
        const char *query, *cookie, *allowed[3];
    } rows[] = {
        { "lang", "nep_lang", { "vi", "en", "vi" } },
        { "theme", "nep_theme", { "auto", "light", "dark" } },
        { "type", "nep_type", { "normal", "big", "normal" } },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str wanted = web_query(req, rows[i].query);
        for (size_t k = 0; k < 3; k++) {
            if (str_eq_c(wanted, rows[i].allowed[k]))
                set_cookie(c, req, res, rows[i].cookie, wanted, 365 * 24 * 3600);
        }
    }
    return web_redirect(c, res, web_back(req, S("/")));
}

struct str web_back(const struct web_req *req, struct str fallback)
{
    struct str back = web_query(req, "ve");
    if (!back.n)
        back = form_get(&req->values, "ve");
    bool ours = str_starts(back, S("/")) && !str_starts(back, S("//")) && !str_has(back, '\\') &&
                str_is_text(back);
    return ours ? back : fallback;
}

/* --- Jobs ------------------------------------------------------------------------------------------ */

enum { PAGE = 50 };

struct jobs_query {
    struct str state;
    struct id before;
    struct job_row *rows;
    size_t n;
};

static err_t read_jobs(struct ctx *c, struct db *db, void *arg)
{
    struct jobs_query *q = arg;
    return jobs_list(c, db, q->state, q->before, PAGE, &q->rows, &q->n);
}

static err_t jobs_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    static const char *const states[] = { "failed", "waiting", "done" };
    struct jobs_query q = { .state = S("failed") };
    for (size_t i = 0; i < COUNT(states); i++) {
        if (str_eq_c(web_query(req, "trang-thai"), states[i]))
            q.state = str_from(states[i]);
    }
    (void)!id_parse(web_query(req, "truoc"), &q.before);
    TRY(store_read(c, read_jobs, &q));
    struct web_jobs_row *rows = ARENA_ARRAY(c->arena, q.n, struct web_jobs_row);
    for (size_t i = 0; i < q.n; i++)
        rows[i] = (struct web_jobs_row){
            .id = id_text(c->arena, q.rows[i].id), .kind = q.rows[i].kind,
            .key = str_sub(q.rows[i].key, 0, 24), .error = q.rows[i].last_error,
            .tries = q.rows[i].tries, .run_at = q.rows[i].run_at_us,
            .failed = str_eq_c(q.rows[i].state, "failed") };
    struct web_jobs p = { .state = q.state, .rows = rows, .n_rows = q.n };
    if (q.n == PAGE)
        p.next = str_fmt(c->arena, "?trang-thai=%.*s&truoc=%.*s", STR_ARG(q.state),
                         STR_ARG(rows[q.n - 1].id));
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Công việc nền")),
                                                           .nav = S("jobs"), .staff = true });
    web_jobs_html(h, &p);
    return web_page_end(h);
}

static err_t retry_write(struct ctx *c, struct db *db, void *arg)
{
    return job_retry(c, db, *(struct id *)arg);
}

static err_t retry_job(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct id id = web_param_id(req, "id");
    TRY(store_write(c, retry_write, &id));
    web_flash(c, req, res, "ok", str_from(T(c, "Công việc sẽ chạy lại ngay.")));
    return web_redirect(c, res, S("/can-bo/cong-viec-nen"));
}

/* --- Audit ------------------------------------------------------------------------------------------ */

struct audit_query {
    int64_t before;
    struct audit_row *rows;
    size_t n;
};

static err_t read_audit(struct ctx *c, struct db *db, void *arg)
{
    struct audit_query *q = arg;
    return audit_latest(c, db, q->before, PAGE, &q->rows, &q->n);
}

static err_t audit_page(struct ctx *c, struct web_req *req, struct web_res *res)
{
    struct audit_query q = { .before = web_query_i64(req, "truoc", 0) };
    TRY(store_read(c, read_audit, &q));
    struct web_audit_row *rows = ARENA_ARRAY(c->arena, q.n, struct web_audit_row);
    for (size_t i = 0; i < q.n; i++)
        rows[i] = (struct web_audit_row){ .seq = q.rows[i].seq, .at = q.rows[i].at_us,
                                          .actor = q.rows[i].actor_name, .action = q.rows[i].action,
                                          .subject = q.rows[i].subject_kind,
                                          .detail = q.rows[i].detail };
    struct web_audit p = { .rows = rows, .n_rows = q.n };
    if (q.n == PAGE)
        p.next = str_fmt(c->arena, "?truoc=%lld", (long long)rows[q.n - 1].seq);
    struct html *h = web_page(c, req, res, &(struct page){ .title = str_from(T(c, "Nhật ký hệ thống")),
                                                           .nav = S("audit"), .staff = true });
    web_audit_html(h, &p);
    return web_page_end(h);
}

static const struct web_route routes[] = {
    { .method = WEB_GET, .path = "/assets/{name}", .right = RIGHT_PUBLIC, .handler = serve_asset },
    { .method = WEB_GET, .path = "/manifest.webmanifest", .right = RIGHT_PUBLIC, .handler = serve_manifest },
    { .method = WEB_GET, .path = "/sw.js", .right = RIGHT_PUBLIC, .handler = serve_worker },
    { .method = WEB_GET, .path = "/favicon.ico", .right = RIGHT_PUBLIC, .handler = serve_icon },
    { .method = WEB_GET, .path = "/mat-ket-noi", .right = RIGHT_PUBLIC, .flags = WEB_CACHED,
      .handler = offline_page },
    { .method = WEB_GET, .path = "/giao-dien", .right = RIGHT_PUBLIC, .handler = switch_display },
    { .method = WEB_GET, .path = "/healthz", .right = RIGHT_PUBLIC, .handler = healthz },
    { .method = WEB_GET, .path = "/readyz", .right = RIGHT_PUBLIC, .handler = readyz },
    { .method = WEB_GET, .path = "/metrics", .right = RIGHT_JOBS_READ, .flags = WEB_LOCAL,
      .handler = metrics },
    { .method = WEB_GET, .path = "/api/openapi.json", .right = RIGHT_PUBLIC, .handler = openapi_answer },
    { .method = WEB_GET, .path = "/can-bo/cong-viec-nen", .right = RIGHT_JOBS_READ, .handler = jobs_page },
    { .method = WEB_POST, .path = "/can-bo/cong-viec-nen/{id:id}/chay-lai", .right = RIGHT_JOBS_READ,
      .handler = retry_job },
    { .method = WEB_GET, .path = "/can-bo/nhat-ky", .right = RIGHT_AUDIT_READ, .handler = audit_page },
};

static const struct web_nav nav[] = {
    { "jobs", "/can-bo/cong-viec-nen", N_("Công việc nền"), RIGHT_JOBS_READ, true },
    { "audit", "/can-bo/nhat-ky", N_("Nhật ký"), RIGHT_AUDIT_READ, true },
};

const struct web_room web_room = { routes, COUNT(routes), nav, COUNT(nav) };
