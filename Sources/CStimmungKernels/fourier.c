#include "lanes.h"

#include <stdbool.h>

// A complex number for each of eight frames: eight real parts, then eight imaginary parts.
enum { COMPLEX = 2 * CK_LANES };

// The real and the imaginary parts.
#define RE(z) (*lanes(z))
#define IM(z) (*lanes((z) + CK_LANES))

INLINE void store(float *z, const Lanes *re, const Lanes *im) {
    *lanes_of(z) = *re;
    *lanes_of(z + CK_LANES) = *im;
}

// The outputs of a radix-4 butterfly, y_q = Σ_p (−i)^(pq) x_p; the inputs a, b, c, d include their twiddle factors.
#define FOUR(y, span)                                                                                                      \
    do {                                                                                                                   \
        const Lanes pr = ar + cr, pi = ai + ci, qr = ar - cr, qi = ai - ci;                                                \
        const Lanes rr = br + dr, ri = bi + di, sr = br - dr, si = bi - di;                                                \
        const Lanes y0r = pr + rr, y0i = pi + ri, y1r = qr + si, y1i = qi - sr;                                            \
        const Lanes y2r = pr - rr, y2i = pi - ri, y3r = qr - si, y3i = qi + sr;                                            \
        store(y, &y0r, &y0i);                                                                                              \
        store((y) + (span), &y1r, &y1i);                                                                                   \
        store((y) + 2 * (span), &y2r, &y2i);                                                                               \
        store((y) + 3 * (span), &y3r, &y3i);                                                                               \
    } while (0)

// The same with the twiddle factors w¹, w², w³.
#define TWIDDLED_FOUR(w, a, b, c, d, y, span)                                                                              \
    do {                                                                                                                   \
        const float w1r = (w)[0], w1i = (w)[1], w2r = (w)[2], w2i = (w)[3], w3r = (w)[4], w3i = (w)[5];                    \
        const Lanes ar = RE(a), ai = IM(a);                                                                                \
        const Lanes br = RE(b) * w1r - IM(b) * w1i, bi = RE(b) * w1i + IM(b) * w1r;                                        \
        const Lanes cr = RE(c) * w2r - IM(c) * w2i, ci = RE(c) * w2i + IM(c) * w2r;                                        \
        const Lanes dr = RE(d) * w3r - IM(d) * w3i, di = RE(d) * w3i + IM(d) * w3r;                                        \
        FOUR(y, span);                                                                                                     \
    } while (0)

// The outputs a + w b and a − w b of a radix-2 butterfly.
#define TWO(wr, wi, a, b, sum, difference)                                                                                 \
    do {                                                                                                                   \
        const Lanes ar = RE(a), ai = IM(a), br = RE(b) * (wr) - IM(b) * (wi), bi = RE(b) * (wi) + IM(b) * (wr);            \
        const Lanes y0r = ar + br, y0i = ai + bi, y1r = ar - br, y1i = ai - bi;                                            \
        store(sum, &y0r, &y0i);                                                                                            \
        store(difference, &y1r, &y1i);                                                                                     \
    } while (0)

// Weights the samples and stores them as complex numbers: even samples as real parts, odd samples as imaginary parts.
INLINE void load(size_t half, const float *x, const uint32_t *places, const float *weights, float *z) {
    for (size_t n = 0; n < 2 * half; n++) *lanes_of(z + n * CK_LANES) = weights[n] * *lanes(x + places[n]);
}

// The same, and a first round of radix-4 butterflies, which has no twiddle factors.
INLINE void load_fours(size_t half, const float *x, const uint32_t *places, const float *weights, float *z) {
#define IN(n) (weights[n] * *lanes(x + places[n]))
    for (size_t n = 0; n < 2 * half; n += 8, z += 4 * COMPLEX, weights += 8, places += 8) {
        const Lanes ar = IN(0), ai = IN(1), br = IN(2), bi = IN(3), cr = IN(4), ci = IN(5), dr = IN(6), di = IN(7);
        FOUR(z, COMPLEX);
    }
#undef IN
}

