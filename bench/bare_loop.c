/* The peer of durable filing: writes the same bytes in groups of the same size and syncs once a group.
 *     bare_loop FILE BYTES GROUP SECONDS    prints items a second */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    size_t bytes = strtoul(argv[2], NULL, 10), group = strtoul(argv[3], NULL, 10);
    double seconds = strtod(argv[4], NULL);
    char *block = malloc(bytes);
    int fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (!block || fd < 0)
        return 1;
    memset(block, 'x', bytes);
    double start = now();
    unsigned long items = 0;
    while (now() - start < seconds) {
        for (size_t i = 0; i < group; i++) {
            if (write(fd, block, bytes) != (ssize_t)bytes)
                return 1;
        }
        if (fdatasync(fd) != 0)
            return 1;
        items += group;
        if (items * bytes > 4ul << 30 && (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0))
            return 1;
    }
    printf("%.1f\n", (double)items / (now() - start));
    close(fd);
    unlink(argv[1]);
    return 0;
}
