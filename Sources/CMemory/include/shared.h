// Words of 64 bits in memory that several processes share: C11's atomic operations, which work there as between threads.
#pragma once
#include <stdint.h>

static inline uint64_t martlet_word_load(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static inline void martlet_word_store(uint64_t *word, uint64_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}
static inline uint64_t martlet_word_add(uint64_t *word, uint64_t value) {
    return __atomic_fetch_add(word, value, __ATOMIC_ACQ_REL);
}
