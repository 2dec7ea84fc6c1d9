#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/image.h"
#include "data/resample.h"
#include "run/verify_private.h"

enum { CHANNEL_LIMIT = 4, SIDE_LIMIT = 32768, LEVEL_TOLERANCE = 2 };
static const double share_tolerance = 0.001; /* of values that are more than one level off */

/* Differences of 8-bit values. */
struct difference {
    int largest;
    size_t beyond_one, count;
};

/* A case under way. */
struct resample_case {
    const struct safetensors_tensor *source, *expected;
    struct image picture, resized;
    struct resample_memory memory;
    struct resample_box box;
};

/* The tensor case<index>.NAME; null if it is not in the file. */
static const struct safetensors_tensor *find(const struct verification *verification, int index,
                                             const char *name)
{
    char full[VERIFY_NAME_SIZE];
    snprintf(full, sizeof full, "case%d.%s", index, name);
    return safetensors_find(verification->file, full);
}

static bool is_picture(const struct safetensors_tensor *tensor)
{
    return tensor && tensor->type == SAFETENSORS_U8 && tensor->dimensions == 3 &&
           tensor->shape[0] >= 1 && tensor->shape[0] <= SIDE_LIMIT && tensor->shape[1] >= 1 &&
           tensor->shape[1] <= SIDE_LIMIT && tensor->shape[2] >= 1 &&
           tensor->shape[2] <= CHANNEL_LIMIT;
}

static bool read_box(const struct verification *verification, int index, struct resample_case *one,
                     struct error *error)
{
    const struct safetensors_tensor *tensor = find(verification, index, "box");
    int32_t box[4];
    if (!tensor || tensor->type != SAFETENSORS_I32 || tensor->count != 4)
        return error_set(error, ERROR_DATA, "%s: case%d.box must be four I32",
                         safetensors_path(verification->file), index);
    if (!safetensors_read(verification->file, tensor, box, error))
        return false;
    if (box[0] < 0 || box[1] < 0 || box[2] <= box[0] || box[3] <= box[1] ||
        box[2] > one->picture.width || box[3] > one->picture.height)
        return error_set(error, ERROR_DATA, "%s: case%d.box does not lie within its source",
                         safetensors_path(verification->file), index);
    one->box = (struct resample_box){box[0], box[1], box[2], box[3]};
    return true;
}

static bool read_case(const struct verification *verification, int index, struct resample_case *one,
                      struct error *error)
{
    one->source = find(verification, index, "source");
    one->expected = find(verification, index, "expected");
    if (!is_picture(one->source) || !is_picture(one->expected) ||
        one->source->shape[2] != one->expected->shape[2])
        return error_set(error, ERROR_DATA,
                         "%s: case%d.source and .expected must be U8 [height, width, channels]",
                         safetensors_path(verification->file), index);
    return image_resize(&one->picture, (int)one->source->shape[1], (int)one->source->shape[0],
                        (int)one->source->shape[2], error) &&
           safetensors_read(verification->file, one->source, one->picture.pixels, error) &&
           read_box(verification, index, one, error);
}

static bool report_difference(struct verification *verification, const char *name,
                              const struct difference *difference, struct error *error)
{
    char share[VERIFY_NAME_SIZE + 32];
    snprintf(share, sizeof share, "%s (share off by more than 1)", name);
    return verify_add(verification, name, difference->largest, LEVEL_TOLERANCE, error) &&
           verify_add(verification, share,
                      (double)difference->beyond_one / (double)difference->count, share_tolerance,
                      error);
}

static bool dump_case(struct verification *verification, const struct resample_case *one,
                      struct error *error)
{
    const struct safetensors_tensor *expected = one->expected;
    uint8_t *copy = arena_alloc(&verification->arena, expected->count, 1, error);
    if (!copy)
        return false;
    memcpy(copy, one->resized.pixels, expected->count);
    int shape[3] = {(int)expected->shape[0], (int)expected->shape[1], (int)expected->shape[2]};
    return verify_dump(verification, expected->name, SAFETENSORS_U8, 3, shape, copy, error);
}

static bool compare_case(struct verification *verification, const struct resample_case *one,
                         struct difference *overall, struct error *error)
{
    struct difference difference = {.count = one->expected->count};
    uint8_t *expected = memory_new(one->expected->count, 1, error);
    if (!expected || !safetensors_read(verification->file, one->expected, expected, error)) {
        free(expected);
        return false;
    }
    for (size_t i = 0; i < difference.count; i++) {
        int levels = abs(one->resized.pixels[i] - expected[i]);
        difference.largest = levels > difference.largest ? levels : difference.largest;
        difference.beyond_one += levels > 1;
    }
    free(expected);
    overall->count += difference.count;
    overall->beyond_one += difference.beyond_one;
    if (difference.largest > overall->largest)
        overall->largest = difference.largest;
    return report_difference(verification, one->expected->name, &difference, error) &&
           (!verification->dump || dump_case(verification, one, error));
}

static bool verify_case(struct verification *verification, int index, struct difference *overall,
                        struct error *error)
{
    struct resample_case one = {0};
    bool good = read_case(verification, index, &one, error) &&
                resample(&one.picture, &one.box, (int)one.expected->shape[1],
                         (int)one.expected->shape[0], &one.resized, &one.memory, error) &&
                compare_case(verification, &one, overall, error);
    image_release(&one.picture);
    image_release(&one.resized);
    resample_memory_release(&one.memory);
    return good;
}

bool verify_resample(struct verification *verification, struct error *error)
{
    struct difference overall = {0};
    int index = 0;
    for (; find(verification, index, "source"); index++)
        if (!verify_case(verification, index, &overall, error))
            return false;
    if (index == 0)
        return error_set(error, ERROR_DATA, "%s: holds no case0.source",
                         safetensors_path(verification->file));
    return report_difference(verification, "all cases", &overall, error);
}
