#pragma once

#include <stddef.h>

// The built-in model: a file of "stimmung train", embedded so that the program is a single file.
const unsigned char *csm_built_in_model_bytes(void);
extern const size_t csm_built_in_model_size;
