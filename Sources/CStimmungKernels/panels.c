#include "CStimmungKernels.h"
#include "clones.h"

#include <stdbool.h>

// Products with a packed right operand of whole panels. Without a library's code generation at run time, the first product of a process is as
// fast as the others; that took oneDNN 30 ms (AMD EPYC, Zen 4, November 2026).

typedef float Panel __attribute__((vector_size(64), aligned(4), may_alias));

#if defined(__x86_64__)
#include <immintrin.h>

#define WIDE static inline __attribute__((always_inline, target("avx512f")))

// `rows` × 16·`count` elements of c; both are constants, at most 12 and 2: 24 sums hide the latency of two multiply-adds per cycle.
WIDE void wide_block(size_t rows, size_t count, size_t k, const float *a, size_t a_row, const float *b, bool adds, float *c, size_t c_row) {
    __m512 sum[12][2];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (size_t p = 0; p < count; p++) sum[r][p] = adds ? _mm512_loadu_ps(c + r * c_row + 16 * p) : _mm512_setzero_ps();
    }
    for (size_t l = 0; l < k; l++) {
        const __m512 first = _mm512_loadu_ps(b + 16 * l), second = count > 1 ? _mm512_loadu_ps(b + 16 * (k + l)) : first;
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) {
            const __m512 x = _mm512_set1_ps(a[r * a_row + l]);
            sum[r][0] = _mm512_fmadd_ps(x, first, sum[r][0]);
            if (count > 1) sum[r][1] = _mm512_fmadd_ps(x, second, sum[r][1]);
        }
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (size_t p = 0; p < count; p++) _mm512_storeu_ps(c + r * c_row + 16 * p, sum[r][p]);
    }
}

// All rows of `count` panels.
WIDE void wide_rows(size_t m, size_t count, size_t k, const float *a, size_t a_row, const float *b, bool adds, float *c, size_t c_row) {
    size_t r = 0;
#define BLOCK(n) wide_block(n, count, k, a + r * a_row, a_row, b, adds, c + r * c_row, c_row)
    for (; m - r >= 12; r += 12) BLOCK(12);
    if (m - r >= 8) BLOCK(8), r += 8;
    if (m - r >= 4) BLOCK(4), r += 4;
    if (m - r >= 2) BLOCK(2), r += 2;
    if (m - r >= 1) BLOCK(1);
#undef BLOCK
}

__attribute__((target("avx512f"))) static void wide_product(size_t m, size_t panels, size_t k, const float *a, size_t a_row,
                                                            const float *b, bool adds, float *c, size_t c_row) {
    size_t p = 0;
    for (; p + 2 <= panels; p += 2) wide_rows(m, 2, k, a, a_row, b + 16 * k * p, adds, c + 16 * p, c_row);
    if (p < panels) wide_rows(m, 1, k, a, a_row, b + 16 * k * p, adds, c + 16 * p, c_row);
}
#endif

static void plain_product(size_t m, size_t panels, size_t k, const float *a, size_t a_row, const float *b, bool adds, float *c,
                          size_t c_row) {
    for (size_t p = 0; p < panels; p++, b += 16 * k) {
        size_t r = 0;
        for (; r + 4 <= m; r += 4) {
            Panel sum[4];
            for (size_t i = 0; i < 4; i++) sum[i] = adds ? *(const Panel *)(c + (r + i) * c_row + 16 * p) : (Panel){0};
            for (size_t l = 0; l < k; l++) {
                const Panel y = *(const Panel *)(b + 16 * l);
                for (size_t i = 0; i < 4; i++) sum[i] += a[(r + i) * a_row + l] * y;
            }
            for (size_t i = 0; i < 4; i++) *(Panel *)(c + (r + i) * c_row + 16 * p) = sum[i];
        }
        for (; r < m; r++) {
            Panel sum = adds ? *(const Panel *)(c + r * c_row + 16 * p) : (Panel){0};
            for (size_t l = 0; l < k; l++) sum += a[r * a_row + l] * *(const Panel *)(b + 16 * l);
            *(Panel *)(c + r * c_row + 16 * p) = sum;
        }
    }
}

void ck_panels_product(size_t m, size_t panels, size_t k, const float *a, size_t a_row, const float *b, int accumulates, float *c,
                       size_t c_row) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return wide_product(m, panels, k, a, a_row, b, accumulates, c, c_row);
    if (ck_has_product()) return ck_product(m, 16 * panels, k, a, a_row, 1, b, 16 * k, 16, accumulates, c, c_row);
#endif
    plain_product(m, panels, k, a, a_row, b, accumulates, c, c_row);
}

void ck_panels_product_portable(size_t m, size_t panels, size_t k, const float *a, size_t a_row, const float *b, int accumulates,
                                float *c, size_t c_row) {
    plain_product(m, panels, k, a, a_row, b, accumulates, c, c_row);
}
