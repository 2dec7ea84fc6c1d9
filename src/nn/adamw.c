#include "nn/adamw.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "nn/kernel.h"
#include "nn/sizes.h"

enum { CHUNK = 32768, NORM_PARTS = 256 };

bool adamw_init(struct adamw *adamw, const struct parameter_table *table, struct error *error)
{
    *adamw = (struct adamw){
        .table = table, .beta1 = 0.9, .beta2 = 0.95, .eps = 1e-8, .weight_decay = 0.05};
    adamw->moment1 = memory_new(table->trained, sizeof *adamw->moment1, error);
    if (adamw->moment1)
        adamw->moment2 = memory_new(table->trained, sizeof *adamw->moment2, error);
    if (adamw->moment2)
        return true;
    adamw_release(adamw);
    return false;
}

void adamw_release(struct adamw *adamw)
{
    free(adamw->moment1);
    free(adamw->moment2);
    *adamw = (struct adamw){0};
}

KERNEL static double sum_of_squares(const float *values, size_t count)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < count; i++)
        sum += (double)values[i] * (double)values[i];
    return sum;
}

struct norm_job {
    const float *gradients;
    size_t count;
    double sums[NORM_PARTS];
};

static void square_part(void *context, size_t part)
{
    struct norm_job *job = context;
    size_t first = part_start(job->count, NORM_PARTS, part);
    size_t end = part_start(job->count, NORM_PARTS, part + 1);
    job->sums[part] = sum_of_squares(job->gradients + first, end - first);
}

double adamw_gradient_norm(const struct adamw *adamw, const float *gradients)
{
    struct norm_job job = {.gradients = gradients, .count = adamw->table->trained};
    parallel_for(NORM_PARTS, square_part, &job);
    double sum = 0;
    for (size_t part = 0; part < NORM_PARTS; part++)
        sum += job.sums[part];
    return sqrt(sum);
}

/* One update's constants, as the loop over weights wants them. */
struct update {
    float beta1, beta2;           /* shares of the old moments */
    float beta1_rest, beta2_rest; /* 1 - beta, of the new gradient and its square */
    float eps;
    float gradient_scale;
    double decay;            /* learning rate * weight decay */
    float step_size;         /* learning rate / (1 - beta1^t) */
    float deviation_inverse; /* 1 / sqrt(1 - beta2^t) */
};

KERNEL static void update_range(float *restrict weights, float *restrict moment1,
                                float *restrict moment2, const float *restrict gradients,
                                size_t count, float decay_factor, const struct update *update)
{
    const struct update u = *update;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        float gradient = u.gradient_scale * gradients[i];
        float first = u.beta1 * moment1[i] + u.beta1_rest * gradient;
        float second = u.beta2 * moment2[i] + u.beta2_rest * (gradient * gradient);
        moment1[i] = first;
        moment2[i] = second;
        weights[i] = decay_factor * weights[i] -
                     u.step_size * first / (sqrtf(second) * u.deviation_inverse + u.eps);
    }
}

struct job {
    const struct adamw *adamw;
    float *weights;
    const float *gradients;
    struct update update;
};

/* Updates those parts of parameters that lie in the chunk. */
static void update_chunk(void *context, size_t task)
{
    const struct job *job = context;
    const struct parameter_table *table = job->adamw->table;
    size_t start = task * CHUNK, end = start + CHUNK;
    for (int i = 0; i < table->count; i++) {
        const struct parameter *item = &table->items[i];
        size_t first = larger(item->offset, start);
        size_t last = smaller(item->offset + item->count, end);
        if (item->init == PARAMETER_FIXED || first >= last)
            continue;
        struct update update = job->update;
        double rate = job->adamw->rates ? (double)job->adamw->rates[i] : 1;
        update.step_size *= (float)rate;
        update_range(job->weights + first, job->adamw->moment1 + first, job->adamw->moment2 + first,
                     job->gradients + first, last - first,
                     item->decay ? (float)(1 - update.decay * rate) : 1.0f, &update);
    }
}

void adamw_step(struct adamw *adamw, float *weights, const float *gradients, double learning_rate,
                double gradient_scale)
{
    double steps = (double)++adamw->steps;
    struct update update = {
        .beta1 = (float)adamw->beta1,
        .beta2 = (float)adamw->beta2,
        .beta1_rest = (float)(1 - adamw->beta1),
        .beta2_rest = (float)(1 - adamw->beta2),
        .eps = (float)adamw->eps,
        .gradient_scale = (float)gradient_scale,
        .decay = learning_rate * adamw->weight_decay,
        .step_size = (float)(learning_rate / (1 - pow(adamw->beta1, steps))),
        .deviation_inverse = (float)(1 / sqrt(1 - pow(adamw->beta2, steps))),
    };
    struct job job = {adamw, weights, gradients, update};
    parallel_for(parts_of(adamw->table->trained, CHUNK), update_chunk, &job);
}

double learning_rate_at(double step, double warmup, double total, double peak, double minimum)
{
    if (step < warmup)
        return step > 0 ? peak * step / warmup : 0;
    if (step >= total)
        return minimum;
    double progress = (step - warmup) / (total - warmup);
    return minimum + (peak - minimum) * 0.5 * (1 + cos(3.14159265358979323846 * progress));
}
