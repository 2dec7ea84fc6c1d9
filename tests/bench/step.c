/* Times full training steps (forward, backward, AdamW) on random images, beside this machine's own
 * rate of single-precision products:
 *
 *     step [--model NAME] [--batch N] [--threads N] [--ratio R] [--seconds S] [--repeats N]
 *
 * Prints one line of JSON; rates are medians of the repeats.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "nn/adamw.h"
#include "nn/gemm.h"
#include "nn/mae.h"

enum { REPEATS_MOST = 100, SGEMM_SIDE = 768, SGEMM_PRODUCTS = 16 };

struct options {
    const char *model;
    int batch, threads, repeats;
    double ratio, seconds;
};

struct bench {
    struct mae *mae;
    struct mae_pass *pass;
    struct adamw adamw;
    struct mae_batch batch;
    float *pixels, *gradients;
    int *visible, *offsets;
};

struct rate {
    double low, median, high; /* calls per second */
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct rate measure(void (*call)(void *), void *context, int repeats, double seconds)
{
    double rates[REPEATS_MOST];
    for (int i = 0; i < repeats; i++) {
        double start = now(), spent;
        int calls = 0;
        do {
            call(context);
            calls++;
        } while ((spent = now() - start) < seconds);
        rates[i] = calls / spent;
    }
    qsort(rates, (size_t)repeats, sizeof *rates, compare);
    return (struct rate){rates[0], rates[repeats / 2], rates[repeats - 1]};
}

struct sgemm {
    float *a, *b, *c;
};

static void sgemm_task(void *context, size_t task)
{
    const struct sgemm *sgemm = context;
    struct gemm_matrix a = {sgemm->a, SGEMM_SIDE}, b = {sgemm->b, SGEMM_SIDE};
    gemm(GEMM_A_BT, false, sgemm->c + task * SGEMM_SIDE * SGEMM_SIDE, SGEMM_SIDE, a, b, SGEMM_SIDE,
         SGEMM_SIDE, SGEMM_SIDE);
}

static void sgemm_call(void *context)
{
    parallel_for(SGEMM_PRODUCTS, sgemm_task, context);
}

/* GFLOP/s of independent products, one thread each. */
static double sgemm_gflops(const struct options *options)
{
    const size_t square = (size_t)SGEMM_SIDE * SGEMM_SIDE;
    struct sgemm sgemm = {calloc(square, sizeof(float)), calloc(square, sizeof(float)),
                          calloc(SGEMM_PRODUCTS * square, sizeof(float))};
    struct rate rate = {0};
    if (sgemm.a && sgemm.b && sgemm.c) {
        sgemm_call(&sgemm);
        rate = measure(sgemm_call, &sgemm, options->repeats, options->seconds / 4);
    }
    free(sgemm.a);
    free(sgemm.b);
    free(sgemm.c);
    return rate.median * SGEMM_PRODUCTS * 2e-9 * (double)square * SGEMM_SIDE;
}

static void step(void *context)
{
    struct bench *bench = context;
    mae_forward(bench->pass, bench->mae, &bench->batch, MAE_HIDDEN_PATCHES);
    mae_backward(bench->pass, bench->mae, &bench->batch, bench->gradients);
    adamw_step(&bench->adamw, bench->mae->weights, bench->gradients, 1.5e-4, 1);
}

static void fill_batch(struct bench *bench, int images, int visible, int patches)
{
    struct random random = random_begin(1, RANDOM_MASK, 0, 0);
    for (size_t i = 0; i < (size_t)images * mae_image_values(&bench->mae->shape); i++)
        bench->pixels[i] = (float)random_normal(&random);
    for (int image = 0; image < images; image++) {
        int *out = bench->visible + image * visible, drawn = 0;
        for (int patch = 0; patch < patches; patch++)
            if (random_uniform(&random) * (patches - patch) < visible - drawn)
                out[drawn++] = patch;
        bench->offsets[image + 1] = (image + 1) * visible;
    }
    bench->batch = (struct mae_batch){images, bench->pixels, bench->visible, bench->offsets};
}

