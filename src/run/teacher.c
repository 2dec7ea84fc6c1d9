#include "run/teacher.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "nn/look.h"

enum { CHUNK = 32768 };

/* The momentum after n updates is held to (1 + n) / (this + n). */
static const double young_updates = 10;

struct teacher *teacher_new(const struct mae *model, struct error *error)
{
    struct teacher *teacher = memory_new(1, sizeof *teacher, error);
    if (!teacher)
        return NULL;
    teacher->mae = mae_new(&model->shape, error);
    if (!teacher->mae) {
        free(teacher);
        return NULL;
    }
    memcpy(teacher->mae->weights, model->weights, model->table.total * sizeof *model->weights);
    return teacher;
}

void teacher_free(struct teacher *teacher)
{
    if (!teacher)
        return;
    loss_predictor_release(&teacher->predictor);
    mae_free(teacher->mae);
    free(teacher);
}

bool teacher_add_predictor(struct teacher *teacher, uint64_t seed, struct error *error)
{
    if (!teacher->predicts)
        teacher->predicts =
            loss_predictor_init(&teacher->predictor, teacher->mae->shape.embed_dim, seed, error);
    return teacher->predicts;
}

void teacher_remove_predictor(struct teacher *teacher)
{
    loss_predictor_release(&teacher->predictor);
    teacher->predicts = false;
}

struct average_job {
    float *average;
    const float *weights;
    size_t count;
    float share; /* of the weights */
};

static void average_chunk(void *context, size_t chunk)
{
    const struct average_job *job = context;
    size_t first = chunk * CHUNK, left = job->count - first;
    float *restrict average = job->average + first;
    const float *restrict weights = job->weights + first;
#pragma omp simd
    for (size_t i = 0; i < (left < CHUNK ? left : CHUNK); i++)
        average[i] += job->share * (weights[i] - average[i]);
}

void teacher_follow(struct teacher *teacher, const struct mae *model, double momentum)
{
    double updates = (double)teacher->updates++;
    double young = (1 + updates) / (young_updates + updates);
    struct average_job job = {teacher->mae->weights, model->weights, model->table.trained,
                              (float)(1 - fmin(momentum, young))};
    parallel_for((job.count + CHUNK - 1) / CHUNK, average_chunk, &job);
}

void teacher_describe(struct teacher *teacher, struct checkpoint_block blocks[TEACHER_BLOCKS],
                      struct checkpoint_arm *arm)
{
    struct loss_predictor *head = &teacher->predictor;
    const struct checkpoint_block all[TEACHER_BLOCKS] = {
        {"ema.", &teacher->mae->table, teacher->mae->weights},
        {"guide.", &head->table, head->weights},
        {"optimizer.exp_avg.guide.", &head->table, head->adamw.moment1},
        {"optimizer.exp_avg_sq.guide.", &head->table, head->adamw.moment2},
    };
    memcpy(blocks, all, sizeof all);
    arm->blocks = blocks;
    arm->block_count = teacher->predicts ? TEACHER_BLOCKS : 1;
    arm->ema_updates = &teacher->updates;
    arm->guide_steps = teacher->predicts ? &head->adamw.steps : NULL;
}

bool teacher_pass_init(struct teacher_pass *pass, const struct mae_shape *shape, int capacity,
                       int part, struct error *error)
{
    size_t patches = (size_t)mae_patches(shape), rows = (size_t)capacity * patches;
    size_t part_rows = (size_t)part * patches;
    *pass = (struct teacher_pass){.shape = *shape, .capacity = capacity, .part = part};
    if (!(pass->pass = mae_pass_new(shape, part, part_rows, MAE_INFERENCE, error)) ||
        !(pass->visible = memory_new(part_rows, sizeof(int), error)) ||
        !(pass->offsets = memory_new((size_t)part + 1, sizeof(int), error)) ||
        !(pass->latents = memory_new(rows * (size_t)shape->embed_dim, sizeof(float), error)) ||
        !(pass->attention = memory_new(rows, sizeof(float), error)) ||
        !(pass->losses = memory_new(rows, sizeof(float), error)) ||
        !loss_predictor_memory_init(&pass->predictor, shape->embed_dim, capacity, (int)patches,
                                    error)) {
        teacher_pass_release(pass);
        return false;
    }
    for (size_t row = 0; row < part_rows; row++)
        pass->visible[row] = (int)(row % patches);
    for (int image = 0; image <= part; image++)
        pass->offsets[image] = image * (int)patches;
    return true;
}

