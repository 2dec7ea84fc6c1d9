#include "tests/ui/made_up_run.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "data/decode.h"

enum { SEED = 20, BLUR = 3, EVALUATION_STEPS = 250, WARM_UP = 400 };

struct made_up_run made_up_run_usual(void)
{
    return (struct made_up_run){.images = 8, .arms = 2, .pixels = 64, .patch = 8, .points = 5000};
}

/* A disc over a gradient, colours and place by the image's number. */
static void draw_shape(uint8_t *out, int side, int image)
{
    struct random random = random_begin(SEED, RANDOM_SCENE, 0, (uint32_t)image);
    double values[12];
    for (int i = 0; i < 12; i++)
        values[i] = random_uniform(&random);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            double u = (double)x / side, v = (double)y / side;
            double distance = hypot(u - 0.3 - 0.4 * values[9], v - 0.3 - 0.4 * values[10]);
            bool inside = distance < 0.15 + 0.2 * values[11];
            for (int c = 0; c < 3; c++) {
                double ground =
                    values[c] * u + values[c + 3] * v * 0.6 + 0.08 * sin(40 * values[c] * (u + v));
                double value = inside ? values[c + 6] : ground;
                out[3 * (y * side + x) + c] = (uint8_t)lround(255 * fmin(fmax(value, 0), 1));
            }
        }
}

/* The middle square of a decoded picture, by nearest pixels: good enough to look at. */
static bool read_picture(const char *path, uint8_t *out, int side)
{
    struct image image = {0};
    struct decode_request request = {0};
    bool good = decode_file(path, &request, &image, NULL) && image_convert(&image, 3, NULL);
    if (good) {
        int edge = image.width < image.height ? image.width : image.height;
        int left = (image.width - edge) / 2, top = (image.height - edge) / 2;
        for (int y = 0; y < side; y++)
            for (int x = 0; x < side; x++) {
                int from = (top + y * edge / side) * image.width + left + x * edge / side;
                memcpy(out + 3 * (y * side + x), image.pixels + 3 * (size_t)from, 3);
            }
    }
    image_release(&image);
    return good;
}

static int no_hidden_name(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void draw_originals(struct gallery *gallery, const char *folder)
{
    struct dirent **entries = NULL;
    int found = folder ? scandir(folder, &entries, no_hidden_name, alphasort) : 0;
    size_t size = 3 * (size_t)gallery->width * (size_t)gallery->height;
    int next = 0;
    for (int image = 0; image < gallery->images; image++) {
        uint8_t *out = gallery->original + (size_t)image * size;
        bool drawn = false;
        while (!drawn && next < found) {
            char path[1280];
            snprintf(path, sizeof path, "%s/%s", folder, entries[next++]->d_name);
            drawn = read_picture(path, out, gallery->width);
            if (drawn)
                snprintf(gallery->names[image], sizeof gallery->names[image], "%.60s",
                         entries[next - 1]->d_name);
        }
        if (!drawn)
            draw_shape(out, gallery->width, image);
    }
    for (int i = 0; i < found; i++)
        free(entries[i]);
    free(entries);
}

static void blur(const uint8_t *from, uint8_t *to, int side, int radius)
{
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++)
            for (int c = 0; c < 3; c++) {
                int sum = 0, count = 0;
                for (int v = y - radius; v <= y + radius; v++)
                    for (int u = x - radius; u <= x + radius; u++)
                        if (u >= 0 && v >= 0 && u < side && v < side) {
                            sum += from[3 * (v * side + u) + c];
                            count++;
                        }
                /* (x, y) itself was counted. NOLINTNEXTLINE(clang-analyzer-core.DivideZero) */
                to[3 * (y * side + x) + c] = (uint8_t)(sum / count);
            }
}

static double patch_error(const struct gallery *gallery, const uint8_t *a, const uint8_t *b,
                          int patch)
{
    int columns = gallery->width / gallery->patch, side = gallery->patch;
    int left = patch % columns * side, top = patch / columns * side;
    double sum = 0;
    for (int y = top; y < top + side; y++)
        for (int i = 3 * left; i < 3 * (left + side); i++) {
            double difference = (a[3 * y * gallery->width + i] - b[3 * y * gallery->width + i]);
            sum += difference * difference / (255.0 * 255.0);
        }
    return sum / (3.0 * side * side);
}

