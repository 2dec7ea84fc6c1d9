#include "run/downstream_patches.h"

#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"

void patches_release(struct patches *patches)
{
    downstream_images_release(&patches->images);
    free(patches->values);
    free(patches->shares);
    free(patches->read);
    free(patches->sizes);
}

/* ---- Sources ---- */

/* Of two limits, of which 0 is none. */
static int64_t fewer(int64_t a, int64_t b)
{
    return a == 0 || (b > 0 && b < a) ? b : a;
}

bool patches_open(struct segmentation *work, enum source_split split, struct patches *patches,
                  struct error *error)
{
    const struct downstream *downstream = work->downstream;
    const struct config *config = downstream->config;
    struct source_settings settings;
    char images[FILE_PATH_SIZE];
    config_source(config, downstream->request->shape, &settings);
    bool drawn = !strcmp(settings.kind, "scenes");
    if (!drawn && strcmp(settings.kind, "folder"))
        return error_set(error, ERROR_DATA,
                         "segment: images of the source '%s' have no class for each pixel; use a "
                         "folder with annotations, or scenes",
                         settings.kind);
    const char *holdout = config->data.holdout[0] ? config->data.holdout : "val";
    if (!pixel_labels_open(&patches->labels, drawn ? NULL : config->data.path, split, holdout,
                           error) ||
        !file_join(images, sizeof images, config->data.path, "images", error))
        return false;
    settings.path = drawn ? settings.path : images;
    patches->images.source = source_open(&settings, split, downstream->request->log, error);
    return patches->images.source &&
           downstream_choose_images(
               &patches->images, (uint64_t)config->eval.seed,
               fewer(split == SOURCE_TRAIN ? config->probe.train_images : config->probe.images,
                     config->probe.segment_images),
               error);
}

bool patches_count(const struct config *config, const struct mae_shape *shape, size_t *train,
                   size_t *held_out, struct log *log, struct error *error)
{
    struct downstream_request request = {.config = config, .shape = shape, .log = log};
    struct downstream downstream = {.request = &request, .config = config};
    struct segmentation work = {.downstream = &downstream};
    bool good = patches_open(&work, SOURCE_TRAIN, &work.train, error) &&
                patches_open(&work, SOURCE_HOLDOUT, &work.test, error);
    *train = work.train.images.count;
    *held_out = work.test.images.count;
    patches_release(&work.train);
    patches_release(&work.test);
    return good;
}

/* ---- Labels of a chunk of images, read by all threads ---- */

static void read_labels(void *context, size_t task, size_t slot)
{
    const struct label_job *job = context;
    const struct segmentation *work = job->work;
    size_t index = job->first + task, classes = (size_t)work->classes;
    const struct image_size *size = &job->patches->sizes[index];
    struct image *image = &job->images[slot];
    struct segment_grid grid = work->grid;
    grid.width = size->width;
    grid.height = size->height;
    if (!pixel_labels_read(&job->patches->labels, job->patches->images.source,
                           job->patches->read[index], size->width, size->height, image,
                           &job->errors[task]))
        return;
    if (job->shares)
        segment_shares(job->shares + task * work->patches * classes, &grid, image->pixels,
                       work->classes);
    else
        segment_count(job->counts + index * classes * classes, &grid,
                      job->scores + index * work->patches * classes, image->pixels, work->classes);
}

bool patches_read_labels(struct label_job *job, size_t count, struct error *error)
{
    size_t slots = (size_t)parallel_threads();
    bool good = (job->images = memory_new(slots, sizeof *job->images, error)) &&
                (job->errors = memory_new(count, sizeof *job->errors, error));
    if (good)
        parallel_for_slots(count, slots, read_labels, job);
    for (size_t i = 0; good && i < count; i++)
        if (job->errors[i].code != ERROR_NONE) {
            *error = job->errors[i];
            good = false;
        }
    for (size_t i = 0; job->images && i < slots; i++)
        image_release(&job->images[i]);
    free(job->images);
    free(job->errors);
    return good;
}

/* ---- Patches ---- */

