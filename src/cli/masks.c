/* maskscope masks: draws and measures strategies and ratio laws outside any training; a saved model
 * guides those that want one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/commands.h"
#include "cli/masks.h"
#include "cli/task_progress.h"
#include "mask/npy.h"

static const int64_t count_limit = 10000000;

static bool read_grid(const struct cli *cli, struct masks_request *request, struct error *error)
{
    const char *given = cli_value(cli, "grid");
    int length = 0;
    request->grid_height = request->grid_width = 14;
    if (given && cli_value(cli, "model"))
        return error_set(error, ERROR_USAGE, "--grid: the grid is that of --model");
    if (!given)
        return true;
    if (sscanf(given, "%6dx%6d%n", &request->grid_height, &request->grid_width, &length) == 2 &&
        !given[length])
        return true;
    return error_set(error, ERROR_USAGE, "--grid: '%s' is not HEIGHTxWIDTH", given);
}

static bool read_progress(const struct cli *cli, struct masks_request *request, struct error *error)
{
    const char *given = cli_value(cli, "progress");
    request->progress = cli_value(cli, "model") ? 1.0 : 0.0; /* what a model guides grows with it */
    if (!given || (text_to_real(given, &request->progress) && request->progress >= 0.0 &&
                   request->progress <= 1.0))
        return true;
    return error_set(error, ERROR_USAGE, "--progress: '%s' is no number from 0 to 1", given);
}

/* Every value of a repeatable option, or the fallbacks. */
static int values_of(const struct cli *cli, const char *name, const char *const *fallbacks,
                     int fallback_count, const char *values[CLI_VALUE_LIMIT])
{
    int count = 0;
    for (int i = 0; i < cli->option_count; i++)
        if (!strcmp(cli->options[i].name, name))
            values[count++] = cli->options[i].value;
    for (int i = 0; count == 0 && i < fallback_count; i++)
        values[i] = fallbacks[i];
    return count > 0 ? count : fallback_count;
}

static bool read_model(const struct cli *cli, struct masks_request *request, struct error *error)
{
    const char *given = cli_value(cli, "model"), *arm = cli_value(cli, "arm");
    if (!given)
        return !arm || error_set(error, ERROR_USAGE, "--arm: names an arm of --model");
    if (!saved_open(&request->saved, given, error))
        return error_prefix(error, "--model");
    request->grid_height = mae_grid_height(&request->saved.shape);
    request->grid_width = mae_grid_width(&request->saved.shape);
    request->arm = arm ? config_arm(&request->saved.config, arm) : 0;
    if (request->arm < 0)
        return error_set(error, ERROR_USAGE, "--arm: there is no arm '%s' in %s", arm,
                         request->saved.path);
    request->averaged = request->saved.teachers[request->arm];
    return true;
}

/* Whether one needs no model, whatever its parameters, or the one there is will do. */
static bool can_be_guided(const struct masks_request *request, const struct strategy *strategy)
{
    static const double none[MASK_PARAMETER_LIMIT];
    unsigned wanted = strategy->guides ? strategy->guides(none) & MASK_GUIDES_OF_MODEL : 0;
    const struct teacher *teacher = request->saved.teachers[request->arm];
    bool predicts = teacher && teacher->predicts;
    return !wanted ||
           (request->saved.arm_count > 0 && (predicts || !(wanted & 1u << MASK_GUIDE_LOSS)));
}

/* All strategies that need nothing to be given. */
static int every_strategy(const struct masks_request *request, const char *names[CLI_VALUE_LIMIT])
{
    size_t count;
    const struct strategy *const *all = strategies(&count);
    int listed = 0;
    for (size_t i = 0; i < count; i++)
        if (!all[i]->needs_given && can_be_guided(request, all[i]))
            names[listed++] = all[i]->name;
    return listed;
}

/* Written out, for of a mixture it may be one part that is guided. */
static bool refuse_guided(const struct strategy_choice *choice, struct error *error)
{
    struct text text = {0};
    strategy_choice_write(choice, &text);
    error_set(error, ERROR_USAGE,
              "--strategy: '%.160s' is guided by a model: name one with --model RUN",
              text_of(&text));
    text_release(&text);
    return false;
}