INLINE void twos(size_t half, size_t span, const float *twiddles, float *z) {
    for (size_t j = 0; j < span; j++, twiddles += 2) {
        const float wr = twiddles[0], wi = twiddles[1];
        for (size_t start = j; start < half; start += 2 * span) {
            float *a = z + start * COMPLEX, *b = a + span * COMPLEX;
            TWO(wr, wi, a, b, a, b);
        }
    }
}

INLINE void fours(size_t half, size_t span, const float *twiddles, float *z) {
    for (size_t j = 0; j < span; j++, twiddles += 6) {
        for (size_t start = j; start < half; start += 4 * span) {
            float *y = z + start * COMPLEX;
            const float *b = y + span * COMPLEX, *c = b + span * COMPLEX, *d = c + span * COMPLEX;
            TWIDDLED_FOUR(twiddles, y, b, c, d, y, span * COMPLEX);
        }
    }
}

// Butterflies of any radix, by the definition: y_q = Σ_p root^(pq) w^p x_p.
INLINE void many(size_t radix, size_t half, size_t span, const float *twiddles, const float *roots, float *z, float *held) {
    for (size_t j = 0; j < span; j++, twiddles += 2 * (radix - 1)) {
        for (size_t start = j; start < half; start += radix * span) {
            float *y = z + start * COMPLEX;
            for (size_t p = 0; p < radix; p++) {
                const float *x = y + p * span * COMPLEX;
                const float wr = p == 0 ? 1 : twiddles[2 * p - 2], wi = p == 0 ? 0 : twiddles[2 * p - 1];
                const Lanes re = RE(x) * wr - IM(x) * wi, im = RE(x) * wi + IM(x) * wr;
                store(held + p * COMPLEX, &re, &im);
            }
            for (size_t q = 0; q < radix; q++) {
                Lanes re = {0}, im = {0};
                for (size_t p = 0, root = 0; p < radix; p++) {
                    const float *x = held + p * COMPLEX;
                    const float wr = roots[2 * root], wi = roots[2 * root + 1];
                    re += RE(x) * wr - IM(x) * wi;
                    im += RE(x) * wi + IM(x) * wr;
                    root += q;
                    if (root >= radix) root -= radix;
                }
                store(y + q * span * COMPLEX, &re, &im);
            }
        }
    }
}

// A round of radix 4 of span S, and one of radix 2 of span 4S, which is the last: eight numbers are loaded and stored once instead of twice.
INLINE void eights(size_t span, const float *twiddles, const float *last, float *z) {
    for (size_t j = 0; j < span; j++, twiddles += 6, last += 2) {
        float *low = z + j * COMPLEX, *high = low + 4 * span * COMPLEX;
        float quarters[2][4 * COMPLEX];
        UNROLLED for (size_t h = 0; h < 2; h++) {
            const float *a = h == 0 ? low : high, *b = a + span * COMPLEX, *c = b + span * COMPLEX, *d = c + span * COMPLEX;
            TWIDDLED_FOUR(twiddles, a, b, c, d, quarters[h], COMPLEX);
        }
        UNROLLED for (size_t q = 0; q < 4; q++) {
            const float wr = last[2 * q * span], wi = last[2 * q * span + 1], *a = quarters[0] + q * COMPLEX, *b = quarters[1] + q * COMPLEX;
            TWO(wr, wi, a, b, low + q * span * COMPLEX, high + q * span * COMPLEX);
        }
    }
}

// Complex numbers whose first rounds, up to this size, are computed before those of the next ones: 8 kB, which stay in the first-level cache.
enum { BLOCK = 128 };

