#ifndef CKERNELS_RANDOM_H
#define CKERNELS_RANDOM_H

#include "dispatch.h"

#include <stdint.h>

enum { LANES = 16 };

// Sixteen parallel xoshiro128+ generators (D. Blackman, S. Vigna, ACM TOMS 47, 2021). Only the upper 24 bits are used, because the
// lowest bits are weak. `state` is 4 × 16.
INLINE void next_bits(uint32_t *restrict state, uint32_t *restrict bits) {
    uint32_t *s0 = state, *s1 = state + LANES, *s2 = state + 2 * LANES, *s3 = state + 3 * LANES;
    VECTORISED for (int j = 0; j < LANES; j++) {
        const uint32_t a = s0[j], b = s1[j], c = s2[j] ^ a, d = s3[j] ^ b;
        bits[j] = a + s3[j];
        s0[j] = a ^ d;
        s1[j] = b ^ c;
        s2[j] = c ^ (b << 9);
        s3[j] = (d << 11) | (d >> 21);
    }
}

// 0 ≤ u < 1 from the upper 24 bits.
INLINE float unit(uint32_t bits) { return (float)(int32_t)(bits >> 8) * 0x1p-24f; }

#endif