static bool prepare_choice(struct masks_request *request, const struct mask_choice *choice,
                           struct error *error)
{
    struct saved *saved = &request->saved;
    if (!mask_choice_check(choice, request->grid_height, request->grid_width, error))
        return false;
    if (!masks_model_guides(choice))
        return true;
    if (saved->arm_count == 0)
        return refuse_guided(&choice->strategy, error);
    return saved_prepare(saved, request->arm, &choice->strategy, error);
}

static bool read_choices(const struct cli *cli, struct masks_request *request, struct error *error)
{
    static const char *const ratio[] = {"0.75"};
    const char *every[CLI_VALUE_LIMIT], *names[CLI_VALUE_LIMIT], *laws[CLI_VALUE_LIMIT];
    int strategy_count = values_of(cli, "strategy", every, every_strategy(request, every), names);
    int law_count = values_of(cli, "ratio", ratio, 1, laws);
    request->strategies = strategy_count;
    request->laws = law_count;
    request->choices =
        memory_new((size_t)strategy_count * (size_t)law_count, sizeof *request->choices, error);
    if (!request->choices)
        return false;
    for (int s = 0; s < strategy_count; s++)
        for (int l = 0; l < law_count; l++) {
            struct mask_choice *choice = &request->choices[s * law_count + l];
            if (!strategy_choice_parse(&choice->strategy, names[s], error))
                return error_prefix(error, "--strategy");
            if (!ratio_choice_parse(&choice->ratio, laws[l], error))
                return error_prefix(error, "--ratio");
            if (!prepare_choice(request, choice, error))
                return false;
        }
    return true;
}

static bool any_needs_images(const struct masks_request *request)
{
    for (int i = 0; i < request->strategies * request->laws; i++)
        if (strategy_choice_guides(&request->choices[i].strategy))
            return true;
    return false;
}

/* Where the masks of a study go as they are drawn. */
struct taking {
    struct task_progress progress;
    struct npy_write *npy; /* null: nowhere */
};

static bool take(void *context, const uint8_t *masks, int images, double done, struct error *error)
{
    struct taking *taking = context;
    if (taking->npy && !npy_add(taking->npy, masks, (size_t)images, error))
        return false;
    return task_progress_show(&taking->progress, "drawing masks", done) ||
           error_set(error, ERROR_CHECK, "interrupted");
}

static bool look_at_images(const struct cli *cli, const struct masks_request *request,
                           struct mask_images *images, struct error *error)
{
    struct mask_look look = {
        .images = cli_value(cli, "images"),
        .saved = request->saved.arm_count > 0 ? &request->saved : NULL,
        .arm = request->arm,
        .grid_height = request->grid_height,
        .grid_width = request->grid_width,
    };
    return (!look.images && !any_needs_images(request)) ||
           mask_images_init(images, &look, cli->log, error);
}

static bool draw_studies(const struct cli *cli, const struct masks_request *request,
                         const struct mask_images *images, struct npy_write *npy,
                         struct mask_study *studies, struct error *error)
{
    struct taking taking = {.progress = {.cli = cli}, .npy = npy};
    const struct mask_study_plan plan = {
        .grid_height = request->grid_height,
        .grid_width = request->grid_width,
        .seed = (uint64_t)request->seed,
        .count = request->count,
        .progress = request->progress,
        .images = images,
        .take = take,
        .context = &taking,
    };
    bool good = true;
    for (int i = 0; good && i < request->strategies * request->laws; i++)
        good = mask_study_init(&studies[i], &request->choices[i], &plan, error);
    task_progress_end(&taking.progress);
    return good;
}

/* The one study of --npy. */
static bool write_npy(const struct cli *cli, const struct masks_request *request,
                      const struct mask_images *images, struct mask_study *study,
                      struct error *error)
{
    struct npy_write npy;
    size_t patches = (size_t)request->grid_height * (size_t)request->grid_width;
    if (!npy_begin(&npy, cli_value(cli, "npy"), (size_t)request->count, patches, error))
        return false;
    if (draw_studies(cli, request, images, &npy, study, error))
        return npy_commit(&npy, error);
    npy_abandon(&npy);
    return false;
}

