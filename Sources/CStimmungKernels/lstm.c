#include "dispatch.h"

// tanh(x) = numerator / denominator, a rational approximation with a relative error under 3e-8 before rounding: five coefficients in x² each,
// fitted by weighted least squares to |x| ≤ 9, beyond which tanh(x) rounds to ±1. Quotients share divisions, which take the longest.
struct quotient {
    float numerator, denominator;
};

INLINE struct quotient hyperbolic_tangent_quotient(float x) {
    x = x < -9.0f ? -9.0f : x;
    x = x > 9.0f ? 9.0f : x;
    const float y = x * x;
    float n = 1.33258615e-8f;
    n = n * y + 2.05889047e-5f;
    n = n * y + 3.49438565e-3f;
    n = n * y + 1.33800205e-1f;
    n = n * y + 0.99999998f;
    float d = 7.76495506e-7f;
    d = d * y + 3.28365209e-4f;
    d = d * y + 2.58724305e-2f;
    d = d * y + 4.67133362e-1f;
    d = d * y + 1.0f;
    return (struct quotient){x * n, d};
}

// The arrays of one row, as in `ck_lstm_forward`.
struct cells {
    float *gate_i, *gate_f, *gate_z, *gate_o;
    const float *peep_i, *peep_f, *peep_o, *before;
    float *cell, *tanh_cell, *hidden;
};

// σ(x) = (1 + tanh(x / 2)) / 2
INLINE void forward(struct cells a, size_t j) {
    const struct quotient qi = hyperbolic_tangent_quotient(0.5f * (a.gate_i[j] + a.peep_i[j] * a.before[j]));
    const struct quotient qf = hyperbolic_tangent_quotient(0.5f * (a.gate_f[j] + a.peep_f[j] * a.before[j]));
    const struct quotient qz = hyperbolic_tangent_quotient(a.gate_z[j]);
    const float both = qi.denominator * qf.denominator;
    const float reciprocal = 1.0f / (both * qz.denominator);
    const float half = 0.5f * (reciprocal * qz.denominator);
    const float i = 0.5f + qi.numerator * qf.denominator * half;
    const float f = 0.5f + qf.numerator * qi.denominator * half;
    const float z = qz.numerator * (both * reciprocal);
    const float now = f * a.before[j] + i * z;
    const struct quotient qo = hyperbolic_tangent_quotient(0.5f * (a.gate_o[j] + a.peep_o[j] * now));
    const struct quotient qt = hyperbolic_tangent_quotient(now);
    const float last = 1.0f / (qo.denominator * qt.denominator);
    const float o = 0.5f + 0.5f * (qo.numerator * qt.denominator * last);
    const float t = qt.numerator * qo.denominator * last;
    a.gate_i[j] = i;
    a.gate_f[j] = f;
    a.gate_z[j] = z;
    a.gate_o[j] = o;
    a.cell[j] = now;
    a.tanh_cell[j] = t;
    a.hidden[j] = o * t;
}

DISPATCHED(void, ck_lstm_forward,
           (size_t rows, size_t cells, float *gates, const float *previous, const float *peephole, float *c, float *squashed, float *h),
           (rows, cells, gates, previous, peephole, c, squashed, h)) {
    for (size_t r = 0; r < rows; r++) {
        float *const gate = gates + r * 4 * cells;
        const struct cells a = {
            gate, gate + cells, gate + 2 * cells, gate + 3 * cells, peephole, peephole + cells, peephole + 2 * cells,
            previous + r * cells, c + r * cells, squashed + r * cells, h + r * cells,
        };
        const size_t whole = cells - cells % 16;
        VECTORISED for (size_t j = 0; j < whole; j++) forward(a, j);
        // Half a vector: without it, a row of 56 cells takes 245 instead of 130 ns (Zen 4).
        HALF_VECTORISED for (size_t j = whole; j < cells; j++) forward(a, j);
    }
}

DISPATCHED(void, ck_lstm_backward,
           (size_t rows, size_t cells, float *gates, const float *previous, const float *c, const float *squashed, const float *peephole, const float *dh, float *dc, float *dpeephole),
           (rows, cells, gates, previous, c, squashed, peephole, dh, dc, dpeephole)) {
    const float *peep_i = peephole, *peep_f = peephole + cells, *peep_o = peephole + 2 * cells;
    float *dpeep_i = dpeephole, *dpeep_f = dpeephole + cells, *dpeep_o = dpeephole + 2 * cells;
    for (size_t r = 0; r < rows; r++) {
        float *gate_i = gates + r * 4 * cells, *gate_f = gate_i + cells;
        float *gate_z = gate_f + cells, *gate_o = gate_z + cells;
        const float *before = previous + r * cells, *cell = c + r * cells, *tanh_cell = squashed + r * cells;
        const float *dhidden = dh + r * cells;
        float *dcell = dc + r * cells;
        VECTORISED for (size_t j = 0; j < cells; j++) {
            const float i = gate_i[j], f = gate_f[j], z = gate_z[j], o = gate_o[j], t = tanh_cell[j];
            const float d_o = dhidden[j] * t * o * (1.0f - o);
            // The gradient reaches c_t through h_t, through the output gate's peephole and from step t + 1.
            const float d_c = dcell[j] + dhidden[j] * o * (1.0f - t * t) + d_o * peep_o[j];
            const float d_i = d_c * z * i * (1.0f - i);
            const float d_f = d_c * before[j] * f * (1.0f - f);
            gate_i[j] = d_i;
            gate_f[j] = d_f;
            gate_z[j] = d_c * i * (1.0f - z * z);
            gate_o[j] = d_o;
            dcell[j] = d_c * f + d_i * peep_i[j] + d_f * peep_f[j];
            dpeep_i[j] += d_i * before[j];
            dpeep_f[j] += d_f * before[j];
            dpeep_o[j] += d_o * cell[j];
        }
    }
}
