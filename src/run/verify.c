#include "run/verify.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "run/verify_private.h"

static const struct {
    const char *format;
    bool (*verify)(struct verification *verification, struct error *error);
} kinds[] = {
    {"mae-reference", verify_mae},
    {"resample-reference", verify_resample},
    {"probe-reference", verify_probe},
};

bool verify_add(struct verification *verification, const char *tensor, double deviation,
                double tolerance, struct error *error)
{
    struct verify_report *report = verification->report;
    void *items =
        memory_grow(report->items, report->count, &report->capacity, sizeof *report->items, error);
    if (!items)
        return false;
    report->items = items;
    struct verify_item *item = &report->items[report->count++];
    *item = (struct verify_item){.deviation = deviation, .tolerance = tolerance};
    item->good = deviation <= tolerance;
    text_copy(item->tensor, sizeof item->tensor, tensor);
    report->good = report->good && item->good;
    return true;
}

float *verify_floats(struct verification *verification, size_t count, struct error *error)
{
    return arena_alloc(&verification->arena, count, sizeof(float), error);
}

/* The largest |ours - recorded| over the largest |recorded|; infinite if any of ours is no number.
 */
static double relative_deviation(const float *ours, const float *recorded, size_t count)
{
    double largest = 0, scale = 0;
    for (size_t i = 0; i < count; i++) {
        double difference = fabs((double)ours[i] - (double)recorded[i]);
        if (!isfinite(difference))
            return INFINITY;
        largest = fmax(largest, difference);
        scale = fmax(scale, fabs((double)recorded[i]));
    }
    if (largest == 0)
        return 0;
    return largest / scale; /* all recorded zero, ours not: infinite */
}

bool verify_dump(struct verification *verification, const char *name, enum safetensors_type type,
                 int dimensions, const int *shape, const void *ours, struct error *error)
{
    return !verification->dump ||
           safetensors_writer_add(verification->dump, name, type, dimensions, shape, ours, error);
}

bool verify_check(struct verification *verification, const char *name, int dimensions,
                  const int *shape, const float *ours, double tolerance, struct error *error)
{
    const struct safetensors_tensor *tensor =
        safetensors_expect(verification->file, name, SAFETENSORS_F32, dimensions, shape, error);
    if (!tensor)
        return false;
    float *recorded = memory_new(tensor->count, sizeof *recorded, error);
    bool good = recorded && safetensors_read(verification->file, tensor, recorded, error) &&
                verify_add(verification, name, relative_deviation(ours, recorded, tensor->count),
                           tolerance, error);
    free(recorded);
    return good;
}

bool verify_compare(struct verification *verification, const char *name, int dimensions,
                    const int *shape, const float *ours, double tolerance, struct error *error)
{
    return verify_check(verification, name, dimensions, shape, ours, tolerance, error) &&
           verify_dump(verification, name, SAFETENSORS_F32, dimensions, shape, ours, error);
}

static bool unknown_format(const struct safetensors *file, const char *format, struct error *error)
{
    char shown[64];
    struct text known = {0};
    text_sanitize(shown, sizeof shown, format ? format : "");
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        text_append(&known, "%s%s", i ? ", " : "", kinds[i].format);
    if (format)
        error_set(error, ERROR_DATA, "%s: its format is \"%s\"; those known here are %s",
                  safetensors_path(file), shown, text_of(&known));
    else
        error_set(error, ERROR_DATA, "%s: its metadata names no format; those known here are %s",
                  safetensors_path(file), text_of(&known));
    text_release(&known);
    return false;
}

static bool verify_open_file(const struct safetensors *file, const char *dump,
                             struct verify_report *report, struct error *error)
{
    const char *format = safetensors_metadata(file, "format");
    size_t kind = 0;
    while (kind < ARRAY_LENGTH(kinds) && (!format || strcmp(format, kinds[kind].format) != 0))
        kind++;
    if (kind == ARRAY_LENGTH(kinds))
        return unknown_format(file, format, error);
    text_copy(report->format, sizeof report->format, format);
    struct verification verification = {.file = file, .report = report};
    if (dump && !(verification.dump = safetensors_writer_new(error)))
        return false;
    report->good = true;
    bool good = kinds[kind].verify(&verification, error);
    if (good && dump)
        good =
            safetensors_writer_metadata(verification.dump, "format", "maskscope-values", error) &&
            safetensors_writer_metadata(verification.dump, "of", format, error) &&
            safetensors_writer_save(verification.dump, dump, error);
    safetensors_writer_free(verification.dump);
    arena_release(&verification.arena);
    return good;
}

bool verify_file(const char *path, const char *dump, struct verify_report *report,
                 struct error *error)
{
    *report = (struct verify_report){0};
    struct safetensors *file = safetensors_open(path, error);
    bool good = file && verify_open_file(file, dump, report, error);
    safetensors_close(file);
    return good;
}

void verify_report_release(struct verify_report *report)
{
    free(report->items);
    *report = (struct verify_report){0};
}
