#include "dispatch.h"
#include "pairs.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// A panel's columns of one row: one vector of AVX-512, two of AVX2.
typedef float Panel __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint32_t Elements __attribute__((vector_size(64), aligned(4), may_alias));
typedef float Number __attribute__((may_alias));
#define UNROLLED _Pragma("clang loop unroll(full)")
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

// Some rows of c = start + a b. `width` columns of the last panel exist. An element of a or b is a number or a pair of bfloat16.
struct strip {
    size_t panels, width, k;
    const Element *a;
    size_t a_row, a_column;
    const Element *b;
    size_t b_panel;
    // NULL for zeros.
    const float *start;
    size_t start_row;
    float *c;
    size_t c_row;
};

// The sums of a tile: `rows` × `count` panels of c from panel `first` on. Both are constants, so that all sums lie in registers.
typedef Panel Sums[MOST_ROWS][MOST_PANELS];

INLINE size_t last_width(size_t count, const struct strip *s, size_t first) { return first + count == s->panels ? s->width : CK_PANEL; }

INLINE void load_sums(size_t rows, size_t count, const struct strip *s, size_t first, Sums sum) {
    const size_t width = last_width(count, s, first);
    const float *start = s->start ? s->start + first * CK_PANEL : NULL;
    UNROLLED for (size_t r = 0; r < rows; r++) {
        UNROLLED for (size_t p = 0; p < count; p++) {
            if (start) load(start + r * s->start_row + CK_PANEL * p, p + 1 < count ? CK_PANEL : width, &sum[r][p]);
            else sum[r][p] = (Panel){0};
        }
    }
}

INLINE void store_sums(size_t rows, size_t count, const struct strip *s, size_t first, Sums sum) {
    const size_t width = last_width(count, s, first);
    float *c = s->c + first * CK_PANEL;
    UNROLLED for (size_t r = 0; r < rows; r++) {
        UNROLLED for (size_t p = 0; p < count; p++) store(c + r * s->c_row + CK_PANEL * p, p + 1 < count ? CK_PANEL : width, &sum[r][p]);
    }
}

// Every element of c is one sum over l = 0, 1, …, by fused multiply-adds: all instruction sets that have them, and tiles of all sizes, give the
// same bits.
INLINE void single_tile(size_t rows, size_t count, const struct strip *s, size_t first) {
    const Element *a = s->a, *b = s->b + first * s->b_panel;
    const size_t a_row = s->a_row, b_panel = s->b_panel;
    Sums sum;
    load_sums(rows, count, s, first, sum);
    for (size_t l = 0; l < s->k; l++, a += s->a_column, b += CK_PANEL) {
        Panel y[MOST_PANELS];
        UNROLLED for (size_t p = 0; p < count; p++) y[p] = *(const Panel *)(b + p * b_panel);
        UNROLLED for (size_t r = 0; r < rows; r++) {
            const float x = *(const Number *)(a + r * a_row);
            UNROLLED for (size_t p = 0; p < count; p++) sum[r][p] += x * y[p];
        }
    }
    store_sums(rows, count, s, first, sum);
}

// The same for pairs, whose halves are expanded to float32: the bits of AVX512-BF16, apart from its zeros for sums under 2⁻¹²⁶.
INLINE void pair_tile(size_t rows, size_t count, const struct strip *s, size_t first) {
    const Element *a = s->a, *b = s->b + first * s->b_panel;
    const size_t a_row = s->a_row, b_panel = s->b_panel;
    Sums sum;
    load_sums(rows, count, s, first, sum);
    for (size_t l = 0; l < s->k; l++, a += s->a_column, b += CK_PANEL) {
        Panel y[MOST_PANELS], z[MOST_PANELS];
        UNROLLED for (size_t p = 0; p < count; p++) {
            const Elements both = *(const Elements *)(b + p * b_panel);
            y[p] = (Panel)(both & FIRST_OF_PAIR);
            z[p] = (Panel)(both << 16);
        }
        UNROLLED for (size_t r = 0; r < rows; r++) {
            const Element first_bits = a[r * a_row] & FIRST_OF_PAIR, second_bits = a[r * a_row] << 16;
            const float x = *(const Number *)&first_bits, w = *(const Number *)&second_bits;
            UNROLLED for (size_t p = 0; p < count; p++) sum[r][p] += x * y[p];
            UNROLLED for (size_t p = 0; p < count; p++) sum[r][p] += w * z[p];
        }
    }
    store_sums(rows, count, s, first, sum);
}

