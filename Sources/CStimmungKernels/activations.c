#include "CStimmungKernels.h"
#include "exponential.h"
#include "logarithm.h"

DISPATCHED(void, ck_sigmoid, (size_t n, const float *x, float *y), (n, x, y)) {
    VECTORISED for (size_t i = 0; i < n; i++) y[i] = sigmoid(x[i]);
}

DISPATCHED(void, ck_tanh, (size_t n, const float *x, float *y), (n, x, y)) {
    VECTORISED for (size_t i = 0; i < n; i++) y[i] = hyperbolic_tangent(x[i]);
}

DISPATCHED(void, ck_exp, (size_t n, const float *x, float *y), (n, x, y)) {
    VECTORISED for (size_t i = 0; i < n; i++) y[i] = exponential(x[i]);
}

// Passes NaN through, so that a fault stays visible in the result.
DISPATCHED(void, ck_rectify, (size_t n, float *x), (n, x)) {
    VECTORISED for (size_t i = 0; i < n; i++) x[i] = x[i] < 0 ? 0 : x[i];
}

DISPATCHED(void, ck_rectify_backward, (size_t n, const float *output, float *gradient), (n, output, gradient)) {
    VECTORISED for (size_t i = 0; i < n; i++) gradient[i] = output[i] > 0 ? gradient[i] : 0;
}

DISPATCHED(void, ck_tanh_backward, (size_t n, const float *y, float *gradient), (n, y, gradient)) {
    VECTORISED for (size_t i = 0; i < n; i++) gradient[i] *= 1.0f - y[i] * y[i];
}

DISPATCHED(void, ck_floor_and_log, (size_t n, float floor, float *x), (n, floor, x)) {
    VECTORISED for (size_t i = 0; i < n; i++) x[i] = logarithm(x[i] > floor ? x[i] : floor);
}

DISPATCHED(void, ck_floor_lanes_and_log, (size_t rows, const float *floors, float *x), (rows, floors, x)) {
    for (size_t row = 0; row < rows; row++, x += CK_LANES) {
        // Vectors of 16 values would leave all eight to scalar code, which takes seven times as long (Zen 4).
        HALF_VECTORISED for (size_t lane = 0; lane < CK_LANES; lane++) {
            x[lane] = logarithm(x[lane] > floors[lane] ? x[lane] : floors[lane]);
        }
    }
}
