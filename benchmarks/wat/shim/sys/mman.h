#pragma once

/* Of a program that WebAssembly does not run: its memory is larger than 32 bits address. */
#define MAP_FAILED ((void *)-1)
#define mmap(address, length, ...) ((void *)-1)
#define munmap(address, length) ((void)0)
