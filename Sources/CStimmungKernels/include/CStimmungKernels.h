/// Vectorised kernels, each compiled for several instruction sets and selected when the program is loaded. Arrays are contiguous, row
/// by row, of the stated shapes, and never overlap unless the comment says "in place". The tests compare each function with a plain
/// Swift reference.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/// The instruction sets that kernels are compiled for. AVX-512 means x86-64-v4, AVX2 x86-64-v3, which includes fused multiply-add. With
/// AVX512-BF16, only products of bfloat16 differ, in speed.
typedef enum { CK_PORTABLE, CK_AVX2, CK_AVX512, CK_AVX512_BF16 } ck_instructions;

/// The one in use: the best that the processor has, or what STIMMUNG_ISA asks for (`portable`, `avx2`, `avx512`, `avx512bf16`) if the processor
/// has it.
ck_instructions ck_instruction_set(void);

/// The best that the processor has.
ck_instructions ck_best_instruction_set(void);

/// y[i] = σ(x[i]) for i < n; in place allowed.
void ck_sigmoid(size_t n, const float *x, float *y);

/// y[i] = tanh(x[i]) for i < n; in place allowed.
void ck_tanh(size_t n, const float *x, float *y);

/// y[i] = exp(x[i]) for i < n; in place allowed. Arguments beyond ±87 saturate.
void ck_exp(size_t n, const float *x, float *y);

/// x[r][c] += bias[c], rows × columns.
void ck_add_bias(size_t rows, size_t columns, const float *bias, float *x);

/// sum[c] += Σ_r x[r][c], rows × columns.
void ck_add_column_sums(size_t rows, size_t columns, const float *x, float *sum);

/// x[i] = max(x[i], 0), in place.
void ck_rectify(size_t n, float *x);

/// gradient[i] = 0 if output[i] is not positive, in place.
void ck_rectify_backward(size_t n, const float *output, float *gradient);

/// The element-wise half of one LSTM time step with peepholes, for `rows` sequences of `cells` cells.
///
/// gates     rows × 4·cells, in: pre-activations of i, f, z, o from the matrix products; out: their activations
/// previous  rows × cells, c_{t−1}
/// peephole  3 × cells, w_ci, w_cf, w_co
/// c, squashed, h  rows × cells, out: c_t, tanh(c_t), h_t; c may be `previous`
void ck_lstm_forward(size_t rows, size_t cells, float *gates, const float *previous, const float *peephole,
                     float *c, float *squashed, float *h);

/// The gradient of `ck_lstm_forward`.
///
/// gates     rows × 4·cells, in: activations; out: gradients of the pre-activations
/// previous, c, squashed   rows × cells, as in the forward pass
/// dh        rows × cells, gradient of h_t
/// dc        rows × cells, in: gradient of c_t from step t+1; out: gradient of c_{t−1}
/// dpeephole 3 × cells, the peepholes' gradient, accumulated
void ck_lstm_backward(size_t rows, size_t cells, float *gates, const float *previous, const float *c,
                      const float *squashed, const float *peephole, const float *dh, float *dc, float *dpeephole);

/// One step of Adam with decoupled weight decay (Loshchilov, Hutter 2019) on n parameters, in place.
///
/// rate1 and rate2 are 1/(1 − β₁ᵗ) and 1/(1 − β₂ᵗ); decay is multiplied by the learning rate.
void ck_adam(size_t n, float learning_rate, float beta1, float beta2, float epsilon, float decay, float rate1,
             float rate2, const float *gradient, float *mean, float *square, float *parameter);

/// Columns of a panel. The operand on the right of a product is packed panel by panel.
enum { CK_PANEL = 16 };

/// c = start + a b. Each element of c is one sum over l = 0, 1, … by fused multiply-adds, so AVX2, AVX-512 and any number of rows give the same
/// bits. k > 0, n > 0.
///
/// a  m × k, element (r, l) at a[r·a_row + l·a_column]
/// b  k × n, packed by `ck_pack`
/// start  NULL for zeros, c to accumulate, or m × n with row r at start[r·start_row]: a bias has start_row 0
/// c  m × n, row r at c[r·c_row]
void ck_product(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b, const float *start,
                size_t start_row, float *c, size_t c_row);

/// Packs b in panels of CK_PANEL columns, depth·CK_PANEL values each; the last panel is padded with zeros.
///
/// b      k × n, element (l, j) at b[l·b_row + j·b_column]
/// depth  k, or more if other rows are packed before or after these
void ck_pack(size_t k, size_t n, const float *b, size_t b_row, size_t b_column, size_t depth, float *packed);

