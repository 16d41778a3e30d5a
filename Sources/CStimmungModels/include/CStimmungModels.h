#pragma once

#include <stddef.h>

// The model that ships with the program: a file of "stimmung train", inside the program, so that one file is all there is to install.
const unsigned char *cm_shipped_model_bytes(void);
extern const size_t cm_shipped_model_size;
