/* maskscope reconstruct: a contact sheet of what a model makes of images. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "cli/commands.h"
#include "cli/sheet.h"
#include "data/decode.h"
#include "run/gallery.h"
#include "run/saved.h"

/* A file of masks may have gone since, which another strategy gets round. */
static bool check_masks(const struct saved *saved, const struct arm *arm, struct error *error)
{
    struct error reason;
    return mask_choice_check(&arm->mask, mae_grid_height(&saved->shape),
                             mae_grid_width(&saved->shape), &reason) ||
           error_set(error, reason.code, "arm '%s': %s (--strategy draws other masks)", arm->name,
                     reason.message);
}

/* The arms to show: all, or the one of --arm; with --strategy and --ratio in place of their own. */
static bool choose_arms(const struct cli *cli, struct saved *saved, struct arm arms[ARM_LIMIT],
                        int *count, struct error *error)
{
    const char *only = cli_value(cli, "arm"), *strategy = cli_value(cli, "strategy"),
               *ratio = cli_value(cli, "ratio");
    *count = 0;
    for (int i = 0; i < saved->arm_count; i++) {
        const struct arm_config *config = &saved->config.arms[i];
        if (only && strcmp(only, config->name))
            continue;
        struct arm *arm = &arms[(*count)++];
        *arm = (struct arm){.mask = config->mask, .mae = saved->models[i]};
        text_copy(arm->name, sizeof arm->name, config->name);
        if ((strategy && !strategy_choice_parse(&arm->mask.strategy, strategy, error)) ||
            (ratio && !ratio_choice_parse(&arm->mask.ratio, ratio, error)) ||
            !check_masks(saved, arm, error) || !saved_prepare(saved, i, &arm->mask.strategy, error))
            return false;
        arm->teacher = saved->teachers[i];
    }
    return *count > 0 ||
           error_set(error, ERROR_USAGE, "--arm: there is no arm '%s' in %s", only, saved->path);
}

/* The images of the command line; those that cannot be read are named on stderr and left out. */
struct pictures {
    const char **paths; /* [count] */
    int count, given;
};

static bool find_pictures(struct pictures *pictures, const struct cli *cli,
                          const struct saved *saved, struct error *error)
{
    struct decode_request request = {saved->shape.image_width, saved->shape.image_height, false};
    struct image image = {0};
    int given = cli->argument_count - 1;
    *pictures = (struct pictures){.given = given};
    pictures->paths = memory_new((size_t)given, sizeof *pictures->paths, error);
    for (int i = 0; pictures->paths && i < given; i++) {
        const char *path = cli->arguments[1 + i];
        if (decode_file(path, &request, &image, error))
            pictures->paths[pictures->count++] = path;
        else if (given > 1)
            fprintf(stderr, "maskscope: left out: %s\n", error->message);
    }
    image_release(&image);
    if (pictures->count > 0 || given == 1 || !pictures->paths)
        return pictures->count > 0;
    return error_set(error, ERROR_DATA, "none of the %d images can be read: nothing is drawn",
                     given);
}

static void print_values(const struct gallery *gallery, const struct arm *arms,
                         const struct pictures *pictures)
{
    printf("%-20s %-8s %-8s  image\n", "arm", "mse", "hidden");
    for (int arm = 0; arm < gallery->arms; arm++)
        for (int image = 0; image < gallery->images; image++) {
            int at = arm * gallery->images + image, hidden = 0;
            for (int patch = 0; patch < gallery->patches; patch++)
                hidden += gallery->mask[(size_t)at * (size_t)gallery->patches + (size_t)patch];
            printf("%-20s %-8.4f %3d/%-4d  %s\n", arms[arm].name, (double)gallery->mse[at], hidden,
                   gallery->patches, pictures->paths[image]);
        }
}

