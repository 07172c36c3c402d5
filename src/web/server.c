/* Sockets. libmicrohttpd's two event threads parse and send; whatever may wait runs in a worker while
 * its connection is suspended. */
#include "web/exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENT_THREADS = 2, HEADER_MEMORY = 32 << 10, IDLE_S = 30 };

#define HEAD_TIME (45 * US_PER_SECOND) /* an idle connection is closed before; a dribbling one here */
#define BODY_TIME (60 * US_PER_SECOND) /* and a second more for each 50 KB that was announced */

static void set_deadline(struct exchange *x, int64_t from_now_us)
{
    if (x->peer)
        x->peer->deadline_us = from_now_us ? clock_monotonic_us() + from_now_us : 0;
}

/* --- One request --------------------------------------------------------------------------------- */

/* The first thing that is known of a request: what stands on its first line. */
static void *on_uri(void *arg, const char *uri, struct MHD_Connection *connection)
{
    struct web_server *s = arg;
    struct exchange *x = calloc(1, sizeof *x);
    if (!x)
        abort();
    x->server = s;
    x->connection = connection;
    exchange_init(x, s->app);
    x->raw_url = str_dup(x->c.arena, str_from(uri));
    s->under_way++;
    return x;
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **con_cls,
                         enum MHD_RequestTerminationCode why)
{
    struct web_server *s = arg;
    struct exchange *x = *con_cls;
    (void)connection;
    if (!x)
        return;
    int64_t took = clock_monotonic_us() - x->started_us;
    if (x->res.status) {
        metrics_count(x->res.status, took);
        log_debug("request", "id=%.*s method=%d route=%s status=%d us=%lld end=%d",
                  STR_ARG(id_text(x->c.arena, x->c.request_id)), x->req.method,
                  x->req.route ? x->req.route->path : "-", x->res.status, (long long)took, why);
    }
    set_deadline(x, HEAD_TIME);
    exchange_done(x);
    free(x);
    *con_cls = NULL;
    s->under_way--;
}

static enum MHD_Result see_header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    exchange_header(arg, str_from(name), str_from(value ? value : ""));
    return MHD_YES;
}

static bool peer_address(struct MHD_Connection *connection, char *text, size_t n)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *a = info ? info->client_addr : NULL;
    text[0] = '\0';
    if (a && a->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)a;
        inet_ntop(AF_INET, &in->sin_addr, text, (socklen_t)n);
        return (ntohl(in->sin_addr.s_addr) >> 24) == 127;
    }
    if (a && a->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)a;
        inet_ntop(AF_INET6, &in->sin6_addr, text, (socklen_t)n);
        return IN6_IS_ADDR_LOOPBACK(&in->sin6_addr);
    }
    return false;
}

/* What ctx_waits() of a request calls. */
static void on_wait(struct ctx *c, bool begins)
{
    struct exchange *x = (struct exchange *)((char *)c - offsetof(struct exchange, c));
    workers_wait(x->server->workers, begins);
}

/* In a worker. */
static void work(struct exchange *x)
{
    x->c.waits = on_wait;
    exchange_body_end(x);
    web_handle(&x->c, x->server->app, &x->req, &x->res);
    x->state = X_DONE;
    MHD_resume_connection(x->connection);
}

static enum MHD_Result refuse(struct exchange *x, err_t e)
{
    x->state = X_REFUSED;
    set_deadline(x, 0);
    web_answer_error(&x->c, &x->req, &x->res, e);
    return send_answer(x);
}

static enum MHD_Result hand_over(struct exchange *x)
{
    set_deadline(x, 0);
    x->state = X_WORKING;
    x->generation = store_generation(web_app_store(x->server->app));
    MHD_suspend_connection(x->connection);
    if (workers_submit(x->server->workers, x))
        return MHD_YES;
    web_answer_error(&x->c, &x->req, &x->res, E_BUSY);
    x->state = X_DONE;
    MHD_resume_connection(x->connection);
    return MHD_YES;
}

static int64_t content_length(const struct exchange *x)
{
    int64_t n;
    struct str text = web_fields_get(&x->req.headers, "content-length");
    if (text.p)
        return str_to_i64(text, &n) && n >= 0 ? n : INT64_MAX;
    return web_fields_get(&x->req.headers, "transfer-encoding").p ? -1 : 0;
}