/* What encodes a split. */
struct encoder {
    struct whole_pass whole;
    struct image_reader reader;
    float *pixels, *shares; /* of a chunk */
};

static void keep_patch(const struct segmentation *work, struct patches *patches, const float *token,
                       const float *shares)
{
    size_t classes = (size_t)work->classes;
    float sum = 0;
    for (size_t i = 0; shares && i < classes; i++)
        sum += shares[i];
    if (shares && sum == 0)
        return;
    memcpy(patches->values + patches->count * work->dim, token, work->dim * sizeof *token);
    if (shares)
        memcpy(patches->shares + patches->count * classes, shares, classes * sizeof *shares);
    patches->count++;
}

/* Shares are wanted of patches to learn from. */
static bool add_chunk(struct segmentation *work, struct encoder *encoder, struct patches *patches,
                      size_t first, size_t count, bool learn, struct error *error)
{
    size_t kept[PATCHES_CHUNK], at = patches->read_count, stride = work->patches + 1;
    const uint32_t *images = patches->images.images + first;
    struct images_read images_read = {
        .pixels = encoder->pixels, .kept = kept, .sizes = patches->sizes + at};
    if (!image_reader_read(&encoder->reader, images, count, &images_read, error))
        return false;
    size_t read = images_read.count;
    if (read == 0)
        return true;
    const float *tokens =
        whole_encode(&encoder->whole, work->downstream->mae,
                     (int)work->downstream->config->probe.block, encoder->pixels, (int)read);
    for (size_t i = 0; i < read; i++)
        patches->read[at + i] = images[kept[i]];
    struct label_job job = {
        .work = work, .patches = patches, .first = at, .shares = encoder->shares};
    if (learn && !patches_read_labels(&job, read, error))
        return false;
    patches->read_count += read;
    for (size_t i = 0; i < read * work->patches; i++)
        keep_patch(work, patches,
                   tokens + (i / work->patches * stride + 1 + i % work->patches) * work->dim,
                   learn ? encoder->shares + i * (size_t)work->classes : NULL);
    return true;
}

static bool encode_split(struct segmentation *work, struct encoder *encoder,
                         struct patches *patches, bool learn, struct error *error)
{
    struct probe_watch watch = downstream_watch(work->downstream);
    size_t images = patches->images.count, rows = images * work->patches;
    if (!(patches->values = memory_new(rows * work->dim, sizeof(float), error)) ||
        !(patches->shares =
              memory_new(learn ? rows * (size_t)work->classes : 1, sizeof(float), error)) ||
        !(patches->read = memory_new(images, sizeof *patches->read, error)) ||
        !(patches->sizes = memory_new(images, sizeof *patches->sizes, error)))
        return false;
    for (size_t first = 0; first < images; first += PATCHES_CHUNK) {
        size_t count = images - first < PATCHES_CHUNK ? images - first : PATCHES_CHUNK;
        if (!probe_watch_tell(&watch, (double)first / (double)images, error) ||
            !add_chunk(work, encoder, patches, first, count, learn, error))
            return false;
    }
    return patches->count > 0 || error_set(error, ERROR_DATA, "segment: no image can be read");
}

bool patches_encode(struct segmentation *work, struct patches *patches, bool learn,
                    struct error *error)
{
    const struct mae_shape *shape = &work->downstream->mae->shape;
    struct view_settings view = work->downstream->view;
    struct encoder encoder = {0};
    view.crop = CROP_SQUASH;
    bool good = whole_pass_init(&encoder.whole, shape, PATCHES_CHUNK, MAE_INFERENCE, error) &&
                image_reader_init(&encoder.reader, patches->images.source, &view, error) &&
                (encoder.pixels =
                     memory_new(PATCHES_CHUNK * mae_image_values(shape), sizeof(float), error)) &&
                (encoder.shares = memory_new(PATCHES_CHUNK * work->patches * (size_t)work->classes,
                                             sizeof(float), error)) &&
                encode_split(work, &encoder, patches, learn, error);
    whole_pass_release(&encoder.whole);
    image_reader_release(&encoder.reader);
    free(encoder.pixels);
    free(encoder.shares);
    return good;
}
