#include "run/evaluate.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "run/sample.h"
#include "stats/describe.h"

enum { CHUNK_IMAGES = 16 };

struct evaluation_plan evaluation_plan_of(const struct config *config)
{
    return (struct evaluation_plan){
        .seed = (uint64_t)config->eval.seed,
        .strategies = config->eval.strategies,
        .ratios = config->eval.ratios,
        .images = (int)config->eval.images,
        .masks = (int)config->eval.masks,
    };
}

bool evaluation_strategy_check(const struct strategy_choice *choice, struct error *error)
{
    if (strategy_choice_guides(choice) & MASK_GUIDES_OF_MODEL)
        return error_set(error, ERROR_DATA,
                         "%s: it follows an arm's own model, and probe masks are the same for all",
                         choice->strategy->name);
    return true;
}

size_t evaluation_index(const struct evaluation *evaluation, int predictor, int strategy, int ratio,
                        int image, int mask)
{
    size_t at = (size_t)predictor * (size_t)evaluation->strategies + (size_t)strategy;
    at = at * (size_t)evaluation->ratios + (size_t)ratio;
    at = at * (size_t)evaluation->images + (size_t)image;
    return at * (size_t)evaluation->masks + (size_t)mask;
}

void evaluation_release(struct evaluation *evaluation)
{
    free(evaluation->mse);
    free(evaluation->hidden);
    free(evaluation->indices);
    profile_release(&evaluation->profile);
    *evaluation = (struct evaluation){0};
}

/* What one evaluation works with. */
struct work {
    struct evaluation *evaluation;
    const struct evaluation_plan *plan;
    const struct mae *const *models;
    struct mask_choice *choices; /* [strategies][ratios] */
    struct inspector inspector;
    struct view_scratch scratch;
    float *pixels;            /* [CHUNK_IMAGES, C, H, W] */
    int loaded[CHUNK_IMAGES]; /* which image of the evaluation each is */
};

static bool make_choices(struct work *work, struct error *error)
{
    const struct evaluation_plan *plan = work->plan;
    size_t cells = (size_t)plan->strategies.count * (size_t)plan->ratios.count;
    work->choices = memory_new(cells, sizeof *work->choices, error);
    if (!work->choices)
        return false;
    for (int s = 0; s < plan->strategies.count; s++)
        for (int r = 0; r < plan->ratios.count; r++) {
            struct mask_choice *choice = &work->choices[s * plan->ratios.count + r];
            char ratio[32];
            text_from_real(ratio, plan->ratios.items[r]);
            if (!strategy_choice_parse(&choice->strategy, plan->strategies.items[s], error) ||
                !evaluation_strategy_check(&choice->strategy, error) ||
                !ratio_choice_parse(&choice->ratio, ratio, error))
                return false;
        }
    return true;
}

static bool prepare_masks(struct work *work, struct error *error)
{
    int cells = work->plan->strategies.count * work->plan->ratios.count;
    for (int i = 0; i < cells; i++)
        if (!mask_batch_prepare(&work->inspector.masks, &work->choices[i], error))
            return false;
    return true;
}

static bool allocate(struct evaluation *evaluation, struct error *error)
{
    size_t values = evaluation_index(evaluation, 1, 0, 0, 0, 0);
    size_t predictors = (size_t)(evaluation->models + BASELINES);
    bool good = (evaluation->mse = memory_new(predictors * values, sizeof(double), error)) &&
                (evaluation->hidden = memory_new(values, sizeof(int), error));
    for (size_t i = 0; good && i < predictors * values; i++)
        evaluation->mse[i] = NAN;
    return good;
}

/* Decodes the next images into the chunk; broken ones are passed over. Returns how many, or -1:
 * there is no memory for one. */
