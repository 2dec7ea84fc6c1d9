#include "probe/finetune.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "nn/adamw.h"
#include "probe/features.h"
#include "probe/finetune_head.h"

static const double second_beta = 0.999;
/* What is drawn from RANDOM_HEAD besides the head's weights and the order. */
enum { ITEM_ORDER = 0, ITEM_MIXUP = 1 };

void finetune_rates(float *rates, const struct mae *mae, double layer_decay)
{
    for (int i = 0; i < mae->table.count; i++) {
        const char *name = mae->table.items[i].name;
        int block, layers = mae->shape.depth + 1, layer = layers;
        if (sscanf(name, "blocks.%d.", &block) == 1)
            layer = block + 1;
        else if (!strcmp(name, "cls_token") || !strncmp(name, "patch_embed", 11) ||
                 !strcmp(name, "pos_embed"))
            layer = 0;
        rates[i] = (float)pow(layer_decay, layers - layer);
    }
}

struct work {
    const struct finetune_settings *settings;
    const struct finetune_images *train;
    struct mae *mae;
    struct parameter_table encoder; /* the first of mae's items; borrowed */
    struct adamw adamw, head_adamw;
    float *rates, *gradients;
    struct whole_pass whole;
    struct finetune_head head;
    struct view_scratch *scratches; /* [slots] */
    size_t slots, values;           /* of an image */
    bool *good;                     /* [batch] */
    float *pixels, *targets;        /* [batch, C, H, W], [batch, classes] */
    uint32_t *order;
    int batch, epoch; /* the epoch at hand */
    double loss;      /* the sum over its steps */
    size_t steps;     /* of an epoch */
};

/* ---- Batches ---- */

struct read_job {
    struct work *work;
    const uint32_t *images;
};

static void read_image(void *context, size_t task, size_t slot)
{
    const struct read_job *job = context;
    struct work *work = job->work;
    struct error error;
    struct random random =
        random_begin(work->settings->seed, RANDOM_CROP, (uint32_t)work->epoch, job->images[task]);
    work->good[task] =
        view_draw(work->train->source, job->images[task], work->train->view, &random,
                  &work->scratches[slot], work->pixels + task * work->values, &error);
}

static void set_target(const struct work *work, size_t row, int label)
{
    size_t classes = (size_t)work->settings->classes;
    float *target = work->targets + row * classes;
    float spread = (float)(work->settings->smoothing / (double)classes);
    for (size_t i = 0; i < classes; i++)
        target[i] = spread;
    target[label] += (float)(1 - work->settings->smoothing);
}

/* Beta(a, a) by Johnk's method. */
static double draw_part(struct random *random, double a)
{
    for (;;) {
        double x = pow(random_uniform(random), 1 / a), y = pow(random_uniform(random), 1 / a);
        if (x + y <= 1 && x + y > 0)
            return x / (x + y);
    }
}

/* The first `count` of values become part * values + (1 - part) * those of the row's partner, the
 * batch read backwards. */
static void mix_rows(float *values, size_t rows, size_t width, float part)
{
    for (size_t row = 0; row < rows / 2; row++) {
        float *a = values + row * width, *b = values + (rows - 1 - row) * width;
        for (size_t i = 0; i < width; i++) {
            float left = a[i], right = b[i];
            a[i] = part * left + (1 - part) * right;
            b[i] = part * right + (1 - part) * left;
        }
    }
}

static void mix(struct work *work, size_t rows, uint32_t step)
{
    struct random random = random_begin(work->settings->seed, RANDOM_HEAD, step, ITEM_MIXUP);
    float part = (float)draw_part(&random, work->settings->mixup);
    mix_rows(work->pixels, rows, work->values, part);
    mix_rows(work->targets, rows, (size_t)work->settings->classes, part);
}

/* Reads the images, those that can be read one after another, with their targets; how many. */
static size_t read_batch(struct work *work, const uint32_t *images, size_t count)
{
    struct read_job job = {work, images};
    size_t read = 0;
    parallel_for_slots(count, work->slots, read_image, &job);
    for (size_t i = 0; i < count; i++) {
        if (!work->good[i])
            continue;
        if (read < i)
            memcpy(work->pixels + read * work->values, work->pixels + i * work->values,
                   work->values * sizeof *work->pixels);
        set_target(work, read++, source_label(work->train->source, images[i]));
    }
    return read;
}

/* ---- Steps ---- */

