/// Element-wise loops that must be vectorised, each for the best instruction set of the processor it runs on.
/// The tests hold each against its plain Swift reference.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>

#endif
