// <sys/mman.h> declares this function only under _GNU_SOURCE, which Swift's module of the C library does not define (glibc 2.27, musl 1.1.20).
int memfd_create(const char *name, unsigned int flags);
