/* The task inpaint: what a user who has a hole filled gets to see. A block of patches is hidden,
 * the model's prediction takes its place among the visible pixels, and the result is held against
 * the original. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "probe/similarity.h"
#include "run/downstream_private.h"
#include "run/inspect.h"

enum { CHUNK_IMAGES = 16 };

/* One variant under way. */
struct inpainting {
    struct downstream *downstream;
    struct downstream_outcome *outcome;
    struct inspector inspector;
    struct image_reader reader;
    struct mask_choice choice;
    int64_t seed;
    float *pixels, *result; /* [CHUNK_IMAGES, C, H, W] */
    float *patches;         /* [L, P]: of one image */
    double psnr, ssim;      /* sums over the images so far */
    int images;
};

static bool choose_mask(struct mask_choice *choice, double ratio, struct error *error)
{
    char text[32];
    *choice = (struct mask_choice){0};
    text_from_real(text, ratio);
    return strategy_choice_parse(&choice->strategy, "block", error) &&
           ratio_choice_parse(&choice->ratio, text, error);
}

/* Values of a picture [C, H, W] from those of the model's input to 0 .. 1. */
static void to_pixels(const struct inpainting *work, float *values)
{
    const struct view_settings *view = &work->downstream->view;
    size_t plane = (size_t)view->width * (size_t)view->height;
    for (int channel = 0; channel < view->channels; channel++)
        for (size_t i = 0; i < plane; i++) {
            float *value = &values[(size_t)channel * plane + i];
            *value = fminf(fmaxf(*value * view->deviation[channel] + view->mean[channel], 0), 1);
        }
}

/* The visible patches of an image with what was predicted for the others. */
static void compose(struct inpainting *work, int image, float *result)
{
    const struct inspector *inspector = &work->inspector;
    size_t patches = (size_t)inspector->masks.patches;
    size_t values = (size_t)mae_patch_values(&inspector->shape);
    const uint8_t *mask = inspector->masks.masks + (size_t)image * patches;
    for (size_t patch = 0; patch < patches; patch++) {
        size_t at = ((size_t)image * patches + patch) * values;
        memcpy(work->patches + patch * values,
               (mask[patch] ? inspector->pred : inspector->patches) + at,
               values * sizeof *work->patches);
    }
    mae_unpatchify(&inspector->shape, 1, work->patches, result);
}

/* Over the hidden pixels: the visible ones are the original's. */
static double hidden_mse(const float *original, const float *result, size_t count, double share)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double difference = (double)original[i] - (double)result[i];
        sum += difference * difference;
    }
    return sum / ((double)count * share);
}

static bool measure_image(struct inpainting *work, int image, uint32_t index, int hidden,
                          struct error *error)
{
    const struct mae_shape *shape = &work->inspector.shape;
    size_t values = mae_image_values(shape);
    float *original = work->pixels + (size_t)image * values;
    float *result = work->result + (size_t)image * values;
    compose(work, image, result);
    to_pixels(work, original);
    to_pixels(work, result);
    double psnr =
        similarity_psnr(hidden_mse(original, result, values, (double)hidden / mae_patches(shape)));
    double ssim = similarity_ssim(original, result, shape->channels, shape->image_height,
                                  shape->image_width, error);
    if (isnan(ssim))
        return false;
    work->psnr += psnr;
    work->ssim += ssim;
    work->outcome->answers[work->images++] =
        (struct store_probe_image){.image = index, .label = -1, .predicted = -1, .value = psnr};
    return true;
}

