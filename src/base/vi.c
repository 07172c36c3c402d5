#include "base/vi.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* The twelve vowels and their tones, in the order of the alphabet and of the tones:
 * ngang, huyền, hỏi, ngã, sắc, nặng. */
static const int32_t vowels[12][6] = {
    { 'a', 0xE0, 0x1EA3, 0xE3, 0xE1, 0x1EA1 },          /* a à ả ã á ạ */
    { 0x103, 0x1EB1, 0x1EB3, 0x1EB5, 0x1EAF, 0x1EB7 },  /* ă ằ ẳ ẵ ắ ặ */
    { 0xE2, 0x1EA7, 0x1EA9, 0x1EAB, 0x1EA5, 0x1EAD },   /* â ầ ẩ ẫ ấ ậ */
    { 'e', 0xE8, 0x1EBB, 0x1EBD, 0xE9, 0x1EB9 },        /* e è ẻ ẽ é ẹ */
    { 0xEA, 0x1EC1, 0x1EC3, 0x1EC5, 0x1EBF, 0x1EC7 },   /* ê ề ể ễ ế ệ */
    { 'i', 0xEC, 0x1EC9, 0x129, 0xED, 0x1ECB },         /* i ì ỉ ĩ í ị */
    { 'o', 0xF2, 0x1ECF, 0xF5, 0xF3, 0x1ECD },          /* o ò ỏ õ ó ọ */
    { 0xF4, 0x1ED3, 0x1ED5, 0x1ED7, 0x1ED1, 0x1ED9 },   /* ô ồ ổ ỗ ố ộ */
    { 0x1A1, 0x1EDD, 0x1EDF, 0x1EE1, 0x1EDB, 0x1EE3 },  /* ơ ờ ở ỡ ớ ợ */
    { 'u', 0xF9, 0x1EE7, 0x169, 0xFA, 0x1EE5 },         /* u ù ủ ũ ú ụ */
    { 0x1B0, 0x1EEB, 0x1EED, 0x1EEF, 0x1EE9, 0x1EF1 },  /* ư ừ ử ữ ứ ự */
    { 'y', 0x1EF3, 0x1EF7, 0x1EF9, 0xFD, 0x1EF5 },      /* y ỳ ỷ ỹ ý ỵ */
};
static const char vowel_base[12] = "aaaeeiooouuy";

enum { D_STROKE = 0x111, D_STROKE_UPPER = 0x110 };

struct letter {
    int vowel; /* row of vowels, or -1 */
    int tone;  /* column, 0 where it is no vowel */
};

/* `cp` is lower case. */
static struct letter letter_of(int32_t cp)
{
    for (int v = 0; v < 12; v++) {
        for (int t = 0; t < 6; t++) {
            if (vowels[v][t] == cp)
                return (struct letter){ v, t };
        }
    }
    return (struct letter){ -1, 0 };
}

/* Reads one code point of well-formed UTF-8 at *at and moves past it. */
static int32_t next(struct str s, size_t *at)
{
    utf8proc_int32_t cp;
    utf8proc_ssize_t n = utf8proc_iterate((const uint8_t *)s.p + *at,
                                          (utf8proc_ssize_t)(s.n - *at), &cp);
    if (n <= 0) {
        *at += 1;
        return 0xFFFD;
    }
    *at += (size_t)n;
    return cp;
}

static void put(struct buf *b, int32_t cp)
{
    uint8_t bytes[4];
    buf_put(b, bytes, (size_t)utf8proc_encode_char(cp, bytes));
}

