#include "probe/features.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "nn/look.h"

enum { CHUNK_IMAGES = 64 };

static const char *const kind_names[] = {
    [FEATURE_CLASS_TOKEN] = "class", [FEATURE_PATCH_MEAN] = "mean"};
static_assert(ARRAY_LENGTH(kind_names) == FEATURE_KINDS, "a name for each kind");

const char *feature_kind_name(int kind)
{
    return kind < FEATURE_KINDS ? kind_names[kind] : NULL;
}

/* ---- Whole images through the encoder ---- */

bool whole_pass_init(struct whole_pass *whole, const struct mae_shape *shape, int capacity,
                     enum mae_use use, struct error *error)
{
    size_t images = (size_t)capacity, patches = (size_t)mae_patches(shape);
    *whole = (struct whole_pass){.capacity = capacity};
    if (!(whole->pass = mae_pass_new(shape, capacity, images * patches, use, error)) ||
        !(whole->visible = memory_new(images * patches, sizeof(int), error)) ||
        !(whole->offsets = memory_new(images + 1, sizeof(int), error))) {
        whole_pass_release(whole);
        return false;
    }
    for (size_t i = 0; i < images * patches; i++)
        whole->visible[i] = (int)(i % patches);
    for (size_t i = 0; i <= images; i++)
        whole->offsets[i] = (int)(i * patches);
    return true;
}

void whole_pass_release(struct whole_pass *whole)
{
    mae_pass_free(whole->pass);
    free(whole->visible);
    free(whole->offsets);
    *whole = (struct whole_pass){0};
}

struct mae_batch whole_batch(const struct whole_pass *whole, const float *pixels, int images)
{
    return (struct mae_batch){
        .images = images, .pixels = pixels, .visible = whole->visible, .offsets = whole->offsets};
}

const float *whole_encode(struct whole_pass *whole, const struct mae *mae, int block,
                          const float *pixels, int images)
{
    struct mae_batch batch = whole_batch(whole, pixels, images);
    if (block == 0 || block == mae->shape.depth)
        mae_encode(whole->pass, mae, &batch);
    else
        mae_attend(whole->pass, mae, &batch, MAE_ENCODER, block - 1);
    return mae_pass_latent(whole->pass);
}

/* ---- Reading images ---- */

bool image_reader_init(struct image_reader *reader, const struct source *source,
                       const struct view_settings *view, struct error *error)
{
    *reader = (struct image_reader){.source = source,
                                    .view = view,
                                    .values = (size_t)view->channels * (size_t)view->width *
                                              (size_t)view->height,
                                    .slots = (size_t)parallel_threads()};
    reader->scratches = memory_new(reader->slots, sizeof *reader->scratches, error);
    return reader->scratches;
}

void image_reader_release(struct image_reader *reader)
{
    for (size_t i = 0; reader->scratches && i < reader->slots; i++)
        view_scratch_release(&reader->scratches[i]);
    free(reader->scratches);
    *reader = (struct image_reader){0};
}

struct read_job {
    struct image_reader *reader;
    const uint32_t *images;
    float *pixels;
    bool *good;               /* [count] */
    struct image_size *sizes; /* [count] */
    struct error *errors;     /* [slots] */
};

static void read_image(void *context, size_t task, size_t slot)
{
    const struct read_job *job = context;
    struct image_reader *reader = job->reader;
    if (job->errors[slot].code == ERROR_SYSTEM)
        return; /* which no other error may take the place of */
    job->good[task] =
        view_read(reader->source, job->images[task], reader->view, &reader->scratches[slot],
                  job->pixels + task * reader->values, &job->errors[slot]);
    const struct image *decoded = &reader->scratches[slot].decoded;
    job->sizes[task] = (struct image_size){decoded->full_width, decoded->full_height};
}

/* Those that could be read move to the front. */
static void keep_read(const struct read_job *job, size_t count, struct images_read *to)
{
    size_t values = job->reader->values;
    for (size_t i = 0; i < count; i++) {
        if (!job->good[i])
            continue;
        if (to->count < i)
            memcpy(to->pixels + to->count * values, to->pixels + i * values,
                   values * sizeof *to->pixels);
        if (to->sizes)
            to->sizes[to->count] = job->sizes[i];
        to->kept[to->count++] = i;
    }
}

