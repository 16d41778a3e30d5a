#include "transpose.h"

#include <string.h>

DISPATCHED(void, ck_emphasise, (size_t n, float a, const float *x, float *y), (n, a, x, y)) {
    VECTORISED for (size_t i = 0; i < n; i++) y[i] = x[i + 1] - a * x[i];
}

DISPATCHED(int, ck_within, (size_t n, float limit, const float *x), (n, limit, x)) {
    int outside = 0;
    // Not `fabsf(x[i]) > limit`: every comparison with NaN is false.
    VECTORISED for (size_t i = 0; i < n; i++) outside |= !(__builtin_fabsf(x[i]) <= limit);
    return !outside;
}

DISPATCHED(float, ck_largest_magnitude, (size_t n, const float *x), (n, x)) {
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

DISPATCHED(void, ck_turn_hops, (size_t hop, size_t hops, const float *x, float *y, size_t stride), (hop, hops, x, y, stride)) {
    const size_t whole_hops = hops - hops % CK_LANES, whole = hop - hop % CK_LANES;
    for (size_t h = 0; h < whole_hops; h += CK_LANES) {
        for (size_t p = 0; p < whole; p += CK_LANES) transpose(x + h * hop + p, hop, y + p * stride + h, stride);
        for (size_t p = whole; p < hop; p++) {
            for (size_t l = h; l < h + CK_LANES; l++) y[p * stride + l] = x[l * hop + p];
        }
    }
    for (size_t h = whole_hops; h < hops; h++) {
        for (size_t p = 0; p < hop; p++) y[p * stride + h] = x[h * hop + p];
    }
}

DISPATCHED(void, ck_band_sums,
           (size_t bands, const uint32_t *first, const uint32_t *count, const float *weights, const float *power, float *sums),
           (bands, first, count, weights, power, sums)) {
    for (size_t b = 0; b < bands; b++) {
        const float *bin = power + first[b] * CK_LANES;
        Lanes sum = {0};
        for (size_t k = 0; k < count[b]; k++) sum += *weights++ * *lanes(bin + k * CK_LANES);
        *lanes_of(sums + b * CK_LANES) = sum;
    }
}

DISPATCHED(void, ck_cosine_transform,
           (size_t inputs, size_t outputs, const float *factors, const float *x, float *y),
           (inputs, outputs, factors, x, y)) {
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

DISPATCHED(void, ck_slopes, (size_t n, size_t width, size_t reach, const float *x, float *y), (n, width, reach, x, y)) {
    float divisor = 0;
    for (size_t k = 1; k <= reach; k++) divisor += 2 * (float)(k * k);
    for (size_t i = 0; i < n; i++) y[i] = 0;
    for (size_t k = 1; k <= reach; k++) {
        const float factor = (float)k, *after = x + k * width, *before = x - k * width;
        VECTORISED for (size_t i = 0; i < n; i++) y[i] += factor * (after[i] - before[i]);
    }
    VECTORISED for (size_t i = 0; i < n; i++) y[i] /= divisor;
}
