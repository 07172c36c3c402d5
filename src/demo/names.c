#include "demo/names.h"

struct weighted {
    const char *text;
    int weight;
};

static const struct weighted families[] = {
    { "Nguyễn", 32 }, { "Trần", 14 }, { "Vũ", 10 }, { "Phạm", 9 }, { "Đỗ", 6 }, { "Lê", 6 }, { "Hoàng", 4 },
    { "Bùi", 4 }, { "Đặng", 3 }, { "Ngô", 3 }, { "Đinh", 2 }, { "Mai", 2 }, { "Lại", 2 }, { "Đoàn", 2 }, { "Tống", 1 },
};
static const char *const male_middle[] = { "Văn", "Văn", "Văn", "Đức", "Quang", "Minh", "Xuân", "Hữu", "Công", "Ngọc", "Tuấn" };
static const char *const female_middle[] = { "Thị", "Thị", "Thị", "Thị", "Thị Thu", "Thị Ngọc", "Ngọc", "Thanh", "Thị Minh", "Phương" };
static const char *const male_given[] = { "Hùng", "Dũng", "Tuấn", "Sơn", "Hải", "Long", "Nam", "Quân", "Thắng", "Đức", "Kiên", "Bình",
    "Toàn", "Phong", "Khánh", "Hiếu", "Trường", "Việt", "Cường", "Thành", "Hoà", "Khoa", "Lâm", "Tùng", "Duy", "Đạt", "Ước" };
static const char *const female_given[] = { "Hường", "Lan", "Hoa", "Thuý", "Hương", "Mai", "Nga", "Hạnh", "Oanh", "Yến", "Trang", "Linh",
    "Ngân", "Thảo", "Nhung", "Hiền", "Dung", "Phượng", "Loan", "Thơm", "Bích", "Xuyến", "Quỳnh", "Chi", "Đào", "Duyên", "Vân" };

static struct str pick(struct rng *rng, const char *const *list, size_t n)
{
    return str_from(list[rng_below(rng, n)]);
}

struct str demo_family_name(struct rng *rng)
{
    int64_t at = (int64_t)rng_below(rng, 100);
    for (size_t i = 0; i < COUNT(families); i++) {
        at -= families[i].weight;
        if (at < 0)
            return str_from(families[i].text);
    }
    return S("Nguyễn");
}

struct str demo_name(struct rng *rng, struct arena *a, struct str family, bool female)
{
    struct str middle = female ? pick(rng, female_middle, COUNT(female_middle)) : pick(rng, male_middle, COUNT(male_middle));
    struct str given = female ? pick(rng, female_given, COUNT(female_given)) : pick(rng, male_given, COUNT(male_given));
    return vi_nfc(a, str_fmt(a, "%.*s %.*s %.*s", STR_ARG(family), STR_ARG(middle), STR_ARG(given)));
}

struct str demo_phone(struct rng *rng, struct arena *a)
{
    static const char *const prefixes[] = { "96", "97", "98", "86", "32", "33", "34", "35", "36", "91", "94", "88", "90", "93" };
    struct str prefix = pick(rng, prefixes, COUNT(prefixes));
    return str_fmt(a, "+84%.*s%07llu", STR_ARG(prefix), (unsigned long long)rng_below(rng, 10000000));
}
