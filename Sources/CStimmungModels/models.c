#include "CStimmungModels.h"

// A Swift array literal would take minutes to compile; `#embed` takes a tenth of a second.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char model[] = {
#embed "emodb.safetensors"
};
const size_t csm_built_in_model_size = sizeof model;

const unsigned char *csm_built_in_model_bytes(void) { return model; }

static const unsigned char encoder_model[] = {
#embed "encoder.safetensors"
};
const size_t csm_encoder_model_size = sizeof encoder_model;

const unsigned char *csm_encoder_model_bytes(void) { return encoder_model; }

static const unsigned char speech_model[] = {
#embed "speech.safetensors"
};
const size_t csm_speech_model_size = sizeof speech_model;

const unsigned char *csm_speech_model_bytes(void) { return speech_model; }