static bool step(struct work *work, size_t index, double rate, struct error *error)
{
    int patches = mae_patches(&work->mae->shape);
    size_t first = index * (size_t)work->batch;
    size_t read = read_batch(work, work->order + first, (size_t)work->batch);
    if (read == 0)
        return true;
    if (work->settings->mixup > 0)
        mix(work, read, (uint32_t)((size_t)work->epoch * work->steps + index));
    struct mae_batch batch = whole_batch(&work->whole, work->pixels, (int)read);
    mae_encode(work->whole.pass, work->mae, &batch);
    finetune_head_forward(&work->head, mae_pass_tokens(work->whole.pass), (int)read, patches);
    double loss = finetune_head_backward(
        &work->head, work->targets, mae_pass_token_gradient(work->whole.pass), (int)read, patches);
    if (!isfinite(loss))
        return error_set(error, ERROR_DATA,
                         "the loss is not finite in epoch %d; lower probe.finetune_blr",
                         work->epoch + 1);
    mae_encode_backward(work->whole.pass, work->mae, work->gradients);
    adamw_step(&work->adamw, work->mae->weights, work->gradients, rate, 1);
    adamw_step(&work->head_adamw, work->head.weights, work->head.gradients, rate, 1);
    work->loss += loss;
    return true;
}

static void draw_order(struct work *work)
{
    struct random random =
        random_begin(work->settings->seed, RANDOM_HEAD, (uint32_t)work->epoch + 1, ITEM_ORDER);
    memcpy(work->order, work->train->images, work->train->count * sizeof *work->order);
    random_shuffle(&random, work->order, (uint32_t)work->train->count);
}

static struct finetune_state state_of(struct work *work, int64_t done)
{
    const struct parameter_table *encoder = &work->encoder, *head = &work->head.table;
    return (struct finetune_state){
        .done = done,
        .updates = work->adamw.steps,
        .loss = work->loss,
        .blocks = {{"encoder", work->mae->weights, encoder->trained},
                   {"encoder.exp_avg", work->adamw.moment1, encoder->trained},
                   {"encoder.exp_avg_sq", work->adamw.moment2, encoder->trained},
                   {"head", work->head.weights, head->total},
                   {"head.exp_avg", work->head_adamw.moment1, head->total},
                   {"head.exp_avg_sq", work->head_adamw.moment2, head->total}}};
}

/* From what was kept, if anything was: how many steps are done. */
static bool go_on(struct work *work, int64_t *done, struct error *error)
{
    const struct finetune_keeper *keeper = work->settings->keeper;
    struct finetune_state state = state_of(work, 0);
    *done = 0;
    if (!keeper)
        return true;
    if (!keeper->load(keeper->context, &state, error))
        return false;
    *done = state.done;
    work->adamw.steps = work->head_adamw.steps = state.updates;
    work->loss = state.loss;
    return true;
}

static bool keep(struct work *work, int64_t done, bool leaving, struct error *error)
{
    const struct finetune_keeper *keeper = work->settings->keeper;
    struct finetune_state state = state_of(work, done);
    return !keeper || keeper->save(keeper->context, &state, leaving, error);
}

/* False if it is to be given up: what there is by then is kept. */
static bool may_go_on(struct work *work, int64_t done, double total,
                      const struct probe_watch *watch, struct error *error)
{
    struct error why;
    return probe_watch_tell(watch, (double)done / total, error) ||
           (!keep(work, done, true, &why) && error_set(error, why.code, "%s", why.message));
}

static bool train(struct work *work, const struct probe_watch *watch, struct error *error)
{
    const struct finetune_settings *settings = work->settings;
    double steps = (double)work->steps, total = settings->epochs * steps;
    int64_t begun;
    if (!go_on(work, &begun, error))
        return false;
    for (int64_t done = begun; (double)done < total; done++) {
        size_t index = (size_t)done % work->steps;
        if (!may_go_on(work, done, total, watch, error))
            return false;
        work->epoch = (int)((size_t)done / work->steps);
        if (index == 0 || done == begun)
            draw_order(work);
        if (index == 0)
            work->loss = 0;
        double rate = learning_rate_at((double)done, settings->warmup_epochs * steps, total,
                                       settings->rate, 0);
        if (!step(work, index, rate, error) ||
            (index + 1 == work->steps && !keep(work, done + 1, false, error)))
            return false;
    }
    return true;
}

/* ---- Asking ---- */

