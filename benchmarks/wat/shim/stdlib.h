#pragma once
#include <stddef.h>

/* Memory is taken from the end of the data on, and given back all at once by reset(). */
static char *free_memory;
extern char __heap_base;

static void *malloc(size_t length)
{
    if (!free_memory)
        free_memory = &__heap_base;
    char *block = free_memory;
    free_memory += (length + 15) & ~(size_t)15;
    size_t pages = ((size_t)free_memory + 65535) >> 16;
    if (pages > __builtin_wasm_memory_size(0))
        __builtin_wasm_memory_grow(0, pages - __builtin_wasm_memory_size(0));
    return block;
}

/* Every run has a memory of its own, zero at first. */
#define calloc(count, size) malloc((count) * (size))
#define free(block) ((void)(block))
#define abort() __builtin_trap()
