#include "transpose.h"

#include <stdbool.h>
#include <string.h>

// Columns of a packed operand, side by side: one vector of AVX-512, two of AVX2.
typedef float Panel __attribute__((vector_size(64), aligned(4), may_alias));
enum { PANEL = 16 };
// Rows of b per pass: two panels of them are 32 kB, which the caches deliver fast enough for a tile of six or more rows.
enum { DEPTH = 256 };
enum { MOST_ROWS = 12, MOST_PANELS = 8 };

// By reference: vectors of 64 bytes as arguments or results would need AVX-512.
INLINE void load(const float *x, size_t width, Panel *y) {
    if (width == PANEL) {
        *y = *(const Panel *)x;
        return;
    }
    *y = (Panel){0};
    for (size_t j = 0; j < width; j++) (*y)[j] = x[j];
}

INLINE void store(float *x, size_t width, const Panel *y) {
    if (width == PANEL) {
        *(Panel *)x = *y;
        return;
    }
    for (size_t j = 0; j < width; j++) x[j] = (*y)[j];
}

// Some rows of c = start + a b. `width` columns of the last panel exist.
struct strip {
    size_t panels, width, k;
    const float *a;
    size_t a_row, a_column;
    const float *b;
    size_t b_panel;
    // NULL for zeros.
    const float *start;
    size_t start_row;
    float *c;
    size_t c_row;
};

// `rows` × `count` panels of c from panel `first` on; both are constants, so that all sums lie in registers. Every element of c is one sum over
// l = 0, 1, …, by fused multiply-adds: all instruction sets that have them, and tiles of all sizes, give the same bits.
INLINE void tile(size_t rows, size_t count, const struct strip *s, size_t first) {
    const size_t width = first + count == s->panels ? s->width : PANEL;
    const float *a = s->a, *b = s->b + first * s->b_panel;
    const float *start = s->start ? s->start + first * PANEL : NULL;
    float *c = s->c + first * PANEL;
    Panel sum[MOST_ROWS][MOST_PANELS];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (size_t p = 0; p < count; p++) {
            if (start) load(start + r * s->start_row + PANEL * p, p + 1 < count ? PANEL : width, &sum[r][p]);
            else sum[r][p] = (Panel){0};
        }
    }
    const size_t a_row = s->a_row, b_panel = s->b_panel;
    for (size_t l = 0; l < s->k; l++, a += s->a_column, b += PANEL) {
        Panel y[MOST_PANELS];
#pragma clang loop unroll(full)
        for (size_t p = 0; p < count; p++) y[p] = *(const Panel *)(b + p * b_panel);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) {
            const float x = a[r * a_row];
#pragma clang loop unroll(full)
            for (size_t p = 0; p < count; p++) sum[r][p] += x * y[p];
        }
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (size_t p = 0; p < count; p++) store(c + r * s->c_row + PANEL * p, p + 1 < count ? PANEL : width, &sum[r][p]);
    }
}

// A function for `rows` rows of c, in tiles of `count` panels. The sizes fill the registers, and leave at least eight sums, which two
// multiply-adds per cycle need, where there are enough columns.
#define STRIP(target, name, rows, count)                                                                                                   \
    target static void name(const struct strip *s) {                                                                                       \
        size_t first = 0;                                                                                                                  \
        for (; first + (count) <= s->panels; first += (count)) tile(rows, count, s, first);                                                \
        for (; first < s->panels; first++) tile(rows, 1, s, first);                                                                        \
    }

typedef void (*strip_function)(const struct strip *);

#if defined(__x86_64__)
// 32 registers of one panel.
STRIP(AVX512, wide_1, 1, 8)
STRIP(AVX512, wide_2, 2, 8)
STRIP(AVX512, wide_3, 3, 6)
STRIP(AVX512, wide_4, 4, 4)
STRIP(AVX512, wide_5, 5, 4)
STRIP(AVX512, wide_6, 6, 4)
STRIP(AVX512, wide_7, 7, 2)
STRIP(AVX512, wide_8, 8, 2)
STRIP(AVX512, wide_9, 9, 2)
STRIP(AVX512, wide_10, 10, 2)
STRIP(AVX512, wide_11, 11, 2)
STRIP(AVX512, wide_12, 12, 2)
static const strip_function wide[] = {wide_1, wide_2, wide_3, wide_4, wide_5, wide_6, wide_7, wide_8, wide_9, wide_10, wide_11, wide_12};

