#include "CStimmungKernels.h"
#include "dispatch.h"

DISPATCHED(void, ck_adam,
           (size_t n, float learning_rate, float beta1, float beta2, float epsilon, float decay, float rate1, float rate2, const float *gradient, float *mean, float *square, float *parameter),
           (n, learning_rate, beta1, beta2, epsilon, decay, rate1, rate2, gradient, mean, square, parameter)) {
    VECTORISED for (size_t i = 0; i < n; i++) {
        const float g = gradient[i];
        mean[i] = beta1 * mean[i] + (1.0f - beta1) * g;
        square[i] = beta2 * square[i] + (1.0f - beta2) * g * g;
        const float step = mean[i] * rate1 / (__builtin_elementwise_sqrt(square[i] * rate2) + epsilon);
        parameter[i] -= learning_rate * (step + decay * parameter[i]);
    }
}