static void predict(struct gallery *gallery, int arm, int image)
{
    size_t size = 3 * (size_t)gallery->width * (size_t)gallery->height;
    size_t cell = (size_t)(arm * gallery->images + image), patches = (size_t)gallery->patches;
    const uint8_t *original = gallery->original + (size_t)image * size;
    uint8_t *prediction = gallery->prediction + cell * size;
    blur(original, prediction, gallery->width, gallery->width / 64 * BLUR * (1 + arm));
    struct random random = random_begin(SEED, RANDOM_SHOWN_MASK, (uint32_t)arm, (uint32_t)image);
    double sum = 0;
    int hidden = 0;
    for (size_t i = 0; i < patches; i++) {
        bool hide = random_uniform(&random) < (arm % 2 ? 0.6 : 0.75) || i == 0;
        gallery->mask[cell * patches + i] = hide;
        double error = patch_error(gallery, original, prediction, (int)i);
        gallery->patch_mse[cell * patches + i] = hide ? (float)error : NAN;
        sum += hide ? error : 0;
        hidden += hide;
    }
    gallery->mse[cell] = (float)(sum / hidden);
}

static void make_gallery(struct snapshot *snapshot, const struct made_up_run *run)
{
    struct gallery *gallery = &snapshot->gallery;
    gallery->images = run->images;
    gallery->arms = run->arms;
    gallery->step = run->points;
    gallery->version = 1;
    gallery->held_out = 10000;
    for (int i = 0; i < run->images; i++) {
        gallery->labels[i] = i % 3 ? i * 7 : -1;
        snprintf(gallery->names[i], sizeof gallery->names[i],
                 run->long_names ? "a-very-long-name-of-a-photograph-that-goes-on-%d.JPEG"
                                 : "val_%04d.JPEG",
                 i);
    }
    draw_originals(gallery, run->folder);
    for (int arm = 0; arm < run->arms; arm++)
        for (int image = 0; image < run->images; image++)
            predict(gallery, arm, image);
}

static double rate_at(int64_t step, int64_t total)
{
    static const double peak = 1.5e-4;
    if (step < WARM_UP)
        return peak * (double)step / WARM_UP;
    return peak * 0.5 * (1 + cos(M_PI * (double)(step - WARM_UP) / (double)(total - WARM_UP)));
}

static void add_step(struct snapshot *snapshot, int64_t step)
{
    struct random random = random_begin(SEED, RANDOM_ORDER, 0, (uint32_t)step);
    curve_add(&snapshot->learning_rate_curve, step, rate_at(step, snapshot->total_steps));
    snapshot->learning_rate = rate_at(step, snapshot->total_steps);
    for (int i = 0; i < snapshot->arm_count; i++) {
        struct snapshot_arm *arm = &snapshot->arms[i];
        double level =
            0.16 + 0.05 * i + 0.9 * exp(-(double)step / 250) + 0.12 * exp(-(double)step / 2500);
        double loss = level * (1 + 0.06 * random_normal(&random));
        bool gap = i == 0 && step > 2200 && step < 2300;
        curve_add(&arm->loss_curve, step, gap ? NAN : loss);
        arm->loss = loss;
        arm->smooth_loss = level;
        if (step % EVALUATION_STEPS == 0) {
            double probe = level * 1.2 - 0.02 * i, half = 0.03 + 0.1 * exp(-(double)step / 900);
            curve_add(&arm->probe_curve, step, probe);
            curve_add(&arm->probe_low_curve, step, probe - half);
            curve_add(&arm->probe_high_curve, step, probe + half);
            arm->probe_mse = probe;
            arm->probe_low = probe - half;
            arm->probe_high = probe + half;
            arm->probe_step = step;
        }
    }
    snapshot->step = step;
}

static void add_event(struct snapshot *snapshot, int64_t step, const char *kind, const char *arm,
                      const char *name, const char *before, const char *after)
{
    struct snapshot_event *event = &snapshot->events[snapshot->event_count++];
    event->step = step;
    text_copy(event->kind, sizeof event->kind, kind);
    text_copy(event->arm, sizeof event->arm, arm);
    text_copy(event->name, sizeof event->name, name);
    text_copy(event->old_value, sizeof event->old_value, before);
    text_copy(event->new_value, sizeof event->new_value, after);
}

