#include "stimmung.h"

const char *stimmung_version(void) { return STIMMUNG_VERSION; }
