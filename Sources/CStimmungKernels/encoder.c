#include "CStimmungKernels.h"
#include "exponential.h"

#include <math.h>

// erf(x) by M. Abramowitz and I. Stegun, Handbook of Mathematical Functions, 7.1.26: absolute error at most 1.5e-7.
INLINE float error_function(float x) {
    const float magnitude = x < 0 ? -x : x;
    const float t = 1.0f / (1.0f + 0.3275911f * magnitude);
    float p = 1.061405429f;
    p = p * t - 1.453152027f;
    p = p * t + 1.421413741f;
    p = p * t - 0.284496736f;
    p = p * t + 0.254829592f;
    const float y = 1.0f - p * t * exponential(-magnitude * magnitude);
    return x < 0 ? -y : y;
}

DISPATCHED(void, ck_gelu, (size_t rows, size_t columns, const float *bias, float *x), (rows, columns, bias, x)) {
    for (size_t r = 0; r < rows; r++) {
        float *row = x + r * columns;
        VECTORISED for (size_t c = 0; c < columns; c++) {
            const float value = row[c] + bias[c];
            row[c] = value * (0.5f + 0.5f * error_function(value * 0.70710678118654752f));
        }
    }
}

// Sixteen sums side by side, so that every instruction set adds in the same order.
enum { SUMS = 16 };

DISPATCHED(void, ck_layer_norm,
           (size_t rows, size_t columns, const float *weight, const float *bias, const float *x, float *y),
           (rows, columns, weight, bias, x, y)) {
    for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * columns;
        float *out = y + r * columns;
        float sums[SUMS] = {0};
        for (size_t c = 0; c < columns; c += SUMS) {
            VECTORISED for (size_t i = 0; i < SUMS; i++) sums[i] += in[c + i];
        }
        float mean = 0;
        for (size_t i = 0; i < SUMS; i++) mean += sums[i];
        mean /= (float)columns;
        float squares[SUMS] = {0};
        for (size_t c = 0; c < columns; c += SUMS) {
            VECTORISED for (size_t i = 0; i < SUMS; i++) squares[i] += (in[c + i] - mean) * (in[c + i] - mean);
        }
        float variance = 0;
        for (size_t i = 0; i < SUMS; i++) variance += squares[i];
        const float scale = 1.0f / sqrtf(variance / (float)columns + 1e-5f);
        VECTORISED for (size_t c = 0; c < columns; c++) out[c] = (in[c] - mean) * scale * weight[c] + bias[c];
    }
}

DISPATCHED(void, ck_softmax_rows, (size_t rows, size_t columns, size_t stride, float *x), (rows, columns, stride, x)) {
    for (size_t r = 0; r < rows; r++) {
        float *row = x + r * stride;
        float largest = row[0];
        for (size_t c = 1; c < columns; c++) largest = row[c] > largest ? row[c] : largest;
        VECTORISED for (size_t c = 0; c < columns; c++) row[c] = exponential(row[c] - largest);
        float sums[SUMS] = {0};
        const size_t whole = columns - columns % SUMS;
        for (size_t c = 0; c < whole; c += SUMS) {
            VECTORISED for (size_t i = 0; i < SUMS; i++) sums[i] += row[c + i];
        }
        float sum = 0;
        for (size_t i = 0; i < SUMS; i++) sum += sums[i];
        for (size_t c = whole; c < columns; c++) sum += row[c];
        const float scale = 1.0f / sum;
        VECTORISED for (size_t c = 0; c < columns; c++) row[c] *= scale;
        for (size_t c = columns; c < stride; c++) row[c] = 0;
    }
}
