#include "transpose.h"

#include <stdbool.h>
#include <string.h>

// A panel's columns of one row: one vector of AVX-512, two of AVX2.
typedef float Panel __attribute__((vector_size(64), aligned(4), may_alias));
// Rows of b per pass: two panels of them are 32 kB, which the caches deliver fast enough for a tile of six or more rows.
enum { DEPTH = 256 };
enum { MOST_ROWS = 12, MOST_PANELS = 8 };

// By reference: vectors of 64 bytes as arguments or results would need AVX-512.
INLINE void load(const float *x, size_t width, Panel *y) {
    if (width == CK_PANEL) {
        *y = *(const Panel *)x;
        return;
    }
    *y = (Panel){0};
    for (size_t j = 0; j < width; j++) (*y)[j] = x[j];
}

INLINE void store(float *x, size_t width, const Panel *y) {
    if (width == CK_PANEL) {
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
    const size_t width = first + count == s->panels ? s->width : CK_PANEL;
    const float *a = s->a, *b = s->b + first * s->b_panel;
    const float *start = s->start ? s->start + first * CK_PANEL : NULL;
    float *c = s->c + first * CK_PANEL;
    Panel sum[MOST_ROWS][MOST_PANELS];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (size_t p = 0; p < count; p++) {
            if (start) load(start + r * s->start_row + CK_PANEL * p, p + 1 < count ? CK_PANEL : width, &sum[r][p]);
            else sum[r][p] = (Panel){0};
        }
    }
    const size_t a_row = s->a_row, b_panel = s->b_panel;
    for (size_t l = 0; l < s->k; l++, a += s->a_column, b += CK_PANEL) {
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
        for (size_t p = 0; p < count; p++) store(c + r * s->c_row + CK_PANEL * p, p + 1 < count ? CK_PANEL : width, &sum[r][p]);
    }
}

// `rows` rows of c, in tiles of `count` panels; both are constants.
INLINE void tiles(size_t rows, size_t count, const struct strip *s) {
    size_t first = 0;
    for (; first + count <= s->panels; first += count) tile(rows, count, s, first);
    for (; first < s->panels; first++) tile(rows, 1, s, first);
}

// The sizes of tiles fill the registers, and leave at least eight sums, which two multiply-adds per cycle need, where there are enough columns.
#define ROWS(rows, count) case rows: tiles(rows, count, s); break;

#if defined(__x86_64__)
// 32 registers of one panel.
enum { WIDE_ROWS = 12 };
AVX512 static void wide(size_t rows, const struct strip *s) {
    switch (rows) {
        ROWS(1, 8)
        ROWS(2, 8)
        ROWS(3, 6)
        ROWS(4, 4)
        ROWS(5, 4)
        ROWS(6, 4)
        ROWS(7, 2)
        ROWS(8, 2)
        ROWS(9, 2)
        ROWS(10, 2)
        ROWS(11, 2)
        ROWS(12, 2)
    }
}

// 16 registers of half a panel.
enum { HALF_ROWS = 6 };
AVX2 static void half(size_t rows, const struct strip *s) {
    switch (rows) {
        ROWS(1, 4)
        ROWS(2, 3)
        ROWS(3, 2)
        ROWS(4, 1)
        ROWS(5, 1)
        ROWS(6, 1)
    }
}
#endif

enum { QUARTER_ROWS = 2 };
static void quarter(size_t rows, const struct strip *s) {
    switch (rows) {
        ROWS(1, 1)
        ROWS(2, 1)
    }
}

void ck_product(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b, const float *start,
                size_t start_row, float *c, size_t c_row) {
    void (*run)(size_t, const struct strip *) = quarter;
    size_t most = QUARTER_ROWS;
#if defined(__x86_64__)
    switch (ck_instruction_set()) {
    case CK_AVX512: run = wide, most = WIDE_ROWS; break;
    case CK_AVX2: run = half, most = HALF_ROWS; break;
    case CK_PORTABLE: break;
    }
#endif
    const size_t panels = (n + CK_PANEL - 1) / CK_PANEL;
    struct strip s = {.panels = panels, .width = n - CK_PANEL * (panels - 1), .a_row = a_row, .a_column = a_column, .b_panel = CK_PANEL * k, .c_row = c_row};
    for (size_t first = 0; first < k; first += DEPTH) {
        s.k = k - first < DEPTH ? k - first : DEPTH;
        s.b = b + CK_PANEL * first;
        if (first > 0) start = c, start_row = c_row;
        s.start_row = start_row;
        // Strips of nearly equal heights: a last one of few rows would leave the multipliers waiting for sums.
        size_t row = 0;
        for (size_t strips = (m + most - 1) / most; strips > 0; strips--) {
            const size_t rows = (m - row + strips - 1) / strips;
            s.a = a + first * a_column + row * a_row;
            s.start = start ? start + row * start_row : NULL;
            s.c = c + row * c_row;
            run(rows, &s);
            row += rows;
        }
    }
}

// Sixteen columns, or those that exist, padded with zeros.
INLINE void pack_panel(size_t k, size_t width, const float *b, size_t b_row, size_t b_column, float *packed) {
    size_t l = 0;
    if (width == CK_PANEL && b_column == 1) {
        for (; l < k; l++) memcpy(packed + CK_PANEL * l, b + l * b_row, CK_PANEL * sizeof(float));
    }
    if (width == CK_PANEL && b_row == 1) {
        for (; l + 8 <= k; l += 8) {
            transpose(b + l, b_column, packed + CK_PANEL * l, CK_PANEL);
            transpose(b + l + 8 * b_column, b_column, packed + CK_PANEL * l + 8, CK_PANEL);
        }
    }
    for (; l < k; l++) {
        for (size_t j = 0; j < CK_PANEL; j++) packed[CK_PANEL * l + j] = j < width ? b[l * b_row + j * b_column] : 0;
    }
}

DISPATCHED(void, ck_pack, (size_t k, size_t n, const float *b, size_t b_row, size_t b_column, size_t depth, float *packed),
           (k, n, b, b_row, b_column, depth, packed)) {
    for (size_t column = 0; column < n; column += CK_PANEL, packed += CK_PANEL * depth) {
        pack_panel(k, n - column < CK_PANEL ? n - column : CK_PANEL, b + column * b_column, b_row, b_column, packed);
    }
}

DISPATCHED(void, ck_scale, (size_t n, float factor, float *x), (n, factor, x)) {
    VECTORISED for (size_t i = 0; i < n; i++) x[i] *= factor;
}
