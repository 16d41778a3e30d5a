#ifndef CKERNELS_PAIRS_H
#define CKERNELS_PAIRS_H

#include <stdint.h>

// An element of an operand in bfloat16: two numbers of the common dimension. A bfloat16 is the upper half of a float.
typedef uint32_t Element __attribute__((may_alias));

// The half of a pair that is added first.
#define FIRST_OF_PAIR 0xFFFF0000u

#endif
