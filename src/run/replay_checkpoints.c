/* The checkpoints of two runs, bit for bit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/checkpoint.h"
#include "run/replay_compare.h"
#include "run/safetensors.h"

static bool compare_tensor(const struct safetensors *a, const struct safetensors *b, size_t index,
                           bool *same, struct error *error)
{
    const struct safetensors_tensor *first = safetensors_at(a, index);
    const struct safetensors_tensor *second = safetensors_find(b, first->name);
    *same = second && second->bytes == first->bytes;
    if (!*same || first->bytes == 0)
        return true;
    void *left = memory_new(1, first->bytes, error), *right = memory_new(1, first->bytes, error);
    bool good = left && right && safetensors_read(a, first, left, error) &&
                safetensors_read(b, second, right, error);
    *same = good && memcmp(left, right, first->bytes) == 0;
    free(left);
    free(right);
    return good;
}

static bool compare_files(const struct safetensors *a, const struct safetensors *b, int64_t step,
                          struct replay_report *report, struct error *error)
{
    bool good = true, same = true;
    for (size_t i = 0; good && same && i < safetensors_count(a); i++) {
        good = compare_tensor(a, b, i, &same, error);
        if (good && !same)
            snprintf(report->parts, sizeof report->parts,
                     "step %lld: %.200s differs in the checkpoint", (long long)step,
                     safetensors_at(a, i)->name);
    }
    report->same = same;
    report->checkpoints += same;
    return good;
}

static bool compare_checkpoint(const char *recorded, const char *replayed, int64_t step,
                               struct replay_report *report, struct error *error)
{
    char first[FILE_PATH_SIZE], second[FILE_PATH_SIZE];
    if (!checkpoint_path(first, recorded, step, error) ||
        !checkpoint_path(second, replayed, step, error))
        return false;
    struct safetensors *a = safetensors_open(first, error);
    struct safetensors *b = a ? safetensors_open(second, error) : NULL;
    bool good = a && b && compare_files(a, b, step, report, error);
    safetensors_close(a);
    safetensors_close(b);
    return good;
}

bool replay_compare_checkpoints(const char *recorded, const char *replayed,
                                struct replay_report *report, struct error *error)
{
    size_t count;
    int64_t *steps = checkpoint_steps(recorded, &count);
    bool good = true;
    for (size_t i = count; good && report->same && i-- > 0;)
        if (steps[i] <= report->steps)
            good = compare_checkpoint(recorded, replayed, steps[i], report, error);
    free(steps);
    return good;
}
