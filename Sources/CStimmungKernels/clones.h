#ifndef CKERNELS_CLONES_H
#define CKERNELS_CLONES_H

// Compiles a function for AVX-512, for AVX2 with FMA, and for the baseline; the loader picks one.
#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

// Without a fixed width, clang uses 256-bit vectors on AVX-512. The arrays never overlap.
#define VECTORISED _Pragma("clang loop vectorize(assume_safety) vectorize_width(16)")

#define INLINE static inline __attribute__((always_inline))

#endif