static bool measure_chunk(struct inpainting *work, const uint32_t *images, size_t count,
                          struct error *error)
{
    struct mask_batch *masks = &work->inspector.masks;
    size_t kept[CHUNK_IMAGES];
    int hidden[CHUNK_IMAGES];
    struct images_read images_read = {.pixels = work->pixels, .kept = kept};
    if (!image_reader_read(&work->reader, images, count, &images_read, error))
        return false;
    int read = (int)images_read.count;
    if (read == 0)
        return true;
    for (int i = 0; i < read; i++) {
        struct mask_key key = {.seed = (uint64_t)work->downstream->config->eval.seed,
                               .stream = RANDOM_PROBE_MASK,
                               .epoch = (uint32_t)work->seed,
                               .image = images[kept[i]]};
        const float *pixels = work->pixels + (size_t)i * mae_image_values(&work->inspector.shape);
        hidden[i] = mask_batch_draw(masks, i, &work->choice, 0, &key, pixels, NULL);
    }
    inspector_load(&work->inspector, work->pixels, read);
    inspector_run(&work->inspector, work->downstream->mae, work->pixels, read, MAE_HIDDEN_PATCHES);
    for (int i = 0; i < read; i++)
        if (!measure_image(work, i, images[kept[i]], hidden[i], error))
            return false;
    return true;
}

static bool measure_all(struct inpainting *work, struct error *error)
{
    const struct downstream_images *held_out = &work->downstream->held_out;
    struct probe_watch watch = downstream_watch(work->downstream);
    for (size_t first = 0; first < held_out->count; first += CHUNK_IMAGES) {
        size_t left = held_out->count - first;
        if (!probe_watch_tell(&watch, (double)first / (double)held_out->count, error) ||
            !measure_chunk(work, held_out->images + first,
                           left < CHUNK_IMAGES ? left : CHUNK_IMAGES, error))
            return false;
    }
    if (work->images == 0)
        return error_set(error, ERROR_DATA, "inpaint: no image can be read");
    work->outcome->images = work->images;
    downstream_add_value(work->outcome, "psnr", work->psnr / work->images);
    downstream_add_value(work->outcome, "ssim", work->ssim / work->images);
    return true;
}

static bool run_variant(struct downstream *downstream, int variant, int64_t seed,
                        struct error *error)
{
    const struct mae_shape *shape = &downstream->mae->shape;
    size_t values = CHUNK_IMAGES * mae_image_values(shape);
    struct inpainting work = {.downstream = downstream, .seed = seed};
    bool good =
        (work.outcome =
             downstream_add(downstream, variant, seed, downstream->held_out.count, error)) &&
        choose_mask(&work.choice, downstream->config->probe.holes.items[variant], error) &&
        inspector_init(&work.inspector, shape, CHUNK_IMAGES, error) &&
        mask_batch_prepare(&work.inspector.masks, &work.choice, error) &&
        image_reader_init(&work.reader, downstream->held_out.source, &downstream->view, error) &&
        (work.pixels = memory_new(values, sizeof(float), error)) &&
        (work.result = memory_new(values, sizeof(float), error)) &&
        (work.patches = memory_new(mae_image_values(shape), sizeof(float), error)) &&
        measure_all(&work, error);
    inspector_release(&work.inspector);
    image_reader_release(&work.reader);
    free(work.pixels);
    free(work.result);
    free(work.patches);
    return good;
}

static bool name_variant(const struct downstream *downstream, int index, struct text *name)
{
    const struct setting_reals *holes = &downstream->config->probe.holes;
    if (index >= holes->count)
        return false;
    text_append(name, "block of %g", holes->items[index]);
    return true;
}

static bool run(struct downstream *downstream, int64_t seed, struct error *error)
{
    int classes = downstream->classes;
    bool good = true;
    downstream->classes = 0; /* there is nothing to choose from */
    for (int i = 0; good && i < downstream->config->probe.holes.count; i++)
        good = run_variant(downstream, i, seed, error);
    downstream->classes = classes;
    return good;
}

const struct downstream_task downstream_inpaint = {
    .name = "inpaint",
    .help =
        "filling holes: PSNR of the hidden pixels and SSIM of the whole picture when a block is "
        "hidden",
    .measure = "psnr",
    .decoder = true,
    .seeded = true,
    .settings = (const char *const[]){"eval.seed", NULL},
    .variant = name_variant,
    .run = run,
};