// 16 registers of half a panel.
STRIP(AVX2, half_1, 1, 4)
STRIP(AVX2, half_2, 2, 3)
STRIP(AVX2, half_3, 3, 2)
STRIP(AVX2, half_4, 4, 1)
STRIP(AVX2, half_5, 5, 1)
STRIP(AVX2, half_6, 6, 1)
static const strip_function half[] = {half_1, half_2, half_3, half_4, half_5, half_6};
#endif

STRIP(, quarter_1, 1, 1)
STRIP(, quarter_2, 2, 1)
static const strip_function quarter[] = {quarter_1, quarter_2};

void ck_product(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b, const float *start,
                size_t start_row, float *c, size_t c_row) {
    const strip_function *functions = quarter;
    size_t most = sizeof quarter / sizeof *quarter;
#if defined(__x86_64__)
    switch (ck_instruction_set()) {
    case CK_AVX512: functions = wide, most = sizeof wide / sizeof *wide; break;
    case CK_AVX2: functions = half, most = sizeof half / sizeof *half; break;
    case CK_PORTABLE: break;
    }
#endif
    const size_t panels = (n + PANEL - 1) / PANEL;
    struct strip s = {.panels = panels, .width = n - PANEL * (panels - 1), .a_row = a_row, .a_column = a_column, .b_panel = PANEL * k, .c_row = c_row};
    for (size_t first = 0; first < k; first += DEPTH) {
        s.k = k - first < DEPTH ? k - first : DEPTH;
        s.b = b + PANEL * first;
        if (first > 0) start = c, start_row = c_row;
        s.start_row = start_row;
        // Strips of nearly equal heights: a last one of few rows would leave the multipliers waiting for sums.
        size_t row = 0;
        for (size_t strips = (m + most - 1) / most; strips > 0; strips--) {
            const size_t rows = (m - row + strips - 1) / strips;
            s.a = a + first * a_column + row * a_row;
            s.start = start ? start + row * start_row : NULL;
            s.c = c + row * c_row;
            functions[rows - 1](&s);
            row += rows;
        }
    }
}

// Sixteen columns, or those that exist, padded with zeros.
INLINE void pack_panel(size_t k, size_t width, const float *b, size_t b_row, size_t b_column, float *packed) {
    size_t l = 0;
    if (width == PANEL && b_column == 1) {
        for (; l < k; l++) memcpy(packed + PANEL * l, b + l * b_row, PANEL * sizeof(float));
    }
    if (width == PANEL && b_row == 1) {
        for (; l + 8 <= k; l += 8) {
            transpose(b + l, b_column, packed + PANEL * l, PANEL);
            transpose(b + l + 8 * b_column, b_column, packed + PANEL * l + 8, PANEL);
        }
    }
    for (; l < k; l++) {
        for (size_t j = 0; j < PANEL; j++) packed[PANEL * l + j] = j < width ? b[l * b_row + j * b_column] : 0;
    }
}

DISPATCHED(void, ck_pack, (size_t k, size_t n, const float *b, size_t b_row, size_t b_column, size_t depth, float *packed),
           (k, n, b, b_row, b_column, depth, packed)) {
    for (size_t column = 0; column < n; column += PANEL, packed += PANEL * depth) {
        pack_panel(k, n - column < PANEL ? n - column : PANEL, b + column * b_column, b_row, b_column, packed);
    }
}

DISPATCHED(void, ck_scale, (size_t n, float factor, float *x), (n, factor, x)) {
    VECTORISED for (size_t i = 0; i < n; i++) x[i] *= factor;
}
