#include "store/clamd.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static int connect_clamd(void)
{
    const char *path = getenv("NEP_CLAMD");
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    struct timeval limit = { .tv_sec = 30 };
    snprintf(to.sun_path, sizeof to.sun_path, "%s", path ? path : "/run/clamav/clamd.ctl");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool send_all(int fd, const void *bytes, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t sent = send(fd, (const char *)bytes + done, n - done, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        done += (size_t)sent;
    }
    return true;
}

/* Chunks with their length before them; an empty one ends the stream. */
static bool stream_file(int to, int file)
{
    char chunk[65536];
    ssize_t n;
    off_t at = 0;
    if (!send_all(to, "zINSTREAM", 10))
        return false;
    while ((n = pread(file, chunk, sizeof chunk, at)) > 0) {
        uint32_t length = htonl((uint32_t)n);
        if (!send_all(to, &length, 4) || !send_all(to, chunk, (size_t)n))
            return false;
        at += n;
    }
    uint32_t end = 0;
    return n == 0 && send_all(to, &end, 4);
}

err_t clamd_scan(struct ctx *c, int fd, bool *ret_scanned)
{
    char answer[256] = "";
    *ret_scanned = false;
    int clamd = connect_clamd();
    if (clamd < 0)
        return 0;
    bool sent = stream_file(clamd, fd);
    ssize_t n = sent ? recv(clamd, answer, sizeof answer - 1, 0) : -1;
    close(clamd);
    if (n > 0 && strstr(answer, "FOUND"))
        return ctx_fail(c, E_INFECTED, STR_NONE, NULL);
    *ret_scanned = n > 0 && strstr(answer, "OK");
    if (!*ret_scanned)
        log_warn("clamd", "answer=\"%s\"", answer);
    return 0;
}
