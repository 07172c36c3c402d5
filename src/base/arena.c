#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   __asan_poison_memory_region((p), (n))
#define UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
enum { RED_ZONE = 16 };
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
enum { RED_ZONE = 0 };
#endif

enum { FIRST_CHUNK = 16 << 10, LARGEST_CHUNK = 256 << 10, ALIGNMENT = 16 };

struct chunk {
    struct chunk *older;
    size_t size, used;
    _Alignas(ALIGNMENT) char bytes[];
};

struct arena {
    struct chunk *newest, *first;
    size_t cap, total, next_size;
};

static _Noreturn void out_of_memory(void)
{
    fputs("nep: out of memory\n", stderr);
    abort();
}

static struct chunk *chunk_new(size_t size, struct chunk *older)
{
    struct chunk *k = malloc(sizeof *k + size);
    if (!k)
        out_of_memory();
    k->older = older;
    k->size = size;
    k->used = 0;
    POISON(k->bytes, size);
    return k;
}

static void chunk_free(struct chunk *k)
{
    UNPOISON(k->bytes, k->size);
    free(k);
}

struct arena *arena_new(size_t cap_bytes)
{
    struct arena *a = malloc(sizeof *a);
    if (!a)
        out_of_memory();
    a->first = a->newest = chunk_new(FIRST_CHUNK, NULL);
    a->cap = cap_bytes;
    a->total = 0;
    a->next_size = 2 * FIRST_CHUNK;
    return a;
}

struct arena *arena_free(struct arena *a)
{
    if (!a)
        return NULL;
    for (struct chunk *k = a->newest, *older; k; k = older) {
        older = k->older;
        chunk_free(k);
    }
    free(a);
    return NULL;
}

void arena_reset(struct arena *a)
{
    for (struct chunk *k = a->newest, *older; k != a->first; k = older) {
        older = k->older;
        chunk_free(k);
    }
    a->newest = a->first;
    a->first->used = 0;
    POISON(a->first->bytes, a->first->size);
    a->total = 0;
    a->next_size = 2 * FIRST_CHUNK;
}

static size_t aligned(size_t n)
{
    return (n + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 4)
        out_of_memory();
    size_t need = aligned(size ? size : 1) + RED_ZONE;
    if (need > a->newest->size - a->newest->used) {
        size_t chunk = need > a->next_size ? need : a->next_size;
        a->newest = chunk_new(chunk, a->newest);
        if (a->next_size < LARGEST_CHUNK)
            a->next_size *= 2;
    }
    char *p = a->newest->bytes + a->newest->used;
    a->newest->used += need;
    a->total += need;
    UNPOISON(p, size);
    return memset(p, 0, size);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        out_of_memory();
    return arena_alloc(a, bytes);
}

void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size)
{
    assert(new_size >= old_size);
    struct chunk *k = a->newest;
    size_t old_need = aligned(old_size ? old_size : 1) + RED_ZONE;
    size_t new_need = aligned(new_size) + RED_ZONE;
    bool is_last = old && (char *)old + old_need == k->bytes + k->used;
    if (is_last && new_need - old_need <= k->size - k->used) {
        k->used += new_need - old_need;
        a->total += new_need - old_need;
        UNPOISON(old, new_size);
        memset((char *)old + old_size, 0, new_size - old_size);
        return old;
    }
    void *p = arena_alloc(a, new_size);
    if (old_size)
        memcpy(p, old, old_size);
    return p;
}

bool arena_over(const struct arena *a)
{
    return a->total > a->cap;
}

size_t arena_used(const struct arena *a)
{
    return a->total;
}
