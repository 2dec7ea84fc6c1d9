/* The real panel on a made-up run, to look at it and to test what it draws without a trainer.
 *
 *   panel_fixture [SCENE]   SCENE: training (default), empty, strange (NaN, long names, huge
 * numbers), jump (of the loss, once), many (arms), handed (s was pressed in the
 * window), evaluating, failed, moving (a step each frame)
 *
 * What the panel sends is obeyed as a trainer would, as far as the panel can see it. */
#include <locale.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "tests/ui/made_up_record.h"
#include "tests/ui/made_up_run.h"
#include "ui/panel/panel.h"

enum { FRAME_MILLISECONDS = 20 };

struct fixture {
    struct snapshot snapshot;
    struct ui_model model;
    struct log *log;
    bool moving, leaving;
    bool noisy; /* a library writes to stderr */
    bool has_record;
    struct snapshot *pictures; /* whose gallery is shown; null: none */
};

static double loss_at(double step, int arm)
{
    double wobble = 0.03 * sin(step * 0.37 + arm) + 0.02 * sin(step * 1.7 + 2 * arm);
    return (0.9 * exp(-step / (600 + 250 * arm)) + 0.12 + 0.05 * arm) * (1 + wobble);
}

static double rate_at(const struct snapshot *snapshot, double step)
{
    double warm = 500, peak = snapshot->learning_rate_peak;
    double progress = (step - warm) / ((double)snapshot->total_steps - warm);
    return step < warm ? peak * step / warm : 0.5 * peak * (1 + cos(M_PI * progress));
}

static void evaluate_arm(struct snapshot *snapshot, int index)
{
    struct snapshot_arm *arm = &snapshot->arms[index];
    const struct config *config = &snapshot->config;
    int ratios = config->eval.ratios.count;
    double sum = 0;
    for (int i = 0; i < config->eval.strategies.count * ratios; i++) {
        double mean = loss_at((double)snapshot->step, index) *
                      (0.6 + 0.15 * (i % ratios) + 0.1 * (i / ratios));
        arm->probe[i] = (struct probe_cell){mean, 0.97 * mean, 1.03 * mean, 256};
        sum += mean;
    }
    arm->probe_mse = sum / (config->eval.strategies.count * ratios);
    arm->probe_low = 0.97 * arm->probe_mse;
    arm->probe_high = 1.03 * arm->probe_mse;
    arm->probe_step = snapshot->step;
    curve_add(&arm->probe_curve, snapshot->step, arm->probe_mse);
}

static void take_step(struct snapshot *snapshot)
{
    double step = (double)++snapshot->step;
    snapshot->learning_rate = rate_at(snapshot, step);
    curve_add(&snapshot->learning_rate_curve, snapshot->step, snapshot->learning_rate);
    for (int i = 0; i < snapshot->arm_count; i++) {
        struct snapshot_arm *arm = &snapshot->arms[i];
        arm->loss = loss_at(step, i);
        arm->smooth_loss = loss_at(step - 25, i);
        arm->gradient_norm = 1.5 * arm->loss;
        arm->expected_ratio =
            ratio_choice_mean(&arm->mask.ratio, step / (double)snapshot->total_steps);
        arm->realised_ratio = arm->expected_ratio;
        curve_add(&arm->loss_curve, snapshot->step, arm->loss);
        if (snapshot->step % 500 == 0)
            evaluate_arm(snapshot, i);
    }
    snapshot->elapsed = step * snapshot->step_seconds;
    snapshot->remaining = ((double)snapshot->total_steps - step) * snapshot->step_seconds;
    snapshot->version++;
}

