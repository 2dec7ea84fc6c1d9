#include "run/arm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"

enum { SUM_CHUNK = 32768 };

bool arm_init(struct arm *arm, const struct arm_config *config, const struct mae_shape *shape,
              uint64_t seed, struct error *error)
{
    *arm = (struct arm){.mask = config->mask};
    snprintf(arm->name, sizeof arm->name, "%s", config->name);
    arm->mae = mae_new(shape, error);
    if (!arm->mae)
        return false;
    mae_initialise(arm->mae, seed);
    if ((arm->gradients = memory_new(arm->mae->table.trained, sizeof(float), error)) &&
        adamw_init(&arm->adamw, &arm->mae->table, error))
        return true;
    arm_release(arm);
    return false;
}

void arm_release(struct arm *arm)
{
    adamw_release(&arm->adamw);
    mae_free(arm->mae);
    teacher_free(arm->teacher);
    free(arm->gradients);
    *arm = (struct arm){0};
}

static bool sum_init(struct arm_workspace *workspace, const struct mae_shape *shape,
                     struct error *error)
{
    struct mae *sizes = mae_new(shape, error);
    if (sizes)
        workspace->part_gradients = memory_new(sizes->table.trained, sizeof(float), error);
    mae_free(sizes);
    return workspace->part_gradients;
}

bool arm_workspace_init(struct arm_workspace *workspace, const struct mae_shape *shape, int batch,
                        int parts, enum mae_precision precision, enum mae_use use,
                        struct error *error)
{
    *workspace = (struct arm_workspace){.part = batch / parts};
    size_t visible = (size_t)workspace->part * (size_t)mae_patches(shape);
    bool good = (parts == 1 || sum_init(workspace, shape, error)) &&
                (workspace->pass = mae_pass_new(shape, workspace->part, visible, use, error)) &&
                mae_pass_set_precision(workspace->pass, precision, error) &&
                mask_batch_init(&workspace->masks, shape, batch, error);
    if (!good)
        arm_workspace_release(workspace);
    return good;
}

void arm_workspace_release(struct arm_workspace *workspace)
{
    mae_pass_free(workspace->pass);
    mask_batch_release(&workspace->masks);
    teacher_pass_release(&workspace->teacher);
    free(workspace->part_gradients);
    *workspace = (struct arm_workspace){0};
}

/* What the choice asks of a teacher: bits of MASK_GUIDES_OF_MODEL. */
static unsigned guides_of_model(const struct mask_choice *choice)
{
    return strategy_choice_guides(&choice->strategy) & MASK_GUIDES_OF_MODEL;
}

bool arm_prepare(struct arm *arm, struct arm_workspace *workspace, const struct mask_choice *choice,
                 uint64_t seed, struct error *error)
{
    struct teacher_pass *pass = &workspace->teacher;
    unsigned wanted = guides_of_model(choice);
    if (!mask_batch_prepare(&workspace->masks, choice, error))
        return false;
    if (!wanted)
        return true;
    if (!pass->pass && !teacher_pass_init(pass, &arm->mae->shape, workspace->masks.capacity,
                                          workspace->part, error))
        return false;
    if (!arm->teacher && !(arm->teacher = teacher_new(arm->mae, error)))
        return false;
    return !(wanted & 1u << MASK_GUIDE_LOSS) || teacher_add_predictor(arm->teacher, seed, error);
}

void arm_settle(struct arm *arm)
{
    unsigned wanted = guides_of_model(&arm->mask);
    if (arm->teacher && !(wanted & 1u << MASK_GUIDE_LOSS))
        teacher_remove_predictor(arm->teacher);
    if (!wanted) {
        teacher_free(arm->teacher);
        arm->teacher = NULL;
    }
}

unsigned arm_guides(const struct arm *arm)
{
    return arm->teacher ? guides_of_model(&arm->mask) : 0;
}

/* Drawing the masks of a batch, MASK_LANE_IMAGES images a task. */
struct draw_job {
    const struct arm *arm;
    struct arm_workspace *workspace;
    const struct loader_batch *batch;
    const struct arm_step *step;
    unsigned wanted; /* of the teacher */
};

static void draw_lane(void *context, size_t lane)
{
    const struct draw_job *job = context;
    const struct loader_batch *batch = job->batch;
    struct mask_batch *masks = &job->workspace->masks;
    size_t values = mae_image_values(&masks->shape);
    int first = (int)lane * MASK_LANE_IMAGES, clamped_masks = 0;
    for (int i = first; i < first + MASK_LANE_IMAGES && i < batch->images; i++) {
        struct mask_guides guides = {.learned = 0};
        if (job->wanted)
            guides = teacher_guides(&job->workspace->teacher, job->wanted, i);
        struct mask_key key = {.seed = job->step->seed,
                               .stream = RANDOM_MASK,
                               .epoch = (uint32_t)batch->epoch,
                               .image = batch->indices[i],
                               .batch = (uint32_t)batch->step,
                               .batch_images = (uint32_t)batch->images,
                               .place = (uint32_t)i,
                               .guides = job->wanted ? &guides : NULL,
                               .lane = (int)lane};
        bool clamped = false;
        mask_batch_draw(masks, i, &job->arm->mask, job->step->progress, &key,
                        batch->pixels + (size_t)i * values, &clamped);
        clamped_masks += clamped;
    }
    masks->clamped[lane] = clamped_masks;
}

