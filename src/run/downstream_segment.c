/* The task segment: a class for each pixel, from the frozen features of patches, by a linear head
 * and by nearest neighbours among patches. Pictures are squashed into the model's input, whole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "data/pixel_labels.h"
#include "probe/knn.h"
#include "probe/segment.h"
#include "run/downstream_private.h"

enum { CHUNK_IMAGES = 32 };

/* The patches of a split: of those to learn from, patches without a labelled pixel are left out. */
struct patches {
    struct downstream_images images;
    struct pixel_labels labels;
    float *values; /* [count, dim] */
    float *shares; /* [count, classes] */
    size_t count;
    uint32_t *read;           /* [read_count]: images that could be read */
    struct image_size *sizes; /* [read_count] */
    size_t read_count;
};

struct segmentation {
    struct downstream *downstream;
    struct patches train, test;
    struct segment_grid grid; /* its rows and columns */
    size_t patches, dim;
    int classes;
};

static void patches_release(struct patches *patches)
{
    downstream_images_release(&patches->images);
    free(patches->values);
    free(patches->shares);
    free(patches->read);
    free(patches->sizes);
}

/* ---- Sources ---- */

static bool open_split(struct segmentation *work, enum source_split split, struct patches *patches,
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
               split == SOURCE_TRAIN ? config->probe.train_images : config->probe.images, error);
}

/* ---- Labels of a chunk of images, read by all threads ---- */

struct label_job {
    const struct segmentation *work;
    const struct patches *patches;
    size_t first;         /* among the images read */
    struct image *images; /* [slots] */
    struct error *errors; /* [CHUNK_IMAGES] */
    float *shares;        /* [CHUNK_IMAGES, patches, classes]; null: counts are wanted */
    const float *scores;  /* [all patches, classes] */
    int64_t *counts;      /* [images, classes, classes] */
};

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

/* The error is that of the first image that has one. */
static bool run_labels(struct label_job *job, size_t count, struct error *error)
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
    size_t kept[CHUNK_IMAGES], at = patches->read_count, stride = work->patches + 1;
    const uint32_t *images = patches->images.images + first;
    struct error why = {0};
    size_t read = image_reader_read(&encoder->reader, images, count, encoder->pixels, kept,
                                    patches->sizes + at, &why);
    if (read == 0)
        return true;
    const float *tokens =
        whole_encode(&encoder->whole, work->downstream->mae,
                     (int)work->downstream->config->probe.block, encoder->pixels, (int)read);
    for (size_t i = 0; i < read; i++)
        patches->read[at + i] = images[kept[i]];
    struct label_job job = {
        .work = work, .patches = patches, .first = at, .shares = encoder->shares};
    if (learn && !run_labels(&job, read, error))
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
    for (size_t first = 0; first < images; first += CHUNK_IMAGES) {
        size_t count = images - first < CHUNK_IMAGES ? images - first : CHUNK_IMAGES;
        if (!probe_watch_tell(&watch, (double)first / (double)images, error) ||
            !add_chunk(work, encoder, patches, first, count, learn, error))
            return false;
    }
    return patches->count > 0 || error_set(error, ERROR_DATA, "segment: no image can be read");
}

static bool encode(struct segmentation *work, struct patches *patches, bool learn,
                   struct error *error)
{
    const struct mae_shape *shape = &work->downstream->mae->shape;
    struct view_settings view = work->downstream->view;
    struct encoder encoder = {0};
    view.crop = CROP_SQUASH;
    bool good = whole_pass_init(&encoder.whole, shape, CHUNK_IMAGES, MAE_INFERENCE, error) &&
                image_reader_init(&encoder.reader, patches->images.source, &view, error) &&
                (encoder.pixels =
                     memory_new(CHUNK_IMAGES * mae_image_values(shape), sizeof(float), error)) &&
                (encoder.shares = memory_new(CHUNK_IMAGES * work->patches * (size_t)work->classes,
                                             sizeof(float), error)) &&
                encode_split(work, &encoder, patches, learn, error);
    whole_pass_release(&encoder.whole);
    image_reader_release(&encoder.reader);
    free(encoder.pixels);
    free(encoder.shares);
    return good;
}

/* ---- Outcomes ---- */

static bool add_class_values(struct segmentation *work, struct downstream_outcome *outcome,
                             const double *iou, struct error *error)
{
    for (int i = 0; i < work->classes; i++) {
        char name[PIXEL_NAME_SIZE + 8];
        int length = snprintf(name, sizeof name, "iou %s", work->train.labels.names[i]);
        const char *kept =
            arena_text(&work->downstream->outcomes->arena, name, (size_t)length, error);
        if (!kept)
            return false;
        downstream_add_value(outcome, kept, iou[i]);
    }
    return true;
}

/* counts [images, classes, classes] and their sum. */
static bool add_outcome(struct segmentation *work, int variant, int64_t seed, const int64_t *counts,
                        int64_t *sum, double *iou, struct error *error)
{
    size_t cells = (size_t)work->classes * (size_t)work->classes, images = work->test.read_count;
    struct downstream_outcome *outcome =
        downstream_add(work->downstream, variant, seed, images, error);
    double low, high;
    if (!outcome || !segment_interval(counts, images, work->classes, 0, &low, &high, error))
        return false;
    for (size_t i = 0; i < images; i++) {
        for (size_t cell = 0; cell < cells; cell++)
            sum[cell] += counts[i * cells + cell];
        outcome->answers[i] = (struct store_probe_image){
            .image = work->test.read[i],
            .label = -1,
            .predicted = -1,
            .value = segment_iou(counts + i * cells, work->classes, NULL)};
    }
    downstream_add_value(outcome, "miou", segment_iou(sum, work->classes, iou));
    downstream_add_value(outcome, "low", low);
    downstream_add_value(outcome, "high", high);
    downstream_add_value(outcome, "pixel_accuracy", segment_accuracy(sum, work->classes));
    return add_class_values(work, outcome, iou, error);
}

