#include "errors.h"
#include "stimmung.h"

#include <string.h>

// Fixed sizes: nothing has to be freed when a thread ends.
static _Thread_local char error_code[64];
static _Thread_local char error_message[2048];

static void copy(char *to, size_t size, const char *from) {
    size_t length = strlen(from);
    if (length >= size) {
        length = size - 1;
        // Not within a character of UTF-8.
        while (length > 0 && (from[length] & 0xC0) == 0x80) length--;
    }
    memcpy(to, from, length);
    to[length] = 0;
}

void csi_set_error(const char *code, const char *message) {
    copy(error_code, sizeof error_code, code);
    copy(error_message, sizeof error_message, message);
}

const char *stimmung_error_code(void) { return error_code; }

const char *stimmung_error_message(void) { return error_message; }
