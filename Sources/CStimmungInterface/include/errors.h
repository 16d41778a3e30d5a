#pragma once

// Keeps the code and the message of a failed call for the calling thread. Not exported.
void csi_set_error(const char *code, const char *message);