static void set_arm(struct snapshot *snapshot, int index, const char *name, const char *strategy,
                    const char *ratio)
{
    struct error error;
    struct snapshot_arm *arm = &snapshot->arms[index];
    text_copy(arm->name, sizeof arm->name, name);
    if (!strategy_choice_parse(&arm->mask.strategy, strategy, &error) ||
        !ratio_choice_parse(&arm->mask.ratio, ratio, &error)) {
        fprintf(stderr, "panel_fixture: %s\n", error.message);
        exit(error.code);
    }
    arm->loss = arm->smooth_loss = arm->gradient_norm = arm->expected_ratio = arm->realised_ratio =
        NAN;
    arm->probe_mse = arm->probe_low = arm->probe_high = NAN;
    arm->probe_step = -1;
    for (int i = 0; i < PROBE_LIMIT; i++)
        arm->probe[i] = (struct probe_cell){NAN, NAN, NAN, 0};
    text_copy(snapshot->config.arms[index].name, ARM_NAME_SIZE, name);
    snapshot->config.arms[index].mask = arm->mask;
}

static void make_snapshot(struct snapshot *snapshot)
{
    struct error error;
    snapshot->version = 1;
    snapshot->state = RUN_STARTING;
    text_copy(snapshot->folder, sizeof snapshot->folder,
              "runs/2026-11-23-1412-nano64-random75-block");
    if (!config_defaults(&snapshot->config, NULL))
        abort();
    if (!config_shape(&snapshot->config, &snapshot->shape, &error))
        exit(error.code);
    snapshot->total_steps = 20000;
    snapshot->epoch_steps = 156;
    snapshot->learning_rate_peak = 7.5e-5;
    snapshot->remaining = snapshot->images_per_second = snapshot->step_seconds = NAN;
    snapshot->wait_share = snapshot->show_share = NAN;
    snapshot->train_images = 20000;
    snapshot->held_out_images = 1000;
    snapshot->parameters = 1234567;
    snapshot->checkpoint_step = -1;
    snapshot->arm_count = snapshot->config.arm_count = 2;
    snapshot->gallery.images = 8;
    snapshot->gallery.held_out = 1000;
    set_arm(snapshot, 0, "random75", "random", "0.75");
    set_arm(snapshot, 1, "block", "block:min_area=4", "uniform:low=0.3,high=0.9");
    for (int i = 0; i < PROBE_LIMIT; i++) {
        snapshot->baseline_visible_mean[i] = (struct probe_cell){NAN, NAN, NAN, 0};
        snapshot->baseline_inverse_distance[i] = (struct probe_cell){NAN, NAN, NAN, 0};
    }
}

static void train(struct fixture *fixture, int64_t steps)
{
    struct snapshot *snapshot = &fixture->snapshot;
    snapshot->state = RUN_TRAINING;
    snapshot->images_per_second = 823.4;
    snapshot->step_seconds = 0.1554;
    snapshot->wait_share = 0.003;
    snapshot->show_share = 0.018;
    for (int i = 0; i < PROBE_LIMIT; i++) {
        snapshot->baseline_visible_mean[i].mean = 0.62 + 0.01 * (i % 3);
        snapshot->baseline_inverse_distance[i].mean = 0.31 + 0.05 * (i % 3);
    }
    while (snapshot->step < steps)
        take_step(snapshot);
    snapshot->checkpoint_step = steps < 1000 ? -1 : steps - steps % 1000;
    log_write(fixture->log, LOG_INFO, "run folder %s", snapshot->folder);
    log_write(fixture->log, LOG_INFO, "scenes: 20000 training images, 1000 held out");
    log_write(fixture->log, LOG_WARNING, "val/broken.JPEG: premature end of JPEG file; skipped");
    log_write(fixture->log, LOG_INFO, "evaluation at step 6000: random75 0.1172, block 0.1628");
    log_write(fixture->log, LOG_INFO,
              "checkpoint at step 6000: checkpoints/step-00006000.safetensors");
}

/* The pictures of another made-up run, under this one's arms. */
static void show_pictures(struct fixture *fixture)
{
    struct error error;
    struct made_up_run run = made_up_run_usual();
    run.arms = fixture->snapshot.arm_count;
    fixture->pictures = made_up_run_new(&run, &error);
    if (fixture->pictures)
        fixture->snapshot.gallery = fixture->pictures->gallery;
    fixture->snapshot.gallery.held_out = 1000;
    fixture->snapshot.gallery.step = fixture->snapshot.step;
    if (!made_up_masks(&fixture->snapshot))
        fprintf(stderr, "panel_fixture: no masks\n");
}

