#ifndef CKERNELS_LANES_H
#define CKERNELS_LANES_H

#include "CStimmungKernels.h"
#include "dispatch.h"

// One value per frame for CK_LANES frames: an AVX2 vector of eight. Sixteen would fill an AVX-512 vector, but then a transform of 512
// points, 32 kB, would no longer stay in the first-level cache.
typedef float Lanes __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t LanesOfIntegers __attribute__((vector_size(32), aligned(4), may_alias));

INLINE const Lanes *lanes(const float *x) { return (const Lanes *)x; }
INLINE Lanes *lanes_of(float *x) { return (Lanes *)x; }

#endif