// The rounds `first` to `last` − 1 of `count` points.
INLINE void rounds(const ck_fourier *plan, size_t first, size_t last, size_t count, float *z, float *held) {
    const float *twiddles = plan->twiddles, *roots = plan->roots;
    size_t span = 1;
    for (size_t stage = 0; stage < last; stage++) {
        const size_t radix = plan->radices[stage], size = 2 * (radix - 1) * span;
        if (stage < first) {
            // Skips the tables.
        } else if (radix == 4 && stage + 2 == last && plan->radices[stage + 1] == 2 && count == 8 * span) {
            eights(span, twiddles, twiddles + size, z);
            return;
        } else if (radix == 4) {
            fours(count, span, twiddles, z);
        } else if (radix == 2) {
            twos(count, span, twiddles, z);
        } else {
            many(radix, count, span, twiddles, roots, z, held);
        }
        twiddles += size;
        roots += 2 * radix;
        span *= radix;
    }
}

// Z, the complex transform of half the points: the transform of the even samples plus i times that of the odd samples. The first rounds are
// computed block by block. That and `eights` make a transform of 1024 points take 310 instead of 370 ns per frame (Zen 4).
INLINE void transform(const ck_fourier *plan, const float *x, const uint32_t *places, const float *weights, float *z) {
    const size_t half = plan->points / 2;
    float *held = z + half * COMPLEX;
    size_t inner = 0, block = 1;
    while (inner < plan->stages && block * plan->radices[inner] <= BLOCK) block *= plan->radices[inner++];
    if (inner == 0) block = half;
    for (size_t start = 0; start < half; start += block) {
        float *const own = z + start * COMPLEX;
        const bool begins = inner > 0 && plan->radices[0] == 4;
        if (begins) load_fours(block, x, places + 2 * start, weights + 2 * start, own);
        else load(block, x, places + 2 * start, weights + 2 * start, own);
        rounds(plan, begins, inner, block, own, held);
    }
    rounds(plan, inner, plan->stages, half, z, held);
}

// Computes the power or the real part of X from Z. With E and O the transforms of the even and the odd samples,
// X_k = E + wᵏ O and X_{half−k} = conj(E − wᵏ O), where 2 E = Z_k + conj Z_{half−k} and 2 O = −i (Z_k − conj Z_{half−k}). The
// weights are halved to cancel the 2; the ends and the middle are doubled again.
INLINE void separate(const ck_fourier *plan, bool wants_power, const float *z, float *y) {
    const size_t half = plan->points / 2;
    const float *w = plan->separation;
    const Lanes first = 2 * (RE(z) + IM(z)), last = 2 * (RE(z) - IM(z));
    *lanes_of(y) = wants_power ? first * first : first;
    *lanes_of(y + half * CK_LANES) = wants_power ? last * last : last;
    for (size_t k = 1; k < (half + 1) / 2; k++, w += 2) {
        const float *a = z + k * COMPLEX, *b = z + (half - k) * COMPLEX;
        const Lanes er = RE(a) + RE(b), ei = IM(a) - IM(b), or = IM(a) + IM(b), oi = RE(b) - RE(a);
        const Lanes tr = or * w[0] - oi * w[1], ti = or * w[1] + oi * w[0];
        const Lanes re = er + tr, im = ei + ti, mirrored_re = er - tr, mirrored_im = ei - ti;
        *lanes_of(y + k * CK_LANES) = wants_power ? re * re + im * im : re;
        *lanes_of(y + (half - k) * CK_LANES) = wants_power ? mirrored_re * mirrored_re + mirrored_im * mirrored_im : mirrored_re;
    }
    if (half % 2 == 0) {
        const float *middle = z + half / 2 * COMPLEX;
        const Lanes re = 2 * RE(middle), im = 2 * IM(middle);
        *lanes_of(y + half / 2 * CK_LANES) = wants_power ? re * re + im * im : re;
    }
}

DISPATCHED(void, ck_fourier_power,
           (const ck_fourier *plan, const float *x, const uint32_t *places, const float *weights, float *work, float *power),
           (plan, x, places, weights, work, power)) {
    transform(plan, x, places, weights, work);
    separate(plan, true, work, power);
}

DISPATCHED(void, ck_fourier_real,
           (const ck_fourier *plan, const float *x, const uint32_t *places, const float *weights, float *work, float *real),
           (plan, x, places, weights, work, real)) {
    transform(plan, x, places, weights, work);
    separate(plan, false, work, real);
}
