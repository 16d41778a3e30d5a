// <spawn.h> declares this function only under _GNU_SOURCE, which Swift's module of the C library does not define (glibc 2.29, musl 1.1.24).
#include <spawn.h>

int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *folder);
