/* Runs the child and talks to it. */
#include "print/doc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 2, TIME_LIMIT_S = 20, LARGEST_PDF = 16 << 20 };

extern char **environ;

/* Drawing costs a processor for a moment: two at once are as fast as twenty. */
static sem_t slots;

static void make_slots(void)
{
    sem_init(&slots, 0, AT_ONCE);
}

static bool take_slot(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct timespec until;
    pthread_once(&once, make_slots);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += TIME_LIMIT_S;
    while (sem_timedwait(&slots, &until) != 0) {
        if (errno != EINTR)
            return false;
    }
    return true;
}

static bool start_child(int in[2], int out[2], pid_t *ret_pid)
{
    const char *self = getenv("NEP_PRINT_WORKER");
    char *argv[] = { (char *)(self ? self : "/proc/self/exe"), "print-worker", NULL };
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    bool ok = posix_spawn(ret_pid, argv[0], &actions, NULL, argv, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    return ok;
}

/* Writes the document and reads the PDF, whichever goes. False: it broke, or the time is up. */
static bool exchange(int to, int from, struct str doc, struct buf *pdf)
{
    int64_t end = clock_monotonic_us() + TIME_LIMIT_S * US_PER_SECOND;
    char chunk[65536];
    while (clock_monotonic_us() < end && pdf->n <= LARGEST_PDF) {
        struct pollfd p[2] = { { .fd = from, .events = POLLIN }, { .fd = to, .events = POLLOUT } };
        if (poll(p, to >= 0 ? 2 : 1, 1000) < 0 && errno != EINTR)
            return false;
        if (to >= 0 && (p[1].revents & (POLLOUT | POLLERR))) {
            ssize_t n = write(to, doc.p, doc.n);
            if (n < 0 && errno != EAGAIN)
                n = (ssize_t)doc.n; /* it went away: its answer tells */
            doc = str_sub(doc, n > 0 ? (size_t)n : 0, doc.n);
            if (!doc.n) {
                close(to);
                to = -1;
            }
        }
        if (p[0].revents & (POLLIN | POLLHUP)) {
            ssize_t n = read(from, chunk, sizeof chunk);
            if (n <= 0) {
                if (to >= 0)
                    close(to);
                return n == 0;
            }
            buf_put(pdf, chunk, (size_t)n);
        }
    }
    if (to >= 0)
        close(to);
    return false;
}

static err_t run_child(struct ctx *c, struct str doc, struct str *ret_pdf)
{
    int in[2], out[2], status = 1;
    pid_t pid;
    struct buf pdf = { .arena = c->arena };
    if (pipe2(in, O_CLOEXEC) != 0)
        return E_IO;
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return E_IO;
    }
    fcntl(in[1], F_SETFL, O_NONBLOCK);
    bool ok = start_child(in, out, &pid);
    close(in[0]);
    close(out[1]);
    if (ok) {
        ok = exchange(in[1], out[0], doc, &pdf);
        if (!ok)
            kill(pid, SIGKILL);
        ok = waitpid(pid, &status, 0) == pid && ok && status == 0;
    } else {
        close(in[1]);
    }
    close(out[0]);
    if (!ok)
        return ctx_fail(c, E_UPSTREAM, STR_NONE, "the print worker failed");
    *ret_pdf = buf_view(&pdf);
    return 0;
}

err_t print_pdf(struct ctx *c, const struct doc *d, struct str *ret_pdf)
{
    struct str text = str_fmt(c->arena, "%.*s]}", STR_ARG(buf_view(&d->text)));
    ctx_waits(c, true);
    err_t e = take_slot() ? 0 : E_BUSY;
    if (!e) {
        e = run_child(c, text, ret_pdf);
        sem_post(&slots);
    }
    ctx_waits(c, false);
    return e;
}
