#include "run/replay_compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/checkpoint.h"
#include "run/safetensors.h"
#include "run/tables_private.h"

/* ---- Records ---- */

/* The earliest difference so far. */
struct difference {
    int64_t step;
    char text[sizeof((struct replay_report *)0)->parts];
};

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void note(struct difference *first, int64_t step, const char *arm, const char *what,
                 double recorded, double now)
{
    if (first->text[0] && first->step <= step)
        return;
    first->step = step;
    snprintf(first->text, sizeof first->text, "step %lld%s%.40s: %.100s %.17g on record, %.17g now",
             (long long)step, *arm ? ", arm " : "", arm, what, recorded, now);
}

/* The replay's id of the arm, or -1. */
static int find_arm(const struct arm_names *arms, const struct named_arm *arm)
{
    for (size_t i = 0; i < arms->count; i++)
        if (!strcmp(arms->items[i].name, arm->name) && !strcmp(arms->items[i].kind, arm->kind))
            return arms->items[i].id;
    return -1;
}

struct comparison {
    struct store *recorded, *replayed;
    int64_t from, until;
    struct replay_report *report;
    struct difference first;
    struct store_series a, b; /* work */
    struct error *error;
};

static bool compare_metric(struct comparison *comparison, int id, int other, const char *arm,
                           const char *name)
{
    struct store_series *a = &comparison->a, *b = &comparison->b;
    if (!store_read_series_from(comparison->recorded, id, name, comparison->from + 1, a,
                                comparison->error) ||
        !store_read_series_from(comparison->replayed, other, name, comparison->from + 1, b,
                                comparison->error))
        return false;
    for (size_t i = 0, k = 0; i < a->count && a->steps[i] <= comparison->until; i++) {
        while (k < b->count && b->steps[k] < a->steps[i])
            k++;
        bool there = k < b->count && b->steps[k] == a->steps[i];
        double now = there ? b->values[k] : (double)NAN;
        comparison->report->numbers++;
        if (!there || !same_bits(a->values[i], now))
            note(&comparison->first, a->steps[i], arm, name, a->values[i], now);
    }
    return true;
}

static bool compare_metrics(struct comparison *comparison, const struct arm_names *recorded,
                            const struct arm_names *replayed)
{
    static const char *const names[] = {"loss", "ratio", "gradient_norm", "probe_mse"};
    if (!compare_metric(comparison, STORE_RUN, STORE_RUN, "", "learning_rate"))
        return false;
    for (size_t arm = 0; arm < recorded->count; arm++) {
        const struct named_arm *it = &recorded->items[arm];
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
            if (!compare_metric(comparison, it->id, find_arm(replayed, it), it->name, names[i]))
                return false;
    }
    return true;
}

/* One arm's evaluations at one step. */
struct evaluations {
    double *values;
    size_t count, capacity;
    int64_t step; /* of the first row that is of interest */
    bool failed;
};

static bool keep_evaluation(void *context, const struct store_evaluation *row)
{
    struct evaluations *kept = context;
    if (kept->count == kept->capacity) {
        size_t capacity = kept->capacity ? 2 * kept->capacity : 4096;
        void *grown = reallocarray(kept->values, capacity, sizeof *kept->values);
        if (!grown)
            return !(kept->failed = true);
        kept->values = grown;
        kept->capacity = capacity;
    }
    kept->values[kept->count++] = row->mse;
    return true;
}

/* Image by image: the rows of one step come in one order. Sums of equal bits are not looked at, so
 * that two errors cannot make up for each other. */
static bool compare_evaluation(struct comparison *comparison, const struct named_arm *arm,
                               int other, int64_t step, struct evaluations *a,
                               struct evaluations *b)
{
    a->count = b->count = 0;
    if (!store_read_evaluations(comparison->recorded, arm->id, step, keep_evaluation, a,
                                comparison->error) ||
        !store_read_evaluations(comparison->replayed, other, step, keep_evaluation, b,
                                comparison->error))
        return false;
    if (a->failed || b->failed)
        return error_set(comparison->error, ERROR_SYSTEM, "out of memory");
    for (size_t i = 0; i < a->count; i++) {
        double now = i < b->count ? b->values[i] : (double)NAN;
        comparison->report->numbers++;
        if (!same_bits(a->values[i], now))
            note(&comparison->first, step, arm->name, "an image's error", a->values[i], now);
    }
    return true;
}

/* The steps of the arm's evaluations are those of its probe_mse. */
static bool compare_evaluations(struct comparison *comparison, const struct arm_names *recorded,
                                const struct arm_names *replayed)
{
    struct evaluations a = {0}, b = {0};
    struct store_series steps = {0};
    bool good = true;
    for (size_t arm = 0; good && arm < recorded->count; arm++) {
        const struct named_arm *it = &recorded->items[arm];
        good = store_read_series_from(comparison->recorded, it->id, "probe_mse",
                                      comparison->from + 1, &steps, comparison->error);
        for (size_t i = 0; good && i < steps.count && steps.steps[i] <= comparison->until; i++)
            good =
                compare_evaluation(comparison, it, find_arm(replayed, it), steps.steps[i], &a, &b);
    }
    store_series_release(&steps);
    free(a.values);
    free(b.values);
    return good;
}

bool replay_compare(struct store *recorded, struct store *replayed, int64_t from, int64_t until,
                    struct replay_report *report, struct error *error)
{
    struct arm_names arms = {0}, others = {0};
    struct comparison comparison = {.recorded = recorded,
                                    .replayed = replayed,
                                    .from = from,
                                    .until = until,
                                    .report = report,
                                    .error = error};
    bool good = arm_names_read(&arms, recorded, error) &&
                arm_names_read(&others, replayed, error) &&
                compare_metrics(&comparison, &arms, &others) &&
                compare_evaluations(&comparison, &arms, &others);
    if (good && comparison.first.text[0]) {
        report->same = false;
        text_copy(report->parts, sizeof report->parts, comparison.first.text);
    }
    arm_names_release(&arms);
    arm_names_release(&others);
    store_series_release(&comparison.a);
    store_series_release(&comparison.b);
    return good;
}

/* ---- Checkpoints ---- */

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
