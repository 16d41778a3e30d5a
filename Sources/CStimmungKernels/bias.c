#include "CStimmungKernels.h"
#include "dispatch.h"

DISPATCHED(void, ck_add_bias, (size_t rows, size_t columns, const float *bias, float *x), (rows, columns, bias, x)) {
    for (size_t r = 0; r < rows; r++) {
        float *row = x + r * columns;
        VECTORISED for (size_t c = 0; c < columns; c++) row[c] += bias[c];
    }
}

DISPATCHED(void, ck_add_column_sums, (size_t rows, size_t columns, const float *x, float *sum), (rows, columns, x, sum)) {
    for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * columns;
        VECTORISED for (size_t c = 0; c < columns; c++) sum[c] += row[c];
    }
}
