// The C library's settings of its allocator, which Swift's Glibc module does not show: mallopt(3), malloc_trim(3).
#pragma once
#include <malloc.h>
