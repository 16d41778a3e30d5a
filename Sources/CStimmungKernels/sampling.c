#include "CStimmungKernels.h"
#include "logarithm.h"
#include "random.h"

INLINE void bernoulli_round(size_t n, const float *x, uint32_t *state, float *probability, float *sample) {
    uint32_t bits[LANES];
    next_bits(state, bits);
    VECTORISED for (size_t j = 0; j < n; j++) {
        const float p = sigmoid(x[j]);
        probability[j] = p;
        sample[j] = unit(bits[j]) < p ? 1.0f : 0.0f;
    }
}

DISPATCHED(void, ck_bernoulli,
           (size_t n, const float *x, uint32_t *state, float *probability, float *sample),
           (n, x, state, probability, sample)) {
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) bernoulli_round(LANES, x + i, state, probability + i, sample + i);
    if (i < n) bernoulli_round(n - i, x + i, state, probability + i, sample + i);
}

DISPATCHED(void, ck_draw_bernoulli, (size_t n, uint32_t *state, float *x), (n, state, x)) {
    float probability[LANES], sample[LANES];
    for (size_t i = 0; i < n; i += LANES) {
        const size_t count = n - i < LANES ? n - i : LANES;
        bernoulli_round(count, x + i, state, probability, sample);
        for (size_t j = 0; j < count; j++) x[i + j] = sample[j];
    }
}

DISPATCHED(void, ck_choose, (size_t n, uint32_t *state, float *x), (n, state, x)) {
    uint32_t bits[LANES];
    for (size_t i = 0; i < n; i += LANES) {
        next_bits(state, bits);
        const size_t count = n - i < LANES ? n - i : LANES;
        VECTORISED for (size_t j = 0; j < count; j++) x[i + j] = unit(bits[j]) < x[i + j] ? 1.0f : 0.0f;
    }
}

// Box–Muller transform: the radius comes from one word, an angle in the first quadrant and two signs from another. Sine and
// cosine are series up to the 13th and 14th power, with an error under 1e-8 at π/2.
INLINE void normal_round(uint32_t *state, float *cosines, float *sines) {
    uint32_t bits[LANES], more[LANES];
    next_bits(state, bits);
    next_bits(state, more);
    VECTORISED for (int j = 0; j < LANES; j++) {
        // 0 < u ≤ 1
        const float radius = __builtin_elementwise_sqrt(-2.0f * logarithm(unit(bits[j]) + 0x1p-24f));
        const float angle = 1.57079632679489662f * unit(more[j]), q = angle * angle;
        float c = -1.0f / 87178291200.0f, s = 1.0f / 6227020800.0f;
        c = c * q + 1.0f / 479001600.0f;
        s = s * q - 1.0f / 39916800.0f;
        c = c * q - 1.0f / 3628800.0f;
        s = s * q + 1.0f / 362880.0f;
        c = c * q + 1.0f / 40320.0f;
        s = s * q - 1.0f / 5040.0f;
        c = c * q - 1.0f / 720.0f;
        s = s * q + 1.0f / 120.0f;
        c = c * q + 1.0f / 24.0f;
        s = s * q - 1.0f / 6.0f;
        c = c * q - 0.5f;
        s = s * q + 1.0f;
        c = c * q + 1.0f;
        cosines[j] = (more[j] & 0x80u ? -radius : radius) * c;
        sines[j] = (more[j] & 0x40u ? -radius : radius) * s * angle;
    }
}

DISPATCHED(void, ck_add_normal, (size_t n, uint32_t *state, float *x), (n, state, x)) {
    float normal[2 * LANES];
    for (size_t i = 0; i < n; i += 2 * LANES) {
        normal_round(state, normal, normal + LANES);
        const size_t count = n - i < 2 * LANES ? n - i : 2 * LANES;
        VECTORISED for (size_t j = 0; j < count; j++) x[i + j] += normal[j];
    }
}