static bool ask(struct work *work, const struct finetune_images *test,
                struct finetune_result *result, struct error *error)
{
    struct image_reader reader = {0};
    struct images_read read = {.pixels = work->pixels,
                               .kept = memory_new((size_t)work->batch, sizeof *read.kept, error)};
    bool good = read.kept && image_reader_init(&reader, test->source, test->view, error) &&
                (result->predicted = memory_new(test->count, sizeof(int), error)) &&
                (result->images = memory_new(test->count, sizeof(uint32_t), error));
    for (size_t first = 0; good && first < test->count; first += (size_t)work->batch) {
        size_t left = test->count - first;
        size_t count = left < (size_t)work->batch ? left : (size_t)work->batch;
        good = image_reader_read(&reader, test->images + first, count, &read, error);
        if (!good || read.count == 0)
            continue;
        whole_encode(&work->whole, work->mae, 0, work->pixels, (int)read.count);
        finetune_head_forward(&work->head, mae_pass_tokens(work->whole.pass), (int)read.count,
                              mae_patches(&work->mae->shape));
        for (size_t i = 0; i < read.count; i++) {
            result->images[result->count] = test->images[first + read.kept[i]];
            result->predicted[result->count++] =
                probe_best(work->head.scores + i * work->head.classes, (int)work->head.classes);
        }
    }
    image_reader_release(&reader);
    free(read.kept);
    return good && (result->count > 0 || error_prefix(error, "no image can be read"));
}

/* ---- All of it ---- */

/* The encoder's parameters come first in the table. */
static struct parameter_table encoder_table(const struct mae *mae)
{
    struct parameter_table table = mae->table;
    for (table.count = 0; !mae_is_of_decoder(mae->table.items[table.count].name);)
        table.count++;
    table.trained = table.total = mae->table.items[table.count].offset;
    return table;
}

static bool open(struct work *work, struct error *error)
{
    const struct mae_shape *shape = &work->mae->shape;
    size_t images = (size_t)work->batch, classes = (size_t)work->settings->classes;
    work->values = mae_image_values(shape);
    work->slots = (size_t)parallel_threads();
    work->encoder = encoder_table(work->mae);
    if (!adamw_init(&work->adamw, &work->encoder, error) ||
        !finetune_head_init(&work->head, shape->embed_dim, work->settings->classes, work->batch,
                            work->settings->seed, error) ||
        !adamw_init(&work->head_adamw, &work->head.table, error) ||
        !whole_pass_init(&work->whole, shape, work->batch, MAE_TRAINING, error) ||
        !(work->rates = memory_new((size_t)work->mae->table.count, sizeof(float), error)) ||
        !(work->gradients = memory_new(work->mae->table.trained, sizeof(float), error)) ||
        !(work->scratches = memory_new(work->slots, sizeof *work->scratches, error)) ||
        !(work->good = memory_new(images, sizeof *work->good, error)) ||
        !(work->pixels = memory_new(images * work->values, sizeof(float), error)) ||
        !(work->targets = memory_new(images * classes, sizeof(float), error)) ||
        !(work->order = memory_new(work->train->count, sizeof *work->order, error)))
        return false;
    finetune_rates(work->rates, work->mae, work->settings->layer_decay);
    work->adamw.rates = work->rates;
    work->adamw.beta2 = work->head_adamw.beta2 = second_beta;
    work->adamw.weight_decay = work->head_adamw.weight_decay = work->settings->weight_decay;
    return true;
}

static void close_work(struct work *work)
{
    adamw_release(&work->adamw);
    adamw_release(&work->head_adamw);
    finetune_head_release(&work->head);
    whole_pass_release(&work->whole);
    for (size_t i = 0; work->scratches && i < work->slots; i++)
        view_scratch_release(&work->scratches[i]);
    free(work->scratches);
    free(work->rates);
    free(work->gradients);
    free(work->good);
    free(work->pixels);
    free(work->targets);
    free(work->order);
}

void finetune_result_release(struct finetune_result *result)
{
    free(result->predicted);
    free(result->images);
    *result = (struct finetune_result){0};
}

bool finetune(struct finetune_result *result, struct mae *mae,
              const struct finetune_images *train_on, const struct finetune_images *test,
              const struct finetune_settings *settings, const struct probe_watch *watch,
              struct error *error)
{
    size_t wanted = (size_t)settings->batch;
    struct work work = {.settings = settings, .train = train_on, .mae = mae};
    *result = (struct finetune_result){0};
    work.batch = (int)(wanted < train_on->count ? wanted : train_on->count);
    work.steps = train_on->count / (size_t)work.batch;
    bool good = open(&work, error) && train(&work, watch, error) && ask(&work, test, result, error);
    result->loss = work.loss / (double)work.steps;
    close_work(&work);
    if (!good)
        finetune_result_release(result);
    return good;
}
