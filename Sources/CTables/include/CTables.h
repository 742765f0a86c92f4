// The tables that are part of the program. Each is a range of bytes that lives as long as the process.

#ifndef MARTLET_CTABLES_H
#define MARTLET_CTABLES_H

#include <stddef.h>

#define MARTLET_TABLE(name)                                                              \
    extern __attribute__((visibility("hidden"))) const unsigned char martlet_table_##name[];     \
    extern __attribute__((visibility("hidden"))) const unsigned char martlet_table_##name##_end[]; \
    static inline const void *_Nonnull martlet_##name(void) { return martlet_table_##name; }     \
    static inline size_t martlet_##name##_size(void) {                                           \
        return (size_t)(martlet_table_##name##_end - martlet_table_##name);                      \
    }

MARTLET_TABLE(cl100k_base)
MARTLET_TABLE(o200k_base)
MARTLET_TABLE(unicode)
MARTLET_TABLE(models)
MARTLET_TABLE(aliases)
MARTLET_TABLE(prices)

#endif
