// Recognises speech as it arrives: mono samples of 16 bits and 16 kHz on standard input.
//
//     cc recognise.c $(pkg-config --cflags --libs stimmung) -o recognise
//     arecord -q -t raw -f S16_LE -r 16000 | ./recognise
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <stimmung.h>

static void check(stimmung_status status) {
    if (status == STIMMUNG_OK) return;
    fprintf(stderr, "%s: %s\n", stimmung_error_code(), stimmung_error_message());
    exit(1);
}

// Prints the events that are known, one JSON object per line.
static void print_events(stimmung_session *session) {
    char *event;
    while (check(stimmung_session_next(session, &event)), event) {
        puts(event);
        fflush(stdout);
        check(stimmung_free(event));
    }
}

int main(void) {
    stimmung_model *model;
    stimmung_session *session;
    check(stimmung_model_open(NULL, NULL, &model));
    check(stimmung_session_open(model, 16000, NULL, &session));

    // A fifth of a second.
    int16_t integers[3200];
    float samples[3200];
    size_t count;
    while ((count = fread(integers, sizeof *integers, 3200, stdin)) > 0) {
        for (size_t i = 0; i < count; i++) samples[i] = integers[i] / 32768.0f;
        check(stimmung_session_push(session, samples, count));
        print_events(session);
    }
    check(stimmung_session_finish(session));
    print_events(session);

    check(stimmung_session_free(session));
    check(stimmung_model_free(model));
    return 0;
}
