#include "dispatch.h"
#include "pairs.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// A panel's columns of one row: one vector of AVX-512, two of AVX2.
typedef float Panel __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint32_t Elements __attribute__((vector_size(64), aligned(4), may_alias));
typedef float Number __attribute__((may_alias));
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

// A tile with half a panel more if `half`, a constant. Every element of c is one sum over l = 0, 1, …, by fused multiply-adds: all instruction sets
// that have them, and tiles of all sizes, give the same bits.
INLINE void single_tile(size_t rows, size_t count, bool half, const struct strip *s, size_t first) {
    const Element *a = s->a, *b = s->b + first * s->b_panel;
    const size_t a_row = s->a_row, b_panel = s->b_panel, column = (first + count) * CK_PANEL;
    Sums sum;
    Half halves[MOST_ROWS];
    load_sums(rows, count, s, first, sum);
    UNROLLED for (size_t r = 0; r < rows; r++) {
        halves[r] = (Half){0};
        if (half && s->start) load_half(s->start + r * s->start_row + column, s->width, &halves[r]);
    }
    for (size_t l = 0; l < s->k; l++, a += s->a_column, b += CK_PANEL) {
        Panel y[MOST_PANELS];
        Half z;
        UNROLLED for (size_t p = 0; p < count; p++) y[p] = *(const Panel *)(b + p * b_panel);
        if (half) z = *(const Half *)(b + count * b_panel);
        UNROLLED for (size_t r = 0; r < rows; r++) {
            const float x = *(const Number *)(a + r * a_row);
            UNROLLED for (size_t p = 0; p < count; p++) sum[r][p] += x * y[p];
            if (half) halves[r] += x * z;
        }
    }
    store_sums(rows, count, s, first, sum);
    UNROLLED for (size_t r = 0; r < rows; r++) {
        if (half) store_half(s->c + r * s->c_row + column, s->width, &halves[r]);
    }
}