// The sizes of tiles fill the registers, and leave at least eight sums, which two multiply-adds per cycle need, where there are enough columns.
#define ROWS(tile, rows, count)                                                                                                            \
    case rows: {                                                                                                                           \
        size_t first = 0;                                                                                                                  \
        for (; first + (count) <= s->panels; first += (count)) tile(rows, count, s, first);                                                \
        for (; first < s->panels; first++) tile(rows, 1, s, first);                                                                        \
        break;                                                                                                                             \
    }

#if defined(__x86_64__)
// 32 registers of one panel.
#define WIDE(tile)                                                                                                                         \
    switch (rows) {                                                                                                                        \
        ROWS(tile, 1, 8)                                                                                                                   \
        ROWS(tile, 2, 8)                                                                                                                   \
        ROWS(tile, 3, 6)                                                                                                                   \
        ROWS(tile, 4, 4)                                                                                                                   \
        ROWS(tile, 5, 4)                                                                                                                   \
        ROWS(tile, 6, 4)                                                                                                                   \
        ROWS(tile, 7, 2)                                                                                                                   \
        ROWS(tile, 8, 2)                                                                                                                   \
        ROWS(tile, 9, 2)                                                                                                                   \
        ROWS(tile, 10, 2)                                                                                                                  \
        ROWS(tile, 11, 2)                                                                                                                  \
        ROWS(tile, 12, 2)                                                                                                                  \
    }
enum { WIDE_ROWS = 12 };

// AVX512-BF16 adds the products of a pair one after the other, the second half of an element first.
AVX512_BF16 INLINE void paired_tile(size_t rows, size_t count, const struct strip *s, size_t first) {
    const Element *a = s->a, *b = s->b + first * s->b_panel;
    const size_t a_row = s->a_row, b_panel = s->b_panel;
    Sums sum;
    load_sums(rows, count, s, first, sum);
    for (size_t l = 0; l < s->k; l++, a += s->a_column, b += CK_PANEL) {
        __m512bh y[MOST_PANELS];
        UNROLLED for (size_t p = 0; p < count; p++) y[p] = (__m512bh)_mm512_loadu_si512(b + p * b_panel);
        UNROLLED for (size_t r = 0; r < rows; r++) {
            const __m512bh x = (__m512bh)_mm512_set1_epi32((int)a[r * a_row]);
            UNROLLED for (size_t p = 0; p < count; p++) sum[r][p] = (Panel)_mm512_dpbf16_ps((__m512)sum[r][p], x, y[p]);
        }
    }
    store_sums(rows, count, s, first, sum);
}

AVX512 static void wide(size_t rows, const struct strip *s) { WIDE(single_tile) }
AVX512 static void wide_pairs(size_t rows, const struct strip *s) { WIDE(pair_tile) }
AVX512_BF16 static void wide_paired(size_t rows, const struct strip *s) { WIDE(paired_tile) }

// 16 registers of half a panel.
#define HALF(tile)                                                                                                                         \
    switch (rows) {                                                                                                                        \
        ROWS(tile, 1, 4)                                                                                                                   \
        ROWS(tile, 2, 3)                                                                                                                   \
        ROWS(tile, 3, 2)                                                                                                                   \
        ROWS(tile, 4, 1)                                                                                                                   \
        ROWS(tile, 5, 1)                                                                                                                   \
        ROWS(tile, 6, 1)                                                                                                                   \
    }
