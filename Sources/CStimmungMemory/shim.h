// Swift's module of the C library has neither: <malloc.h> is not part of it, and <sys/mman.h> declares memfd_create only under _GNU_SOURCE.
#include <malloc.h>

// glibc 2.27, musl 1.1.20.
int memfd_create(const char *name, unsigned int flags);
