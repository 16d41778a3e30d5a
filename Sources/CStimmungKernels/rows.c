#include "lanes.h"

// Sixteen columns of a matrix packed by `ck_pack`.
typedef float Panel __attribute__((vector_size(64), aligned(4), may_alias));

INLINE const Panel *panels(const float *x) { return (const Panel *)x; }
INLINE Panel *panels_of(float *x) { return (Panel *)x; }

// `rows` × 16·`count` elements of c; both are constants of at most 4. Several sums hide that each waits for the one before.
INLINE void panel_block(size_t rows, size_t count, size_t k, const float *a, size_t a_row, const float *b, float *c, size_t c_row) {
    Panel sum[4][4];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 16; i++) sum[i / 4][i % 4] = i / 4 < rows && i % 4 < count ? *panels(c + i / 4 * c_row + i % 4 * 16) : (Panel){0};
    for (size_t l = 0; l < k; l++) {
#pragma clang loop unroll(full)
        for (size_t p = 0; p < count; p++) {
            const Panel y = *panels(b + 16 * (p * k + l));
#pragma clang loop unroll(full)
            for (size_t r = 0; r < rows; r++) sum[r][p] += a[r * a_row + l] * y;
        }
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 16; i++) {
        if (i / 4 < rows && i % 4 < count) *panels_of(c + i / 4 * c_row + i % 4 * 16) = sum[i / 4][i % 4];
    }
}

CLONES void ck_add_rows_product(size_t rows, size_t panel_count, size_t k, const float *a, size_t a_row, const float *b, float *c,
                                size_t c_row) {
    size_t p = 0;
    for (; p + 4 <= panel_count; p += 4, b += 64 * k, c += 64) {
        size_t r = 0;
        for (; r + 4 <= rows; r += 4) panel_block(4, 4, k, a + r * a_row, a_row, b, c + r * c_row, c_row);
        for (; r < rows; r++) panel_block(1, 4, k, a + r * a_row, a_row, b, c + r * c_row, c_row);
    }
    for (; p < panel_count; p++, b += 16 * k, c += 16) {
        size_t r = 0;
        for (; r + 4 <= rows; r += 4) panel_block(4, 1, k, a + r * a_row, a_row, b, c + r * c_row, c_row);
        for (; r < rows; r++) panel_block(1, 1, k, a + r * a_row, a_row, b, c + r * c_row, c_row);
    }
}

#if defined(__x86_64__)
int ck_has_transposed_order(size_t k) {
    __builtin_cpu_init();
    return k % 16 == 0 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#else
int ck_has_transposed_order(size_t k) {
    (void)k;
    return 0;
}
#endif

// `rows` × `columns` elements of c; both are constants of at most 4. Sums are in eight lanes, added in the order of oneDNN's product of a
// matrix and a vector.
INLINE void transposed_block(size_t rows, size_t columns, size_t k, const float *a, const float *b, float *c, size_t n) {
    Lanes sum[4][4];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 16; i++) sum[i / 4][i % 4] = (Lanes){0};
    for (size_t l = 0; l < k; l += 8) {
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) {
            const Lanes x = *lanes(a + r * k + l);
#pragma clang loop unroll(full)
            for (size_t j = 0; j < columns; j++) sum[r][j] += x * *lanes(b + j * k + l);
        }
    }
    for (size_t r = 0; r < rows; r++) {
        for (size_t j = 0; j < columns; j++) {
            const float *s = (const float *)&sum[r][j];
            c[r * n + j] = ((s[0] + s[1]) + (s[4] + s[5])) + ((s[2] + s[3]) + (s[6] + s[7]));
        }
    }
}

CLONES void ck_rows_times_transposed(size_t m, size_t n, size_t k, const float *a, const float *b, float *c) {
    size_t j = 0;
    for (; j + 4 <= n; j += 4, b += 4 * k) {
        size_t r = 0;
        for (; r + 4 <= m; r += 4) transposed_block(4, 4, k, a + r * k, b, c + r * n + j, n);
        for (; r + 2 <= m; r += 2) transposed_block(2, 4, k, a + r * k, b, c + r * n + j, n);
        for (; r < m; r++) transposed_block(1, 4, k, a + r * k, b, c + r * n + j, n);
    }
    for (; j < n; j++, b += k) {
        for (size_t r = 0; r < m; r++) transposed_block(1, 1, k, a + r * k, b, c + r * n + j, n);
    }
}
