#include "probe/lars.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "nn/adamw.h"

static const double trust = 0.001, keep = 0.9, first_deviation = 0.01;

/* What a fit works in. */
struct work {
    const struct probe_rows *train;
    const struct lars_settings *settings;
    size_t batch, weights;
    uint32_t *order;                      /* [train->count] */
    float *gathered;                      /* [batch, dim]: a batch as it is */
    int *labels;                          /* [batch] */
    double *weight, *momentum, *gradient; /* [classes, dim + 1] each, in one piece */
};

void lars_step(double *weights, double *momentum, const double *gradient, size_t classes,
               size_t dim, double rate, double weight_decay)
{
    double weight_square = 0, update_square = 0;
    for (size_t output = 0; output < classes; output++)
        for (size_t i = output * (dim + 1); i < output * (dim + 1) + dim; i++) {
            double update = gradient[i] + weight_decay * weights[i];
            weight_square += weights[i] * weights[i];
            update_square += update * update;
        }
    bool scaled = weight_square > 0 && update_square > 0;
    double scale = scaled ? trust * sqrt(weight_square / update_square) : 1;
    for (size_t output = 0; output < classes; output++)
        for (size_t i = 0; i <= dim; i++) {
            size_t at = output * (dim + 1) + i;
            double update =
                i == dim ? gradient[at] : scale * (gradient[at] + weight_decay * weights[at]);
            momentum[at] = keep * momentum[at] + update;
            weights[at] -= rate * momentum[at];
        }
}

static bool allocate(struct work *work, struct error *error)
{
    size_t dim = work->train->dim;
    work->weights = (size_t)work->settings->classes * (dim + 1);
    if (!(work->order = memory_new(work->train->count, sizeof *work->order, error)) ||
        !(work->gathered = memory_new(work->batch * dim, sizeof *work->gathered, error)) ||
        !(work->labels = memory_new(work->batch, sizeof *work->labels, error)) ||
        !(work->weight = memory_new(3 * work->weights, sizeof *work->weight, error)))
        return false;
    work->momentum = work->weight + work->weights;
    work->gradient = work->momentum + work->weights;
    return true;
}

static void release(struct work *work)
{
    free(work->order);
    free(work->gathered);
    free(work->labels);
    free(work->weight);
}

static void begin(struct work *work)
{
    size_t dim = work->train->dim;
    struct random random = random_begin(work->settings->seed, RANDOM_HEAD, 0, 0);
    for (size_t i = 0; i < work->weights; i++)
        if (i % (dim + 1) < dim)
            work->weight[i] = first_deviation * random_normal(&random);
}

static void draw_order(struct work *work, int epoch)
{
    struct random random = random_begin(work->settings->seed, RANDOM_HEAD, (uint32_t)epoch + 1, 0);
    for (size_t i = 0; i < work->train->count; i++)
        work->order[i] = (uint32_t)i;
    random_shuffle(&random, work->order, (uint32_t)work->train->count);
}

/* The loss's gradient on a batch, whose columns have mean 0 and variance 1. */
static bool measure(struct work *work, size_t first, struct error *error)
{
    const struct probe_rows *train = work->train;
    struct standard standard;
    for (size_t i = 0; i < work->batch; i++) {
        size_t row = work->order[first + i];
        memcpy(work->gathered + i * train->dim, train->values + row * train->dim,
               train->dim * sizeof *work->gathered);
        work->labels[i] = train->labels[row];
    }
    struct probe_rows batch = {
        .values = work->gathered, .labels = work->labels, .count = work->batch, .dim = train->dim};
    if (!standard_init(&standard, &batch, error))
        return false;
    float *values = standard_apply(&standard, &batch, error);
    struct logistic_loss *loss =
        values ? logistic_loss_new(values, &batch, work->settings->classes, 0, error) : NULL;
    if (loss)
        logistic_loss_at(loss, work->weight, work->gradient);
    bool good = loss;
    logistic_loss_free(loss);
    free(values);
    standard_release(&standard);
    return good;
}

static bool train(struct work *work, const struct probe_watch *watch, struct error *error)
{
    const struct lars_settings *settings = work->settings;
    size_t steps = work->train->count / work->batch;
    for (int epoch = 0; epoch < settings->epochs; epoch++) {
        if (!probe_watch_tell(watch, (double)epoch / settings->epochs, error))
            return false;
        draw_order(work, epoch);
        for (size_t step = 0; step < steps; step++) {
            if (!measure(work, step * work->batch, error))
                return false;
            double rate =
                learning_rate_at((double)epoch + (double)step / (double)steps,
                                 settings->warmup_epochs, settings->epochs, settings->rate, 0);
            lars_step(work->weight, work->momentum, work->gradient, (size_t)settings->classes,
                      work->train->dim, rate, settings->weight_decay);
        }
    }
    return true;
}

bool lars_fit(struct logistic *logistic, const struct probe_rows *train_rows,
              const struct lars_settings *settings, const struct probe_watch *watch,
              struct error *error)
{
    size_t wanted = (size_t)settings->batch, count = train_rows->count;
    struct work work = {
        .train = train_rows, .settings = settings, .batch = wanted < count ? wanted : count};
    bool good = allocate(&work, error);
    if (good) {
        begin(&work);
        good = train(&work, watch, error) &&
               logistic_init(logistic, train_rows, settings->classes, work.weight, error);
    }
    release(&work);
    return good;
}