static void make_record(struct fixture *fixture)
{
    struct error error;
    fixture->has_record = made_up_record_new(&fixture->snapshot, &error);
    if (!fixture->has_record)
        fprintf(stderr, "panel_fixture: %s\n", error.message);
}

/* What a panel should survive. */
static void make_strange(struct fixture *fixture)
{
    struct snapshot *snapshot = &fixture->snapshot;
    train(fixture, 300);
    fixture->noisy = true;
    text_copy(snapshot->folder, sizeof snapshot->folder,
              "/scratch/users/somebody/experiments/"
              "2026-11-23-1412-huge224-\u00e9t\u00e9-\u65e5\u672c\u8a9e-a-very-long-name");
    snapshot->arm_count = snapshot->config.arm_count = 5;
    set_arm(snapshot, 2, "an-arm-with-a-name-of-31-letters", "grid", "0.5");
    set_arm(snapshot, 3, "huge", "random",
            "uniform:low={from: 0.1, to: 0.5, shape: cosine},high=0.9");
    set_arm(snapshot, 4, "new", "random", "0.9");
    snapshot->arms[2].loss = snapshot->arms[2].smooth_loss = NAN;
    snapshot->arms[3].loss = -1.234567e300;
    snapshot->arms[3].smooth_loss = 123456789.0;
    snapshot->arms[3].gradient_norm = INFINITY;
    snapshot->arms[3].probe_mse = 1e-12;
    curve_add(&snapshot->arms[3].loss_curve, 10, -1.0);
    curve_add(&snapshot->arms[3].loss_curve, 20, NAN);
    curve_add(&snapshot->arms[3].loss_curve, 30, 1e30);
    snapshot->total_steps = 1000000000000;
    snapshot->remaining = 1e12;
    snapshot->broken_images = 31;
    snapshot->wait_share = 0.31;
    text_copy(snapshot->message, sizeof snapshot->message,
              "waiting for the disk, which is slow today");
    for (int i = 0; i < 1500; i++)
        log_write(
            fixture->log, (enum log_level)(LOG_INFO + i % 3), "line %d %s", i,
            i % 7
                ? "short"
                : "and a long one that goes on and on until it has to be broken into a second row, "
                  "since no terminal is as wide as that; \u65e5\u672c\u8a9e");
}

/* A loss that jumps once, as after a batch that went wrong. */
static void make_jump(struct fixture *fixture)
{
    train(fixture, 6240);
    struct curve *curve = &fixture->snapshot.arms[1].loss_curve;
    curve->value[curve->count / 2] = 1e6F;
}

/* As many arms as a run may have, with the longest names. */
static void make_many(struct fixture *fixture)
{
    struct snapshot *snapshot = &fixture->snapshot;
    char name[2 * ARM_NAME_SIZE];
    for (int i = snapshot->arm_count; i < ARM_LIMIT; i++) {
        snprintf(name, sizeof name, "arm-%02d-with-a-name-of-31-letters", i);
        set_arm(snapshot, i, name, i % 2 ? "grid" : "perlin:scale=6",
                "beta:a=2,b=5,low=0.3,high=0.95");
    }
    snapshot->arm_count = snapshot->config.arm_count = ARM_LIMIT;
    train(fixture, 3120);
    make_record(fixture);
    show_pictures(fixture);
}

