#include "base/base.h"

#include <stdio.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static err_t ignore_row(void *arg, size_t row, const struct str *cells, size_t n)
{
    (void)arg, (void)row, (void)cells, (void)n;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/nep-xlsx-fuzz-%d", (int)getpid());
    FILE *f = fopen(path, "w");
    if (!f)
        return 0;
    fwrite(bytes, 1, n, f);
    fclose(f);
    struct arena *a = arena_new(16 << 20);
    (void)!xlsx_read(a, path, ignore_row, NULL);
    arena_free(a);
    unlink(path);
    return 0;
}
