#define _GNU_SOURCE
#include "CKernels.h"

#include <dlfcn.h>

void ck_use_one_thread_per_product(void) {
    // oneDNN brings its OpenMP runtime along; looking the function up keeps this package from linking one itself.
    static void (*set_threads)(int);
    if (!set_threads) set_threads = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (set_threads) set_threads(1);
}
