// The headers declare these functions only under _GNU_SOURCE, which Swift's module of the C library does not define.
#include <spawn.h>
#include <sys/resource.h>

// Linux 2.6.36, glibc 2.13.
int prlimit(pid_t process, int resource, const struct rlimit *limit, struct rlimit *before);

// glibc 2.29, musl 1.1.24.
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *folder);

// glibc 2.34; null elsewhere.
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first) __attribute__((weak));

// Closes all descriptors from `first` on in the child, where the C library can: not every library opens its descriptors close-on-exec.
static inline int stimmung_add_closing_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np ? posix_spawn_file_actions_addclosefrom_np(actions, first) : 0;
}
