#include "CStimmungKernels.h"
#include "logarithm.h"

DISPATCHED(void, ck_sigmoid_backward, (size_t n, const float *y, float *gradient), (n, y, gradient)) {
    VECTORISED for (size_t i = 0; i < n; i++) gradient[i] *= y[i] * (1.0f - y[i]);
}

DISPATCHED(void, ck_softplus, (size_t n, const float *x, float *y), (n, x, y)) {
    VECTORISED for (size_t i = 0; i < n; i++) y[i] = softplus(x[i]);
}

DISPATCHED(void, ck_contrast, (size_t n, float *positive, float *negative), (n, positive, negative)) {
    VECTORISED for (size_t i = 0; i < n; i++) {
        const float h = sigmoid(negative[i]);
        positive[i] -= h;
        negative[i] = h;
    }
}

DISPATCHED(void, ck_subtract_from_rows,
           (size_t rows, size_t columns, size_t stride, const float *x, float *difference),
           (rows, columns, stride, x, difference)) {
    for (size_t r = 0; r < rows; r++) {
        const float *from = x + r * stride;
        float *row = difference + r * columns;
        VECTORISED for (size_t c = 0; c < columns; c++) row[c] = from[c] - row[c];
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
