#include "base/i18n.h"

#include <string.h>

/* The compiled catalogue of po/en.po, embedded by the build. */
extern const unsigned char en_mo[];
extern const size_t en_mo_n;

static uint32_t word_at(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* GNU MO format: magic, revision, count, offset of the originals, offset of the translations; each
 * table row is a length and an offset; originals are sorted. msgfmt writes it little-endian here. */
static const char *look_up(const char *msgid)
{
    assert(en_mo_n > 28 && word_at(en_mo) == 0x950412de);
    uint32_t low = 0, high = word_at(en_mo + 8);
    const unsigned char *originals = en_mo + word_at(en_mo + 12);
    const unsigned char *translations = en_mo + word_at(en_mo + 16);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(msgid, (const char *)en_mo + word_at(originals + 8 * middle + 4));
        if (order == 0)
            return (const char *)en_mo + word_at(translations + 8 * middle + 4);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return msgid;
}

const char *tr(enum lang lang, const char *msgid)
{
    return lang == LANG_EN && *msgid ? look_up(msgid) : msgid;
}
