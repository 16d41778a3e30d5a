// Every mistake in a call gives a status, and none ends the process. Under valgrind, none leaks or touches memory that it must not.
//
//     mistakes RECORDING
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stimmung.h>

static int failures = 0;

static void expect(int line, stimmung_status status, stimmung_status expected, const char *code) {
    if (status == expected && (code == NULL || strcmp(stimmung_error_code(), code) == 0)) return;
    fprintf(stderr, "line %d: status %d, code %s: %s\n", line, status, stimmung_error_code(), stimmung_error_message());
    failures++;
}

#define EXPECT(call, status, code) expect(__LINE__, call, status, code)

int main(int count, char **arguments) {
    if (count != 2) return 2;
    const char *recording = arguments[1];
    const char *const paths[] = {recording, "nowhere.wav"};
    const float samples[1600] = {0};
    stimmung_audio audio = {samples, 1600, 16000};
    stimmung_audio bad_rate = {samples, 1600, 0};
    stimmung_audio no_samples = {NULL, 1600, 16000};
    stimmung_audio empty = {NULL, 0, 16000};
    stimmung_model *model = NULL;
    stimmung_session *session = NULL;
    stimmung_table table;
    char *text = NULL;
    // An address that is not a handle.
    stimmung_model *foreign = (stimmung_model *)&audio;

    // Before anything is open.
    EXPECT(stimmung_model_labels(NULL, &text), STIMMUNG_BAD_HANDLE, "library.handle");
    EXPECT(stimmung_model_labels(foreign, &text), STIMMUNG_BAD_HANDLE, "library.handle");
    EXPECT(stimmung_session_push(NULL, samples, 1600), STIMMUNG_BAD_HANDLE, "library.handle");
    EXPECT(stimmung_session_finish((stimmung_session *)foreign), STIMMUNG_BAD_HANDLE, "library.handle");
    EXPECT(stimmung_session_open(NULL, 16000, NULL, &session), STIMMUNG_BAD_HANDLE, "library.handle");
    EXPECT(stimmung_free(&audio), STIMMUNG_BAD_ARGUMENT, "library.block");
    EXPECT(stimmung_free(NULL), STIMMUNG_OK, NULL);

    // Models.
    EXPECT(stimmung_model_open(NULL, NULL, NULL), STIMMUNG_BAD_ARGUMENT, "library.argument");
    EXPECT(stimmung_model_open("nowhere.safetensors", NULL, &model), STIMMUNG_FAILED, NULL);
    EXPECT(stimmung_model_open(NULL, "{\"rejects\": 1}", &model), STIMMUNG_BAD_ARGUMENT, "library.options");
    EXPECT(stimmung_model_open(NULL, "[", &model), STIMMUNG_BAD_ARGUMENT, "library.options");
    EXPECT(stimmung_model_open(NULL, "{\"reject\": 2}", &model), STIMMUNG_BAD_ARGUMENT, NULL);
    if (model != NULL) failures++;
    EXPECT(stimmung_model_open(NULL, NULL, &model), STIMMUNG_OK, NULL);

    // Recordings.
    EXPECT(stimmung_predict(model, NULL, NULL, &text), STIMMUNG_BAD_ARGUMENT, "library.argument");
    EXPECT(stimmung_predict(model, recording, NULL, NULL), STIMMUNG_BAD_ARGUMENT, "library.argument");
    EXPECT(stimmung_predict(model, "nowhere.wav", NULL, &text), STIMMUNG_FAILED, NULL);
    EXPECT(stimmung_predict(model, recording, "{\"window\": 0.01, \"timeline\": true}", &text), STIMMUNG_BAD_ARGUMENT, "library.options");
    EXPECT(stimmung_predict(model, recording, "{\"channels\": \"each\"}", &text), STIMMUNG_BAD_ARGUMENT, "library.options");
    EXPECT(stimmung_predict_files(model, NULL, 2, NULL, &text), STIMMUNG_BAD_ARGUMENT, "library.argument");
    EXPECT(stimmung_predict_files(model, paths, (size_t)-1, NULL, &text), STIMMUNG_BAD_ARGUMENT, "library.argument");
    EXPECT(stimmung_predict_samples(model, NULL, NULL, &text), STIMMUNG_BAD_ARGUMENT, "library.argument");
    EXPECT(stimmung_predict_samples(model, &bad_rate, NULL, &text), STIMMUNG_BAD_ARGUMENT, "library.argument");
    EXPECT(stimmung_predict_samples(model, &no_samples, NULL, &text), STIMMUNG_BAD_ARGUMENT, "library.argument");
    EXPECT(stimmung_predict_samples(model, &empty, NULL, &text), STIMMUNG_FAILED, NULL);
    if (text != NULL) failures++;
    EXPECT(stimmung_predict_files(model, paths, 2, NULL, &text), STIMMUNG_OK, NULL);
    if (text == NULL || strstr(text, "\"code\": \"") == NULL) failures++;
    EXPECT(stimmung_free(text), STIMMUNG_OK, NULL);
    EXPECT(stimmung_free(text), STIMMUNG_BAD_ARGUMENT, "library.block");

    // Features and voices.
    EXPECT(stimmung_features(recording, "{\"kinds\": [\"mfc\"]}", &table), STIMMUNG_BAD_ARGUMENT, "library.options");
    EXPECT(stimmung_features("nowhere.wav", NULL, &table), STIMMUNG_FAILED, NULL);
    if (table.values != NULL || table.rows != 0) failures++;
    EXPECT(stimmung_features_samples(&audio, NULL, &table), STIMMUNG_FAILED, NULL);
    // It cancels running calls only.
    EXPECT(stimmung_features_cancel(), STIMMUNG_OK, NULL);
    EXPECT(stimmung_features(recording, NULL, &table), STIMMUNG_OK, NULL);
    if (table.columns != 39 || table.rows == 0) failures++;
    EXPECT(stimmung_free(table.values), STIMMUNG_OK, NULL);
    EXPECT(stimmung_enrol(model, paths, 1, NULL, NULL), STIMMUNG_BAD_ARGUMENT, "library.argument");
    EXPECT(stimmung_enrol(model, paths, 1, "/nowhere/a.voice", NULL), STIMMUNG_FAILED, NULL);

    // Sessions.
    EXPECT(stimmung_session_open(model, 10, NULL, &session), STIMMUNG_BAD_ARGUMENT, "library.argument");
    EXPECT(stimmung_session_open(model, 16000, "{\"interval\": 0.001}", &session), STIMMUNG_BAD_ARGUMENT, NULL);
    EXPECT(stimmung_session_open(model, 16000, "{\"upperThreshold\": 2}", &session), STIMMUNG_BAD_ARGUMENT, "speech.option");
    EXPECT(stimmung_session_open(model, 16000, "{\"leastPause\": -1}", &session), STIMMUNG_BAD_ARGUMENT, "speech.option");
    if (session != NULL) failures++;
    EXPECT(stimmung_session_open(model, 16000, "{\"speech\": \"some\"}", &session), STIMMUNG_BAD_ARGUMENT, "library.options");
    EXPECT(stimmung_session_open(model, 16000, NULL, &session), STIMMUNG_OK, NULL);
    EXPECT(stimmung_model_labels((stimmung_model *)session, &text), STIMMUNG_BAD_HANDLE, "library.handle");
    EXPECT(stimmung_session_push(session, NULL, 1600), STIMMUNG_BAD_ARGUMENT, "library.argument");
    EXPECT(stimmung_session_push(session, NULL, 0), STIMMUNG_OK, NULL);
    EXPECT(stimmung_session_next(session, NULL), STIMMUNG_BAD_ARGUMENT, "library.argument");
    EXPECT(stimmung_session_next(session, &text), STIMMUNG_OK, NULL);
    if (text != NULL) failures++;
    // A session outlives the handle of its model.
    EXPECT(stimmung_model_free(model), STIMMUNG_OK, NULL);
    EXPECT(stimmung_model_free(model), STIMMUNG_BAD_HANDLE, "library.handle");
    EXPECT(stimmung_model_cancel(model), STIMMUNG_BAD_HANDLE, "library.handle");
    EXPECT(stimmung_session_push(session, samples, 1600), STIMMUNG_OK, NULL);
    EXPECT(stimmung_session_finish(session), STIMMUNG_OK, NULL);
    EXPECT(stimmung_session_finish(session), STIMMUNG_BAD_ORDER, "library.finished");
    EXPECT(stimmung_session_push(session, samples, 1600), STIMMUNG_BAD_ORDER, "library.finished");
    EXPECT(stimmung_session_free(session), STIMMUNG_OK, NULL);
    EXPECT(stimmung_session_free(session), STIMMUNG_BAD_HANDLE, "library.handle");
    EXPECT(stimmung_session_next(session, &text), STIMMUNG_BAD_HANDLE, "library.handle");
    return failures == 0 ? 0 : 1;
}
