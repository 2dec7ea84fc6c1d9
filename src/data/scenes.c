#include "data/scenes.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "data/kinds.h"
#include "data/scene_parts.h"

static const char *const class_names[] = {
    [OUTLINE_DISC] = "disc",         [OUTLINE_SQUARE] = "square", [OUTLINE_TRIANGLE] = "triangle",
    [OUTLINE_STAR] = "star",         [OUTLINE_RING] = "ring",     [OUTLINE_CROSS] = "cross",
    [OUTLINE_CRESCENT] = "crescent", [OUTLINE_HEART] = "heart",   [OUTLINE_FLOWER] = "flower",
    [OUTLINE_ARROW] = "arrow",
};
static_assert(ARRAY_LENGTH(class_names) == OUTLINE_CLASSES, "a name for each class");

int scene_class_count(void)
{
    return OUTLINE_CLASSES;
}

const char *scene_class_name(int class_index)
{
    return class_names[class_index];
}

int scene_class(uint64_t seed, uint32_t split, uint32_t index)
{
    struct random random = random_begin(seed, RANDOM_SCENE, split, index);
    return (int)scene_draw_class(&random);
}

void scene_render(uint64_t seed, uint32_t split, uint32_t index, int width, int height,
                  uint8_t *rgb, uint8_t *labels)
{
    const float smallest = 0.9f; /* radius of a leaf in pixels */
    struct scene scene;
    struct scene_canvas canvas = {.width = width, .height = height, .rgb = rgb, .labels = labels};
    canvas.pixel = 1 / sqrtf((float)width * (float)height);
    scene_lay_out(&scene, seed, split, index, (float)width / (float)height,
                  smallest * canvas.pixel);
    for (int top = 0; top < height; top += SCENE_TILE)
        for (int left = 0; left < width; left += SCENE_TILE)
            scene_paint_tile(&scene, &canvas, left, top);
}

int scene_source_side(int side)
{
    int drawn = side + (side + 3) / 4;
    return drawn < SCENE_SIDE_MIN   ? SCENE_SIDE_MIN
           : drawn > SCENE_SIDE_MAX ? SCENE_SIDE_MAX
                                    : drawn;
}

/* The source. Its images need no state but its settings. */

/* The version is raised when the same numbers draw other pictures. */
enum { DRAWING_VERSION = 1, HOLDOUT_SHARE = 20, HOLDOUT_MIN = 256 };

struct drawn {
    uint64_t seed;
    uint32_t split;
    int width, height;
};

/* FNV-1a over the bytes of each number, least significant first. */
static uint64_t digest_of(const uint64_t *numbers, size_t count)
{
    uint64_t digest = 0xcbf29ce484222325u;
    for (size_t i = 0; i < count; i++)
        for (int byte = 0; byte < 8; byte++)
            digest = (digest ^ (numbers[i] >> 8 * byte & 0xff)) * 0x100000001b3u;
    return digest;
}

void scene_source_render(const struct source *source, size_t index, int width, int height,
                         uint8_t *rgb, uint8_t *labels)
{
    const struct drawn *drawn = source->state;
    scene_render(drawn->seed, drawn->split, (uint32_t)index, width, height, rgb, labels);
}

static void scenes_close(struct source *source)
{
    for (int i = 0; source->class_names && i < source->class_count; i++)
        free(source->class_names[i]);
    free(source->class_names);
    free(source->state);
    source->class_names = NULL;
    source->state = NULL;
}

static bool name_classes(struct source *source, struct error *error)
{
    source->class_names = memory_new(OUTLINE_CLASSES, sizeof *source->class_names, error);
    if (!source->class_names)
        return false;
    source->class_count = OUTLINE_CLASSES;
    for (int i = 0; i < OUTLINE_CLASSES; i++) {
        source->class_names[i] = strdup(class_names[i]);
        if (!source->class_names[i])
            return error_set(error, ERROR_SYSTEM, "out of memory");
    }
    return true;
}

static bool check_settings(const struct source_settings *settings, struct error *error)
{
    if (settings->count < 1 || settings->count > UINT32_MAX)
        return error_set(error, ERROR_DATA, "scenes: the number of images is 1 .. %u, not %lld",
                         UINT32_MAX, (long long)settings->count);
    if (settings->width < 1 || settings->width > SCENE_SIDE_MAX || settings->height < 1 ||
        settings->height > SCENE_SIDE_MAX)
        return error_set(error, ERROR_DATA, "scenes: a side is 1 .. %d pixels, not %dx%d",
                         SCENE_SIDE_MAX, settings->width, settings->height);
    return true;
}

static bool scenes_open(struct source *source, const struct source_settings *settings,
                        enum source_split split, struct log *log, struct error *error)
{
    (void)log;
    if (!check_settings(settings, error))
        return false;
    struct drawn *drawn = source->state = memory_new(1, sizeof *drawn, error);
    if (!drawn || !name_classes(source, error)) {
        scenes_close(source);
        return false;
    }
    *drawn = (struct drawn){.seed = settings->seed,
                            .split = (uint32_t)split,
                            .width = scene_source_side(settings->width),
                            .height = scene_source_side(settings->height)};
    size_t train = (size_t)settings->count, holdout = train / HOLDOUT_SHARE;
    holdout = holdout > HOLDOUT_MIN ? holdout : HOLDOUT_MIN;
    source->count = split == SOURCE_HOLDOUT ? holdout : train;
    source->digest = digest_of((const uint64_t[]){DRAWING_VERSION, drawn->seed, drawn->split,
                                                  (uint64_t)drawn->width, (uint64_t)drawn->height,
                                                  source->count},
                               6);
    return true;
}

/* Drawn at one size, whatever is the least that the caller needs. */
static bool scenes_read(const struct source *source, size_t index, int min_width, int min_height,
                        struct image *image, struct error *error)
{
    const struct drawn *drawn = source->state;
    (void)min_width;
    (void)min_height;
    if (!image_resize(image, drawn->width, drawn->height, 3, error))
        return false;
    scene_render(drawn->seed, drawn->split, (uint32_t)index, drawn->width, drawn->height,
                 image->pixels, NULL);
    return true;
}

static const char *scenes_name_of(const struct source *source, size_t index, char *buffer,
                                  size_t size)
{
    (void)source;
    snprintf(buffer, size, "scene %zu", index);
    return buffer;
}

static int scenes_label_of(const struct source *source, size_t index)
{
    const struct drawn *drawn = source->state;
    return scene_class(drawn->seed, drawn->split, (uint32_t)index);
}

const struct source_kind source_scenes = {
    .name = "scenes",
    .help = "drawn images with natural statistics and ten classes; needs no files",
    .open = scenes_open,
    .close = scenes_close,
    .read = scenes_read,
    .name_of = scenes_name_of,
    .label_of = scenes_label_of,
};
