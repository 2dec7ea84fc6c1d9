/* What tests of trouble ask of a run and its record. */
#ifndef MASKSCOPE_TESTS_UNIT_RUN_TROUBLE_H
#define MASKSCOPE_TESTS_UNIT_RUN_TROUBLE_H

#include "tests/unit/run_lab.h"

static const struct run_options none;

struct tally {
    const char *kind;
    int count;
    int64_t step; /* the last one's */
    char name[96], value[96];
};

static inline bool tally_event(void *context, const struct store_event *event)
{
    struct tally *tally = context;
    if (!strcmp(event->kind, tally->kind)) {
        tally->count++;
        tally->step = event->step;
        text_copy(tally->name, sizeof tally->name, event->name ? event->name : "");
        text_copy(tally->value, sizeof tally->value,
                  event->new_value ? event->new_value
                  : event->note    ? event->note
                                   : "");
    }
    return true;
}

static inline struct tally count_events(const char *run, const char *kind)
{
    struct tally tally = {.kind = kind};
    struct store *store = store_open(lab_path(run, "run.db"), STORE_READ, &lab_error);
    assert_non_null(store);
    assert_true(store_read_events(store, 0, tally_event, &tally, &lab_error));
    store_close(store);
    return tally;
}

static inline bool has_checkpoint(const char *run, int64_t step)
{
    char path[FILE_PATH_SIZE];
    assert_true(checkpoint_path(path, lab_path(run, "checkpoints"), step, &lab_error));
    return file_exists(path);
}

static inline bool is_paused(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_PAUSED;
}

static inline bool is_finished(const struct snapshot *snapshot)
{
    return snapshot->state == RUN_FINISHED;
}

static inline void send(struct run *run, enum command_kind kind, const char *name,
                        const char *value)
{
    struct command command = lab_at(0, kind, name, value).command;
    assert_true(run_send(run, &command));
}

#endif
