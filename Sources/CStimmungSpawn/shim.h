// What <spawn.h> declares for _GNU_SOURCE only, which Swift's module of the C library does not define (glibc 2.29, musl 1.1.24).
#include <spawn.h>

int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *folder);