static enum MHD_Result begin(struct exchange *x, const char *method)
{
    char address[INET6_ADDRSTRLEN];
    bool loopback = peer_address(x->connection, address, sizeof address);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    x->peer = info ? info->socket_context : NULL;
    MHD_get_connection_values(x->connection, MHD_HEADER_KIND, see_header, x);
    err_t e = exchange_head(x, str_from(method), str_from(address), loopback);
    if (!e && x->server->stopping)
        e = E_STOPPING;
    if (!e)
        e = web_admit(&x->c, x->server->app, &x->req, &x->res);
    if (e)
        return refuse(x, e);
    if (x->req.method != WEB_GET) {
        e = exchange_body_begin(x, content_length(x));
        if (e)
            return refuse(x, e);
        x->state = X_BODY;
        int64_t length = content_length(x);
        set_deadline(x, BODY_TIME + (length > 0 ? length / 50000 * US_PER_SECOND : 0));
        return MHD_YES;
    }
    if (content_length(x) != 0)
        return refuse(x, E_BAD_REQUEST);
    /* libmicrohttpd closes the connection behind an answer that is given in its first call. */
    x->state = X_HEADERS;
    return MHD_YES;
}

/* A request without a body: from the cache, here, or by a worker. */
static enum MHD_Result answer_get(struct exchange *x)
{
    set_deadline(x, 0);
    x->key = web_key(x->server->app, &x->req);
    uint64_t generation = store_generation(web_app_store(x->server->app));
    if (x->key.p) {
        /* Packed and plain are different answers. */
        bool gzip = str_find(web_fields_get(&x->req.headers, "accept-encoding"), S("gzip")) >= 0;
        x->key = str_fmt(x->c.arena, "%c%.*s", gzip ? 'z' : 'p', STR_ARG(x->key));
        if (cache_answer(x->server->cache, x, generation)) {
            x->res.status = 200;
            return MHD_YES;
        }
    }
    if (web_is_quick(x->server->app, &x->req)) {
        web_handle(&x->c, x->server->app, &x->req, &x->res);
        return send_answer(x);
    }
    return hand_over(x);
}

static enum MHD_Result on_access(void *arg, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *bytes,
                                 size_t *n, void **con_cls)
{
    struct exchange *x = *con_cls;
    (void)arg, (void)connection, (void)url, (void)version;
    switch (x->state) {
    case X_NEW:
        return begin(x, method);
    case X_HEADERS:
        return answer_get(x);
    case X_BODY:
        if (!*n)
            return hand_over(x);
        exchange_body(x, bytes, *n);
        *n = 0;
        /* It goes on sending what was refused: a little is swallowed, so that it can read why. */
        return x->received > x->req.body_limit + 3 * x->req.file_limit + (1 << 20) ? MHD_NO : MHD_YES;
    case X_WORKING:
        return MHD_YES;
    case X_DONE:
        return send_answer(x);
    case X_REFUSED:
        *n = 0;
        return MHD_YES;
    }
    return MHD_NO;
}

/* --- Connections ------------------------------------------------------------------------------------ */

static void on_connection(void *arg, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct web_server *s = arg;
    struct peer *p = *socket_context;
    pthread_mutex_lock(&s->peers_lock);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        p = calloc(1, sizeof *p);
        if (!p)
            abort();
        p->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        p->deadline_us = clock_monotonic_us() + HEAD_TIME;
        p->next = s->peers;
        if (p->next)
            p->next->previous = p;
        s->peers = p;
        *socket_context = p;
    } else if (p) {
        if (p->previous)
            p->previous->next = p->next;
        else
            s->peers = p->next;
        if (p->next)
            p->next->previous = p->previous;
        free(p);
        *socket_context = NULL;
    }
    pthread_mutex_unlock(&s->peers_lock);
}

/* Cuts connections that take too long over their headers or their body, byte by byte or not at all. */
static void *reaper_main(void *arg)
{
    struct web_server *s = arg;
    pthread_mutex_lock(&s->peers_lock);
    while (!s->stopping) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1;
        pthread_cond_timedwait(&s->peers_wake, &s->peers_lock, &until);
        int64_t now = clock_monotonic_us();
        for (struct peer *p = s->peers; p; p = p->next) {
            int64_t deadline = p->deadline_us;
            if (deadline && now > deadline)
                shutdown(p->fd, SHUT_RDWR);
        }
    }
    pthread_mutex_unlock(&s->peers_lock);
    return NULL;
}