/* From scores [patches of the test, classes] to an outcome. */
static bool measure(struct segmentation *work, int variant, int64_t seed, const float *scores,
                    struct error *error)
{
    size_t cells = (size_t)work->classes * (size_t)work->classes;
    int64_t *counts = memory_new((work->test.read_count + 1) * cells, sizeof *counts, error);
    double *iou = memory_new((size_t)work->classes, sizeof *iou, error);
    bool good = counts && iou;
    for (size_t first = 0; good && first < work->test.read_count; first += CHUNK_IMAGES) {
        size_t left = work->test.read_count - first;
        struct label_job job = {.work = work,
                                .patches = &work->test,
                                .first = first,
                                .scores = scores,
                                .counts = counts};
        good = run_labels(&job, left < CHUNK_IMAGES ? left : CHUNK_IMAGES, error);
    }
    good = good && add_outcome(work, variant, seed, counts, counts + work->test.read_count * cells,
                               iou, error);
    free(counts);
    free(iou);
    return good;
}

/* ---- The two heads ---- */

static int most_neighbours(const struct downstream *downstream)
{
    const struct setting_reals *k = &downstream->config->probe.k;
    int most = 1;
    for (int i = 0; i < k->count; i++)
        most = k->items[i] > most ? (int)k->items[i] : most;
    return most;
}

static bool score_linear(struct segmentation *work, const struct probe_rows *train,
                         const struct probe_rows *test, float *scores, struct error *error)
{
    struct probe_watch watch = downstream_watch(work->downstream);
    struct logistic logistic;
    struct logistic_settings settings = {.classes = work->classes,
                                         .penalty = work->downstream->config->probe.segment_decay};
    if (!logistic_fit(&logistic, train, &settings, NULL, &watch, error))
        return false;
    bool good = logistic_scores(&logistic, test, scores, error);
    logistic_release(&logistic);
    return good;
}

static bool score_neighbours(struct segmentation *work, const struct probe_rows *train,
                             const struct probe_rows *test, float *scores, struct error *error)
{
    struct probe_watch watch = downstream_watch(work->downstream);
    int k = most_neighbours(work->downstream);
    struct knn_settings settings = {&k, 1, work->downstream->config->probe.temperature,
                                    work->classes};
    return knn_scores(scores, train, test, &settings, &watch, error) ||
           (error->code == ERROR_DATA && error_prefix(error, "probe.k"));
}

static bool learn_and_measure(struct segmentation *work, int64_t seed, struct error *error)
{
    struct probe_rows train = {.values = work->train.values,
                               .shares = work->train.shares,
                               .count = work->train.count,
                               .dim = work->dim};
    struct probe_rows test = {
        .values = work->test.values, .count = work->test.count, .dim = work->dim};
    float *scores = memory_new(test.count * (size_t)work->classes, sizeof *scores, error);
    bool good = scores && score_linear(work, &train, &test, scores, error) &&
                measure(work, 0, seed, scores, error) &&
                score_neighbours(work, &train, &test, scores, error) &&
                measure(work, 1, seed, scores, error);
    free(scores);
    return good;
}

static bool name_variant(const struct downstream *downstream, int index, struct text *name)
{
    if (index > 1)
        return false;
    text_append(name, "patches");
    if (downstream->config->probe.block > 0)
        text_append(name, " of block %d", (int)downstream->config->probe.block);
    if (index == 0)
        text_append(name, ", linear");
    else
        text_append(name, ", k = %d", most_neighbours(downstream));
    return true;
}

static bool run(struct downstream *downstream, int64_t seed, struct error *error)
{
    const struct mae_shape *shape = &downstream->mae->shape;
    struct segmentation work = {
        .downstream = downstream,
        .grid = {.rows = mae_grid_height(shape), .columns = mae_grid_width(shape)},
        .patches = (size_t)mae_patches(shape),
        .dim = (size_t)shape->embed_dim};
    int classes = downstream->classes;
    bool good = open_split(&work, SOURCE_TRAIN, &work.train, error) &&
                open_split(&work, SOURCE_HOLDOUT, &work.test, error);
    work.classes = downstream->classes = good ? work.train.labels.class_count : classes;
    good = good && encode(&work, &work.train, true, error) &&
           encode(&work, &work.test, false, error) && learn_and_measure(&work, seed, error);
    downstream->classes = classes;
    patches_release(&work.train);
    patches_release(&work.test);
    return good;
}

const struct downstream_task downstream_segment = {
    .name = "segment",
    .help = "a class for each pixel from the features of patches, by a linear head and by nearest "
            "neighbours (of the scenes, or a folder with images/ and annotations/)",
    .measure = "miou",
    .settings = (const char *const[]){"probe.segment_decay", "probe.temperature", NULL},
    .variant = name_variant,
    .run = run,
};
