#pragma once

#include <stddef.h>

// The built-in model: a file of "stimmung train", embedded so that the program is a single file.
const unsigned char *csm_built_in_model_bytes(void);
extern const size_t csm_built_in_model_size;

// The built-in model on the frames of a speech encoder, without the encoder.
const unsigned char *csm_encoder_model_bytes(void);
extern const size_t csm_encoder_model_size;

// The built-in model of speech activity: a file of "stimmung train-speech".
const unsigned char *csm_speech_model_bytes(void);
extern const size_t csm_speech_model_size;
