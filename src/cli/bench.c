/* maskscope bench: training speed, beside what this machine's matrix products reach. */
#include "run/benchmark.h"

#include <stdio.h>

#include "base/memory.h"
#include "cli/commands.h"
#include "nn/gemm.h"

static const double turn_seconds = 1;
enum { TURNS = 5 };

static void write_setting(const char *name, const struct config *config, struct text *text)
{
    setting_write(setting_find(config_table(), name), config, text);
}

struct figure {
    const char *name, *unit, *note;
    double value;
    int decimals;
};
enum { FIGURES = 12 };

static void list_figures(struct figure figures[FIGURES], const struct benchmark *result, int batch)
{
    double gflops = result->images.median * result->gflop_per_image;
    const struct figure all[FIGURES] = {
        {"images_per_s", "images/s", "median of the turns", result->images.median, 2},
        {"low", "images/s", "", result->images.low, 2},
        {"high", "images/s", "", result->images.high, 2},
        {"step_ms", "ms", "a step of the whole batch", 1e3 * batch / result->images.median, 2},
        {"gflop_per_image", "GFLOP", "as executed, forward and backward", result->gflop_per_image,
         5},
        {"gflops", "GFLOP/s", "of the step", gflops, 1},
        {"sgemm_gflops", "GFLOP/s", "1024 x 1024 x 1024 on as many threads, each its own",
         result->sgemm.median, 1},
        {"fraction", "of sgemm", "", gflops / result->sgemm.median, 3},
        {"peak_rss_mb", "MB", "resident at most while training", result->peak_rss_mb, 1},
        {"loader_images_per_s", "images/s", "made ready by one thread", result->loaded.median, 1},
        {"kept_images_per_s", "images/s", "the same of decoded pictures in memory (data.cache)",
         result->loaded_again.median, 1},
        {"loader_share", "of a thread", "what loading takes at that speed",
         result->images.median / result->loaded.median, 3},
    };
    for (int i = 0; i < FIGURES; i++)
        figures[i] = all[i];
}

static void print_text(const struct figure figures[FIGURES])
{
    for (int i = 0; i < FIGURES; i++)
        printf("%-20s %12.*f %-12s%s%s\n", figures[i].name, figures[i].decimals, figures[i].value,
               figures[i].unit, *figures[i].note ? "# " : "", figures[i].note);
}

static void print_json(const struct figure figures[FIGURES])
{
    for (int i = 0; i < FIGURES; i++)
        printf(", \"%s\": %.*f", figures[i].name, figures[i].decimals, figures[i].value);
    printf("}\n");
}

static void report(const struct cli *cli, const struct config *config,
                   const struct benchmark *result)
{
    struct text model = {0}, precision = {0};
    struct figure figures[FIGURES];
    int batch = (int)config->train.batch;
    write_setting("model.preset", config, &model);
    write_setting("train.precision", config, &precision);
    const char *kernels = config_kernels(config);
    list_figures(figures, result, batch);
    if (cli_flag(cli, "json")) {
        printf("{\"model\": \"%s\", \"batch\": %d, \"threads\": %d, \"precision\": \"%s\", "
               "\"kernels\": \"%s\", \"blas_kernels\": \"%s\"",
               text_of(&model), batch, result->threads, text_of(&precision), kernels, gemm_core());
        print_json(figures);
    } else {
        printf("# %s, batch %d, %d threads, %s, kernels %s, OpenBLAS kernels %s\n", text_of(&model),
               batch, result->threads, text_of(&precision), kernels, gemm_core());
        print_text(figures);
    }
    text_release(&model);
    text_release(&precision);
}

/* Options that are settings under a shorter name. */
static bool assign_options(const struct cli *cli, struct config *config, struct error *error)
{
    static const struct {
        const char *option, *setting;
    } names[] = {
        {"model", "model.preset"}, {"batch", "train.batch"}, {"precision", "train.precision"}};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        const char *value = cli_value(cli, names[i].option);
        if (value &&
            !config_assign(config, names[i].setting, value, ORIGIN_COMMAND_LINE, NULL, error))
            return error_prefix(error, "--%s", names[i].option);
    }
    return true;
}

static bool bench(struct cli *cli, struct error *error)
{
    struct config config;
    struct benchmark result;
    const char *path = cli->argument_count > 0 ? cli->arguments[0] : NULL;
    int64_t repeats;
    if (!cli_config(cli, path, &config, NULL, error) || !assign_options(cli, &config, error) ||
        !config_check(&config, error) ||
        !cli_integer(cli, "repeats", 1, BENCHMARK_REPEATS_MOST, TURNS, &repeats, error))
        return false;
    double seconds = turn_seconds;
    const char *given = cli_value(cli, "seconds");
    if (given && (!text_to_real(given, &seconds) || seconds <= 0 || seconds > 3600))
        return error_set(error, ERROR_USAGE, "--seconds '%s': a number above 0, at most 3600",
                         given);
    struct benchmark_plan plan = {(int)repeats, seconds};
    if (!benchmark_run(&result, &config, &plan, cli->log, error))
        return false;
    report(cli, &config, &result);
    return true;
}

static const struct cli_option options[] = {
    {"model", 'm', "NAME", "the model's size (model.preset)"},
    {"batch", 'b', "N", "images of a step (train.batch)"},
    {"precision", 0, "NAME", "arithmetic of the matrix products (train.precision)"},
    {"json", 0, NULL, "one JSON object"},
    {"repeats", 0, "N", "turns of steps and products (5)"},
    {"seconds", 0, "S", "seconds of steps in a turn (1)"},
    CLI_CONFIG_OPTIONS,
    {.name = NULL},
};

const struct cli_command command_bench = {
    .name = "bench",
    .arguments = "[CONFIG]",
    .summary = "training speed, beside the rate of this machine's matrix products",
    .examples =
        "  maskscope bench\n"
        "  maskscope bench --model tiny64 --batch 64 --threads 2 --json\n"
        "  maskscope bench configs/tiny-imagenet.yaml --set data.path=/data/tiny-imagenet\n",
    .options = options,
    .least = 0,
    .most = 1,
    .run = bench,
};
