/* What the trainer does for displays: answers to their questions, pictures of earlier steps. */
#include <string.h>

#include "run/sample.h"
#include "run/trainer.h"

static const double megabyte = 1e6;

static bool answer(struct trainer *trainer, const struct question *question, struct answer *out,
                   struct error *error)
{
    const struct gallery *gallery = &trainer->live->gallery;
    int arm = config_arm(&trainer->config, question->arm);
    if (arm < 0 || arm >= trainer->arm_count)
        return error_set(error, ERROR_DATA, "there is no arm '%s' any more", question->arm);
    bool shown = question->row >= 0 && question->row < gallery->images && gallery->step >= 0 &&
                 trainer->gallery.loaded;
    if (!shown || (question->mask_kind == QUESTION_OWN_MASK && arm >= gallery->arms))
        return error_set(error, ERROR_DATA, "there is no such picture yet");
    struct subject subject = {
        .gallery = gallery,
        .arm = arm,
        .mae = trainer->arms[arm].mae,
        .pixels =
            trainer->gallery.pixels + (size_t)question->row * mae_image_values(&trainer->shape),
    };
    return responder_answer(&trainer->responder, question, &subject, out, error);
}

void trainer_answer(struct trainer *trainer)
{
    const struct question *question =
        trainer->pictures ? question_receive(trainer->questions) : NULL;
    if (!question)
        return;
    double start = trainer_now();
    struct answer *out = question_begin_answer(trainer->questions);
    struct error error;
    out->step = trainer->step;
    if (!answer(trainer, question, out, &error)) {
        out->number = question->number;
        out->attention = false;
        text_copy(out->problem, sizeof out->problem, error.message);
    }
    question_publish_answer(trainer->questions);
    if (trainer->live->state == RUN_TRAINING)
        trainer->clock.gallery_seconds += trainer_now() - start;
}

/* The window finds the files by their steps. */
static void show_history(struct trainer *trainer)
{
    struct snapshot *live = trainer->live;
    const struct history *history = &trainer->history;
    live->history_count = history->count;
    memcpy(live->history_steps, history->steps,
           (size_t)history->count * sizeof live->history_steps[0]);
}

bool trainer_open_history(struct trainer *trainer, struct error *error)
{
    const struct config *config = &trainer->config;
    struct view_settings view;
    config_view(config, &trainer->shape, false, &view);
    uint32_t *order = sample_order((uint64_t)config->eval.seed, trainer->held_out->count, error);
    if (!order ||
        !history_init(&trainer->history, trainer->folder.images, trainer->step,
                      config->show.history * megabyte, (int)config->show.images, trainer->held_out,
                      &view, &trainer->shape, (uint64_t)config->seed, order, error))
        return false;
    show_history(trainer);
    return true;
}

void trainer_keep_history(struct trainer *trainer)
{
    struct history *history = &trainer->history;
    struct error error;
    if (!trainer->pictures ||
        !history_is_due(history, trainer->step, trainer->total_steps, trainer->arm_count))
        return;
    double start = trainer_now();
    gallery_set_display(&history->maker, (enum pixel_display)trainer->config.show.pixels);
    if (!history_keep(history, trainer->arms, trainer->arm_count, trainer_progress(trainer),
                      trainer->step, trainer->total_steps, &error)) {
        log_write(trainer->log, LOG_WARNING, "pictures of step %lld are not kept: %s",
                  (long long)trainer->step, error.message);
        history->space = 0; /* said once */
    }
    show_history(trainer);
    trainer->clock.other_seconds += trainer_now() - start;
}
