#ifndef CKERNELS_DISPATCH_H
#define CKERNELS_DISPATCH_H

#include "CStimmungKernels.h"

#define INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)
// By default, clang prefers vectors of 256 bits with AVX-512.
#define AVX512 __attribute__((target("arch=x86-64-v4,no-prefer-256-bit")))
#define AVX512_BF16 __attribute__((target("arch=x86-64-v4,avx512bf16,no-prefer-256-bit")))
#define AVX2 __attribute__((target("arch=x86-64-v3")))

// Defines a function that is compiled for each instruction set: `DISPATCHED(int, ck_sum, (size_t n, const int *x), (n, x)) { … }`. Unlike the
// attribute `target_clones`, which lets the loader choose, it obeys STIMMUNG_ISA.
#define DISPATCHED(type, name, parameters, arguments)                                                                                       \
    INLINE type name##_body parameters;                                                                                                    \
    AVX512 static type name##_avx512 parameters { return name##_body arguments; }                                                          \
    AVX2 static type name##_avx2 parameters { return name##_body arguments; }                                                              \
    static type name##_portable parameters { return name##_body arguments; }                                                               \
    type name parameters {                                                                                                                  \
        switch (ck_instruction_set()) {                                                                                                    \
        case CK_AVX512_BF16:                                                                                                               \
        case CK_AVX512: return name##_avx512 arguments;                                                                                    \
        case CK_AVX2: return name##_avx2 arguments;                                                                                        \
        case CK_PORTABLE: break;                                                                                                           \
        }                                                                                                                                  \
        return name##_portable arguments;                                                                                                  \
    }                                                                                                                                      \
    INLINE type name##_body parameters
#else
#define DISPATCHED(type, name, parameters, arguments) type name parameters
#endif

// One vector of AVX-512, two of AVX2. The arrays never overlap.
#define VECTORISED _Pragma("clang loop vectorize(assume_safety) vectorize_width(16)")
// One vector of AVX2, for loops over fewer than sixteen values, which VECTORISED would leave to scalar code.
#define HALF_VECTORISED _Pragma("clang loop vectorize(assume_safety) vectorize_width(8)")
#define UNROLLED _Pragma("clang loop unroll(full)")

#endif