static bool study_all(const struct cli *cli, const struct masks_request *request,
                      const struct output *output, struct mask_study *studies, struct error *error)
{
    const char *png = cli_value(cli, "png");
    struct mask_images images = {0};
    bool good =
        look_at_images(cli, request, &images, error) &&
        (cli_value(cli, "npy") ? write_npy(cli, request, &images, studies, error)
                               : draw_studies(cli, request, &images, NULL, studies, error)) &&
        (!png || masks_write_png(png, request, studies, error)) &&
        masks_print(output, request, studies, error);
    mask_images_release(&images);
    return good;
}

/* Known before anything is drawn. */
static bool can_write(const struct cli *cli, const char *option, struct error *error)
{
    const char *path = cli_value(cli, option);
    return !path || file_can_write(path, error) || error_prefix(error, "--%s", option);
}

static bool masks_command(struct cli *cli, struct error *error)
{
    struct masks_request request = {0};
    struct output output;
    cli_catch_signals(); /* before anything is written that an end would leave behind */
    if (!output_init(&output, cli, error) || !read_grid(cli, &request, error) ||
        !read_progress(cli, &request, error) ||
        !cli_integer(cli, "count", 1, count_limit, 2000, &request.count, error) ||
        !cli_integer(cli, "seed", 0, INT64_MAX, 0, &request.seed, error))
        return false;
    bool good = can_write(cli, "npy", error) && can_write(cli, "png", error) &&
                read_model(cli, &request, error) && read_choices(cli, &request, error);
    int count = request.strategies * request.laws;
    const char *npy = cli_value(cli, "npy"), *png = cli_value(cli, "png");
    if (good && npy && png && !strcmp(npy, png))
        good = error_set(error, ERROR_USAGE, "--npy and --png: both are %s", npy);
    if (good && cli_value(cli, "npy") && count != 1)
        good = error_set(error, ERROR_USAGE, "--npy needs one --strategy and one --ratio");
    struct mask_study *studies = good ? memory_new((size_t)count, sizeof *studies, error) : NULL;
    good = studies && study_all(cli, &request, &output, studies, error);
    for (int i = 0; studies && i < count; i++)
        mask_study_release(&studies[i]);
    free(studies);
    free(request.choices);
    saved_release(&request.saved);
    cli->signal = cli_signal(NULL);
    return good || (error->code == ERROR_CHECK && cli->signal); /* asked to end, it did */
}

static const struct cli_option options[] = {
    {"strategy", 0, "S", "a strategy, such as perlin:scale=3 (any number; default: all)"},
    {"ratio", 0, "LAW", "a ratio or ratio law (any number of times; default: 0.75)"},
    {"grid", 0, "HxW", "patches down and across (default: 14x14)"},
    {"count", 'n', "N", "masks drawn of each (default: 2000)"},
    {"seed", 0, "N", "seed of the masks (default: 0)"},
    {"progress", 0, "T",
     "of training, 0 to 1, for scheduled parameters (default: 0; with --model 1)"},
    {"model", 0, "RUN", "a run or checkpoint that guides attention and loss; its grid is taken"},
    {"arm", 0, "NAME", "the arm of it that guides (default: the first)"},
    {"images", 0, "PATH",
     "a folder of images, or one, for guided strategies, 64 of it (default: held-out images of the "
     "model; or scenes)"},
    {"npy", 0, "FILE", "write the masks, [N, L] uint8, 1 = hidden"},
    {"png", 0, "FILE", "write examples, inclusion maps, histograms; with one law, spectra"},
    OUTPUT_OPTIONS,
    {.name = NULL},
};

const struct cli_command command_masks = {
    .name = "masks",
    .arguments = "",
    .summary = "draw and measure mask strategies and ratio laws",
    .examples =
        "  maskscope masks --png all.png\n"
        "  maskscope masks --strategy block --ratio 0.75 --grid 14x14 --count 20000 "
        "--npy block.npy\n"
        "  maskscope masks --strategy random --ratio beta:a=2,b=5 --ratio 0.6 --png laws.png\n",
    .options = options,
    .least = 0,
    .most = 0,
    .run = masks_command,
};