struct str vi_nfc(struct arena *a, struct str s)
{
    bool ascii = true;
    for (size_t i = 0; i < s.n && ascii; i++)
        ascii = (unsigned char)s.p[i] < 0x80;
    if (ascii)
        return s;
    uint8_t *out = NULL;
    utf8proc_ssize_t n =
        utf8proc_map((const uint8_t *)s.p, (utf8proc_ssize_t)s.n, &out,
                     UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    if (n < 0)
        return s;
    struct str r = str_dup(a, (struct str){ (char *)out, (size_t)n });
    free(out);
    return r;
}

static struct str mapped(struct arena *a, struct str s, utf8proc_int32_t (*map)(utf8proc_int32_t))
{
    struct buf b = { .arena = a };
    for (size_t i = 0; i < s.n;)
        put(&b, map(next(s, &i)));
    return buf_view(&b);
}

struct str vi_lower(struct arena *a, struct str s)
{
    return mapped(a, s, utf8proc_tolower);
}

struct str vi_upper(struct arena *a, struct str s)
{
    return mapped(a, s, utf8proc_toupper);
}

static bool is_word(int32_t cp)
{
    if (cp < 0x80)
        return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z');
    utf8proc_category_t k = utf8proc_category(cp);
    return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_NO;
}

/* The letter without its marks: ASCII for Vietnamese, the decomposed base for other scripts. */
static int32_t folded(int32_t cp)
{
    if (cp < 0x80)
        return cp;
    if (cp == D_STROKE)
        return 'd';
    struct letter l = letter_of(cp);
    if (l.vowel >= 0)
        return vowel_base[l.vowel];
    utf8proc_int32_t parts[8];
    utf8proc_ssize_t n = utf8proc_decompose_char(cp, parts, 8, UTF8PROC_DECOMPOSE, NULL);
    return n > 0 ? parts[0] : cp;
}

struct str vi_fold(struct arena *a, struct str s)
{
    struct buf b = { .arena = a };
    bool gap = false;
    s = vi_nfc(a, s);
    for (size_t i = 0; i < s.n;) {
        int32_t cp = utf8proc_tolower(next(s, &i));
        if (!is_word(cp)) {
            gap = b.n > 0;
            continue;
        }
        if (gap)
            buf_char(&b, ' ');
        gap = false;
        put(&b, folded(cp));
    }
    return buf_view(&b);
}

/* Writes one word with the tone of a final oa, oe, uy on its first vowel ("hoà" → "hòa"). */
static void put_exact_word(struct buf *b, int32_t *w, size_t n)
{
    if (n >= 2) {
        struct letter first = letter_of(w[n - 2]), last = letter_of(w[n - 1]);
        bool after_q = n >= 3 && w[n - 3] == 'q';
        bool oa_oe = first.vowel == 6 && (last.vowel == 0 || last.vowel == 3);
        bool uy = first.vowel == 9 && last.vowel == 11 && !after_q;
        if ((oa_oe || uy) && first.tone == 0 && last.tone != 0) {
            w[n - 2] = vowels[first.vowel][last.tone];
            w[n - 1] = vowels[last.vowel][0];
        }
    }
    for (size_t i = 0; i < n; i++)
        put(b, w[i]);
}

struct str vi_exact(struct arena *a, struct str s)
{
    enum { LONGEST = 64 }; /* longer runs of letters are no Vietnamese words: copied in pieces */
    struct buf b = { .arena = a };
    int32_t word[LONGEST];
    size_t n = 0;
    bool gap = false;
    s = vi_nfc(a, s);
    for (size_t i = 0; i < s.n;) {
        int32_t cp = utf8proc_tolower(next(s, &i));
        if (is_word(cp)) {
            if (gap)
                buf_char(&b, ' ');
            gap = false;
            word[n++] = cp;
        } else {
            put_exact_word(&b, word, n);
            n = 0;
            gap = b.n > 0;
        }
        if (n == LONGEST) {
            put_exact_word(&b, word, n);
            n = 0;
        }
    }
    put_exact_word(&b, word, n);
    return buf_view(&b);
}

/* Rank of a letter in a ă â b c d đ e ê f g h i j k l m n o ô ơ p q r s t u ư v w x y z. */
static int alphabet_rank(int32_t base_cp)
{
    static const int32_t order[] = { 'a', 0x103, 0xE2, 'b', 'c', 'd', D_STROKE, 'e', 0xEA, 'f', 'g',
                                     'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 0xF4, 0x1A1, 'p', 'q',
                                     'r', 's', 't', 'u', 0x1B0, 'v', 'w', 'x', 'y', 'z' };
    for (size_t i = 0; i < COUNT(order); i++) {
        if (order[i] == base_cp)
            return (int)i;
    }
    return -1;
}

/* Three levels, parted by bytes below any of theirs: letters, then tones, then case. */
struct str vi_sort_key(struct arena *a, struct str s)
{
    struct buf letters = { .arena = a }, tones = { .arena = a }, cases = { .arena = a };
    s = vi_nfc(a, s);
    for (size_t i = 0; i < s.n;) {
        int32_t upper = next(s, &i), cp = utf8proc_tolower(upper);
        struct letter l = letter_of(cp);
        int rank = alphabet_rank(l.vowel >= 0 ? vowels[l.vowel][0] : cp);
        if (rank >= 0)
            buf_char(&letters, (char)('A' + rank));
        else if (cp >= '0' && cp <= '9')
            buf_char(&letters, (char)cp);
        else if (is_word(cp))
            buf_fmt(&letters, "~%06x", (unsigned)cp);
        else
            buf_char(&letters, '!' + 1);
        buf_char(&tones, (char)('0' + l.tone));
        buf_char(&cases, upper == cp ? '0' : '1');
    }
    buf_char(&letters, '!');
    buf_str(&letters, buf_view(&tones));
    buf_char(&letters, '!');
    buf_str(&letters, buf_view(&cases));
    return buf_view(&letters);
}

struct str vi_given_name(struct str name)
{
    name = str_trim(name);
    size_t at = name.n;
    while (at && name.p[at - 1] != ' ')
        at--;
    return str_sub(name, at, name.n);
}

struct str vi_name_sort_key(struct arena *a, struct str name)
{
    name = str_trim(name);
    struct str given = vi_given_name(name), family, middle;
    (void)str_cut(str_trim(str_sub(name, 0, name.n - given.n)), ' ', &family, &middle);
    struct str parts[] = { vi_sort_key(a, given), vi_sort_key(a, family), vi_sort_key(a, middle) };
    return str_join(a, parts, COUNT(parts), S(" "));
}

struct str vi_number(struct arena *a, int64_t n)
{
    struct buf digits = { .arena = a }, b = { .arena = a };
    buf_i64(&digits, n);
    size_t start = n < 0;
    if (n < 0)
        buf_char(&b, '-');
    for (size_t i = start; i < digits.n; i++) {
        if (i > start && (digits.n - i) % 3 == 0)
            buf_char(&b, '.');
        buf_char(&b, digits.p[i]);
    }
    return buf_view(&b);
}

struct str vi_vnd(struct arena *a, int64_t amount_vnd)
{
    /* U+00A0 keeps the sign on the line of its number. */
    return str_fmt(a, "%s\xC2\xA0đ", vi_number(a, amount_vnd).p);
}

static const char *const digit_words[] = { "không", "một", "hai", "ba", "bốn", "năm",
                                           "sáu", "bảy", "tám", "chín" };

/* Three digits; `full` says the hundreds even where they are zero ("không trăm linh năm"). */
static void put_group(struct buf *b, int n, bool full)
{
    int hundreds = n / 100, tens = n / 10 % 10, ones = n % 10;
    if (hundreds || full)
        buf_fmt(b, " %s trăm", digit_words[hundreds]);
    if (tens == 0 && ones && (hundreds || full))
        buf_c(b, " linh");
    else if (tens == 1)
        buf_c(b, " mười");
    else if (tens > 1)
        buf_fmt(b, " %s mươi", digit_words[tens]);
    if (!ones)
        return;
    if (ones == 1 && tens > 1)
        buf_c(b, " mốt");
    else if (ones == 5 && tens >= 1)
        buf_c(b, " lăm");
    else
        buf_fmt(b, " %s", digit_words[ones]);
}

/* 0 < n < 10^9 */
static void put_below_billion(struct buf *b, int64_t n, bool full)
{
    static const char *const units[] = { " triệu", " nghìn", "" };
    static const int64_t scales[] = { 1000000, 1000, 1 };
    for (int i = 0; i < 3; i++) {
        int group = (int)(n / scales[i] % 1000);
        if (!group)
            continue;
        put_group(b, group, full);
        buf_c(b, units[i]);
        full = true;
    }
}

static void put_positive(struct buf *b, int64_t n, bool full)
{
    int64_t billions = n / 1000000000, rest = n % 1000000000;
    if (billions) {
        put_positive(b, billions, full);
        buf_c(b, " tỷ");
        full = true;
    }
    if (rest)
        put_below_billion(b, rest, full);
}

struct str vi_number_words(struct arena *a, int64_t n)
{
    struct buf b = { .arena = a };
    if (n == 0)
        return S("không");
    if (n == INT64_MIN)
        n++; /* no amount of this house comes near */
    if (n < 0)
        buf_c(&b, " âm");
    put_positive(&b, n < 0 ? -n : n, false);
    return str_sub(buf_view(&b), 1, b.n);
}

struct str vi_slug(struct arena *a, struct str s)
{
    struct str f = vi_fold(a, s);
    char *p = str_c(a, f);
    for (size_t i = 0; i < f.n; i++) {
        if (p[i] == ' ')
            p[i] = '-';
    }
    return (struct str){ p, f.n };
}
