#pragma once

#include <stddef.h>

// The built-in model: a file of "stimmung train", inside the program, so that one file is all there is to install.
const unsigned char *csm_built_in_model_bytes(void);
extern const size_t csm_built_in_model_size;
