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
            const Lanes br = RE(b) * wr - IM(b) * wi, bi = RE(b) * wi + IM(b) * wr;
            const Lanes y0r = RE(a) + br, y0i = IM(a) + bi, y1r = RE(a) - br, y1i = IM(a) - bi;
            store(a, &y0r, &y0i);
            store(b, &y1r, &y1i);
        }
    }
}

INLINE void fours(size_t half, size_t span, const float *twiddles, float *z) {
    for (size_t j = 0; j < span; j++, twiddles += 6) {
        const float w1r = twiddles[0], w1i = twiddles[1], w2r = twiddles[2], w2i = twiddles[3], w3r = twiddles[4], w3i = twiddles[5];
        for (size_t start = j; start < half; start += 4 * span) {
            float *y = z + start * COMPLEX;
            const float *b = y + span * COMPLEX, *c = b + span * COMPLEX, *d = c + span * COMPLEX;
            const Lanes ar = RE(y), ai = IM(y);
            const Lanes br = RE(b) * w1r - IM(b) * w1i, bi = RE(b) * w1i + IM(b) * w1r;
            const Lanes cr = RE(c) * w2r - IM(c) * w2i, ci = RE(c) * w2i + IM(c) * w2r;
            const Lanes dr = RE(d) * w3r - IM(d) * w3i, di = RE(d) * w3i + IM(d) * w3r;
            FOUR(y, span * COMPLEX);
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

// Z, the complex transform of half the points: the transform of the even samples plus i times that of the odd samples.
INLINE void transform(const ck_fourier *plan, const float *x, const uint32_t *places, const float *weights, float *z) {
    const size_t half = plan->points / 2;
    const float *twiddles = plan->twiddles, *roots = plan->roots;
    float *held = z + half * COMPLEX;
    size_t span = 1;
    for (size_t stage = 0; stage < plan->stages; stage++) {
        const size_t radix = plan->radices[stage];
        if (stage == 0 && radix == 4) {
            load_fours(half, x, places, weights, z);
        } else {
            if (stage == 0) load(half, x, places, weights, z);
            if (radix == 4) fours(half, span, twiddles, z);
            else if (radix == 2) twos(half, span, twiddles, z);
            else many(radix, half, span, twiddles, roots, z, held);
        }
        twiddles += 2 * (radix - 1) * span;
        roots += 2 * radix;
        span *= radix;
    }
    if (plan->stages == 0) load(half, x, places, weights, z);
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
