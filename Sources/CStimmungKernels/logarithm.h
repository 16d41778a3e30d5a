#ifndef CKERNELS_LOGARITHM_H
#define CKERNELS_LOGARITHM_H

#include "exponential.h"

// ln x for a positive, normal x: x = 2^k m with √½ ≤ m < √2, ln m = 2 artanh((m − 1) / (m + 1)) by its series, whose argument
// is below 0.172: four terms leave under 1e-8.
INLINE float logarithm(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    // 0x3f3504f3 is √½: subtracting it moves the boundary between binades there.
    const int32_t k = (int32_t)(bits - 0x3f3504f3u) >> 23;
    bits -= (uint32_t)k << 23;
    float m;
    memcpy(&m, &bits, sizeof m);
    const float s = (m - 1.0f) / (m + 1.0f), q = s * s;
    const float series = 2.0f + q * (2.0f / 3 + q * (2.0f / 5 + q * (2.0f / 7 + q * (2.0f / 9))));
    return s * series + (float)k * 0.693147180559945f;
}

// ln(1 + e^x) = max(x, 0) + ln(1 + u) with u = e^−|x| ≤ 1; ln(1 + u) = 2 artanh(s), s = u / (2 + u) ≤ 1/3, by its series,
// so that small u keep their relative precision.
INLINE float softplus(float x) {
    const float positive = x > 0 ? x : 0;
    const float u = exponential(x > 0 ? -x : x);
    const float s = u / (2.0f + u), q = s * s;
    float series = 2.0f / 17;
    series = series * q + 2.0f / 15;
    series = series * q + 2.0f / 13;
    series = series * q + 2.0f / 11;
    series = series * q + 2.0f / 9;
    series = series * q + 2.0f / 7;
    series = series * q + 2.0f / 5;
    series = series * q + 2.0f / 3;
    series = series * q + 2.0f;
    return positive + s * series;
}

#endif
