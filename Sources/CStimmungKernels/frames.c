#include "lanes.h"

#include <string.h>

CLONES void ck_emphasise(size_t n, float a, const float *x, float *y) {
    VECTORISED for (size_t i = 0; i < n; i++) y[i] = x[i + 1] - a * x[i];
}

CLONES int ck_within(size_t n, float limit, const float *x) {
    int outside = 0;
    // Not `fabsf(x[i]) > limit`: every comparison with NaN is false.
    VECTORISED for (size_t i = 0; i < n; i++) outside |= !(__builtin_fabsf(x[i]) <= limit);
    return !outside;
}

CLONES float ck_largest_magnitude(size_t n, const float *x) {
    uint32_t largest = 0;
    // Without the sign, floats are ordered like their bits, and a maximum of integers is vectorised.
    VECTORISED for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        bits &= 0x7fffffff;
        largest = bits > largest ? bits : largest;
    }
    float magnitude;
    memcpy(&magnitude, &largest, sizeof magnitude);
    return magnitude;
}

// Transposes eight samples of eight hops in three rounds of shuffles: the first output is x0[0] x1[0] … x7[0], and so on.
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define FRONT(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define BACK(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define LEFT(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define RIGHT(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)

INLINE void turn(const float *x, size_t hop, float *y, size_t stride) {
    const Lanes x0 = *lanes(x), x1 = *lanes(x + hop), x2 = *lanes(x + 2 * hop), x3 = *lanes(x + 3 * hop);
    const Lanes x4 = *lanes(x + 4 * hop), x5 = *lanes(x + 5 * hop), x6 = *lanes(x + 6 * hop), x7 = *lanes(x + 7 * hop);
    const Lanes a0 = LOW(x0, x1), a1 = HIGH(x0, x1), a2 = LOW(x2, x3), a3 = HIGH(x2, x3);
    const Lanes a4 = LOW(x4, x5), a5 = HIGH(x4, x5), a6 = LOW(x6, x7), a7 = HIGH(x6, x7);
    const Lanes b0 = FRONT(a0, a2), b1 = BACK(a0, a2), b2 = FRONT(a1, a3), b3 = BACK(a1, a3);
    const Lanes b4 = FRONT(a4, a6), b5 = BACK(a4, a6), b6 = FRONT(a5, a7), b7 = BACK(a5, a7);
    *lanes_of(y) = LEFT(b0, b4);
    *lanes_of(y + stride) = LEFT(b1, b5);
    *lanes_of(y + 2 * stride) = LEFT(b2, b6);
    *lanes_of(y + 3 * stride) = LEFT(b3, b7);
    *lanes_of(y + 4 * stride) = RIGHT(b0, b4);
    *lanes_of(y + 5 * stride) = RIGHT(b1, b5);
    *lanes_of(y + 6 * stride) = RIGHT(b2, b6);
    *lanes_of(y + 7 * stride) = RIGHT(b3, b7);
}

CLONES void ck_turn_hops(size_t hop, size_t hops, const float *x, float *y, size_t stride) {
    const size_t whole_hops = hops - hops % CK_LANES, whole = hop - hop % CK_LANES;
    for (size_t h = 0; h < whole_hops; h += CK_LANES) {
        for (size_t p = 0; p < whole; p += CK_LANES) turn(x + h * hop + p, hop, y + p * stride + h, stride);
        for (size_t p = whole; p < hop; p++) {
            for (size_t l = h; l < h + CK_LANES; l++) y[p * stride + l] = x[l * hop + p];
        }
    }
    for (size_t h = whole_hops; h < hops; h++) {
        for (size_t p = 0; p < hop; p++) y[p * stride + h] = x[h * hop + p];
    }
}

CLONES void ck_band_sums(size_t bands, const uint32_t *first, const uint32_t *count, const float *weights, const float *power,
                         float *sums) {
    for (size_t b = 0; b < bands; b++) {
        const float *bin = power + first[b] * CK_LANES;
        Lanes sum = {0};
        for (size_t k = 0; k < count[b]; k++) sum += *weights++ * *lanes(bin + k * CK_LANES);
        *lanes_of(sums + b * CK_LANES) = sum;
    }
}

CLONES void ck_cosine_transform(size_t inputs, size_t outputs, const float *factors, const float *x, float *y) {
    for (size_t n = 0; n < outputs; n++) {
        Lanes sum = {0};
        for (size_t i = 0; i < inputs; i++) sum += factors[i * outputs + n] * *lanes(x + i * CK_LANES);
        *lanes_of(y + n * CK_LANES) = sum;
    }
}

void ck_write_rows(size_t rows, size_t columns, const float *x, float *y, size_t stride) {
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++) y[r * stride + c] = x[c * CK_LANES + r];
    }
}

CLONES void ck_slopes(size_t n, size_t width, size_t reach, const float *x, float *y) {
    float divisor = 0;
    for (size_t k = 1; k <= reach; k++) divisor += 2 * (float)(k * k);
    for (size_t i = 0; i < n; i++) y[i] = 0;
    for (size_t k = 1; k <= reach; k++) {
        const float factor = (float)k, *after = x + k * width, *before = x - k * width;
        VECTORISED for (size_t i = 0; i < n; i++) y[i] += factor * (after[i] - before[i]);
    }
    VECTORISED for (size_t i = 0; i < n; i++) y[i] /= divisor;
}
