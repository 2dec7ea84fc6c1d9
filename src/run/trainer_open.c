/* Opening and closing all that a trainer works with. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "run/sample.h"
#include "run/trainer.h"

static bool open_sources(struct trainer *trainer, struct error *error)
{
    struct source_settings settings;
    config_source(&trainer->config, &trainer->shape, &settings);
    trainer->train = source_open(&settings, SOURCE_TRAIN, trainer->log, error);
    if (trainer->train)
        trainer->held_out = source_open(&settings, SOURCE_HOLDOUT, trainer->log, error);
    if (trainer->held_out)
        return source_keep(trainer->train, config_cache(&trainer->config), error) ||
               error_prefix(error, "data.cache");
    if (settings.path[0])
        error_prefix(error, "data.path");
    return false;
}

static bool open_loader(struct trainer *trainer, int64_t first_step, struct error *error)
{
    const struct config *config = &trainer->config;
    int threads = (int)config->data.threads;
    if (threads == 0)
        threads = parallel_cores() > 1 ? parallel_cores() / 2 : 1;
    struct loader_settings settings = {
        .batch = (int)config->train.batch,
        .seed = (uint64_t)config->seed,
        .threads = threads,
        .ahead = (int)config->data.ahead,
        .broken_limit = config->data.broken_limit,
    };
    config_view(config, &trainer->shape, true, &settings.view);
    trainer->loader = loader_new(trainer->train, &settings, first_step, trainer->log, error);
    if (!trainer->loader && error->code == ERROR_DATA)
        error_prefix(error, "train.batch");
    return trainer->loader;
}

static bool open_arms(struct trainer *trainer, struct error *error)
{
    for (int i = 0; i < trainer->config.arm_count; i++) {
        if (!arm_init(&trainer->arms[i], &trainer->config.arms[i], &trainer->shape,
                      (uint64_t)trainer->config.seed, error))
            return false;
        trainer->arm_count++;
    }
    bool good = arm_workspace_init(
        &trainer->workspace, &trainer->shape, (int)trainer->config.train.batch,
        (int)trainer->config.train.accumulate, (enum mae_precision)trainer->config.train.precision,
        config_use(&trainer->config), error);
    for (int i = 0; good && i < trainer->arm_count; i++)
        good = arm_prepare(&trainer->arms[i], &trainer->workspace, &trainer->arms[i].mask,
                           (uint64_t)trainer->config.seed, error);
    return good;
}

/* A step on a large batch takes longer than somebody who paints a mask will wait. */
static void answer_within_step(void *trainer)
{
    trainer_answer(trainer);
}

static bool open_gallery(struct trainer *trainer, struct error *error)
{
    struct view_settings view;
    config_view(&trainer->config, &trainer->shape, false, &view);
    uint32_t *order =
        sample_order((uint64_t)trainer->config.eval.seed, trainer->held_out->count, error);
    if (!order ||
        !gallery_maker_init(&trainer->gallery, trainer->held_out, &view, &trainer->shape,
                            (int)trainer->config.show.images, (uint64_t)trainer->config.seed, order,
                            error) ||
        !responder_init(&trainer->responder, &trainer->shape, &view, error))
        return false;
    gallery_set_display(&trainer->gallery, (enum pixel_display)trainer->config.show.pixels);
    mae_pass_set_interlude(trainer->workspace.pass, answer_within_step, trainer);
    return trainer_open_history(trainer, error);
}

static bool open_watches(struct trainer *trainer, struct error *error)
{
    for (int i = 0; i < ARM_LIMIT; i++) {
        if (!mask_watch_init(&trainer->watches[i], mae_grid_height(&trainer->shape),
                             mae_grid_width(&trainer->shape), error))
            return false;
        trainer->watches[i].since = trainer->step;
    }
    return true;
}

static bool open_shared(struct trainer *trainer, struct error *error)
{
    int images = trainer->pictures ? (int)trainer->config.show.images : 0;
    return (trainer->live = memory_new(1, sizeof *trainer->live, error)) &&
           snapshot_init(trainer->live, &trainer->shape, images, error) &&
           (trainer->channel = snapshot_channel_new(&trainer->shape, images, error)) &&
           (!trainer->pictures ||
            (trainer->questions = question_channel_new(&trainer->shape, error))) &&
           (trainer->queue = command_queue_new(error));
}

static void first_snapshot(struct trainer *trainer)
{
    struct snapshot *live = trainer->live;
    text_copy(live->folder, sizeof live->folder, trainer->folder.path);
    live->train_images = (int64_t)trainer->train->count;
    live->held_out_images = (int64_t)trainer->held_out->count;
    live->class_count = trainer->train->class_count;
    live->parameters = (int64_t)trainer->arms[0].mae->table.trained;
    for (int i = 0; i < ARM_LIMIT; i++)
        trainer_clear_arm_display(&live->arms[i]);
    for (int cell = 0; cell < PROBE_LIMIT; cell++)
        live->baseline_visible_mean[cell] = live->baseline_inverse_distance[cell] =
            (struct probe_cell){NAN, NAN, NAN, 0};
}

bool trainer_open_inputs(struct trainer *trainer, struct error *error)
{
    trainer->evaluated_step = trainer->checkpoint_step = trainer->step_once_at = -1;
    trainer->probe.step = -1;
    return open_sources(trainer, error) && open_arms(trainer, error) &&
           open_loader(trainer, trainer->step, error);
}

bool trainer_init(struct trainer *trainer, bool resume, struct error *error)
{
    if (!open_shared(trainer, error) ||
        (trainer->pictures && (!open_gallery(trainer, error) || !open_watches(trainer, error))))
        return false;
    trainer_plan(trainer);
    first_snapshot(trainer);
    return trainer_open_record(trainer, resume, error) && trainer_rehearse(trainer, error) &&
           (!resume || trainer_restore_display(trainer, error));
}

void trainer_release(struct trainer *trainer)
{
    loader_free(trainer->loader);
    if (trainer->store)
        store_close(trainer->store);
    if (trainer->pictures) {
        gallery_maker_release(&trainer->gallery);
        responder_release(&trainer->responder);
        history_release(&trainer->history);
    }
    for (int i = 0; i < ARM_LIMIT; i++)
        mask_watch_release(&trainer->watches[i]);
    trainer_close_probe(trainer);
    arm_workspace_release(&trainer->workspace);
    for (int i = 0; i < trainer->arm_count; i++)
        arm_release(&trainer->arms[i]);
    source_close(trainer->held_out);
    source_close(trainer->train);
    command_queue_free(trainer->queue);
    snapshot_channel_free(trainer->channel);
    question_channel_free(trainer->questions);
    if (trainer->live)
        snapshot_release(trainer->live);
    free(trainer->live);
    free(trainer->schedule);
}
