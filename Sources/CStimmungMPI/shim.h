// MPI for Swift, which cannot import macros that are expressions. Handles are in structures, since an MPI may have
// pointers or numbers for them. Each function returns the error code of MPI, and starts an operation that stimmung_mpi_test finishes.
#include <mpi.h>
#include <stdint.h>

typedef struct {
    // For functions that all processes call, for messages between two, and for the end of the program.
    MPI_Comm collective, messages, parting;
    int rank, count;
} stimmung_mpi_world;

typedef struct {
    MPI_Request handle;
} stimmung_mpi_request;

typedef struct {
    MPI_Message handle;
    int rank, bytes;
} stimmung_mpi_message;

static inline int stimmung_mpi_begin(stimmung_mpi_world *world) {
    int level = MPI_THREAD_SINGLE;
    int error = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &level);
    if (error != MPI_SUCCESS) return error;
    if (level < MPI_THREAD_SERIALIZED) return MPI_ERR_UNSUPPORTED_OPERATION;
    MPI_Comm *all[] = {&world->collective, &world->messages, &world->parting};
    for (int i = 0; i < 3; i++)
        if ((error = MPI_Comm_dup(MPI_COMM_WORLD, all[i])) != MPI_SUCCESS) return error;
    if ((error = MPI_Comm_rank(MPI_COMM_WORLD, &world->rank)) != MPI_SUCCESS) return error;
    return MPI_Comm_size(MPI_COMM_WORLD, &world->count);
}

static inline int stimmung_mpi_gather_number(const stimmung_mpi_world *world, const int64_t *own, int64_t *all, stimmung_mpi_request *request) {
    return MPI_Iallgather(own, 1, MPI_INT64_T, all, 1, MPI_INT64_T, world->collective, &request->handle);
}

static inline int stimmung_mpi_gather_bytes(
    const stimmung_mpi_world *world, const void *own, void *all, const int *counts, const int *starts, stimmung_mpi_request *request) {
    return MPI_Iallgatherv(own, counts[world->rank], MPI_BYTE, all, counts, starts, MPI_BYTE, world->collective, &request->handle);
}

// Every process has its own segment of `all` already.
static inline int stimmung_mpi_gather_segments(
    const stimmung_mpi_world *world, float *all, const int *counts, const int *starts, stimmung_mpi_request *request) {
    return MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, counts, starts, MPI_FLOAT, world->collective, &request->handle);
}

typedef struct {
    const int *counts, *starts;
} stimmung_mpi_division;

static inline int stimmung_mpi_exchange(
    const stimmung_mpi_world *world, const float *out, stimmung_mpi_division sent, float *in, stimmung_mpi_division received,
    stimmung_mpi_request *request) {
    return MPI_Ialltoallv(
        out, sent.counts, sent.starts, MPI_FLOAT, in, received.counts, received.starts, MPI_FLOAT, world->collective, &request->handle);
}

static inline int stimmung_mpi_meet(const stimmung_mpi_world *world, stimmung_mpi_request *request) {
    return MPI_Ibarrier(world->parting, &request->handle);
}

static inline int stimmung_mpi_send(
    const stimmung_mpi_world *world, const void *bytes, int count, int rank, int tag, stimmung_mpi_request *request) {
    return MPI_Isend(bytes, count, MPI_BYTE, rank, tag, world->messages, &request->handle);
}

// Takes a message that has arrived; `found` is 0 if there is none. A negative tag is any tag.
static inline int stimmung_mpi_probe(const stimmung_mpi_world *world, int tag, int *found, stimmung_mpi_message *message) {
    MPI_Status status;
    int error = MPI_Improbe(MPI_ANY_SOURCE, tag < 0 ? MPI_ANY_TAG : tag, world->messages, found, &message->handle, &status);
    if (error != MPI_SUCCESS || !*found) return error;
    message->rank = status.MPI_SOURCE;
    return MPI_Get_count(&status, MPI_BYTE, &message->bytes);
}

static inline int stimmung_mpi_receive(stimmung_mpi_message *message, void *bytes, stimmung_mpi_request *request) {
    return MPI_Imrecv(bytes, message->bytes, MPI_BYTE, &message->handle, &request->handle);
}

static inline int stimmung_mpi_test(stimmung_mpi_request *request, int *done) {
    return MPI_Test(&request->handle, done, MPI_STATUS_IGNORE);
}

static inline int stimmung_mpi_end(void) { return MPI_Finalize(); }

static inline void stimmung_mpi_abort(int status) { MPI_Abort(MPI_COMM_WORLD, status); }