static void fill(struct snapshot *snapshot, const struct made_up_run *run)
{
    static const char *const names[] = {"random75", "block60", "grid75", "easy-hard"};
    snapshot->config.eval.strategies.count = snapshot->config.eval.ratios.count = 1;
    snapshot->version = 1;
    snapshot->state = run->empty ? RUN_STARTING : RUN_TRAINING;
    snapshot->total_steps = 40000;
    snapshot->remaining = 2711;
    snapshot->images_per_second = run->empty ? 0 : 1834;
    snapshot->learning_rate_peak = 1.5e-4;
    text_copy(snapshot->folder, sizeof snapshot->folder, "runs/2026-11-23-1412-tiny64-random75");
    snapshot->arm_count = run->arms;
    for (int i = 0; i < run->arms; i++) {
        struct snapshot_arm *arm = &snapshot->arms[i];
        const char *name = run->long_names ? "a-rather-long-name-of-an-arm" : names[i % 4];
        if (i < 4)
            text_copy(arm->name, sizeof arm->name, name);
        else
            snprintf(arm->name, sizeof arm->name, "%.16s-%d", name, i);
        arm->probe_step = -1;
        arm->smooth_loss = NAN;
        strategy_choice_parse(&arm->mask.strategy, i % 2 ? "block" : "random", NULL);
        ratio_choice_parse(&arm->mask.ratio, i % 2 ? "0.6" : "0.75", NULL);
    }
    if (run->empty)
        return;
    snapshot->baseline_visible_mean[0] = (struct probe_cell){0.55, 0.5, 0.6, 64};
    snapshot->baseline_inverse_distance[0] = (struct probe_cell){0.38, 0.33, 0.41, 64};
    for (int64_t step = 1; step <= run->points; step++)
        add_step(snapshot, step);
    add_event(snapshot, run->points / 5, "set", "random75", "arms.random75.ratio", "0.75", "0.8");
    add_event(snapshot, run->points / 2, "set", "", "train.blr", "1.5e-4", "1e-4");
    add_event(snapshot, run->points / 2 + run->points / 40, "checkpoint", "", "", "", "");
    add_event(snapshot, run->points * 4 / 5, "set", "block60", "arms.block60.ratio", "0.6", "0.65");
    make_gallery(snapshot, run);
}

bool made_up_masks(struct snapshot *snapshot)
{
    enum { BATCHES = 50, BATCH = 16, LARGEST = 4096 };
    static uint8_t masks[BATCH * LARGEST];
    int height = mae_grid_height(&snapshot->shape), width = mae_grid_width(&snapshot->shape);
    struct error error;
    struct mask_drawer *drawer = mask_drawer_new(height, width, &error);
    bool good = drawer && height * width <= LARGEST;
    for (int arm = 0; good && arm < snapshot->arm_count; arm++) {
        struct mask_watch watch = {0};
        good = mask_watch_init(&watch, height, width, &error) &&
               (snapshot->masks[arm].masks ||
                mask_display_init(&snapshot->masks[arm], height, width, &error));
        for (uint32_t batch = 0; good && batch < BATCHES; batch++) {
            for (uint32_t i = 0; i < BATCH; i++) {
                struct mask_key key = {
                    .seed = 1, .stream = RANDOM_MASK, .image = batch * BATCH + i};
                mask_draw(drawer, &snapshot->arms[arm].mask, 0, &key,
                          masks + i * (uint32_t)(height * width), NULL);
            }
            mask_watch_add(&watch, masks, BATCH);
        }
        if (good)
            mask_watch_show(&watch, &snapshot->masks[arm]);
        mask_watch_release(&watch);
    }
    mask_drawer_free(drawer);
    return good;
}

struct snapshot *made_up_run_new(const struct made_up_run *run, struct error *error)
{
    struct mae_shape shape = {.image_height = run->pixels,
                              .image_width = run->pixels,
                              .patch = run->patch,
                              .channels = 3};
    struct snapshot *snapshot = memory_new(1, sizeof *snapshot, error);
    if (!snapshot || !snapshot_init(snapshot, &shape, run->images, error)) {
        free(snapshot);
        return NULL;
    }
    fill(snapshot, run);
    if (run->empty || made_up_masks(snapshot))
        return snapshot;
    made_up_run_free(snapshot);
    return NULL;
}

void made_up_run_free(struct snapshot *snapshot)
{
    if (snapshot)
        snapshot_release(snapshot);
    free(snapshot);
}

void made_up_run_move(struct snapshot *snapshot, const struct made_up_run *run)
{
    enum { STEPS_A_ROUND = 10 };
    for (int i = 0; i < STEPS_A_ROUND && !run->empty; i++)
        add_step(snapshot, snapshot->step + 1);
    snapshot->version++;
}