static bool make_scene(struct fixture *fixture, const char *scene)
{
    make_snapshot(&fixture->snapshot);
    if (!strcmp(scene, "training") || !strcmp(scene, "handed")) {
        train(fixture, 6240);
        make_record(fixture);
        show_pictures(fixture);
    } else if (!strcmp(scene, "moving")) {
        train(fixture, 100);
        make_record(fixture);
        show_pictures(fixture);
        fixture->moving = true;
    } else if (!strcmp(scene, "strange")) {
        make_strange(fixture);
    } else if (!strcmp(scene, "jump")) {
        make_jump(fixture);
    } else if (!strcmp(scene, "many")) {
        make_many(fixture);
    } else if (!strcmp(scene, "evaluating")) {
        train(fixture, 1000);
        fixture->snapshot.state = RUN_EVALUATING;
        text_copy(fixture->snapshot.message, SNAPSHOT_MESSAGE_SIZE, "83%");
    } else if (!strcmp(scene, "failed")) {
        train(fixture, 50);
        fixture->snapshot.state = RUN_FAILED;
        text_copy(fixture->snapshot.message, SNAPSHOT_MESSAGE_SIZE,
                  "the loss of block is not finite at step 50");
    } else if (strcmp(scene, "empty") != 0) {
        return false;
    }
    return true;
}

static void obey_setting(struct snapshot *snapshot, const struct command *command)
{
    struct error error;
    config_assign(&snapshot->config, command->name, command->value, ORIGIN_COMMAND_LINE, NULL,
                  &error);
    for (int i = 0; i < snapshot->arm_count; i++)
        snapshot->arms[i].mask = snapshot->config.arms[i].mask;
}

static bool obey(void *context, const struct command *command)
{
    struct fixture *fixture = context;
    struct snapshot *snapshot = &fixture->snapshot;
    switch (command->kind) {
    case COMMAND_SET:
        obey_setting(snapshot, command);
        break;
    case COMMAND_PAUSE:
        snapshot->state = RUN_PAUSED;
        break;
    case COMMAND_GO_ON:
        snapshot->state = RUN_TRAINING;
        break;
    case COMMAND_STEP:
        take_step(snapshot);
        snapshot->state = RUN_PAUSED;
        break;
    case COMMAND_EVALUATE:
        for (int i = 0; i < snapshot->arm_count; i++)
            evaluate_arm(snapshot, i);
        break;
    case COMMAND_NOTE:
        log_write(fixture->log, LOG_INFO, "note: %s", command->value);
        if (fixture->has_record)
            made_up_record_note(snapshot, command->value, NULL);
        break;
    case COMMAND_STOP:
        fixture->leaving = true;
        break;
    default:
        break;
    }
    snapshot->version++;
    return true;
}

static void loop(struct fixture *fixture, struct panel *panel)
{
    while (!fixture->leaving && !fixture->model.want_quit) {
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        poll(&input, 1, FRAME_MILLISECONDS);
        if (fixture->moving && fixture->snapshot.state == RUN_TRAINING)
            take_step(&fixture->snapshot);
        ui_model_take(&fixture->model, &fixture->snapshot);
        panel_input(panel);
        panel_draw(panel);
    }
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    struct error error;
    struct fixture *fixture = memory_new(1, sizeof *fixture, &error);
    struct keymap *keymap = keymap_new(&error);
    fixture->log = log_new(&error);
    if (!make_scene(fixture, argc > 1 ? argv[1] : "training")) {
        fprintf(stderr, "panel_fixture: no scene '%s'\n", argv[1]);
        return ERROR_USAGE;
    }
    ui_model_init(&fixture->model, fixture->log);
    fixture->model.send = obey;
    fixture->model.send_context = fixture;
    ui_model_take(&fixture->model, &fixture->snapshot);
    if (argc > 1 && !strcmp(argv[1], "handed"))
        fixture->model.for_panel = ACTION_STRATEGY;
    struct panel *panel = panel_new(&fixture->model, keymap, true, &error);
    int status = panel ? 0 : error.code;
    if (!panel)
        fprintf(stderr, "panel_fixture: %s\n", error.message);
    if (panel && fixture->noisy)
        fputs("libnoise: something is deprecated\n", stderr);
    if (panel)
        loop(fixture, panel);
    panel_free(panel);
    if (fixture->has_record)
        made_up_record_remove(&fixture->snapshot);
    for (int i = 0; i < ARM_LIMIT; i++)
        mask_display_release(&fixture->snapshot.masks[i]);
    made_up_run_free(fixture->pictures);
    keymap_free(keymap);
    log_free(fixture->log);
    free(fixture);
    return status;
}
