/* Personal numbers, phones, and how much of them strangers see. Pure. */
#include "people/people.h"

#include <string.h>

static bool digits_only(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    }
    return s.n > 0;
}

bool id_number_read(struct str s, struct id_number_parts *ret)
{
    if (s.n != 12 || !digits_only(s))
        return false;
    int century = s.p[3] - '0';
    ret->province = (s.p[0] - '0') * 100 + (s.p[1] - '0') * 10 + (s.p[2] - '0');
    ret->sex = century % 2 ? SEX_FEMALE : SEX_MALE;
    ret->birth_year = 1900 + century / 2 * 100 + (s.p[4] - '0') * 10 + (s.p[5] - '0');
    return true;
}

const char *id_number_doubt(struct str s, enum sex sex, int64_t born_year)
{
    struct id_number_parts p;
    if (!id_number_read(s, &p))
        return N_("Số định danh phải có đúng 12 chữ số.");
    if (sex != SEX_UNKNOWN && p.sex != sex)
        return N_("Số định danh không khớp với giới tính. Hãy kiểm tra lại; vẫn lưu được nếu đúng.");
    if (born_year != NO_I64 && p.birth_year != born_year)
        return N_("Số định danh không khớp với năm sinh. Hãy kiểm tra lại; vẫn lưu được nếu đúng.");
    return NULL;
}

bool phone_normalise(struct arena *a, struct str typed, struct str *ret)
{
    struct buf b = { .arena = a };
    for (size_t i = 0; i < typed.n; i++) {
        if (!strchr(" .-()", typed.p[i]))
            buf_char(&b, typed.p[i]);
    }
    struct str s = buf_view(&b);
    if (str_starts(s, S("+84")))
        s = str_fmt(a, "0%.*s", STR_ARG(str_sub(s, 3, s.n)));
    bool mobile = s.n == 10 && strchr("35789", s.p[1]), landline = s.n == 11 && s.p[1] == '2';
    if (!digits_only(s) || s.p[0] != '0' || !(mobile || landline))
        return false;
    *ret = str_fmt(a, "+84%.*s", STR_ARG(str_sub(s, 1, s.n)));
    return true;
}

struct str mask_phone(struct arena *a, struct str phone)
{
    if (phone.n < 8)
        return S("");
    struct str tail = str_sub(phone, phone.n - 3, 3);
    return str_fmt(a, "0%.1s•••••%.*s", phone.p + 3, STR_ARG(tail));
}

struct str mask_id_number(struct arena *a, struct str id_number)
{
    if (id_number.n != 12)
        return S("");
    return str_fmt(a, "%.3s•••••%.4s", id_number.p, id_number.p + 8);
}

struct str mask_name(struct arena *a, struct str name)
{
    struct buf b = { .arena = a };
    struct str rest = str_trim(name), word;
    bool first = true;
    while (rest.n) {
        bool more = str_cut(rest, ' ', &word, &rest);
        size_t letter = 1;
        while (letter < word.n && ((unsigned char)word.p[letter] & 0xC0) == 0x80)
            letter++;
        if (!first)
            buf_char(&b, ' ');
        if (first)
            buf_str(&b, word);
        else
            buf_fmt(&b, "%.*s.", (int)letter, word.p);
        first = false;
        if (!more)
            break;
    }
    return buf_view(&b);
}
