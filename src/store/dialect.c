/* The common dialect of migrations, turned into what each database speaks (README). */
#include "store/internal.h"
#include "store/migrate.h"

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Where the quoted text or comment that begins at `i` ends, or `i` where none begins. */
static size_t skip_quoted(struct str s, size_t i)
{
    char q = s.p[i];
    if (q == '-' && i + 1 < s.n && s.p[i + 1] == '-') {
        while (i < s.n && s.p[i] != '\n')
            i++;
        return i;
    }
    if (q != '\'' && q != '"')
        return i;
    for (i++; i < s.n && s.p[i] != q; i++)
        continue;
    return i < s.n ? i + 1 : i;
}

/* Drops "STRICT", "WITHOUT ROWID" and the commas before them. */
static void drop_suffix(struct buf *b)
{
    while (b->n && (b->p[b->n - 1] == ' ' || b->p[b->n - 1] == ','))
        b->n--;
}

static void put_word(struct buf *b, struct str word, bool postgresql, size_t *at, struct str s)
{
    if (!postgresql) {
        buf_str(b, str_eq_c(word, "BIGINT") ? S("INTEGER") : word);
    } else if (str_eq_c(word, "BLOB")) {
        buf_c(b, "BYTEA");
    } else if (str_eq_c(word, "STRICT")) {
        drop_suffix(b);
    } else if (str_eq_c(word, "WITHOUT") && str_starts(str_sub(s, *at, 6), S(" ROWID"))) {
        drop_suffix(b);
        *at += 6;
    } else {
        buf_str(b, word);
    }
}

static void translate_line(struct buf *b, struct str s, bool postgresql)
{
    for (size_t i = 0; i < s.n;) {
        size_t end = skip_quoted(s, i);
        if (end > i) {
            buf_str(b, str_sub(s, i, end - i));
            i = end;
        } else if (is_name(s.p[i])) {
            while (end < s.n && is_name(s.p[end]))
                end++;
            struct str word = str_sub(s, i, end - i);
            i = end;
            put_word(b, word, postgresql, &i, s);
        } else {
            buf_char(b, s.p[i++]);
        }
    }
}

struct str migration_text(struct arena *a, const char *sql, bool postgresql)
{
    struct buf b = { .arena = a };
    struct str rest = str_from(sql), line;
    bool here = true;
    while (rest.n) {
        (void)str_cut(rest, '\n', &line, &rest);
        struct str word = str_trim(line);
        if (str_eq_c(word, "-- both:"))
            here = true;
        else if (str_eq_c(word, "-- sqlite:"))
            here = !postgresql;
        else if (str_eq_c(word, "-- postgresql:"))
            here = postgresql;
        else if (here) {
            translate_line(&b, line, postgresql);
            buf_char(&b, '\n');
        }
    }
    buf_char(&b, '\0');
    b.n--;
    return buf_view(&b);
}
