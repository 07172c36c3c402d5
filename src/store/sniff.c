#include "store/store.h"

#include <string.h>

static bool heic_brand(struct str head)
{
    static const char *const brands[] = { "heic", "heix", "mif1", "msf1", "heif" };
    if (head.n < 12 || memcmp(head.p + 4, "ftyp", 4) != 0)
        return false;
    for (size_t i = 0; i < COUNT(brands); i++) {
        if (memcmp(head.p + 8, brands[i], 4) == 0)
            return true;
    }
    return false;
}

/* Office files are ZIP containers; which one is told by the names of their members, and the first of
 * them stand in the head. */
static struct str zip_type(struct str head)
{
    if (str_find(head, S("xl/")) >= 0)
        return S("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    if (str_find(head, S("word/")) >= 0)
        return S("application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    return S("application/zip");
}

/* The head may end inside a character: up to three bytes are forgiven. */
static bool looks_like_text(struct str head)
{
    for (size_t cut = 0; cut < 4 && cut <= head.n; cut++) {
        if (str_is_text(str_sub(head, 0, head.n - cut)))
            return head.n > cut;
    }
    return false;
}

struct str file_sniff(struct str head)
{
    if (str_starts(head, S("%PDF-1.")) || str_starts(head, S("%PDF-2.")))
        return S("application/pdf");
    if (str_starts(head, S("\xFF\xD8\xFF")))
        return S("image/jpeg");
    if (str_starts(head, S("\x89PNG\r\n\x1a\n")))
        return S("image/png");
    if (head.n >= 12 && str_starts(head, S("RIFF")) && memcmp(head.p + 8, "WEBP", 4) == 0)
        return S("image/webp");
    if (heic_brand(head))
        return S("image/heic");
    if (str_starts(head, S("PK\x03\x04")))
        return zip_type(head);
    if (looks_like_text(head))
        return S("text/csv");
    return STR_NONE;
}
