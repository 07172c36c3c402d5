#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *a = arena_new(16 << 20);
    struct str text = { (const char *)bytes, n };
    int64_t at;
    int32_t day;
    struct id id;
    struct str out;
    (void)!time_parse(text, &at);
    (void)!day_parse(text, &day);
    (void)!id_parse(text, &id);
    (void)!base64_parse(a, text, &out);
    if (str_is_utf8(text)) {
        (void)vi_fold(a, text);
        (void)vi_exact(a, text);
        (void)vi_name_sort_key(a, text);
    }
    arena_free(a);
    return 0;
}
