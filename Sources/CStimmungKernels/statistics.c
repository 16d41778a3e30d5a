#include "dispatch.h"
#include "CStimmungKernels.h"

// A fused multiply-add rounds once instead of twice, and models were trained on the latter.
#pragma STDC FP_CONTRACT OFF

// Half a block of columns, and its exact values.
typedef float Half __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t HalfBits __attribute__((vector_size(32), aligned(4), may_alias));
typedef double Doubles __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t Flags __attribute__((vector_size(64), aligned(8), may_alias));
typedef float Block __attribute__((vector_size(64), aligned(4), may_alias));

#define EXACT(x) __builtin_convertvector(*(const Half *)(x), Doubles)

// The sums of eight columns. Each is added up in the order of the rows.
INLINE void add_up(size_t rows, const float *x, double *sums) {
    Doubles mean = {0};
    for (size_t t = 0; t < rows; t++) mean += EXACT(x + t * CK_COLUMNS);
    mean /= (double)rows;
    Doubles second = {0}, third = {0}, fourth = {0}, drift = {0}, steps = {0};
    Flags crossings = {0};
    Half previous = *(const Half *)x;
    Flags was_above = __builtin_convertvector(previous, Doubles) > mean;
    const double pace = rows > 1 ? 2 / ((double)rows - 1) : 0;
    for (size_t t = 0; t < rows; t++) {
        const Half value = *(const Half *)(x + t * CK_COLUMNS);
        const Doubles exact = __builtin_convertvector(value, Doubles);
        const Doubles difference = exact - mean;
        const Doubles square = difference * difference;
        const double time = (double)t * pace - 1;
        second += square;
        third += square * difference;
        fourth += square * square;
        drift += time * difference;
        const Half step = value - previous;
        steps += __builtin_convertvector((Half)((HalfBits)step & 0x7fffffff), Doubles);
        const Flags is_above = exact > mean;
        crossings -= is_above ^ was_above;
        was_above = is_above;
        previous = value;
    }
    *(Doubles *)sums = mean;
    *(Doubles *)(sums + CK_COLUMNS) = second;
    *(Doubles *)(sums + 2 * CK_COLUMNS) = third;
    *(Doubles *)(sums + 3 * CK_COLUMNS) = fourth;
    *(Doubles *)(sums + 4 * CK_COLUMNS) = drift;
    *(Doubles *)(sums + 5 * CK_COLUMNS) = steps;
    *(Doubles *)(sums + 6 * CK_COLUMNS) = __builtin_convertvector(crossings, Doubles);
}

DISPATCHED(void, ck_column_sums, (size_t rows, const float *x, double *sums), (rows, x, sums)) {
    add_up(rows, x, sums);
    add_up(rows, x + CK_COLUMNS / 2, sums + CK_COLUMNS / 2);
}

DISPATCHED(void, ck_column_slopes, (size_t rows, size_t reach, const float *x, float *y), (rows, reach, x, y)) {
    float divisor = 0;
    for (size_t n = 1; n <= reach; n++) divisor += (float)(n * n);
    divisor *= 2;
    for (size_t t = 0; t < rows; t++) {
        Block sum = {0};
        for (size_t n = 1; n <= reach; n++) {
            const size_t after = t + n < rows ? t + n : rows - 1, before = t >= n ? t - n : 0;
            sum += (float)n * (*(const Block *)(x + after * CK_COLUMNS) - *(const Block *)(x + before * CK_COLUMNS));
        }
        *(Block *)(y + t * CK_COLUMNS) = sum / divisor;
    }
}

DISPATCHED(void, ck_gather_columns,
           (size_t rows, size_t width, const float *x, const int32_t *places, const float *shifts, float *y),
           (rows, width, x, places, shifts, y)) {
    int is_contiguous = 1;
    for (int32_t c = 1; c < CK_COLUMNS; c++) is_contiguous &= places[c] == places[0] + c;
    const Block shift = *(const Block *)shifts;
    for (size_t t = 0; t < rows; t++) {
        Block values;
        if (is_contiguous) {
            values = *(const Block *)(x + t * width + places[0]);
        } else {
            for (size_t c = 0; c < CK_COLUMNS; c++) values[c] = x[t * width + (size_t)places[c]];
        }
        *(Block *)(y + t * CK_COLUMNS) = values + shift;
    }
}
