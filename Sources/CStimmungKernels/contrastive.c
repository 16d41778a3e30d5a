#include "CStimmungKernels.h"
#include "logarithm.h"

DISPATCHED(void, ck_sigmoid_backward, (size_t n, const float *y, float *gradient), (n, y, gradient)) {
    VECTORISED for (size_t i = 0; i < n; i++) gradient[i] *= y[i] * (1.0f - y[i]);
}

DISPATCHED(void, ck_softplus, (size_t n, const float *x, float *y), (n, x, y)) {
    VECTORISED for (size_t i = 0; i < n; i++) y[i] = softplus(x[i]);
}

INLINE void contrast_part(size_t width, float scale, const float *positive, const float *input, float *contrast, float *negative) {
    VECTORISED for (size_t j = 0; j < width; j++) {
        const float h = sigmoid(input[j]);
        contrast[j] = (positive[j] - h) * scale;
        negative[j] = h * -scale;
    }
}

DISPATCHED(void, ck_contrast,
           (size_t rows, size_t columns, float scale, const float *positive, const float *input, float *contrast, float *negative),
           (rows, columns, scale, positive, input, contrast, negative)) {
    const size_t rest = columns % CK_PANEL, whole = columns - rest;
    for (size_t r = 0; r < rows; r++, positive += columns, input += columns) {
        for (size_t c = 0; c < whole; c += CK_PANEL) {
            const size_t place = c * rows + CK_PANEL * r;
            contrast_part(CK_PANEL, scale, positive + c, input + c, contrast + place, negative + place);
        }
        if (rest > 0) {
            float *last = contrast + whole * rows + CK_PANEL * r, *last_negative = negative + whole * rows + CK_PANEL * r;
            contrast_part(rest, scale, positive + whole, input + whole, last, last_negative);
            for (size_t j = rest; j < CK_PANEL; j++) last[j] = last_negative[j] = 0;
        }
    }
}

DISPATCHED(void, ck_subtract_rows,
           (size_t rows, size_t columns, size_t stride, const float *x, float *difference),
           (rows, columns, stride, x, difference)) {
    for (size_t r = 0; r < rows; r++) {
        const float *subtrahend = x + r * stride;
        float *row = difference + r * columns;
        VECTORISED for (size_t c = 0; c < columns; c++) row[c] -= subtrahend[c];
    }
}

void ck_gather_windows(size_t rows, const ptrdiff_t *starts, size_t past, size_t width, const float *x, float *y) {
    // The processor cannot foresee where the next rows lie. Prefetched two rows ahead, 256 of 235 values take 9 instead of 17 µs (Zen 4).
    enum { AHEAD = 2, LINE = 16 };
    for (size_t r = 0; r < rows; r++, y += width + past + 1) {
        if (r + AHEAD < rows) {
            for (size_t i = 0; i < past + width; i += LINE) __builtin_prefetch(x + starts[r + AHEAD] + i);
        }
        const float *from = x + starts[r];
        memcpy(y, from + past, width * sizeof(float));
        memcpy(y + width, from, past * sizeof(float));
        y[width + past] = 1;
    }
}

DISPATCHED(double, ck_squared_distance,
           (size_t rows, size_t columns, size_t stride, const float *x, const float *y),
           (rows, columns, stride, x, y)) {
    float lanes[16] = {0};
    double rest = 0;
    for (size_t r = 0; r < rows; r++) {
        const float *a = x + r * stride, *b = y + r * columns;
        size_t c = 0;
        for (; c + 16 <= columns; c += 16) {
            VECTORISED for (int j = 0; j < 16; j++) lanes[j] += (a[c + j] - b[c + j]) * (a[c + j] - b[c + j]);
        }
        for (; c < columns; c++) rest += (a[c] - b[c]) * (a[c] - b[c]);
    }
    for (int j = 0; j < 16; j++) rest += lanes[j];
    return rest;
}

DISPATCHED(void, ck_momentum,
           (size_t n, float rate, float momentum, float decay, const float *gradient, float *velocity, float *parameter),
           (n, rate, momentum, decay, gradient, velocity, parameter)) {
    VECTORISED for (size_t i = 0; i < n; i++) {
        const float v = momentum * velocity[i] + rate * (gradient[i] - decay * parameter[i]);
        velocity[i] = v;
        parameter[i] += v;
    }
}