static int load_chunk(struct work *work, const struct source *source,
                      const struct view_settings *view, int *next, struct error *error)
{
    int count = 0;
    size_t size = mae_image_values(&work->inspector.shape);
    while (count < CHUNK_IMAGES && *next < work->evaluation->images) {
        int image = (*next)++;
        if (view_read(source, work->evaluation->indices[image], view, &work->scratch,
                      work->pixels + (size_t)count * size, error))
            work->loaded[count++] = image;
        else if (error->code == ERROR_SYSTEM)
            return -1;
    }
    if (count > 0)
        inspector_load(&work->inspector, work->pixels, count);
    return count;
}

/* Draws the probe masks of the chunk for one strategy, ratio and round of masks. One stream an
 * image and round serves every cell, so that cells differ in strategy and ratio and in nothing
 * else. */
static void draw_masks(struct work *work, int strategy, int ratio, int round, int count)
{
    struct evaluation *evaluation = work->evaluation;
    struct mask_batch *masks = &work->inspector.masks;
    const struct mask_choice *choice = &work->choices[strategy * evaluation->ratios + ratio];
    for (int i = 0; i < count; i++) {
        int image = work->loaded[i];
        struct mask_key key = {.seed = work->plan->seed,
                               .stream = RANDOM_PROBE_MASK,
                               .epoch = (uint32_t)round,
                               .image = evaluation->indices[image]};
        size_t at = evaluation_index(evaluation, 0, strategy, ratio, image, round);
        const float *pixels = work->pixels + (size_t)i * mae_image_values(&work->inspector.shape);
        evaluation->hidden[at] = mask_batch_draw(masks, i, choice, 0, &key, pixels, NULL);
    }
}

/* Keeps the error of the chunk's image i, whose hidden patches' errors are patch_mse [L]. */
static void keep_error(struct work *work, int predictor, int strategy, int ratio, int round, int i,
                       double mse, const float *patch_mse)
{
    struct evaluation *evaluation = work->evaluation;
    evaluation
        ->mse[evaluation_index(evaluation, predictor, strategy, ratio, work->loaded[i], round)] =
        mse;
    profile_add(&evaluation->profile, predictor, i, patch_mse);
}

static void evaluate_round(struct work *work, int strategy, int ratio, int round, int count)
{
    struct evaluation *evaluation = work->evaluation;
    struct inspector *inspector = &work->inspector;
    size_t patches = (size_t)inspector->masks.patches;
    size_t values = patches * (size_t)mae_patch_values(&inspector->shape);
    draw_masks(work, strategy, ratio, round, count);
    for (int i = 0; i < count; i++)
        profile_mask(&evaluation->profile, i, inspector->masks.masks + (size_t)i * patches);
    for (int model = 0; model < evaluation->models; model++) {
        inspector_run(inspector, work->models[model], work->pixels, count, MAE_HIDDEN_PATCHES);
        for (int i = 0; i < count; i++)
            keep_error(work, model, strategy, ratio, round, i, inspector->mse[i],
                       inspector->patch_mse + (size_t)i * patches);
    }
    for (int baseline = 0; baseline < BASELINES; baseline++)
        for (int i = 0; i < count; i++) {
            double mse =
                baseline_mse(baseline, &inspector->shape, inspector->patches + (size_t)i * values,
                             inspector->masks.masks + (size_t)i * patches, inspector->scratch,
                             inspector->patch_mse);
            keep_error(work, evaluation->models + baseline, strategy, ratio, round, i, mse,
                       inspector->patch_mse);
        }
}

static void evaluate_cell(struct work *work, int strategy, int ratio, int count)
{
    struct profile *profile = &work->evaluation->profile;
    profile_begin(profile);
    for (int round = 0; round < work->plan->masks; round++)
        evaluate_round(work, strategy, ratio, round, count);
    profile_fold(profile, strategy * work->evaluation->ratios + ratio, work->loaded, count);
}