/// `ck_product` with operands in bfloat16 and sums in float32: each product is exact, and the sum is that of the numbers in order, as in
/// `ck_product`. All instruction sets with fused multiply-add give the same bits, but AVX512-BF16 takes sums under 2⁻¹²⁶ as zero.
///
/// k  the number of pairs. An element of a or b is a pair of numbers of the common dimension, the first in its upper half; the second half of a
///    last pair is zero if the dimension is odd.
/// a  m × k pairs, by `ck_round_bf16`, or packed by `ck_pack_bf16`
/// b  k × n pairs, packed by `ck_pack_bf16`
void ck_product_bf16(size_t m, size_t n, size_t k, const uint32_t *a, size_t a_row, size_t a_column, const uint32_t *b, const float *start,
                     size_t start_row, float *c, size_t c_row);

/// Rounds b to bfloat16 and packs it in panels as `ck_pack` does, rows 2i and 2i + 1 as one row of pairs.
///
/// first  the number of rows that are packed before these. Rows must be packed in order: an odd row completes the pair of the row before.
/// depth  rows of pairs in total
void ck_pack_bf16(size_t k, size_t n, const float *b, size_t b_row, size_t b_column, size_t first, size_t depth, uint32_t *packed);

/// Rounds the rows of a to pairs of bfloat16, (k + 1) / 2 pairs for each.
///
/// a  m × k, row r at a[r·a_row]
void ck_round_bf16(size_t m, size_t k, const float *a, size_t a_row, uint32_t *pairs);

/// x[i] *= factor for i < n.
void ck_scale(size_t n, float factor, float *x);

/// gradient[i] *= 1 − y[i]², the derivative of y = tanh(·), in place.
void ck_tanh_backward(size_t n, const float *y, float *gradient);

/// gradient[i] *= y[i] (1 − y[i]), the derivative of y = σ(·), in place.
void ck_sigmoid_backward(size_t n, const float *y, float *gradient);

/// y[i] = softplus(x[i]) = ln(1 + e^x[i]) for i < n; in place allowed. Relative error under 4e-7.
void ck_softplus(size_t n, const float *x, float *y);

/// probability[i] = σ(x[i]); sample[i] = 1 with that probability, else 0. probability may be x.
///
/// state     4 × 16 words of sixteen xoshiro128+ generators, advanced in rounds of sixteen numbers; the last may be partly used
void ck_bernoulli(size_t n, const float *x, uint32_t *state, float *probability, float *sample);

/// x[i] = 1 with probability σ(x[i]), else 0, in place; `state` as for `ck_bernoulli`.
void ck_draw_bernoulli(size_t n, uint32_t *state, float *x);

/// x[i] = 1 with probability x[i], else 0, in place; `state` as for `ck_bernoulli`.
void ck_choose(size_t n, uint32_t *state, float *x);

/// x[i] += a standard normal number; `state` as for `ck_bernoulli`, but in rounds of 32.
void ck_add_normal(size_t n, uint32_t *state, float *x);

/// factor[i] = 0 if a random number of 16 bits is below `threshold`, else `kept`; x[i] *= factor[i]. Four numbers are of one 64-bit word, the
/// lowest bits first.
///
/// state     4 words of an xoshiro256** generator, advanced by ⌈n / 4⌉ numbers
void ck_dropout(size_t n, uint32_t threshold, float kept, uint64_t *state, float *factor, float *x);

/// The hidden half of the gradient of contrastive divergence, as operands on the right of products over the rows.
///
/// positive  rows × columns: h⁺
/// input     rows × columns: pre-activations of h⁻ = σ(·), at the chain's end
/// contrast  scale · (h⁺ − h⁻), packed as by `ck_pack`
/// negative  −scale · h⁻, packed
void ck_contrast(size_t rows, size_t columns, float scale, const float *positive, const float *input, float *contrast, float *negative);

/// difference[r][c] −= x[r][c], rows × columns in place; the rows of x begin `stride` apart.
void ck_subtract_rows(size_t rows, size_t columns, size_t stride, const float *x, float *difference);

/// Writes rows [x, x_{<t}, 1] of width + past + 1 values. In memory, `past` values precede the `width` values of each frame.
///
/// starts  for each row, the offset in x of its past
void ck_gather_windows(size_t rows, const ptrdiff_t *starts, size_t past, size_t width, const float *x, float *y);

