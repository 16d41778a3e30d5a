#include "CStimmungKernels.h"

#include <stdlib.h>
#include <string.h>

static ck_instructions chosen = CK_PORTABLE;

ck_instructions ck_instruction_set(void) { return chosen; }

ck_instructions ck_best_instruction_set(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return __builtin_cpu_supports("avx512bf16") ? CK_AVX512_BF16 : CK_AVX512;
    if (__builtin_cpu_supports("x86-64-v3")) return CK_AVX2;
#endif
    return CK_PORTABLE;
}

// Before `main`, and before any thread.
__attribute__((constructor)) static void choose(void) {
    static const char *const names[] = {[CK_PORTABLE] = "portable", [CK_AVX2] = "avx2", [CK_AVX512] = "avx512", [CK_AVX512_BF16] = "avx512bf16"};
    const ck_instructions best = ck_best_instruction_set();
    const char *wanted = getenv("STIMMUNG_ISA");
    chosen = best;
    for (int i = CK_PORTABLE; wanted && i < (int)best; i++) {
        if (strcmp(wanted, names[i]) == 0) chosen = (ck_instructions)i;
    }
}
