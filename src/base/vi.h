/* Vietnamese text: normal form, folding for search, sort keys, names, numbers.
 *
 * Tables of our own for the 12 vowels × 6 tones + đ; utf8proc for normalisation. */
#pragma once

#include "base/str.h"

/* Normal form C; what comes from outside passes here once. `s` is well-formed UTF-8. */
struct str vi_nfc(struct arena *a, struct str s);
/* Lower case of Vietnamese and ASCII letters (NFC in, NFC out). */
struct str vi_lower(struct arena *a, struct str s);
struct str vi_upper(struct arena *a, struct str s);
/* For search: lower case, marks off, đ→d, any run of other characters than letters and digits
 * becomes one space, trimmed. "Nguyễn Thị Đức" → "nguyen thi duc". */
struct str vi_fold(struct arena *a, struct str s);
/* Like vi_fold but keeps the marks, with the tone moved to where the old style puts it ("hoà" and
 * "hòa", "thuý" and "thúy" become equal): what ranks exact matches first. */
struct str vi_exact(struct arena *a, struct str s);
/* A byte string whose memcmp order is the Vietnamese order: alphabet a ă â b c d đ e ê …, then
 * tones ngang huyền hỏi ngã sắc nặng, then case. Printable ASCII, so it can be a TEXT column. */
struct str vi_sort_key(struct arena *a, struct str s);
/* Sort key of a personal name: given name (last word), then family name, then the middle. */
struct str vi_name_sort_key(struct arena *a, struct str name);
/* The given name: the last word. */
struct str vi_given_name(struct str name);
/* "1.234.567" */
struct str vi_number(struct arena *a, int64_t n);
/* "1.234.567 đ" */
struct str vi_vnd(struct arena *a, int64_t amount_vnd);
/* A number in words: 1205 → "một nghìn hai trăm linh năm". */
struct str vi_number_words(struct arena *a, int64_t n);
/* URL slug: folded, words joined by '-'. */
struct str vi_slug(struct arena *a, struct str s);
