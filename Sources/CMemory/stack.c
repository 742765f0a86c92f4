// pthread_getattr_np(3), which Swift's Glibc module does not show, and the arithmetic of addresses for madvise(2).
#define _GNU_SOURCE
#include "stack.h"
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// Room for the frames of this function's own calls.
enum { own_frames = 1024 };

__attribute__((noinline)) int martlet_stack_give_back(void) {
    pthread_attr_t attributes;
    void *lowest = 0;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
    int status = pthread_attr_getstack(&attributes, &lowest, &size);
    pthread_attr_destroy(&attributes);
    if (status != 0) return 0;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = (uintptr_t)lowest;
    uintptr_t end = ((uintptr_t)__builtin_frame_address(0) - own_frames) & ~(page - 1);
    return end > first && madvise(lowest, end - first, MADV_DONTNEED) == 0;
}