/* --- Start and stop ----------------------------------------------------------------------------------- */

static err_t open_listener(struct ctx *c, struct str address, int *ret_fd)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST },
                    *found = NULL;
    size_t colon = address.n;
    while (colon && address.p[colon - 1] != ':')
        colon--;
    struct str host = str_sub(address, 0, colon ? colon - 1 : 0), port = str_sub(address, colon, address.n);
    if (str_starts(host, S("[")) && str_ends(host, S("]")))
        host = str_sub(host, 1, host.n - 2);
    int rc = host.n && port.n ? getaddrinfo(str_c(c->arena, host), str_c(c->arena, port), &hints, &found)
                              : EAI_NONAME;
    if (rc != 0)
        return ctx_fail(c, E_CONFIG, S("listen"), "'%.*s' is not ADDRESS:PORT", STR_ARG(address));
    int one = 1, fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    bool ok = fd >= 0 && bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, 1024) == 0;
    int why = errno;
    freeaddrinfo(found);
    if (!ok) {
        if (fd >= 0)
            close(fd);
        return ctx_fail(c, E_CONFIG, S("listen"), "%.*s: %s", STR_ARG(address), strerror(why));
    }
    *ret_fd = fd;
    return 0;
}

static int port_of(int fd)
{
    struct sockaddr_storage a;
    socklen_t n = sizeof a;
    if (getsockname(fd, (struct sockaddr *)&a, &n) != 0)
        return 0;
    return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
                                         : ((struct sockaddr_in *)&a)->sin_port);
}

static void quiet(void *arg, const char *format, va_list args)
{
    (void)arg, (void)format, (void)args;
}

static struct MHD_Daemon *start_daemon(struct web_server *s)
{
    const struct web_settings *set = web_app_settings(s->app);
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
            MHD_USE_ERROR_LOG,
        0, NULL, NULL, on_access, s, MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL, MHD_OPTION_LISTEN_SOCKET,
        s->listen_fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)EVENT_THREADS, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)set->max_connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)(set->behind_proxy || set->no_rate_limits ? 0 : 256), MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_MEMORY,
        MHD_OPTION_URI_LOG_CALLBACK, on_uri, s, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_END);
}

err_t web_server_start(struct ctx *c, struct web_app *app, struct str address, struct web_server **ret)
{
    /* Many threads, one small heap: memory matters more here than the allocator's last percent. */
    mallopt(M_ARENA_MAX, 2);
    struct web_server *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->app = app;
    err_t e = open_listener(c, address, &s->listen_fd);
    if (e) {
        free(s);
        return e;
    }
    s->port = port_of(s->listen_fd);
    pthread_mutex_init(&s->peers_lock, NULL);
    pthread_cond_init(&s->peers_wake, NULL);
    s->workers = workers_new(web_app_settings(app)->workers, work);
    s->cache = cache_new();
    s->daemon = start_daemon(s);
    if (!s->daemon || pthread_create(&s->reaper, NULL, reaper_main, s) != 0)
        return ctx_fail(c, E_INTERNAL, STR_NONE, "the server can't be started");
    *ret = s;
    return 0;
}

int web_server_port(const struct web_server *s)
{
    return s->port;
}

struct web_server *web_server_stop(struct web_server *s, int64_t grace_us)
{
    if (!s)
        return NULL;
    int64_t end = clock_monotonic_us() + grace_us;
    s->stopping = true;
    MHD_quiesce_daemon(s->daemon);
    hub_close(web_app_hub(s->app));
    while (s->under_way > 0 && clock_monotonic_us() < end)
        usleep(2000);
    pthread_mutex_lock(&s->peers_lock);
    pthread_cond_broadcast(&s->peers_wake);
    pthread_mutex_unlock(&s->peers_lock);
    pthread_join(s->reaper, NULL);
    /* Jobs resume their connections, which must not be suspended when the daemon stops. */
    workers_stop(s->workers);
    MHD_stop_daemon(s->daemon);
    s->workers = workers_free(s->workers);
    close(s->listen_fd);
    s->cache = cache_free(s->cache);
    pthread_mutex_destroy(&s->peers_lock);
    pthread_cond_destroy(&s->peers_wake);
    free(s);
    return NULL;
}