bool image_reader_read(struct image_reader *reader, const uint32_t *images, size_t count,
                       struct images_read *to, struct error *error)
{
    to->count = 0;
    struct read_job job = {.reader = reader, .images = images, .pixels = to->pixels};
    bool good = (job.good = memory_new(count, sizeof *job.good, error)) &&
                (job.sizes = memory_new(count, sizeof *job.sizes, error)) &&
                (job.errors = memory_new(reader->slots, sizeof *job.errors, error));
    if (good) {
        parallel_for_slots(count, reader->slots, read_image, &job);
        keep_read(&job, count, to);
    }
    for (size_t i = 0; good && i < reader->slots; i++) {
        if (job.errors[i].code != ERROR_NONE)
            *error = job.errors[i];
        good = job.errors[i].code != ERROR_SYSTEM;
    }
    free(job.good);
    free(job.sizes);
    free(job.errors);
    return good;
}

/* ---- Features ---- */

bool features_init(struct features *features, size_t count, size_t dim, struct error *error)
{
    *features = (struct features){.count = count, .dim = dim};
    bool good = (features->labels = memory_new(count, sizeof(int), error)) &&
                (features->images = memory_new(count, sizeof(uint32_t), error));
    for (int kind = 0; good && kind < FEATURE_KINDS; kind++)
        good = (features->values[kind] = memory_new(count * dim, sizeof(float), error));
    if (!good)
        features_release(features);
    return good;
}

void features_release(struct features *features)
{
    for (int kind = 0; kind < FEATURE_KINDS; kind++)
        free(features->values[kind]);
    free(features->labels);
    free(features->images);
    *features = (struct features){0};
}

struct probe_rows features_rows(const struct features *features, enum feature_kind kind)
{
    return (struct probe_rows){.values = features->values[kind],
                               .labels = features->labels,
                               .count = features->count,
                               .dim = features->dim};
}

/* One image's tokens [1 + L, dim] into its row. */
static void keep_image(struct features *features, size_t row, const float *tokens, size_t patches)
{
    size_t dim = features->dim;
    float *mean = features->values[FEATURE_PATCH_MEAN] + row * dim;
    memcpy(features->values[FEATURE_CLASS_TOKEN] + row * dim, tokens, dim * sizeof *tokens);
    memset(mean, 0, dim * sizeof *mean);
    for (size_t patch = 1; patch <= patches; patch++)
        for (size_t i = 0; i < dim; i++)
            mean[i] += tokens[patch * dim + i];
    for (size_t i = 0; i < dim; i++)
        mean[i] /= (float)patches;
}

struct extraction {
    const struct feature_plan *plan;
    struct whole_pass whole;
    struct image_reader reader;
    float *pixels; /* [CHUNK_IMAGES, C, H, W] */
    size_t kept[CHUNK_IMAGES];
};

static bool extract_chunk(struct extraction *work, struct features *features,
                          const uint32_t *images, size_t count, struct error *error)
{
    size_t patches = (size_t)mae_patches(&work->plan->mae->shape);
    struct images_read read = {.pixels = work->pixels, .kept = work->kept};
    if (!image_reader_read(&work->reader, images, count, &read, error))
        return false;
    if (read.count == 0)
        return true;
    const float *tokens = whole_encode(&work->whole, work->plan->mae, work->plan->block,
                                       work->pixels, (int)read.count);
    for (size_t i = 0; i < read.count; i++) {
        size_t row = features->count++;
        features->images[row] = images[work->kept[i]];
        features->labels[row] = source_label(work->plan->source, images[work->kept[i]]);
        keep_image(features, row, tokens + i * (1 + patches) * features->dim, patches);
    }
    return true;
}

static bool extract_all(struct extraction *work, struct features *features, const uint32_t *images,
                        size_t count, const struct probe_watch *watch, struct error *error)
{
    features->count = 0;
    for (size_t first = 0; first < count; first += CHUNK_IMAGES) {
        size_t left = count - first, chunk = left < CHUNK_IMAGES ? left : CHUNK_IMAGES;
        if (!probe_watch_tell(watch, (double)first / (double)count, error) ||
            !extract_chunk(work, features, images + first, chunk, error))
            return false;
    }
    features->broken = count - features->count;
    return features->count > 0 || error_prefix(error, "no image can be read");
}

bool features_extract(struct features *features, const struct feature_plan *plan,
                      const uint32_t *images, size_t count, const struct probe_watch *watch,
                      struct error *error)
{
    const struct mae_shape *shape = &plan->mae->shape;
    struct extraction work = {.plan = plan};
    if (!features_init(features, count, (size_t)shape->embed_dim, error))
        return false;
    bool good =
        whole_pass_init(&work.whole, shape, CHUNK_IMAGES, MAE_INFERENCE, error) &&
        image_reader_init(&work.reader, plan->source, plan->view, error) &&
        (work.pixels = memory_new(CHUNK_IMAGES * mae_image_values(shape), sizeof(float), error)) &&
        extract_all(&work, features, images, count, watch, error);
    whole_pass_release(&work.whole);
    image_reader_release(&work.reader);
    free(work.pixels);
    if (!good)
        features_release(features);
    return good;
}
