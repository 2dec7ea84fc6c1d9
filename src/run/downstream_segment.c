/* The task segment: a class for each pixel, from the frozen features of patches, by a linear head
 * and by nearest neighbours among patches. Pictures are squashed into the model's input, whole. */
#include <stdio.h>
#include <stdlib.h>

#include "probe/knn.h"
#include "run/downstream_patches.h"

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
    if (!outcome || !segment_interval(counts, images, work->classes, &low, &high, error))
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
    for (size_t first = 0; good && first < work->test.read_count; first += PATCHES_CHUNK) {
        size_t left = work->test.read_count - first;
        struct label_job job = {.work = work,
                                .patches = &work->test,
                                .first = first,
                                .scores = scores,
                                .counts = counts};
        good = patches_read_labels(&job, left < PATCHES_CHUNK ? left : PATCHES_CHUNK, error);
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

static bool open_work(struct segmentation *work, struct downstream *downstream, struct error *error)
{
    const struct mae_shape *shape = downstream->request->shape;
    *work = (struct segmentation){
        .downstream = downstream,
        .grid = {.rows = mae_grid_height(shape), .columns = mae_grid_width(shape)},
        .patches = (size_t)mae_patches(shape),
        .dim = (size_t)shape->embed_dim};
    if (!patches_open(work, SOURCE_TRAIN, &work->train, error) ||
        !patches_open(work, SOURCE_HOLDOUT, &work->test, error))
        return false;
    work->classes = work->train.labels.class_count;
    return true;
}

static void close_work(struct segmentation *work)
{
    patches_release(&work->train);
    patches_release(&work->test);
}

static bool check(struct downstream *downstream, struct error *error)
{
    struct segmentation work;
    bool good = open_work(&work, downstream, error) && patches_check(&work, error);
    close_work(&work);
    return good;
}

static bool run(struct downstream *downstream, int64_t seed, struct error *error)
{
    struct segmentation work;
    int classes = downstream->classes;
    bool good = open_work(&work, downstream, error);
    if (good)
        downstream->classes = work.classes;
    good = good && patches_encode(&work, &work.train, true, error) &&
           patches_encode(&work, &work.test, false, error) && learn_and_measure(&work, seed, error);
    downstream->classes = classes;
    close_work(&work);
    return good;
}

const struct downstream_task downstream_segment = {
    .name = "segment",
    .help = "a class for each pixel from the features of patches, by a linear head and by nearest "
            "neighbours (of the scenes, or a folder with images/ and annotations/)",
    .measure = "miou",
    .settings = (const char *const[]){"probe.segment_decay", "probe.segment_images",
                                      "probe.temperature", NULL},
    .check = check,
    .variant = name_variant,
    .run = run,
};