static bool evaluate_chunk(struct work *work, int count, int next, evaluation_progress *progress,
                           void *context, struct error *error)
{
    struct evaluation *evaluation = work->evaluation;
    for (int strategy = 0; strategy < evaluation->strategies; strategy++)
        for (int ratio = 0; ratio < evaluation->ratios; ratio++) {
            evaluate_cell(work, strategy, ratio, count);
            double cells = evaluation->strategies * evaluation->ratios;
            double done =
                (next - count + count * (strategy * evaluation->ratios + ratio + 1) / cells) /
                evaluation->images;
            if (progress && !progress(context, done))
                return error_set(error, ERROR_CHECK, "interrupted");
        }
    return true;
}

static bool evaluate_all(struct work *work, const struct source *source,
                         const struct view_settings *view, evaluation_progress *progress,
                         void *context, struct error *error)
{
    int next = 0, count, total = 0;
    while ((count = load_chunk(work, source, view, &next, error)) > 0) {
        total += count;
        if (!evaluate_chunk(work, count, next, progress, context, error))
            return false;
    }
    return count == 0 && total > 0; /* else *error holds why the last image could not be read */
}

bool evaluate(struct evaluation *evaluation, const struct evaluation_plan *plan,
              const struct mae_shape *shape, const struct mae *const *models, int count,
              const struct source *source, const struct view_settings *view,
              evaluation_progress *progress, void *context, struct error *error)
{
    size_t available = source->count;
    *evaluation = (struct evaluation){
        .models = count,
        .strategies = plan->strategies.count,
        .ratios = plan->ratios.count,
        .masks = plan->masks,
        .images = available < (size_t)plan->images ? (int)available : plan->images,
    };
    struct work work = {.evaluation = evaluation, .plan = plan, .models = models};
    size_t pixels = CHUNK_IMAGES * mae_image_values(shape);
    bool good =
        (evaluation->indices = sample_order(plan->seed, source->count, error)) &&
        allocate(evaluation, error) &&
        profile_init(&evaluation->profile, count + BASELINES,
                     evaluation->strategies * evaluation->ratios, evaluation->images, CHUNK_IMAGES,
                     shape, error) &&
        make_choices(&work, error) && (work.pixels = memory_new(pixels, sizeof(float), error)) &&
        inspector_init(&work.inspector, shape, CHUNK_IMAGES, error) &&
        prepare_masks(&work, error) && evaluate_all(&work, source, view, progress, context, error);
    inspector_release(&work.inspector);
    view_scratch_release(&work.scratch);
    free(work.pixels);
    free(work.choices);
    if (!good)
        evaluation_release(evaluation);
    return good;
}

/* An image's mean over its masks and the cells asked for; NaN if it was not read. */
static double image_mean(const struct evaluation *evaluation, int predictor, int strategy,
                         int ratio, int image)
{
    double sum = 0;
    int count = 0;
    for (int s = 0; s < evaluation->strategies; s++)
        for (int r = 0; r < evaluation->ratios; r++)
            for (int mask = 0; mask < evaluation->masks; mask++)
                if ((strategy < 0 || s == strategy) && (ratio < 0 || r == ratio)) {
                    sum +=
                        evaluation->mse[evaluation_index(evaluation, predictor, s, r, image, mask)];
                    count++;
                }
    return sum / count;
}

bool evaluation_summary(const struct evaluation *evaluation, int predictor, int strategy, int ratio,
                        struct probe_cell *summary, struct error *error)
{
    *summary = (struct probe_cell){NAN, NAN, NAN, 0};
    struct description description;
    double *values = memory_new((size_t)evaluation->images, sizeof *values, error);
    if (!values)
        return false;
    for (int image = 0; image < evaluation->images; image++)
        values[image] = image_mean(evaluation, predictor, strategy, ratio, image);
    bool good = describe(values, (size_t)evaluation->images, &description, error);
    if (good)
        *summary = (struct probe_cell){description.mean, description.low, description.high,
                                       (int)description.count};
    free(values);
    return good;
}