/* Draws the batch's masks; returns how many were clamped. */
static int draw_masks(const struct arm *arm, struct arm_workspace *workspace,
                      const struct loader_batch *batch, const struct arm_step *step)
{
    struct mask_batch *masks = &workspace->masks;
    struct draw_job job = {arm, workspace, batch, step, arm_guides(arm)};
    int clamped = 0, lanes = 1 + (batch->images - 1) / MASK_LANE_IMAGES;
    if (job.wanted)
        teacher_look(arm->teacher, &workspace->teacher, job.wanted, batch->pixels, batch->images);
    parallel_for((size_t)lanes, draw_lane, &job);
    for (int lane = 0; lane < lanes; lane++)
        clamped += masks->clamped[lane];
    mask_batch_list(masks, batch->images);
    return clamped;
}

struct sum_job {
    float *to;
    const float *from;
    size_t count;
};

static void add_chunk(void *context, size_t chunk)
{
    const struct sum_job *job = context;
    size_t first = chunk * SUM_CHUNK, left = job->count - first;
    float *restrict to = job->to + first;
    const float *restrict from = job->from + first;
#pragma omp simd
    for (size_t i = 0; i < (left < SUM_CHUNK ? left : SUM_CHUNK); i++)
        to[i] += from[i];
}

/* The patches' losses of a part, for the teacher's head to learn from. */
static void keep_losses(struct arm_workspace *workspace, int first, int images)
{
    size_t patches = (size_t)workspace->masks.patches;
    memcpy(workspace->teacher.losses + (size_t)first * patches,
           mae_pass_patch_error(workspace->pass), (size_t)images * patches * sizeof(float));
}

/* Loss and arm->gradients of the whole batch, part by part. */
static double sum_parts(struct arm *arm, struct arm_workspace *workspace,
                        const struct loader_batch *batch)
{
    const struct mask_batch *masks = &workspace->masks;
    size_t patches = (size_t)batch->images * (size_t)masks->patches;
    struct sum_job sum = {arm->gradients, workspace->part_gradients, arm->mae->table.trained};
    double loss = 0;
    for (int first = 0; first < batch->images; first += workspace->part) {
        int left = batch->images - first;
        struct mae_batch part = {
            .images = left < workspace->part ? left : workspace->part,
            .pixels = batch->pixels + (size_t)first * mae_image_values(&arm->mae->shape),
            .visible = masks->visible,
            .offsets = masks->offsets + first,
            .loss_hidden = patches - (size_t)masks->offsets[batch->images],
        };
        loss += mae_forward(workspace->pass, arm->mae, &part, MAE_HIDDEN_PATCHES);
        if (arm->teacher && arm->teacher->predicts)
            keep_losses(workspace, first, part.images);
        mae_backward(workspace->pass, arm->mae, &part,
                     first > 0 ? workspace->part_gradients : arm->gradients);
        if (first > 0)
            parallel_for((sum.count + SUM_CHUNK - 1) / SUM_CHUNK, add_chunk, &sum);
    }
    return loss;
}

void arm_differentiate(struct arm *arm, struct arm_workspace *workspace,
                       const struct loader_batch *batch, struct arm_step *step)
{
    struct mask_batch *masks = &workspace->masks;
    int clamped = draw_masks(arm, workspace, batch, step);
    double patches = (double)batch->images * masks->patches;
    step->clamped_share = (double)clamped / batch->images;
    step->realised_ratio = 1 - masks->offsets[batch->images] / patches;

    step->loss = sum_parts(arm, workspace, batch);
    step->gradient_norm = adamw_gradient_norm(&arm->adamw, arm->gradients);
    step->finite =
        isfinite(step->loss) && isfinite(step->gradient_norm) && isfinite(step->learning_rate);
    step->guide_loss = NAN;
    if (arm->teacher && arm->teacher->predicts) {
        step->guide_loss =
            teacher_compare(arm->teacher, &workspace->teacher, masks->masks, batch->images);
        step->finite = step->finite && isfinite(step->guide_loss);
    }
}

/* The head takes its own step, and the average follows the weights. */
static void update_teacher(struct arm *arm, const struct arm_step *step)
{
    struct loss_predictor *predictor = &arm->teacher->predictor;
    if (arm->teacher->predicts) {
        predictor->adamw.weight_decay = step->weight_decay;
        adamw_step(&predictor->adamw, predictor->weights, predictor->gradients, step->learning_rate,
                   1);
    }
    teacher_follow(arm->teacher, arm->mae, step->ema_momentum);
}

void arm_update(struct arm *arm, const struct arm_step *step)
{
    bool clipped = step->clip > 0 && step->gradient_norm > step->clip;
    arm->adamw.weight_decay = step->weight_decay;
    adamw_step(&arm->adamw, arm->mae->weights, arm->gradients, step->learning_rate,
               clipped ? step->clip / step->gradient_norm : 1);
    if (arm->teacher)
        update_teacher(arm, step);
}
