#include "cli/mask_study.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "data/source.h"
#include "data/view.h"
#include "run/sample.h"

/* Pixels along a patch of images that no model looks at. */
enum { PATCH = 8, CHANNELS = 3 };

static struct source *open_images(const struct mask_look *look, const struct mae_shape *shape,
                                  struct log *log, struct error *error)
{
    struct source_settings settings = {.kind = "scenes",
                                       .path = "",
                                       .holdout = "",
                                       .width = shape->image_width,
                                       .height = shape->image_height,
                                       .count = MASK_STUDY_IMAGES,
                                       .exif = true};
    if (look->images)
        return source_open_below(look->images, true, log, error);
    if (!look->saved)
        return source_open(&settings, SOURCE_TRAIN, log, error);
    config_source(&look->saved->config, shape, &settings);
    struct source *source = source_open(&settings, SOURCE_HOLDOUT, log, error);
    if (!source)
        error_prefix(error, "the images it was trained on (name others with --images)");
    return source;
}

/* What looking takes. */
struct looking {
    const struct mask_look *look;
    struct mae_shape shape;
    struct view_settings view;
    struct guide_maker maker;
    struct teacher_pass pass;
    unsigned wanted; /* of the model */
    float *pixels;   /* [C, H, W] */
};

static const struct teacher *teacher_of(const struct mask_look *look)
{
    return look->saved ? look->saved->teachers[look->arm] : NULL;
}

static bool looking_init(struct looking *looking, const struct mask_look *look, struct error *error)
{
    const struct teacher *teacher = teacher_of(look);
    *looking = (struct looking){
        .look = look,
        .shape = {.image_height = look->grid_height * PATCH,
                  .image_width = look->grid_width * PATCH,
                  .patch = PATCH,
                  .channels = CHANNELS},
    };
    struct mae_shape *shape = &looking->shape;
    looking->view = (struct view_settings){.width = shape->image_width,
                                           .height = shape->image_height,
                                           .channels = CHANNELS,
                                           .crop = CROP_CENTER,
                                           .deviation = {1, 1, 1}};
    if (look->saved) {
        *shape = look->saved->shape;
        config_view(&look->saved->config, shape, false, &looking->view);
    }
    if (teacher)
        looking->wanted = 1u << MASK_GUIDE_ATTENTION | (unsigned)teacher->predicts
                                                           << MASK_GUIDE_LOSS;
    return (looking->pixels = memory_new(mae_image_values(shape), sizeof(float), error)) &&
           guide_maker_init(&looking->maker, shape, error) &&
           (!teacher || teacher_pass_init(&looking->pass, shape, 1, 1, error));
}

static void looking_release(struct looking *looking)
{
    guide_maker_release(&looking->maker);
    teacher_pass_release(&looking->pass);
    free(looking->pixels);
}

/* The maps of the image in looking->pixels into maps [MASK_GUIDES, L]. */
static void keep_maps(struct looking *looking, float *maps)
{
    size_t patches = (size_t)mae_patches(&looking->shape);
    struct mask_guides model = {.learned = 0};
    if (looking->wanted) {
        teacher_look(teacher_of(looking->look), &looking->pass, looking->wanted, looking->pixels,
                     1);
        model = teacher_guides(&looking->pass, looking->wanted, 0);
    }
    const struct mask_guides *guides =
        guide_maker_look(&looking->maker, MASK_GUIDES_OF_IMAGE, looking->pixels, &model);
    for (int guide = 0; guide < MASK_GUIDES; guide++)
        if (guides->maps[guide])
            memcpy(maps + (size_t)guide * patches, guides->maps[guide], patches * sizeof *maps);
}

/* Those that can be read, in the order in which a model is evaluated on them, for the first of a
 * folder are all of one kind; others are named in the log. */
static bool look_at_images(struct mask_images *images, struct looking *looking,
                           const struct source *source, struct log *log, struct error *error)
{
    struct view_scratch scratch = {0};
    struct error broken;
    const struct saved *saved = looking->look->saved;
    size_t values = MASK_GUIDES * (size_t)mae_patches(&looking->shape);
    uint32_t *order =
        sample_order(saved ? (uint64_t)saved->config.eval.seed : 0, source->count, error);
    images->maps = memory_new(MASK_STUDY_IMAGES * values, sizeof *images->maps, error);
    bool good = order && images->maps;
    for (size_t i = 0; good && i < source->count && images->count < MASK_STUDY_IMAGES; i++) {
        if (view_read(source, order[i], &looking->view, &scratch, looking->pixels, &broken))
            keep_maps(looking, images->maps + (size_t)images->count++ * values);
        else
            log_write(log, LOG_WARNING, "%s", broken.message);
        good = !cli_signal(NULL) || error_set(error, ERROR_CHECK, "interrupted");
    }
    view_scratch_release(&scratch);
    free(order);
    return good &&
           (images->count > 0 || error_set(error, ERROR_DATA, "none of the images can be read"));
}

