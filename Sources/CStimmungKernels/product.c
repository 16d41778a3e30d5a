#include "CStimmungKernels.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

int ck_has_product(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && !__builtin_cpu_supports("avx512f");
}

// Columns of c per panel: two vectors.
enum { PANEL = 16 };
// Rows of b per panel (16 kB), few enough to stay in the first-level cache together with a and c.
enum { DEPTH = 256 };

#define KERNEL static inline __attribute__((always_inline, target("avx2,fma")))

// A block of `rows` × 16 of c; `rows` is a constant of at most 6. With 6 rows, twelve sums fill the pipeline of two multiply-adds
// per cycle, and 8 loads serve 12 of them. If `wide`, all 16 columns exist; otherwise the masks select those that do.
KERNEL void block(size_t rows, bool wide, __m256i mask0, __m256i mask1, size_t k, const float *a, size_t a_row, size_t a_column,
                  const float *b, size_t b_row, bool accumulates, float *c, size_t c_row) {
    __m256 sum[6][2];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
        if (accumulates) {
            sum[r][0] = wide ? _mm256_loadu_ps(c + r * c_row) : _mm256_maskload_ps(c + r * c_row, mask0);
            sum[r][1] = wide ? _mm256_loadu_ps(c + r * c_row + 8) : _mm256_maskload_ps(c + r * c_row + 8, mask1);
        } else {
            sum[r][0] = sum[r][1] = _mm256_setzero_ps();
        }
    }
    for (size_t l = 0; l < k; l++) {
        const __m256 b0 = wide ? _mm256_loadu_ps(b) : _mm256_maskload_ps(b, mask0);
        const __m256 b1 = wide ? _mm256_loadu_ps(b + 8) : _mm256_maskload_ps(b + 8, mask1);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) {
            const __m256 x = _mm256_broadcast_ss(a + r * a_row);
            sum[r][0] = _mm256_fmadd_ps(x, b0, sum[r][0]);
            sum[r][1] = _mm256_fmadd_ps(x, b1, sum[r][1]);
        }
        a += a_column;
        b += b_row;
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
        if (wide) {
            _mm256_storeu_ps(c + r * c_row, sum[r][0]);
            _mm256_storeu_ps(c + r * c_row + 8, sum[r][1]);
        } else {
            _mm256_maskstore_ps(c + r * c_row, mask0, sum[r][0]);
            _mm256_maskstore_ps(c + r * c_row + 8, mask1, sum[r][1]);
        }
    }
}

// All rows of c for one panel.
KERNEL void panel(bool wide, __m256i mask0, __m256i mask1, size_t m, size_t k, const float *a, size_t a_row, size_t a_column,
                  const float *b, size_t b_row, bool accumulates, float *c, size_t c_row) {
    size_t r = 0;
#define BLOCK(n) block(n, wide, mask0, mask1, k, a + r * a_row, a_row, a_column, b, b_row, accumulates, c + r * c_row, c_row)
    // 16 rows as 6 + 6 + 4, 8 as 4 + 4: blocks of one or two rows would leave the pipeline half empty.
    for (; m - r >= 6 && m - r != 8 && m - r != 7; r += 6) BLOCK(6);
    for (; m - r >= 4; r += 4) BLOCK(4);
    switch (m - r) {
    case 3: BLOCK(3); break;
    case 2: BLOCK(2); break;
    case 1: BLOCK(1); break;
    }
#undef BLOCK
}

__attribute__((target("avx2,fma"))) void ck_product(size_t m, size_t n, size_t k, const float *a, size_t a_row,
                                                    size_t a_column, const float *b, size_t b_panel, size_t b_row,
                                                    int accumulates, float *c, size_t c_row) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    for (size_t first = 0; first < k; first += DEPTH) {
        const size_t depth = k - first < DEPTH ? k - first : DEPTH;
        const bool adds = accumulates || first > 0;
        const float *a_part = a + first * a_column;
        for (size_t column = 0; column < n; column += PANEL) {
            const float *b_part = b + column / PANEL * b_panel + first * b_row;
            const size_t width = n - column;
            if (width >= PANEL) {
                panel(true, lanes, lanes, m, depth, a_part, a_row, a_column, b_part, b_row, adds, c + column, c_row);
            } else {
                const __m256i mask0 = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)width), lanes);
                const __m256i mask1 = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)width - 8), lanes);
                panel(false, mask0, mask1, m, depth, a_part, a_row, a_column, b_part, b_row, adds, c + column, c_row);
            }
        }
    }
}

#else

int ck_has_product(void) { return 0; }

void ck_product(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b, size_t b_panel,
                size_t b_row, int accumulates, float *c, size_t c_row) {
    for (size_t r = 0; r < m; r++) {
        for (size_t j = 0; j < n; j++) {
            float sum = accumulates ? c[r * c_row + j] : 0;
            for (size_t l = 0; l < k; l++) sum += a[r * a_row + l * a_column] * b[j / 16 * b_panel + l * b_row + j % 16];
            c[r * c_row + j] = sum;
        }
    }
}

#endif

void ck_pack(size_t k, size_t n, const float *b, size_t b_row, size_t b_column, float *packed) {
    for (size_t column = 0; column < n; column += 16) {
        const size_t width = n - column < 16 ? n - column : 16;
        if (width == 16 && b_column == 1) {
            for (size_t l = 0; l < k; l++, packed += 16) memcpy(packed, b + l * b_row + column, 16 * sizeof(float));
            continue;
        }
        for (size_t l = 0; l < k; l++) {
            for (size_t j = 0; j < 16; j++) *packed++ = j < width ? b[l * b_row + (column + j) * b_column] : 0;
        }
    }
}
