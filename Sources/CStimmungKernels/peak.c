#include "CStimmungKernels.h"
#include "clones.h"

typedef float Wide __attribute__((vector_size(64)));
typedef float Narrow __attribute__((vector_size(32)));

// Twelve independent sums cover the latency of two multiply-adds per cycle; the barrier keeps the compiler from simplifying the sums.
#define ROUNDS(Vector)                                                                                                                     \
    Vector sums[12];                                                                                                                       \
    const Vector factor = (Vector){0} + 0.999f, step = (Vector){0} + 0.001f;                                                               \
    for (size_t i = 0; i < 12; i++) sums[i] = (Vector){0} + (float)i;                                                                      \
    for (size_t round = 0; round < rounds; round++) {                                                                                      \
        _Pragma("clang loop unroll(full)") for (size_t i = 0; i < 12; i++) sums[i] = sums[i] * factor + step;                              \
    }                                                                                                                                      \
    Vector all = {0};                                                                                                                      \
    for (size_t i = 0; i < 12; i++) all += sums[i];                                                                                        \
    *result = all[0];

#if defined(__x86_64__)
__attribute__((target("arch=x86-64-v4"))) static void wide_rounds(size_t rounds, float *result) { ROUNDS(Wide) }
#endif

CLONES static void narrow_rounds(size_t rounds, float *result) { ROUNDS(Narrow) }

double ck_multiply_adds(size_t rounds, float *result) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
        wide_rounds(rounds, result);
        return 12.0 * 16 * (double)rounds;
    }
#endif
    narrow_rounds(rounds, result);
    return 12.0 * 8 * (double)rounds;
}
