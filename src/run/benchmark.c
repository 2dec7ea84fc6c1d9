#include "run/benchmark.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "data/view.h"
#include "nn/gemm.h"
#include "run/arm.h"
#include "run/sample.h"

/* Shares of plan->seconds. */
static const double sgemm_share = 0.25, load_share = 0.25;
static const double step_learning_rate = 1e-4;
static const double step_ema_momentum = 0.999;
enum { WARM_UP_STEPS = 2, KEPT_IMAGES = 500 };

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

static struct benchmark_rate rate_of(double *turns, int count)
{
    qsort(turns, (size_t)count, sizeof *turns, compare);
    double median = (turns[(count - 1) / 2] + turns[count / 2]) / 2;
    return (struct benchmark_rate){turns[0], median, turns[count - 1]};
}

/* Products on every thread at once, each with a result of its own. */
struct products {
    float *a, *b, *c; /* [side, side]; c: one for each thread */
    double *rates;    /* [threads], products a second */
    double seconds;
    int threads;
};

static const size_t square = (size_t)BENCHMARK_SGEMM_SIDE * BENCHMARK_SGEMM_SIDE;

static bool products_init(struct products *products, int threads, double seconds,
                          struct error *error)
{
    size_t count = (size_t)threads;
    *products = (struct products){.seconds = seconds, .threads = threads};
    bool good = (products->a = memory_new(square, sizeof(float), error)) &&
                (products->b = memory_new(square, sizeof(float), error)) &&
                (products->c = memory_new(count * square, sizeof(float), error)) &&
                (products->rates = memory_new(count, sizeof(double), error)) && gemm_prepare(error);
    for (size_t i = 0; good && i < square;
         i++) { /* zeros would flatter: they switch no transistor */
        products->a[i] = 1.0f / (float)(1 + i % 97);
        products->b[i] = 1.0f / (float)(1 + i % 89) - 0.5f;
    }
    return good;
}

static void products_release(struct products *products)
{
    free(products->a);
    free(products->b);
    free(products->c);
    free(products->rates);
}

static void multiply(void *context, size_t thread)
{
    const struct products *products = context;
    const size_t side = BENCHMARK_SGEMM_SIDE;
    struct gemm_matrix a = {products->a, side}, b = {products->b, side};
    double start = now(), spent;
    int done = 0;
    do {
        gemm(GEMM_A_B, false, products->c + thread * square, side, a, b, side, side, side);
        done++;
    } while ((spent = now() - start) < products->seconds);
    products->rates[thread] = done / spent;
}

/* GFLOP/s of all threads together. */
static double sgemm_turn(struct products *products)
{
    double sum = 0;
    parallel_for((size_t)products->threads, multiply, products);
    for (int thread = 0; thread < products->threads; thread++)
        sum += products->rates[thread];
    return sum * 2e-9 * (double)square * BENCHMARK_SGEMM_SIDE;
}

/* What a training step works on. */
struct bench {
    struct arm arm;
    struct arm_workspace workspace;
    struct loader_batch batch;
    uint64_t seed;
};

static void bench_release(struct bench *bench)
{
    arm_workspace_release(&bench->workspace);
    arm_release(&bench->arm);
    free(bench->batch.pixels);
    free(bench->batch.indices);
}

static bool bench_init(struct bench *bench, const struct config *config,
                       const struct mae_shape *shape, struct error *error)
{
    int images = (int)config->train.batch;
    size_t values = (size_t)images * mae_image_values(shape);
    *bench = (struct bench){.seed = (uint64_t)config->seed, .batch = {.images = images}};
    if (!arm_init(&bench->arm, &config->arms[0], shape, bench->seed, error) ||
        !arm_workspace_init(&bench->workspace, shape, images, (int)config->train.accumulate,
                            (enum mae_precision)config->train.precision, config_use(config),
                            error) ||
        !arm_prepare(&bench->arm, &bench->workspace, &bench->arm.mask, bench->seed, error) ||
        !(bench->batch.pixels = memory_new(values, sizeof(float), error)) ||
        !(bench->batch.indices = memory_new((size_t)images, sizeof(uint32_t), error)))
        return false;
    struct random random = random_begin(bench->seed, RANDOM_SAMPLE, 0, 0);
    for (size_t i = 0; i < values; i++)
        bench->batch.pixels[i] = (float)random_normal(&random);
    for (int i = 0; i < images; i++)
        bench->batch.indices[i] = (uint32_t)i;
    return true;
}

/* The same images and masks at each call. */
static bool train_step(struct bench *bench, struct error *error)
{
    struct arm_step step = {.seed = bench->seed,
                            .learning_rate = step_learning_rate,
                            .ema_momentum = step_ema_momentum};
    arm_differentiate(&bench->arm, &bench->workspace, &bench->batch, &step);
    arm_update(&bench->arm, &step);
    return step.finite ||
           error_set(error, ERROR_DIVERGED, "the loss of the measured steps is not finite");
}

/* Images a second. */
static bool step_turn(struct bench *bench, double seconds, double *rate, struct error *error)
{
    double start = now(), spent;
    int done = 0;
    do {
        if (!train_step(bench, error))
            return false;
        done++;
    } while ((spent = now() - start) < seconds);
    *rate = done * bench->batch.images / spent;
    return true;
}

