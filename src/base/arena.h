/* Arenas: memory that lives as long as one request, job or command and is freed in one go.
 *
 * Handlers allocate and never free, so a page can't leak. An arena has a soft cap: crossing it sets
 * a flag that the request pipeline (and every loop over outside data) reads with arena_over(), and
 * answers with E_LIMIT. The allocation itself still succeeds, so no caller has to test a pointer;
 * real exhaustion of the machine aborts the process (the database is the state).
 *
 * Under AddressSanitizer freed arenas and the gaps between blocks are poisoned.
 * An arena belongs to one thread at a time. */
#pragma once

#include "base/defs.h"

struct arena;

enum { ARENA_REQUEST_CAP = 4 << 20 };

/* A new arena whose soft cap is `cap_bytes`. The caller owns it: arena_free(). */
struct arena *arena_new(size_t cap_bytes);

/* Frees the arena and all that was allocated from it. NULL is allowed. Returns NULL. */
struct arena *arena_free(struct arena *a);

/* Forgets every allocation but keeps the first block for reuse. */
void arena_reset(struct arena *a);

/* `size` zeroed bytes, aligned for any type. Never NULL; size 0 gives a unique pointer. */
void *arena_alloc(struct arena *a, size_t size);

/* Room for `count` items of `size` bytes, zeroed; a product that overflows aborts. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* Grows the block `old` of `old_size` bytes to `new_size`, in place where it was the last one. */
void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size);

/* True once more than the soft cap was asked for. */
bool arena_over(const struct arena *a);

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);

#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_array((arena), (count), sizeof(type)))
