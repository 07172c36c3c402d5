/* Two languages. Vietnamese is the source text (gettext msgid); English comes from po/en.po, which
 * msgfmt compiles and the build embeds. libintl picks its language per process; a server needs it
 * per request, so the compiled catalogue is read by a small look-up of our own. */
#pragma once

#include "base/str.h"

enum lang { LANG_VI, LANG_EN };

/* The sentence in `lang`; the msgid itself where there is no translation. Lives for ever. */
const char *tr(enum lang lang, const char *msgid);

/* Marks a msgid in a static table for extraction; it is translated where it is shown. */
#define N_(msgid) msgid