/* Of the masks that the steps used. */
static double gflop_per_image(const struct bench *bench, const struct mae_shape *shape)
{
    const int *offsets = bench->workspace.masks.offsets;
    double sum = 0;
    for (int i = 0; i < bench->batch.images; i++)
        sum += mae_step_flop(shape, offsets[i + 1] - offsets[i]);
    return 1e-9 * sum / bench->batch.images;
}

static bool take_turns(struct benchmark *result, struct bench *bench, struct products *products,
                       const struct benchmark_plan *plan, struct error *error)
{
    double images[BENCHMARK_REPEATS_MOST], sgemm[BENCHMARK_REPEATS_MOST];
    sgemm_turn(products); /* touches its memory, unmeasured */
    for (int i = 0; i < plan->repeats; i++) {
        if (!step_turn(bench, plan->seconds, &images[i], error))
            return false;
        sgemm[i] = sgemm_turn(products);
    }
    result->images = rate_of(images, plan->repeats);
    result->sgemm = rate_of(sgemm, plan->repeats);
    return true;
}

static bool measure_steps(struct benchmark *result, const struct config *config,
                          const struct mae_shape *shape, const struct benchmark_plan *plan,
                          struct error *error)
{
    struct bench bench = {0};
    struct products products = {0};
    bool good = bench_init(&bench, config, shape, error);
    for (int i = 0; good && i < WARM_UP_STEPS; i++)
        good = train_step(&bench, error);
    result->peak_rss_mb = (double)memory_peak() / 1e6; /* before there are any products */
    good = good && products_init(&products, result->threads, sgemm_share * plan->seconds, error) &&
           take_turns(result, &bench, &products, plan, error);
    if (good)
        result->gflop_per_image = gflop_per_image(&bench, shape);
    products_release(&products);
    bench_release(&bench);
    return good;
}

/* How one thread makes training images ready. */
struct loading {
    struct source *source;
    struct view_settings view;
    struct view_scratch scratch;
    uint32_t *order;
    float *values;
    uint64_t seed;
    size_t next, images; /* the first `images` of the order take turns */
};

/* Images a second. Broken ones take their time and do not count; if there is nothing else, what is
 * wrong with them is the error. */
static bool load_turn(struct loading *loading, double seconds, double *rate, struct error *error)
{
    double start = now(), spent;
    int tried = 0, done = 0;
    do {
        uint32_t image = loading->order[loading->next++ % loading->images];
        struct random random = random_begin(loading->seed, RANDOM_CROP, 0, image);
        done += view_draw(loading->source, image, &loading->view, &random, &loading->scratch,
                          loading->values, error);
        tried++;
    } while ((spent = now() - start) < seconds);
    *rate = done / spent;
    return done > 0;
}

static bool load_turns(struct benchmark_rate *result, struct loading *loading,
                       const struct benchmark_plan *plan, struct error *error)
{
    double turns[BENCHMARK_REPEATS_MOST];
    for (int i = 0; i < plan->repeats; i++)
        if (!load_turn(loading, load_share * plan->seconds, &turns[i], error))
            return false;
    *result = rate_of(turns, plan->repeats);
    return true;
}

/* From now on the same few images are made ready again and again, and decoded only once. */
static bool keep_some(struct loading *loading, size_t bytes, struct error *error)
{
    loading->images = loading->images < KEPT_IMAGES ? loading->images : KEPT_IMAGES;
    loading->next = 0;
    if (!source_keep(loading->source, bytes, error))
        return false;
    double rate;
    while (loading->next < loading->images)
        if (!load_turn(loading, 0, &rate, error) && error->code == ERROR_SYSTEM)
            return false;
    return true;
}

static bool measure_loading(struct benchmark *result, const struct config *config,
                            const struct mae_shape *shape, const struct benchmark_plan *plan,
                            struct log *log, struct error *error)
{
    struct source_settings settings;
    struct loading loading = {.seed = (uint64_t)config->seed};
    config_source(config, shape, &settings);
    config_view(config, shape, true, &loading.view);
    loading.source = source_open(&settings, SOURCE_TRAIN, log, error);
    if (!loading.source)
        return settings.path[0] ? error_prefix(error, "data.path") : false;
    loading.images = loading.source->count;
    bool good =
        (loading.order = sample_order(loading.seed, loading.source->count, error)) &&
        (loading.values = memory_new(mae_image_values(shape), sizeof(float), error)) &&
        load_turns(&result->loaded, &loading, plan, error) &&
        (!config_cache(config) || (keep_some(&loading, config_cache(config), error) &&
                                   load_turns(&result->loaded_again, &loading, plan, error)));
    view_scratch_release(&loading.scratch);
    source_close(loading.source);
    free(loading.order);
    free(loading.values);
    return good;
}

bool benchmark_run(struct benchmark *result, const struct config *config,
                   const struct benchmark_plan *plan, struct log *log, struct error *error)
{
    struct mae_shape shape;
    if (!config_shape(config, &shape, error))
        return false;
    parallel_set_threads((int)config->train.threads);
    *result = (struct benchmark){.threads = parallel_threads()};
    return measure_steps(result, config, &shape, plan, error) &&
           measure_loading(result, config, &shape, plan, log, error);
}