// `rows` rows of c, in tiles of `count` panels; both are constants. A last panel of few columns is computed as half a panel, together with the
// two before it if there are registers for that. 39 columns take the time of 40 instead of 48: 113 instead of 92 GFLOP/s (Zen 4, AVX-512).
INLINE void single_tiles(size_t rows, size_t count, const struct strip *s) {
    const bool half = s->width <= HALF_PANEL, joins = count == 2 && rows <= JOINED_ROWS;
    const size_t full = s->panels - half;
    size_t first = 0;
    for (; first + count <= full; first += count) {
        if (joins && half && first + count == full) {
            single_tile(rows, count, true, s, first);
            return;
        }
        single_tile(rows, count, false, s, first);
    }
    // A single panel is bound by the latency of its sums: 112 columns of one row take 240 ns in seven tiles and 190 ns in tiles of 4, 2 and 1
    // (Zen 4).
    if (count > 4 && first + 4 <= full) {
        single_tile(rows, 4, false, s, first);
        first += 4;
    }
    if (count > 2 && first + 2 <= full) {
        single_tile(rows, 2, false, s, first);
        first += 2;
    }
    for (; first < full; first++) single_tile(rows, 1, false, s, first);
    if (half) single_tile(rows, 0, true, s, first);
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

INLINE void pair_tiles(size_t rows, size_t count, const struct strip *s) {
    size_t first = 0;
    for (; first + count <= s->panels; first += count) pair_tile(rows, count, s, first);
    for (; first < s->panels; first++) pair_tile(rows, 1, s, first);
}

// The sizes of tiles fill the registers, and leave at least eight sums, which two multiply-adds per cycle need, where there are enough columns.
#define ROWS(tiles, rows, count) case rows: tiles(rows, count, s); break;

#if defined(__x86_64__)
// 32 registers of one panel.
#define WIDE(tiles)                                                                                                                        \
    switch (rows) {                                                                                                                        \
        ROWS(tiles, 1, 8)                                                                                                                  \
        ROWS(tiles, 2, 8)                                                                                                                  \
        ROWS(tiles, 3, 6)                                                                                                                  \
        ROWS(tiles, 4, 4)                                                                                                                  \
        ROWS(tiles, 5, 4)                                                                                                                  \
        ROWS(tiles, 6, 4)                                                                                                                  \
        ROWS(tiles, 7, 2)                                                                                                                  \
        ROWS(tiles, 8, 2)                                                                                                                  \
        ROWS(tiles, 9, 2)                                                                                                                  \
        ROWS(tiles, 10, 2)                                                                                                                 \
        ROWS(tiles, 11, 2)                                                                                                                 \
        ROWS(tiles, 12, 2)                                                                                                                 \
    }
enum { WIDE_ROWS = 12 };

// AVX512-BF16 adds the products of a pair one after the other, the second half of an element first.
AVX512_BF16 INLINE void native_tile(size_t rows, size_t count, const struct strip *s, size_t first) {
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

AVX512_BF16 INLINE void native_tiles(size_t rows, size_t count, const struct strip *s) {
    size_t first = 0;
    for (; first + count <= s->panels; first += count) native_tile(rows, count, s, first);
    for (; first < s->panels; first++) native_tile(rows, 1, s, first);
}

AVX512 static void wide(size_t rows, const struct strip *s) { WIDE(single_tiles) }
AVX512 static void wide_pairs(size_t rows, const struct strip *s) { WIDE(pair_tiles) }
AVX512_BF16 static void wide_native(size_t rows, const struct strip *s) { WIDE(native_tiles) }

// 16 registers of half a panel.
#define HALF(tiles)                                                                                                                        \
    switch (rows) {                                                                                                                        \
        ROWS(tiles, 1, 4)                                                                                                                  \
        ROWS(tiles, 2, 3)                                                                                                                  \
        ROWS(tiles, 3, 2)                                                                                                                  \
        ROWS(tiles, 4, 1)                                                                                                                  \
        ROWS(tiles, 5, 1)                                                                                                                  \
        ROWS(tiles, 6, 1)                                                                                                                  \
    }
enum { HALF_ROWS = 6 };
AVX2 static void half(size_t rows, const struct strip *s) { HALF(single_tiles) }
AVX2 static void half_pairs(size_t rows, const struct strip *s) { HALF(pair_tiles) }
#endif

#define QUARTER(tiles)                                                                                                                     \
    switch (rows) {                                                                                                                        \
        ROWS(tiles, 1, 1)                                                                                                                  \
        ROWS(tiles, 2, 1)                                                                                                                  \
    }
enum { QUARTER_ROWS = 2 };
static void quarter(size_t rows, const struct strip *s) { QUARTER(single_tiles) }
static void quarter_pairs(size_t rows, const struct strip *s) { QUARTER(pair_tiles) }

// A function for a strip of at most `rows` rows.
struct kernel {
    size_t rows;
    void (*run)(size_t rows, const struct strip *);
};

// The kernel for operands of numbers or of pairs.
static struct kernel kernel_for(bool pairs) {
    switch (ck_instruction_set()) {
#if defined(__x86_64__)
    case CK_AVX512_BF16: return (struct kernel){WIDE_ROWS, pairs ? wide_native : wide};
    case CK_AVX512: return (struct kernel){WIDE_ROWS, pairs ? wide_pairs : wide};
    case CK_AVX2: return (struct kernel){HALF_ROWS, pairs ? half_pairs : half};
#endif
    default: return (struct kernel){QUARTER_ROWS, pairs ? quarter_pairs : quarter};
    }
}

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
    struct kernel kernel = kernel_for(false);
    const bool joins = n > 2 * CK_PANEL && n <= 2 * CK_PANEL + HALF_PANEL;
    if (joins && kernel.rows > JOINED_ROWS) kernel.rows = JOINED_ROWS;
    product(kernel, m, n, k, (struct operand){(const Element *)a, a_row, a_column}, (const Element *)b, start, start_row, c, c_row);
}

void ck_product_bf16(size_t m, size_t n, size_t k, const uint32_t *a, size_t a_row, size_t a_column, const uint32_t *b, const float *start,
                     size_t start_row, float *c, size_t c_row) {
    product(kernel_for(true), m, n, k, (struct operand){a, a_row, a_column}, b, start, start_row, c, c_row);
}

DISPATCHED(void, ck_scale, (size_t n, float factor, float *x), (n, factor, x)) {
    VECTORISED for (size_t i = 0; i < n; i++) x[i] *= factor;
}
