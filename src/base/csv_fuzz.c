#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *a = arena_new(16 << 20);
    struct str text = { (const char *)bytes, n };
    struct csv_reader *r = csv_reader_new(a, text);
    struct str *cells;
    size_t cells_n;
    bool done = false;
    while (!done && csv_next(r, &cells, &cells_n, &done) == 0)
        continue;
    arena_free(a);
    return 0;
}