static bool bench_init(struct bench *bench, const struct mae_shape *shape, int images, int visible,
                       struct error *error)
{
    size_t kept = (size_t)images * (size_t)visible;
    bench->mae = mae_new(shape, error);
    if (!bench->mae || !adamw_init(&bench->adamw, &bench->mae->table, error))
        return false;
    bench->pass = mae_pass_new(shape, images, kept, true, error);
    bench->gradients = memory_new(bench->mae->table.trained, sizeof(float), error);
    bench->pixels = memory_new((size_t)images * mae_image_values(shape), sizeof(float), error);
    bench->visible = memory_new(kept, sizeof(int), error);
    bench->offsets = memory_new((size_t)images + 1, sizeof(int), error);
    if (!bench->pass || !bench->gradients || !bench->pixels || !bench->visible || !bench->offsets)
        return false;
    mae_initialise(bench->mae, 1);
    fill_batch(bench, images, visible, mae_patches(shape));
    return true;
}

static void bench_release(struct bench *bench)
{
    adamw_release(&bench->adamw);
    mae_pass_free(bench->pass);
    mae_free(bench->mae);
    free(bench->gradients);
    free(bench->pixels);
    free(bench->visible);
    free(bench->offsets);
}

static bool parse(struct options *options, int count, char **words)
{
    for (int i = 1; i + 1 < count; i += 2) {
        const char *name = words[i], *value = words[i + 1];
        if (!strcmp(name, "--model"))
            options->model = value;
        else if (!strcmp(name, "--batch"))
            options->batch = atoi(value);
        else if (!strcmp(name, "--threads"))
            options->threads = atoi(value);
        else if (!strcmp(name, "--repeats"))
            options->repeats = atoi(value);
        else if (!strcmp(name, "--ratio"))
            options->ratio = atof(value);
        else if (!strcmp(name, "--seconds"))
            options->seconds = atof(value);
        else
            return false;
    }
    return count % 2 == 1 && options->batch > 0 && options->repeats > 0 &&
           options->repeats <= REPEATS_MOST && mae_preset_find(options->model);
}

static void report(struct bench *bench, const struct options *options, int visible)
{
    step(bench);
    step(bench);
    struct rate steps = measure(step, bench, options->repeats, options->seconds);
    double sgemm = sgemm_gflops(options), batch = options->batch;
    double gflop = 1e-9 * mae_step_flop(&bench->mae->shape, visible);
    double gflops = steps.median * batch * gflop;
    printf("{\"model\": \"%s\", \"batch\": %d, \"threads\": %d, \"core\": \"%s\", "
           "\"images_per_s\": %.1f, \"low\": %.1f, \"high\": %.1f, \"step_ms\": %.2f, "
           "\"gflop_per_image\": %.5f, \"gflops\": %.1f, \"sgemm_gflops\": %.1f, "
           "\"fraction\": %.3f}\n",
           options->model, options->batch, parallel_threads(), gemm_core(), steps.median * batch,
           steps.low * batch, steps.high * batch, 1e3 / steps.median, gflop, gflops, sgemm,
           gflops / sgemm);
}

int main(int count, char **words)
{
    struct options options = {
        .model = "tiny64", .batch = 64, .repeats = 5, .ratio = 0.75, .seconds = 1};
    struct error error = {0};
    if (!parse(&options, count, words)) {
        fputs("usage: step [--model NAME] [--batch N] [--threads N] [--ratio R] [--seconds S] "
              "[--repeats N]\n",
              stderr);
        return ERROR_USAGE;
    }
    parallel_set_threads(options.threads);
    const struct mae_shape *shape = &mae_preset_find(options.model)->shape;
    int visible = (int)(mae_patches(shape) * (1 - options.ratio));
    struct bench bench = {0};
    bool done = bench_init(&bench, shape, options.batch, visible, &error);
    if (done)
        report(&bench, &options, visible);
    else
        fprintf(stderr, "step: %s\n", error.message);
    bench_release(&bench);
    return done ? 0 : (int)error.code;
}