/// Σ (x[r][c] − y[r][c])² over rows × columns, summed in sixteen lanes; the rows of x begin `stride` apart.
double ck_squared_distance(size_t rows, size_t columns, size_t stride, const float *x, const float *y);

/// One step up a gradient with momentum: velocity = momentum · velocity + rate (gradient − decay · parameter), parameter += velocity.
void ck_momentum(size_t n, float rate, float momentum, float decay, const float *gradient, float *velocity,
                 float *parameter);

/// Number of columns that the kernels of statistics process at once. A block of columns is rows × CK_COLUMNS, row by row.
enum { CK_COLUMNS = 16 };

/// Gathers columns of x as a block and adds a number to each.
///
/// x       rows × width
/// places  CK_COLUMNS numbers of columns
/// shifts  CK_COLUMNS numbers
void ck_gather_columns(size_t rows, size_t width, const float *x, const int32_t *places, const float *shifts, float *y);

/// Sums over the rows t of each column of a block, added up in their order in double precision, without fused multiply-add; rows > 0.
///
/// sums  7 × CK_COLUMNS: the mean m; Σ d², Σ d³, Σ d⁴ of d = x_t − m; Σ τ d for times τ from −1 to 1; Σ |x_t − x_{t−1}|; how often x_t > m
///       changes
void ck_column_sums(size_t rows, const float *x, double *sums);

/// Rows that `ck_sort_columns` sorts in registers, and rows of sorted columns with padding.
enum { CK_SORTED_ROWS = 16 };
static inline size_t ck_padded_rows(size_t rows) { return (rows + CK_SORTED_ROWS - 1) / CK_SORTED_ROWS * CK_SORTED_ROWS; }

/// Sorts each column of a block. Values may not be NaN; −0 comes before 0. The time is proportional to rows · log² rows.
///
/// y  ck_padded_rows(rows) × CK_COLUMNS, must not overlap x; rows beyond the last are undefined
void ck_sort_columns(size_t rows, const float *x, float *y);

/// The slopes of each column of a block: Σ n (x_{t+n} − x_{t−n}) / (2 Σ n²) over n = 1 … reach, where the first and the last row are repeated;
/// without fused multiply-add.
void ck_column_slopes(size_t rows, size_t reach, const float *x, float *y);

/// Number of frames that the front-end kernels process at once. "Lanes" below are this many contiguous values, one per frame.
enum { CK_LANES = 8 };

/// x[i] = ln(max(x[i], floor)), in place; floor must be a normal number above 0. Absolute error under 1e-6 or relative error under 2e-7.
void ck_floor_and_log(size_t n, float floor, float *x);

/// The same for `rows` lanes with a floor of its own for each place of a lane.
void ck_floor_lanes_and_log(size_t rows, const float *floors, float *x);

/// y[i] = x[i + 1] − a x[i] for i < n.
void ck_emphasise(size_t n, float a, const float *x, float *y);

/// Whether |x[i]| ≤ limit for all i < n; false if there is a NaN.
int ck_within(size_t n, float limit, const float *x);

/// The largest |x[i]| for i < n; 0 if n is 0, NaN if there is a NaN.
float ck_largest_magnitude(size_t n, const float *x);

/// y[p·stride + h] = x[h·hop + p] for h < hops, p < hop: sample n of frame t is then at y[(n % hop)·stride + n / hop + t], followed by
/// sample n of the next frames.
void ck_turn_hops(size_t hop, size_t hops, const float *x, float *y, size_t stride);

/// Frames without their means, as lanes: y[p] = sample p of eight frames, less the mean of each.
///
/// n      samples of a frame; frame l begins at x[l·hop]
/// peaks  a lane: the largest magnitudes of y[p], first ≤ p < first + count
void ck_centre_frames(size_t n, size_t hop, size_t first, size_t count, const float *x, float *y, float *peaks);

/// The peaks of normalised autocorrelations: y[i] = x[i] · (1 / x[0]) · correction[i], and i is a peak if y[i] > lowest, y[i] > y[i − 1] and
/// y[i] ≥ y[i + 1].
///
/// first, last  the range of i, 0 < first ≤ last; lanes of x and y are read and written from first − 1 to last + 1, and those of
///              x[0] are read
/// peaks        in order, those of place l of the lanes from peaks[l·room] on; room is at least (last − first) / 2 + 2
/// counts       the number of peaks for each place of the lanes
void ck_find_peaks(size_t first, size_t last, float lowest, const float *correction, const float *x, float *y, size_t room,
                   uint32_t *peaks, size_t *counts);

