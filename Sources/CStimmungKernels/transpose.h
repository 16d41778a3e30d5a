#ifndef CKERNELS_TRANSPOSE_H
#define CKERNELS_TRANSPOSE_H

#include "lanes.h"

// Transposes 8 × 8 values in three rounds of shuffles: y[i·y_row + j] = x[j·x_row + i].
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define FRONT(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define BACK(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define LEFT(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define RIGHT(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)

INLINE void transpose(const float *x, size_t x_row, float *y, size_t y_row) {
    const Lanes x0 = *lanes(x), x1 = *lanes(x + x_row), x2 = *lanes(x + 2 * x_row), x3 = *lanes(x + 3 * x_row);
    const Lanes x4 = *lanes(x + 4 * x_row), x5 = *lanes(x + 5 * x_row), x6 = *lanes(x + 6 * x_row), x7 = *lanes(x + 7 * x_row);
    const Lanes a0 = LOW(x0, x1), a1 = HIGH(x0, x1), a2 = LOW(x2, x3), a3 = HIGH(x2, x3);
    const Lanes a4 = LOW(x4, x5), a5 = HIGH(x4, x5), a6 = LOW(x6, x7), a7 = HIGH(x6, x7);
    const Lanes b0 = FRONT(a0, a2), b1 = BACK(a0, a2), b2 = FRONT(a1, a3), b3 = BACK(a1, a3);
    const Lanes b4 = FRONT(a4, a6), b5 = BACK(a4, a6), b6 = FRONT(a5, a7), b7 = BACK(a5, a7);
    *lanes_of(y) = LEFT(b0, b4);
    *lanes_of(y + y_row) = LEFT(b1, b5);
    *lanes_of(y + 2 * y_row) = LEFT(b2, b6);
    *lanes_of(y + 3 * y_row) = LEFT(b3, b7);
    *lanes_of(y + 4 * y_row) = RIGHT(b0, b4);
    *lanes_of(y + 5 * y_row) = RIGHT(b1, b5);
    *lanes_of(y + 6 * y_row) = RIGHT(b2, b6);
    *lanes_of(y + 7 * y_row) = RIGHT(b3, b7);
}

#undef LOW
#undef HIGH
#undef FRONT
#undef BACK
#undef LEFT
#undef RIGHT

#endif
