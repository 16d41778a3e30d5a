#include "dispatch.h"

typedef float Wide __attribute__((vector_size(64)));
typedef float Narrow __attribute__((vector_size(32)));

// Twelve independent sums cover the latency of two instructions per cycle.
enum { CHAINS = 12 };

// The barrier keeps the compiler from simplifying the sums.
#define ROUNDS(Vector, next)                                                                                                               \
    Vector sums[CHAINS];                                                                                                                   \
    for (size_t i = 0; i < CHAINS; i++) sums[i] = (Vector){0} + (float)i;                                                                  \
    for (size_t round = 0; round < rounds; round++) {                                                                                      \
        _Pragma("clang loop unroll(full)") for (size_t i = 0; i < CHAINS; i++) {                                                           \
            sums[i] = next;                                                                                                                \
            __asm__ volatile("" : "+v"(sums[i]));                                                                                          \
        }                                                                                                                                  \
    }                                                                                                                                      \
    Vector all = {0};                                                                                                                      \
    for (size_t i = 0; i < CHAINS; i++) all += sums[i];                                                                                    \
    *result = all[0];

#if defined(__x86_64__)
#include <immintrin.h>

AVX512 static void wide_rounds(size_t rounds, float *result) {
    const Wide factor = (Wide){0} + 0.999f, step = (Wide){0} + 0.001f;
    ROUNDS(Wide, sums[i] * factor + step)
}

AVX2 static void narrow_rounds(size_t rounds, float *result) {
    const Narrow factor = (Narrow){0} + 0.999f, step = (Narrow){0} + 0.001f;
    ROUNDS(Narrow, sums[i] * factor + step)
}

AVX512_BF16 static void paired_rounds(size_t rounds, float *result) {
    const __m512bh pairs = _mm512_cvtne2ps_pbh(_mm512_set1_ps(0.001f), _mm512_set1_ps(0.001f));
    ROUNDS(Wide, (Wide)_mm512_dpbf16_ps((__m512)sums[i], pairs, pairs))
}

double ck_multiply_adds(ck_peak peak, size_t rounds, float *result) {
    const double count = (double)CHAINS * (double)rounds;
    switch (peak) {
    case CK_PEAK_256:
        if (ck_instruction_set() < CK_AVX2) return 0;
        narrow_rounds(rounds, result);
        return 8 * count;
    case CK_PEAK_512:
        if (ck_instruction_set() < CK_AVX512) return 0;
        wide_rounds(rounds, result);
        return 16 * count;
    case CK_PEAK_BF16:
        if (ck_instruction_set() < CK_AVX512_BF16) return 0;
        paired_rounds(rounds, result);
        return 32 * count;
    }
    return 0;
}
#else
double ck_multiply_adds(ck_peak peak, size_t rounds, float *result) {
    (void)peak, (void)rounds, (void)result;
    return 0;
}
#endif

DISPATCHED(float, ck_read, (size_t n, size_t rounds, const float *x), (n, rounds, x)) {
    // Four sums, so that reading and not adding takes the time; n is a multiple of 64.
    Wide sums[4] = {{0}};
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < n; i += 64) {
            _Pragma("clang loop unroll(full)") for (size_t j = 0; j < 4; j++) sums[j] += *(const Wide *)(x + i + 16 * j);
        }
        __asm__ volatile("" : : : "memory");
    }
    const Wide all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    float sum = 0;
    for (size_t j = 0; j < 16; j++) sum += all[j];
    return sum;
}
