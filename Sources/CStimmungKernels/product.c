#include "transpose.h"

#include <stdbool.h>
#include <string.h>

// A panel's columns of one row: one vector of AVX-512, two of AVX2.
typedef float Panel __attribute__((vector_size(64), aligned(4), may_alias));
typedef float Half __attribute__((vector_size(32), aligned(4), may_alias));
// Rows of b per pass: two panels of them are 32 kB, which the caches deliver fast enough for a tile of six or more rows.
enum { DEPTH = 256 };
enum { MOST_ROWS = 12, MOST_PANELS = 8, HALF_PANEL = CK_PANEL / 2 };
// Rows of a tile of two and a half panels: with their 27 sums, they fill the registers of AVX-512.
enum { JOINED_ROWS = 9 };

// The first and the last `piece` of n values; `piece` is a constant.
INLINE void copy_ends(size_t piece, size_t n, const float *x, float *y) {
    float first[HALF_PANEL], last[HALF_PANEL];
    memcpy(first, x, piece * sizeof(float));
    memcpy(last, x + n - piece, piece * sizeof(float));
    memcpy(y, first, piece * sizeof(float));
    memcpy(y + n - piece, last, piece * sizeof(float));
}

// n values, fewer than a panel, as two pieces that overlap: loops over them took 3 % of a product of 39 columns (Zen 4).
INLINE void copy(size_t n, const float *x, float *y) {
    if (n >= 8) copy_ends(8, n, x, y);
    else if (n >= 4) copy_ends(4, n, x, y);
    else if (n >= 2) copy_ends(2, n, x, y);
    else *y = *x;
}

// By reference: vectors of 64 bytes as arguments or results would need AVX-512.
INLINE void load(const float *x, size_t width, Panel *y) {
    if (width == CK_PANEL) {
        *y = *(const Panel *)x;
        return;
    }
    float part[CK_PANEL] = {0};
    copy(width, x, part);
    *y = *(const Panel *)part;
}

INLINE void store(float *x, size_t width, const Panel *y) {
    if (width == CK_PANEL) {
        *(Panel *)x = *y;
        return;
    }
    float part[CK_PANEL];
    *(Panel *)part = *y;
    copy(width, part, x);
}

INLINE void load_half(const float *x, size_t width, Half *y) {
    float part[HALF_PANEL] = {0};
    copy(width, x, part);
    *y = *(const Half *)part;
}

INLINE void store_half(float *x, size_t width, const Half *y) {
    float part[HALF_PANEL];
    *(Half *)part = *y;
    copy(width, part, x);
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

// `rows` × `count` panels of c from panel `first` on, and half a panel after them if `half`; all are constants, so that all sums lie in registers.
// Every element of c is one sum over l = 0, 1, …, by fused multiply-adds: all instruction sets that have them, and tiles of all sizes, give the
// same bits.
INLINE void tile(size_t rows, size_t count, bool half, const struct strip *s, size_t first) {
    const size_t width = first + count == s->panels ? s->width : CK_PANEL, rest = CK_PANEL * count;
    const float *a = s->a, *b = s->b + first * s->b_panel;
    const float *start = s->start ? s->start + first * CK_PANEL : NULL;
    float *c = s->c + first * CK_PANEL;
    Panel sum[MOST_ROWS][MOST_PANELS];
    Half halves[MOST_ROWS];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (size_t p = 0; p < count; p++) {
            if (start) load(start + r * s->start_row + CK_PANEL * p, p + 1 < count ? CK_PANEL : width, &sum[r][p]);
            else sum[r][p] = (Panel){0};
        }
        halves[r] = (Half){0};
        if (half && start) load_half(start + r * s->start_row + rest, s->width, &halves[r]);
    }
    const size_t a_row = s->a_row, b_panel = s->b_panel;
    for (size_t l = 0; l < s->k; l++, a += s->a_column, b += CK_PANEL) {
        Panel y[MOST_PANELS];
        Half z;
#pragma clang loop unroll(full)
        for (size_t p = 0; p < count; p++) y[p] = *(const Panel *)(b + p * b_panel);
        if (half) z = *(const Half *)(b + count * b_panel);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) {
            const float x = a[r * a_row];
#pragma clang loop unroll(full)
            for (size_t p = 0; p < count; p++) sum[r][p] += x * y[p];
            if (half) halves[r] += x * z;
        }
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (size_t p = 0; p < count; p++) store(c + r * s->c_row + CK_PANEL * p, p + 1 < count ? CK_PANEL : width, &sum[r][p]);
        if (half) store_half(c + r * s->c_row + rest, s->width, &halves[r]);
    }
}

// `rows` rows of c, in tiles of `count` panels; both are constants. A last panel of few columns is computed as half a panel, together with the
// two before it if there are registers for that. 39 columns take the time of 40 instead of 48: 113 instead of 92 GFLOP/s (Zen 4, AVX-512).
INLINE void tiles(size_t rows, size_t count, const struct strip *s) {
    const bool half = s->width <= HALF_PANEL, joins = count == 2 && rows <= JOINED_ROWS;
    const size_t full = s->panels - half;
    size_t first = 0;
    for (; first + count <= full; first += count) {
        if (joins && half && first + count == full) {
            tile(rows, count, true, s, first);
            return;
        }
        tile(rows, count, false, s, first);
    }
    for (; first < full; first++) tile(rows, 1, false, s, first);
    if (half) tile(rows, 0, true, s, first);
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
    const size_t panels = (n + CK_PANEL - 1) / CK_PANEL, width = n - CK_PANEL * (panels - 1);
    if (panels == 3 && width <= HALF_PANEL && most > JOINED_ROWS) most = JOINED_ROWS;
    struct strip s = {.panels = panels, .width = width, .a_row = a_row, .a_column = a_column, .b_panel = CK_PANEL * k, .c_row = c_row};
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
