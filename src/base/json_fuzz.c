#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *a = arena_new(16 << 20);
    struct str text = { (const char *)bytes, n };
    const struct json *j;
    if (json_parse(a, text, &j, NULL) == 0) {
        struct buf b = { .arena = a };
        struct json_out o = { .buf = &b };
        json_put(&o, j);
        /* What we write, we read. */
        if (json_parse(a, buf_view(&b), &j, NULL) == E_BAD_REQUEST)
            __builtin_trap();
    }
    arena_free(a);
    return 0;
}
