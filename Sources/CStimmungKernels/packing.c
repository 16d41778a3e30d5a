#include "pairs.h"
#include "transpose.h"

#include <string.h>

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

// Rounds to bfloat16, to nearest and ties to even, in the upper half of the bits. Like AVX512-BF16, makes numbers under 2⁻¹²⁶ zero.
INLINE uint32_t rounded(uint32_t bits) {
    const uint32_t magnitude = bits & 0x7FFFFFFF, tie = bits >> 16 & 1;
    const uint32_t near = magnitude > 0x7F800000 ? bits | 0x400000 : bits + 0x7FFF + tie;
    return (magnitude < 0x800000 ? bits & 0x80000000 : near) & FIRST_OF_PAIR;
}

// Adds one row to panels of pairs, or two that make up whole pairs.
INLINE void pack_row(const Element *row, size_t number, uint32_t *pairs) {
    if (number % 2 == 0) {
        VECTORISED for (size_t j = 0; j < CK_PANEL; j++) pairs[j] = rounded(row[j]);
    } else {
        VECTORISED for (size_t j = 0; j < CK_PANEL; j++) pairs[j] |= rounded(row[j]) >> 16;
    }
}

INLINE void pack_rows(const Element *first, const Element *second, uint32_t *pairs) {
    VECTORISED for (size_t j = 0; j < CK_PANEL; j++) pairs[j] = rounded(first[j]) | rounded(second[j]) >> 16;
}

DISPATCHED(void, ck_pack_bf16, (size_t k, size_t n, const float *b, size_t b_row, size_t b_column, size_t first, size_t depth, uint32_t *packed),
           (k, n, b, b_row, b_column, first, depth, packed)) {
    enum { BLOCK = 64 };
    float panel[BLOCK * CK_PANEL];
    for (size_t column = 0; column < n; column += CK_PANEL, packed += CK_PANEL * depth) {
        const size_t width = n - column < CK_PANEL ? n - column : CK_PANEL;
        for (size_t l = 0; l < k; l += BLOCK) {
            const size_t rows = k - l < BLOCK ? k - l : BLOCK;
            const float *block = b + l * b_row + column * b_column;
            const int in_place = width == CK_PANEL && b_column == 1;
            if (!in_place) pack_panel(rows, width, block, b_row, b_column, panel);
            const Element *row = (const Element *)(in_place ? block : panel);
            const size_t step = in_place ? b_row : CK_PANEL;
            uint32_t *pairs = packed + (first + l) / 2 * CK_PANEL;
            size_t i = 0;
            if ((first + l) % 2) pack_row(row, 1, pairs), pairs += CK_PANEL, i = 1;
            for (; i + 2 <= rows; i += 2, pairs += CK_PANEL) pack_rows(row + i * step, row + (i + 1) * step, pairs);
            if (i < rows) pack_row(row + i * step, 0, pairs);
        }
    }
}

DISPATCHED(void, ck_round_bf16, (size_t m, size_t k, const float *a, size_t a_row, uint32_t *pairs), (m, k, a, a_row, pairs)) {
    const size_t width = (k + 1) / 2;
    for (size_t r = 0; r < m; r++, a += a_row, pairs += width) {
        const Element *bits = (const Element *)a;
        VECTORISED for (size_t i = 0; i < k / 2; i++) pairs[i] = rounded(bits[2 * i]) | rounded(bits[2 * i + 1]) >> 16;
        if (k % 2) pairs[width - 1] = rounded(bits[k - 1]);
    }
}