void teacher_pass_release(struct teacher_pass *pass)
{
    mae_pass_free(pass->pass);
    loss_predictor_memory_release(&pass->predictor);
    free(pass->visible);
    free(pass->offsets);
    free(pass->latents);
    free(pass->attention);
    free(pass->losses);
    *pass = (struct teacher_pass){0};
}

/* A map ranks patches, and what is no number has no rank: a model that has diverged guides nobody.
 */
static void keep_finite(float *map, size_t count)
{
    for (size_t i = 0; i < count; i++)
        map[i] = isfinite(map[i]) ? map[i] : 0.0f;
}

/* The latents of a part's patches, without the class tokens, into those of the batch. */
static void keep_latents(struct teacher_pass *pass, int first, int images)
{
    size_t patches = (size_t)mae_patches(&pass->shape), dim = (size_t)pass->shape.embed_dim;
    const float *latent = mae_pass_latent(pass->pass);
    for (size_t image = 0; image < (size_t)images; image++)
        memcpy(pass->latents + ((size_t)first + image) * patches * dim,
               latent + (image * (1 + patches) + 1) * dim, patches * dim * sizeof *latent);
}

void teacher_look(const struct teacher *teacher, struct teacher_pass *pass, unsigned wanted,
                  const float *pixels, int images)
{
    size_t patches = (size_t)mae_patches(&pass->shape);
    for (int first = 0; first < images; first += pass->part) {
        int left = images - first;
        struct mae_batch part = {
            .images = left < pass->part ? left : pass->part,
            .pixels = pixels + (size_t)first * mae_image_values(&pass->shape),
            .visible = pass->visible,
            .offsets = pass->offsets,
        };
        mae_encode(pass->pass, teacher->mae, &part);
        if (wanted & 1u << MASK_GUIDE_ATTENTION)
            mae_pass_class_attention(pass->pass, pass->attention + (size_t)first * patches);
        if (wanted & 1u << MASK_GUIDE_LOSS)
            keep_latents(pass, first, part.images);
    }
    size_t rows = (size_t)images * patches;
    if (wanted & 1u << MASK_GUIDE_ATTENTION)
        keep_finite(pass->attention, rows);
    if (wanted & 1u << MASK_GUIDE_LOSS) {
        double steps = (double)teacher->predictor.adamw.steps;
        pass->learned = fmin(1, steps / TEACHER_LEARNING_STEPS);
        loss_predictor_forward(&teacher->predictor, &pass->predictor, pass->latents, rows);
        keep_finite(pass->predictor.scores, rows);
    }
}

struct mask_guides teacher_guides(const struct teacher_pass *pass, unsigned wanted, int image)
{
    size_t first = (size_t)image * (size_t)mae_patches(&pass->shape);
    struct mask_guides guides = {.learned = pass->learned};
    if (wanted & 1u << MASK_GUIDE_ATTENTION)
        guides.maps[MASK_GUIDE_ATTENTION] = pass->attention + first;
    if (wanted & 1u << MASK_GUIDE_LOSS)
        guides.maps[MASK_GUIDE_LOSS] = pass->predictor.scores + first;
    return guides;
}

double teacher_compare(struct teacher *teacher, struct teacher_pass *pass, const uint8_t *masks,
                       int images)
{
    return loss_predictor_backward(&teacher->predictor, &pass->predictor, pass->latents,
                                   pass->losses, masks, images, mae_patches(&pass->shape));
}