/// Tables of a transform of N = `points` real numbers, N even. Any number of threads can share them.
///
/// The complex transform of half = N / 2 points is computed in place in rounds of butterflies, decimated in time. A round of radix r
/// combines r transforms of S points into one of r·S points, where the span S is the product of the radices before it.
typedef struct {
    size_t points;
    /// The radices of the rounds, first to last; their product is half.
    size_t stages;
    const uint32_t *radices;
    /// For each round and each j < S, the factors e^(−2πi j p / (r S)), p = 1 … r − 1.
    const float *twiddles;
    /// For each round, e^(−2πi q / r), q < r.
    const float *roots;
    /// e^(−2πi k / N) for 0 < k < half / 2.
    const float *separation;
} ck_fourier;

/// The power spectra of eight frames: |X_k|², k = 0 … N / 2.
///
/// x        the samples of the frames: lanes at x[places[i]], weighted by weights[i], for i < N; i = 2 p and 2 p + 1 are the even and
///          the odd sample of the pair at place p in the decimated order
/// weights  half of the intended weights
/// work     room for N + 2 · (the largest radix) lanes
/// power    N / 2 + 1 lanes
void ck_fourier_power(const ck_fourier *plan, const float *x, const uint32_t *places, const float *weights, float *work,
                      float *power);

/// The same with the real part of X_k in place of its power.
void ck_fourier_real(const ck_fourier *plan, const float *x, const uint32_t *places, const float *weights, float *work,
                     float *real);

/// sums[b] = Σ_k weights[k] power[first[b] + k] over k < count[b], for each b < bands. power and sums are lanes; the weights of the
/// bands follow one another.
void ck_band_sums(size_t bands, const uint32_t *first, const uint32_t *count, const float *weights, const float *power,
                  float *sums);

/// y[n] = Σ_i factors[i·outputs + n] x[i]; x and y are lanes.
void ck_cosine_transform(size_t inputs, size_t outputs, const float *factors, const float *x, float *y);

/// y[r·stride + c] = lane r of x[c] for r < rows, c < columns.
void ck_write_rows(size_t rows, size_t columns, const float *x, float *y, size_t stride);

/// y[i] = Σ_k k (x[i + k·width] − x[i − k·width]) / (2 Σ_k k²), k = 1 … reach, for i < n: slopes of rows of `width` values over the
/// `reach` rows before and after each. x points at the first row; `reach` more rows must precede it and follow the last.
void ck_slopes(size_t n, size_t width, size_t reach, const float *x, float *y);

/// x[r][c] = gelu(x[r][c] + bias[c]), rows × columns, in place: gelu(v) = v/2 (1 + erf(v / √2)), with an absolute error of erf under 2e-7.
void ck_gelu(size_t rows, size_t columns, const float *bias, float *x);

/// y[r][c] = (x[r][c] − mean_r) / √(variance_r + 1e-5) · weight[c] + bias[c], rows × columns; columns must be a multiple of 16.
void ck_layer_norm(size_t rows, size_t columns, const float *weight, const float *bias, const float *x, float *y);

/// x[r][c] = exp(x[r][c]) / Σ_c exp(x[r][c]) for c < columns, in place; 0 for the other columns of a row of `stride`. columns at least 1.
void ck_softmax_rows(size_t rows, size_t columns, size_t stride, float *x);

/// Takes `blocks` of 64 bytes into the state of SHA-256 (FIPS 180-4), 8 words.
void ck_sha256(uint32_t *state, size_t blocks, const uint8_t *data);

/// The same without the processor's instructions for it.
void ck_sha256_portable(uint32_t *state, size_t blocks, const uint8_t *data);

/// What `ck_multiply_adds` measures: 32-bit numbers in vectors of 256 or 512 bits, or products of pairs of bfloat16 numbers.
typedef enum { CK_PEAK_256, CK_PEAK_512, CK_PEAK_BF16 } ck_peak;

/// Rounds of independent multiply-adds, for measuring the processor's peak. Returns their number, or 0 if the instruction set in use lacks
/// them. `result` receives a number that depends on all of them.
double ck_multiply_adds(ck_peak peak, size_t rounds, float *result);

/// Reads x `rounds` times, for measuring the bandwidth of a cache, and returns the sum. x is aligned to 64 bytes, n a multiple of 64.
float ck_read(size_t n, size_t rounds, const float *x);

#endif
