#include "run/command.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"

enum { QUEUE_LENGTH = 64 };

struct command_queue {
    pthread_mutex_t mutex;
    pthread_cond_t filled;
    int first, count;
    struct command ring[QUEUE_LENGTH];
};

static const char *const kind_names[] = {
    [COMMAND_SET] = "set",
    [COMMAND_PAUSE] = "pause",
    [COMMAND_GO_ON] = "go-on",
    [COMMAND_STEP] = "step",
    [COMMAND_CHECKPOINT] = "checkpoint",
    [COMMAND_EVALUATE] = "evaluate",
    [COMMAND_PROBE] = "probe",
    [COMMAND_NEW_MASKS] = "new-masks",
    [COMMAND_SHOW] = "show",
    [COMMAND_SHOW_FILE] = "show-file",
    [COMMAND_WAKE] = "wake",
    [COMMAND_ARM_ADD] = "arm-add",
    [COMMAND_ARM_REMOVE] = "arm-remove",
    [COMMAND_NOTE] = "note",
    [COMMAND_STOP] = "stop",
    [COMMAND_ABORT] = "abort",
};
static_assert(ARRAY_LENGTH(kind_names) == COMMAND_KINDS, "a command has no name");

const char *command_kind_name(enum command_kind kind)
{
    return kind_names[kind];
}

struct command_queue *command_queue_new(struct error *error)
{
    struct command_queue *queue = memory_new(1, sizeof *queue, error);
    if (!queue)
        return NULL;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&queue->mutex, NULL);
    pthread_cond_init(&queue->filled, &attributes);
    pthread_condattr_destroy(&attributes);
    return queue;
}

void command_queue_free(struct command_queue *queue)
{
    if (!queue)
        return;
    pthread_cond_destroy(&queue->filled);
    pthread_mutex_destroy(&queue->mutex);
    free(queue);
}

bool command_queue_send(struct command_queue *queue, const struct command *command)
{
    pthread_mutex_lock(&queue->mutex);
    bool room = queue->count < QUEUE_LENGTH;
    if (room) {
        queue->ring[(queue->first + queue->count++) % QUEUE_LENGTH] = *command;
        pthread_cond_signal(&queue->filled);
    }
    pthread_mutex_unlock(&queue->mutex);
    return room;
}

static struct timespec deadline_in(double seconds)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    time_t whole = (time_t)seconds;
    deadline.tv_sec += whole;
    deadline.tv_nsec += (long)((seconds - (double)whole) * 1e9);
    if (deadline.tv_nsec >= 1000000000) {
        deadline.tv_sec++;
        deadline.tv_nsec -= 1000000000;
    }
    return deadline;
}

bool command_queue_receive(struct command_queue *queue, struct command *command, double seconds)
{
    struct timespec deadline = {0};
    if (seconds > 0)
        deadline = deadline_in(seconds);
    pthread_mutex_lock(&queue->mutex);
    int status = 0;
    while (queue->count == 0 && seconds != 0 && status != ETIMEDOUT)
        status = seconds < 0 ? pthread_cond_wait(&queue->filled, &queue->mutex)
                             : pthread_cond_timedwait(&queue->filled, &queue->mutex, &deadline);
    bool received = queue->count > 0;
    if (received) {
        *command = queue->ring[queue->first];
        queue->first = (queue->first + 1) % QUEUE_LENGTH;
        queue->count--;
    }
    pthread_mutex_unlock(&queue->mutex);
    return received;
}
