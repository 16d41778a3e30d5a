#include "CStimmungKernels.h"
#include "exponential.h"

CLONES void ck_lstm_forward(size_t rows, size_t cells, float *gates, const float *previous, const float *peephole,
                            float *c, float *squashed, float *h) {
    const float *peep_i = peephole, *peep_f = peephole + cells, *peep_o = peephole + 2 * cells;
    for (size_t r = 0; r < rows; r++) {
        float *gate_i = gates + r * 4 * cells, *gate_f = gate_i + cells;
        float *gate_z = gate_f + cells, *gate_o = gate_z + cells;
        const float *before = previous + r * cells;
        float *cell = c + r * cells, *tanh_cell = squashed + r * cells, *hidden = h + r * cells;
        VECTORISED for (size_t j = 0; j < cells; j++) {
            const float i = sigmoid(gate_i[j] + peep_i[j] * before[j]);
            const float f = sigmoid(gate_f[j] + peep_f[j] * before[j]);
            const float z = hyperbolic_tangent(gate_z[j]);
            const float now = f * before[j] + i * z;
            const float o = sigmoid(gate_o[j] + peep_o[j] * now);
            const float t = hyperbolic_tangent(now);
            gate_i[j] = i;
            gate_f[j] = f;
            gate_z[j] = z;
            gate_o[j] = o;
            cell[j] = now;
            tanh_cell[j] = t;
            hidden[j] = o * t;
        }
    }
}

CLONES void ck_lstm_backward(size_t rows, size_t cells, float *gates, const float *previous, const float *c,
                             const float *squashed, const float *peephole, const float *dh, float *dc,
                             float *dpeephole) {
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
