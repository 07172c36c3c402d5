/* Full text over folded words. People's words never become query syntax: they are folded to letters and
 * digits first, then quoted. */
#include "store/internal.h"
#include "store/store_queries.h"

#include <string.h>

/* Commune and kind as one word of the text index, so that its list narrows the others. */
static struct str scope_word(struct ctx *c, struct str kind)
{
    return str_fmt(c->arena, "k%lld%.*s", (long long)c->commune_id, STR_ARG(vi_slug(c->arena, kind)));
}

static err_t forget(struct ctx *c, struct db *db, int64_t number)
{
    TRY(search_text_remove(c, db, &(struct search_text_remove_in){ .number = number }, NULL));
    return search_doc_remove(c, db, &(struct search_doc_remove_in){ .number = number }, NULL);
}

err_t search_remove(struct ctx *c, struct db *db, struct str kind, struct id id)
{
    struct search_number_row old;
    bool found;
    TRY(search_number(c, db, &(struct search_number_in){ .kind = kind, .id = id }, &old, &found));
    return found ? forget(c, db, old.number) : 0;
}

err_t search_put(struct ctx *c, struct db *db, struct str kind, struct id id, struct str text)
{
    struct search_number_row old;
    struct search_number_next_row next;
    bool found;
    TRY(search_number(c, db, &(struct search_number_in){ .kind = kind, .id = id }, &old, &found));
    int64_t number = old.number;
    if (found) {
        TRY(search_text_remove(c, db, &(struct search_text_remove_in){ .number = number }, NULL));
    } else {
        TRY(search_number_next(c, db, &next));
        number = next.number;
        TRY(search_doc_add(c, db, &(struct search_doc_add_in){ .kind = kind, .id = id, .number = number },
                           NULL));
    }
    return search_text_add(c, db,
                           &(struct search_text_add_in){ .number = number,
                               .scope = scope_word(c, kind), .exact = vi_exact(c->arena, text),
                               .folded = vi_fold(c->arena, text) },
                           NULL);
}

/* All words, the last as a prefix: FTS5 {folded}: "a" AND "b" * or tsquery 'a' & 'b':*. */
static struct str query_text(struct ctx *c, struct db *db, struct str words, const char *column,
                             struct str scope)
{
    bool pg = db_is_postgresql(db);
    struct buf b = { .arena = c->arena };
    struct str word;
    if (!pg)
        buf_fmt(&b, "scope:\"%.*s\"", STR_ARG(scope));
    while (words.n) {
        bool more = str_cut(words, ' ', &word, &words);
        if (pg)
            buf_fmt(&b, "%s'%.*s'%s", b.n ? " & " : "", STR_ARG(word), more ? "" : ":*");
        else
            buf_fmt(&b, " AND %s:\"%.*s\"%s", column, STR_ARG(word), more ? "" : " *");
    }
    return buf_view(&b);
}

static void add_id(struct id *ids, size_t *n, struct id id)
{
    for (size_t i = 0; i < *n; i++) {
        if (id_eq(ids[i], id))
            return;
    }
    ids[(*n)++] = id;
}

err_t search_find(struct ctx *c, struct db *db, struct str kind, struct str query, int64_t limit,
                  struct id **ret_ids, size_t *ret_n)
{
    struct str exact = vi_exact(c->arena, str_sub(query, 0, 200));
    struct str folded = vi_fold(c->arena, str_sub(query, 0, 200));
    struct str scope = scope_word(c, kind);
    struct id *ids = ARENA_ARRAY(c->arena, (size_t)limit, struct id);
    size_t n = 0, found = 0;
    struct search_match_exact_row *best = NULL;
    struct search_match_row *rest = NULL;
    if (!folded.n)
        goto done;
    TRY(search_match_exact(c, db,
                           &(struct search_match_exact_in){
                               .query = query_text(c, db, exact, "exact", scope), .scope = scope,
                               .n = limit },
                           &best, &found));
    for (size_t i = 0; i < found; i++)
        add_id(ids, &n, best[i].id);
    if (n < (size_t)limit) {
        TRY(search_match(c, db,
                         &(struct search_match_in){
                             .query = query_text(c, db, folded, "folded", scope), .scope = scope,
                             .n = limit },
                         &rest, &found));
        for (size_t i = 0; i < found && n < (size_t)limit; i++)
            add_id(ids, &n, rest[i].id);
    }
done:
    *ret_ids = ids;
    *ret_n = n;
    return 0;
}
