#include "cli/mask_study.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "data/source.h"
#include "data/view.h"

/* Images guided strategies look at, and pixels along a patch of theirs. */
enum { IMAGES = 64, PATCH = 8, CHANNELS = 3 };

static struct source *open_images(const char *folder, const struct mae_shape *shape,
                                  struct log *log, struct error *error)
{
    struct source_settings settings = {.kind = folder ? "folder" : "scenes",
                                       .path = folder ? folder : "",
                                       .holdout = "",
                                       .width = shape->image_width,
                                       .height = shape->image_height,
                                       .count = IMAGES,
                                       .exif = true};
    return source_open(&settings, SOURCE_TRAIN, log, error);
}

static bool look_at_images(struct mask_images *images, const struct source *source,
                           struct guide_maker *maker, struct error *error)
{
    struct view_scratch scratch = {0};
    struct view_settings view = {.width = maker->shape.image_width,
                                 .height = maker->shape.image_height,
                                 .channels = CHANNELS,
                                 .crop = CROP_CENTER,
                                 .deviation = {1, 1, 1}};
    float *pixels = memory_new(mae_image_values(&maker->shape), sizeof *pixels, error);
    size_t patches = (size_t)mae_patches(&maker->shape);
    bool good = pixels;
    for (int i = 0; good && i < images->count; i++) {
        good = view_read(source, (size_t)i, &view, &scratch, pixels, error);
        if (!good)
            break;
        guide_maker_look(maker, MASK_GUIDES_OF_IMAGE, pixels);
        memcpy(images->maps + (size_t)i * MASK_GUIDES * patches, maker->maps,
               MASK_GUIDES * patches * sizeof *images->maps);
    }
    view_scratch_release(&scratch);
    free(pixels);
    return good;
}

bool mask_images_init(struct mask_images *images, const char *folder, int grid_height,
                      int grid_width, struct log *log, struct error *error)
{
    struct mae_shape shape = {.image_height = grid_height * PATCH,
                              .image_width = grid_width * PATCH,
                              .patch = PATCH,
                              .channels = CHANNELS};
    struct guide_maker maker = {0};
    *images = (struct mask_images){0};
    struct source *source = open_images(folder, &shape, log, error);
    if (!source)
        return false;
    images->count = source->count < IMAGES ? (int)source->count : IMAGES;
    size_t values = (size_t)images->count * MASK_GUIDES * (size_t)mae_patches(&shape);
    bool good = (images->maps = memory_new(values, sizeof *images->maps, error)) &&
                guide_maker_init(&maker, &shape, error) &&
                look_at_images(images, source, &maker, error);
    guide_maker_release(&maker);
    source_close(source);
    if (!good)
        mask_images_release(images);
    return good;
}

void mask_images_release(struct mask_images *images)
{
    free(images->maps);
    *images = (struct mask_images){0};
}

static double processor_microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

/* What drawing the masks of one study works with. */
struct work {
    struct mask_study *study;
    struct mask_drawer *drawer;
    const struct mask_images *images;
    uint64_t seed;
    double progress;
    int64_t count;
    int patches;
};

static struct mask_guides guides_of(const struct work *work, int64_t image)
{
    struct mask_guides guides = {{NULL}};
    const struct mask_images *images = work->images;
    for (int guide = 0; images->count > 0 && guide < MASK_GUIDES; guide++)
        if (MASK_GUIDES_OF_IMAGE & 1 << guide)
            guides.maps[guide] =
                images->maps +
                (size_t)(image % images->count * MASK_GUIDES + guide) * (size_t)work->patches;
    return guides;
}

/* One batch of masks [images, L]. */
static void draw_batch(struct work *work, int64_t first, int images, uint8_t *masks)
{
    struct mask_study *study = work->study;
    double begun = processor_microseconds();
    for (int i = 0; i < images; i++) {
        struct mask_guides guides = guides_of(work, first + i);
        struct mask_key key = {.seed = work->seed,
                               .stream = RANDOM_MASK,
                               .image = (uint32_t)(first + i),
                               .batch = (uint32_t)(first / MASK_STUDY_BATCH),
                               .batch_images = (uint32_t)images,
                               .place = (uint32_t)i,
                               .guides = &guides};
        bool clamped;
        mask_draw(work->drawer, &study->choice, work->progress, &key,
                  masks + (size_t)i * (size_t)work->patches, &clamped);
        study->clamped += clamped;
    }
    study->microseconds += (processor_microseconds() - begun) / (double)work->count;
}

static void draw_all(struct work *work, uint8_t *batch, uint8_t *masks)
{
    struct mask_study *study = work->study;
    size_t patches = (size_t)work->patches;
    for (int64_t first = 0; first < work->count; first += MASK_STUDY_BATCH) {
        int64_t left = work->count - first;
        int images = left < MASK_STUDY_BATCH ? (int)left : MASK_STUDY_BATCH;
        uint8_t *into = masks ? masks + (size_t)first * patches : batch;
        draw_batch(work, first, images, into);
        for (int i = 0; i < images; i++) {
            const uint8_t *mask = into + (size_t)i * patches;
            coverage_add(&study->coverage, mask);
            spectrum_add(&study->spectrum, mask);
            if (first + i < MASK_STUDY_EXAMPLES)
                memcpy(study->examples + (size_t)(first + i) * patches, mask, patches);
        }
    }
}

bool mask_study_init(struct mask_study *study, const struct mask_choice *choice, int grid_height,
                     int grid_width, uint64_t seed, int64_t count, double progress,
                     const struct mask_images *images, uint8_t *masks, struct error *error)
{
    *study = (struct mask_study){.choice = *choice};
    struct work work = {.study = study,
                        .images = images,
                        .seed = seed,
                        .progress = progress,
                        .count = count,
                        .patches = grid_height * grid_width};
    size_t patches = (size_t)work.patches;
    uint8_t *batch = memory_new(MASK_STUDY_BATCH, patches, error);
    bool good = batch && (study->examples = memory_new(MASK_STUDY_EXAMPLES, patches, error)) &&
                coverage_init(&study->coverage, grid_height, grid_width, error) &&
                spectrum_init(&study->spectrum, grid_height, grid_width, error) &&
                (work.drawer = mask_drawer_new(grid_height, grid_width, error)) &&
                mask_drawer_prepare(work.drawer, choice, error);
    if (good) {
        strategy_choice_write(&choice->strategy, &study->strategy);
        ratio_choice_write(&choice->ratio, &study->ratio);
        draw_all(&work, batch, masks);
    }
    mask_drawer_free(work.drawer);
    free(batch);
    if (!good)
        mask_study_release(study);
    return good;
}

void mask_study_release(struct mask_study *study)
{
    text_release(&study->strategy);
    text_release(&study->ratio);
    coverage_release(&study->coverage);
    spectrum_release(&study->spectrum);
    free(study->examples);
    *study = (struct mask_study){0};
}