enum { HALF_ROWS = 6 };
AVX2 static void half(size_t rows, const struct strip *s) { HALF(single_tile) }
AVX2 static void half_pairs(size_t rows, const struct strip *s) { HALF(pair_tile) }
#endif

#define QUARTER(tile)                                                                                                                      \
    switch (rows) {                                                                                                                        \
        ROWS(tile, 1, 1)                                                                                                                   \
        ROWS(tile, 2, 1)                                                                                                                   \
    }
enum { QUARTER_ROWS = 2 };
static void quarter(size_t rows, const struct strip *s) { QUARTER(single_tile) }
static void quarter_pairs(size_t rows, const struct strip *s) { QUARTER(pair_tile) }

// A function for a strip of at most `rows` rows.
struct kernel {
    size_t rows;
    void (*run)(size_t rows, const struct strip *);
};

// Elements of a are at a[row·a_row + column·a_column].
struct operand {
    const Element *elements;
    size_t row, column;
};

static void product(struct kernel kernel, size_t m, size_t n, size_t k, struct operand a, const Element *b, const float *start, size_t start_row,
                    float *c, size_t c_row) {
    const size_t panels = (n + CK_PANEL - 1) / CK_PANEL;
    struct strip s = {.panels = panels, .width = n - CK_PANEL * (panels - 1), .a_row = a.row, .a_column = a.column, .b_panel = CK_PANEL * k, .c_row = c_row};
    for (size_t first = 0; first < k; first += DEPTH) {
        s.k = k - first < DEPTH ? k - first : DEPTH;
        s.b = b + CK_PANEL * first;
        if (first > 0) start = c, start_row = c_row;
        s.start_row = start_row;
        // Strips of nearly equal heights: a last one of few rows would leave the multipliers waiting for sums.
        size_t row = 0;
        for (size_t strips = (m + kernel.rows - 1) / kernel.rows; strips > 0; strips--) {
            const size_t rows = (m - row + strips - 1) / strips;
            s.a = a.elements + first * a.column + row * a.row;
            s.start = start ? start + row * start_row : NULL;
            s.c = c + row * c_row;
            kernel.run(rows, &s);
            row += rows;
        }
    }
}

void ck_product(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b, const float *start,
                size_t start_row, float *c, size_t c_row) {
    struct kernel kernel = {QUARTER_ROWS, quarter};
#if defined(__x86_64__)
    switch (ck_instruction_set()) {
    case CK_AVX512_BF16:
    case CK_AVX512: kernel = (struct kernel){WIDE_ROWS, wide}; break;
    case CK_AVX2: kernel = (struct kernel){HALF_ROWS, half}; break;
    case CK_PORTABLE: break;
    }
#endif
    product(kernel, m, n, k, (struct operand){(const Element *)a, a_row, a_column}, (const Element *)b, start, start_row, c, c_row);
}

void ck_product_bf16(size_t m, size_t n, size_t k, const uint32_t *a, size_t a_row, size_t a_column, const uint32_t *b, const float *start,
                     size_t start_row, float *c, size_t c_row) {
    struct kernel kernel = {QUARTER_ROWS, quarter_pairs};
#if defined(__x86_64__)
    switch (ck_instruction_set()) {
    case CK_AVX512_BF16: kernel = (struct kernel){WIDE_ROWS, wide_paired}; break;
    case CK_AVX512: kernel = (struct kernel){WIDE_ROWS, wide_pairs}; break;
    case CK_AVX2: kernel = (struct kernel){HALF_ROWS, half_pairs}; break;
    case CK_PORTABLE: break;
    }
#endif
    product(kernel, m, n, k, (struct operand){a, a_row, a_column}, b, start, start_row, c, c_row);
}

DISPATCHED(void, ck_scale, (size_t n, float factor, float *x), (n, factor, x)) {
    VECTORISED for (size_t i = 0; i < n; i++) x[i] *= factor;
}
