/* Stimmung: speech emotion recognition. Link with -lstimmung; `pkg-config --cflags --libs stimmung` prints the options.
 *
 *     stimmung_model *model;
 *     char *json;
 *     if (stimmung_model_open(NULL, NULL, &model) || stimmung_predict(model, "call.wav", NULL, &json))
 *         fprintf(stderr, "%s\n", stimmung_error_message());
 *
 * Errors. Every function that can fail returns a status and never ends the process. NULL, a handle that was freed and calls in the
 * wrong order are errors. An out parameter is NULL (or empty) after an error.
 *
 * Threads. Any number of threads may use a model at a time. A session belongs to one thread at a time; a second call while one is running
 * returns STIMMUNG_BUSY. The last error belongs to the calling thread. Functions that compute block asynchronous signals on the calling
 * thread until they return, so that a handler interrupts no read. Do not use the library in a child process after fork()
 * without exec(), if the parent has used it.
 *
 * Memory. Text and values that the library returns are freed by stimmung_free, and handles by stimmung_model_free and
 * stimmung_session_free. Arguments are copied, so they may be freed when the call has returned.
 *
 * Options are a JSON object, or NULL for the defaults. An unknown key is an error. Text is UTF-8.
 *
 * Versions follow semver.org. libstimmung.so.0 is compatible within the minor version while the major version is 0.
 */
#ifndef STIMMUNG_H
#define STIMMUNG_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define STIMMUNG_VERSION "0.1.0"

typedef enum stimmung_status {
    STIMMUNG_OK = 0,
    /* The work failed; stimmung_error_code has the cause, such as "audio.truncated". */
    STIMMUNG_FAILED = 1,
    /* An argument is NULL or out of range, or an option is invalid. */
    STIMMUNG_BAD_ARGUMENT = 2,
    /* The handle is NULL, was freed, or is of another kind. */
    STIMMUNG_BAD_HANDLE = 3,
    /* The session is finished. */
    STIMMUNG_BAD_ORDER = 4,
    /* Another thread uses the session. */
    STIMMUNG_BUSY = 5
} stimmung_status;

/* A trained model, and what it knows of a speaker. */
typedef struct stimmung_model stimmung_model;
/* Recognition of speech as it arrives. */
typedef struct stimmung_session stimmung_session;

/* Mono samples in -1 ... 1. */
typedef struct stimmung_audio {
    const float *samples;
    size_t count;
    /* Samples per second, 1000 ... 1000000. */
    int rate;
} stimmung_audio;

/* Features: rows * columns values, row by row. */
typedef struct stimmung_table {
    float *values;
    size_t rows;
    size_t columns;
} stimmung_table;

/* The version of the library, such as "0.1.0". Compare it with STIMMUNG_VERSION, that of the header. */
const char *stimmung_version(void);

/* The last error of the calling thread: a code for programs, and a message that names the file, the cause and a remedy. Both are empty
 * before the first error, and valid until the next one on the thread. */
const char *stimmung_error_code(void);
const char *stimmung_error_message(void);

/* Opens a model.
 *
 * name:    path of a model file, "built-in", "encoder", or NULL for the built-in model
 * options: {"voice": "anna.voice", "reject": 0.5}, both optional: the voice of the person who speaks, as stimmung_enrol wrote it, and the
 *          confidence below which decisions are labelled "uncertain" */
stimmung_status stimmung_model_open(const char *name, const char *options, stimmung_model **model);

/* The classes as a JSON array, in the model's order. */
stimmung_status stimmung_model_labels(const stimmung_model *model, char **labels);

/* Stops the calls on this model that are running on other threads. They fail with the code "cancelled". */
stimmung_status stimmung_model_cancel(const stimmung_model *model);

/* Frees the handle. Its sessions remain usable. */
stimmung_status stimmung_model_free(stimmung_model *model);

/* Recognises a recording.
 *
 * options: "timeline": true classifies segments too, "window": seconds of a segment, "channels": "mix", "first" or "louder",
 *          "affect": true adds arousal and valence
 * json:    the object that `stimmung predict --format json` prints for a recording */
stimmung_status stimmung_predict(const stimmung_model *model, const char *path, const char *options, char **json);

/* Recognises recordings. Further options are "threads" (default 1) and the value "each" of "channels".
 *
 * json: an array with one object per recording, or per channel, in the order of the paths; {"file", "error", "code"} where one failed */
stimmung_status stimmung_predict_files(
    const stimmung_model *model, const char *const *paths, size_t count, const char *options, char **json);

/* Recognises samples in memory, with the options and the result of stimmung_predict; "file" is null. */
stimmung_status stimmung_predict_samples(const stimmung_model *model, const stimmung_audio *audio, const char *options, char **json);

/* Computes features.
 *
 * options: "kinds": ["mfcc", ...], "deltas": 2, "set": ["melScale=htk", "functionals=true", ...], "channels": "mix", as for
 *          `stimmung features`
 * table:   frames * features, or 1 * features with functionals */
stimmung_status stimmung_features(const char *path, const char *options, stimmung_table *table);
stimmung_status stimmung_features_samples(const stimmung_audio *audio, const char *options, stimmung_table *table);

/* Stops the computations of features that are running on other threads. They fail with the code "cancelled". */
stimmung_status stimmung_features_cancel(void);

/* {"names": [...], "hop": s, "window": s}: the columns, and the seconds between frames and of a frame; hop and window are null with
 * functionals. */
stimmung_status stimmung_features_layout(const char *options, char **json);

/* Learns the voice of one person from recordings without labels, and writes it to a file.
 *
 * json: {"seconds", "stretches", "share", "warnings"} of the speech; may be NULL */
stimmung_status stimmung_enrol(
    const stimmung_model *model, const char *const *paths, size_t count, const char *voice, char **json);

/* Opens a session for mono samples of a rate.
 *
 * options: "interval": seconds between posteriors (0 for none), "speech": "detected" or "all", "enrol": voice file to write at the end,
 *          "adapt": true learns the source, and "leastSpeech", "leastPause", "paddingBefore", "paddingAfter", "upperThreshold",
 *          "lowerThreshold" of the speech detection, as for `stimmung stream` */
stimmung_status stimmung_session_open(const stimmung_model *model, int rate, const char *options, stimmung_session **session);

/* Takes the next samples, in -1 ... 1. Any cut into chunks gives the same events. */
stimmung_status stimmung_session_push(stimmung_session *session, const float *samples, size_t count);

/* Takes the next event as a line of JSON; NULL if there is none yet. docs/events.md describes events. */
stimmung_status stimmung_session_next(stimmung_session *session, char **event);

/* Ends the session. The remaining events can then be taken, the last of which is "finished". */
stimmung_status stimmung_session_finish(stimmung_session *session);

/* Frees the handle, at any time. */
stimmung_status stimmung_session_free(stimmung_session *session);

/* Frees text or values that the library returned; NULL is allowed. */
stimmung_status stimmung_free(void *block);

#ifdef __cplusplus
}
#endif

#endif