static bool write_sheet(const struct gallery *gallery, const struct saved *saved,
                        const struct arm *arms, const char *path, struct error *error)
{
    struct image sheet = {0};
    struct text masks = {0};
    const char *names[ARM_LIMIT];
    char step[32];
    snprintf(step, sizeof step, "%lld", (long long)saved->step);
    for (int i = 0; i < gallery->arms; i++) {
        names[i] = arms[i].name;
        text_append(&masks, "%s%s: ", i ? "; " : "", arms[i].name);
        strategy_choice_write(&arms[i].mask.strategy, &masks);
        text_append(&masks, " ");
        mask_choice_write_ratio(&arms[i].mask, &masks);
    }
    const char *const chunks[] = {"Software", "maskscope", "Checkpoint",    saved->path, "Step",
                                  step,       "Masks",     text_of(&masks), NULL};
    bool good =
        sheet_draw(&sheet, gallery, names, error) && image_write_png(&sheet, path, chunks, error);
    image_release(&sheet);
    text_release(&masks);
    return good;
}

static bool draw_pictures(const struct pictures *pictures, const struct saved *saved,
                          const struct arm *arms, int arm_count, int64_t seed, const char *path,
                          struct error *error)
{
    int images = pictures->count;
    struct view_settings view;
    struct gallery_maker maker = {0};
    struct snapshot *room = memory_new(1, sizeof *room, error);
    struct source *source =
        source_open_files(pictures->paths, (size_t)images, saved->config.data.exif, error);
    config_view(&saved->config, &saved->shape, false, &view);
    bool good = room && source && snapshot_init(room, &saved->shape, images, error) &&
                gallery_maker_init(&maker, source, &view, &saved->shape, images, (uint64_t)seed,
                                   NULL, error) &&
                gallery_make(&maker, arms, arm_count, 1, saved->step, &room->gallery, error) &&
                write_sheet(&room->gallery, saved, arms, path, error);
    if (good)
        print_values(&room->gallery, arms, pictures);
    gallery_maker_release(&maker);
    source_close(source);
    if (room)
        snapshot_release(room);
    free(room);
    return good;
}

static bool reconstruct_images(struct cli *cli, const struct saved *saved, const struct arm *arms,
                               int arm_count, int64_t seed, struct error *error)
{
    const char *path = cli_value(cli, "output");
    struct pictures pictures;
    bool good = find_pictures(&pictures, cli, saved, error) &&
                draw_pictures(&pictures, saved, arms, arm_count, seed,
                              path ? path : "reconstruction.png", error);
    if (good && pictures.count < pictures.given)
        good = error_set(error, ERROR_DATA, "%d of the %d images could not be read",
                         pictures.given - pictures.count, pictures.given);
    free(pictures.paths);
    return good;
}

static bool reconstruct(struct cli *cli, struct error *error)
{
    struct saved saved;
    struct arm arms[ARM_LIMIT];
    int64_t seed;
    int count;
    if (!cli_integer(cli, "seed", 0, INT64_MAX, 0, &seed, error) ||
        !saved_open(&saved, cli->arguments[0], error))
        return false;
    parallel_set_threads(0);
    bool good = choose_arms(cli, &saved, arms, &count, error) &&
                reconstruct_images(cli, &saved, arms, count, seed, error);
    saved_release(&saved);
    return good;
}

static const struct cli_option options[] = {
    {"strategy", 0, "S", "mask strategy (default: the arm's own)"},
    {"ratio", 0, "LAW", "ratio or ratio law (default: the arm's own)"},
    {"seed", 0, "N", "seed of the masks (default 0)"},
    {"arm", 0, "NAME", "only this arm (default: all)"},
    {"output", 'o', "FILE", "the PNG to write (default: reconstruction.png)"},
    {.name = NULL},
};

const struct cli_command command_reconstruct = {
    .name = "reconstruct",
    .arguments = "RUN|CHECKPOINT IMAGE...",
    .summary = "a contact sheet of originals, masked inputs, reconstructions and errors",
    .examples = "  maskscope reconstruct runs/first photo.jpg -o sheet.png\n"
                "  maskscope reconstruct runs/first *.png --strategy block --ratio 0.6\n",
    .options = options,
    .least = 2,
    .most = 65,
    .run = reconstruct,
};