bool mask_images_init(struct mask_images *images, const struct mask_look *look, struct log *log,
                      struct error *error)
{
    struct looking looking;
    struct source *source = NULL;
    *images = (struct mask_images){0};
    bool good = looking_init(&looking, look, error) &&
                (source = open_images(look, &looking.shape, log, error)) &&
                look_at_images(images, &looking, source, log, error);
    images->guides = MASK_GUIDES_OF_IMAGE | looking.wanted;
    images->learned = looking.wanted ? looking.pass.learned : 1;
    looking_release(&looking);
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
    const struct mask_study_plan *plan;
    struct mask_drawer *drawer;
    uint8_t *masks; /* [MASK_STUDY_BATCH, L] */
    size_t patches;
};

static struct mask_guides guides_of(const struct work *work, int64_t image)
{
    const struct mask_images *images = work->plan->images;
    struct mask_guides guides = {.learned = images->learned};
    for (int guide = 0; images->count > 0 && guide < MASK_GUIDES; guide++)
        if (images->guides & 1u << guide)
            guides.maps[guide] =
                images->maps +
                (size_t)(image % images->count * MASK_GUIDES + guide) * work->patches;
    return guides;
}

static void draw_batch(struct work *work, int64_t first, int images)
{
    struct mask_study *study = work->study;
    double begun = processor_microseconds();
    for (int i = 0; i < images; i++) {
        struct mask_guides guides = guides_of(work, first + i);
        struct mask_key key = {.seed = work->plan->seed,
                               .stream = RANDOM_MASK,
                               .image = (uint32_t)(first + i),
                               .batch = (uint32_t)(first / MASK_STUDY_BATCH),
                               .batch_images = (uint32_t)images,
                               .place = (uint32_t)i,
                               .guides = &guides};
        bool clamped;
        mask_draw(work->drawer, &study->choice, work->plan->progress, &key,
                  work->masks + (size_t)i * work->patches, &clamped);
        study->clamped += clamped;
    }
    study->microseconds += (processor_microseconds() - begun) / (double)work->plan->count;
}

static void measure_batch(const struct work *work, int64_t first, int images)
{
    struct mask_study *study = work->study;
    for (int i = 0; i < images; i++) {
        const uint8_t *mask = work->masks + (size_t)i * work->patches;
        coverage_add(&study->coverage, mask);
        spectrum_add(&study->spectrum, mask);
        if (first + i < MASK_STUDY_EXAMPLES)
            memcpy(study->examples + (size_t)(first + i) * work->patches, mask, work->patches);
    }
}

static bool draw_all(struct work *work, struct error *error)
{
    const struct mask_study_plan *plan = work->plan;
    for (int64_t first = 0; first < plan->count; first += MASK_STUDY_BATCH) {
        int64_t left = plan->count - first;
        int images = left < MASK_STUDY_BATCH ? (int)left : MASK_STUDY_BATCH;
        draw_batch(work, first, images);
        measure_batch(work, first, images);
        if (!plan->take(plan->context, work->masks, images,
                        (double)(first + images) / (double)plan->count, error))
            return false;
    }
    return true;
}

bool mask_study_init(struct mask_study *study, const struct mask_choice *choice,
                     const struct mask_study_plan *plan, struct error *error)
{
    int height = plan->grid_height, width = plan->grid_width;
    struct work work = {.study = study, .plan = plan, .patches = (size_t)height * (size_t)width};
    *study = (struct mask_study){.choice = *choice};
    strategy_choice_write(&choice->strategy, &study->strategy);
    mask_choice_write_ratio(choice, &study->ratio);
    bool good = (work.masks = memory_new(MASK_STUDY_BATCH, work.patches, error)) &&
                (study->examples = memory_new(MASK_STUDY_EXAMPLES, work.patches, error)) &&
                coverage_init(&study->coverage, height, width, error) &&
                spectrum_init(&study->spectrum, height, width, error) &&
                (work.drawer = mask_drawer_new(height, width, error)) &&
                mask_drawer_prepare(work.drawer, choice, error) && draw_all(&work, error);
    mask_drawer_free(work.drawer);
    free(work.masks);
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
