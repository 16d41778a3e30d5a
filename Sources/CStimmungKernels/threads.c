#define _GNU_SOURCE
#include "CStimmungKernels.h"

#include <dlfcn.h>
#include <stdbool.h>

void ck_use_one_thread_per_product(void) {
    // oneDNN loads its OpenMP runtime; looking the function up saves this package from linking one itself.
    static _Thread_local bool done;
    if (done) return;
    done = true;
    void (*set_threads)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (set_threads) set_threads(1);
}
