#include "mask/mask.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Lanes do not share a cache line. */
enum { LANE_ALIGNMENT = 64 };

/* Masks that were given: a file's, or one that was painted. */
struct loaded {
    struct loaded *next;
    const struct strategy *strategy;
    char given[MASK_GIVEN_SIZE];
    uint64_t digest;
    struct mask_rows rows;
};

struct mask_drawer {
    int grid_height, grid_width;
    int lanes;
    size_t lane_size; /* bytes; enough for any strategy on this grid */
    uint8_t *scratch; /* [lanes, lane_size] */
    struct loaded *files;
};

int mask_hidden_count(int patches, double ratio, bool *clamped)
{
    static const double nudge = 1e-9;
    int hidden = patches - (int)floor(patches * (1.0 - ratio) + nudge);
    int held = hidden < 1 ? 1 : hidden > patches - 1 ? patches - 1 : hidden;
    if (clamped)
        *clamped = held != hidden;
    return held;
}

static size_t largest_scratch(int patches)
{
    size_t count, largest = 1;
    const struct strategy *const *all = strategies(&count);
    for (size_t i = 0; i < count; i++) {
        size_t size = all[i]->scratch_size ? all[i]->scratch_size(patches) : 0;
        largest = size > largest ? size : largest;
    }
    return largest;
}

struct mask_drawer *mask_drawer_new(int grid_height, int grid_width, struct error *error)
{
    if (grid_height < 1 || grid_width < 1 || grid_height > MASK_PATCH_LIMIT ||
        grid_width > MASK_PATCH_LIMIT || grid_height * grid_width < 2 ||
        grid_height * grid_width > MASK_PATCH_LIMIT) {
        error_set(error, ERROR_DATA, "a grid of %d x %d patches: expected 2 .. %d patches",
                  grid_height, grid_width, MASK_PATCH_LIMIT);
        return NULL;
    }
    struct mask_drawer *drawer = memory_new(1, sizeof *drawer, error);
    if (!drawer)
        return NULL;
    drawer->grid_height = grid_height;
    drawer->grid_width = grid_width;
    size_t largest = largest_scratch(grid_height * grid_width);
    drawer->lane_size = (largest + LANE_ALIGNMENT - 1) / LANE_ALIGNMENT * LANE_ALIGNMENT;
    if (!mask_drawer_set_lanes(drawer, 1, error)) {
        free(drawer);
        return NULL;
    }
    return drawer;
}

bool mask_drawer_set_lanes(struct mask_drawer *drawer, int lanes, struct error *error)
{
    uint8_t *scratch = memory_new((size_t)lanes, drawer->lane_size, error);
    if (!scratch)
        return false;
    free(drawer->scratch);
    drawer->scratch = scratch;
    drawer->lanes = lanes;
    return true;
}

void mask_drawer_free(struct mask_drawer *drawer)
{
    if (!drawer)
        return;
    for (struct loaded *file = drawer->files, *next; file; file = next) {
        next = file->next;
        free(file->rows.masks);
        free(file);
    }
    free(drawer->scratch);
    free(drawer);
}

static const struct mask_rows *find_rows(const struct mask_drawer *drawer,
                                         const struct strategy_choice *choice)
{
    for (const struct loaded *file = drawer->files; file; file = file->next)
        if (file->strategy == choice->strategy && file->digest == choice->digest &&
            !strcmp(file->given, choice->given))
            return &file->rows;
    return NULL;
}

bool mask_drawer_prepare(struct mask_drawer *drawer, const struct mask_choice *choice,
                         struct error *error)
{
    const struct strategy_choice *strategy = &choice->strategy;
    if (!strategy->strategy->load || find_rows(drawer, strategy))
        return true;
    struct loaded *file = memory_new(1, sizeof *file, error);
    if (!file || !strategy->strategy->load(strategy, drawer->grid_height, drawer->grid_width,
                                           &file->rows, error)) {
        free(file);
        return false;
    }
    file->strategy = strategy->strategy;
    file->digest = strategy->digest;
    memcpy(file->given, strategy->given, sizeof file->given);
    file->next = drawer->files;
    drawer->files = file;
    return true;
}

void mask_choice_write_ratio(const struct mask_choice *choice, struct text *text)
{
    if (choice->strategy.strategy->own_count)
        text_append(text, "its own");
    else
        ratio_choice_write(&choice->ratio, text);
}

bool mask_choice_resolve(struct mask_choice *choice, int grid_height, int grid_width,
                         struct error *error)
{
    const struct strategy *strategy = choice->strategy.strategy;
    return !strategy->resolve ||
           strategy->resolve(&choice->strategy, grid_height, grid_width, error);
}

bool mask_choice_check(const struct mask_choice *choice, int grid_height, int grid_width,
                       struct error *error)
{
    struct mask_drawer *drawer = mask_drawer_new(grid_height, grid_width, error);
    bool good = drawer && mask_drawer_prepare(drawer, choice, error);
    mask_drawer_free(drawer);
    return good;
}

/* Where an image stands among those of its batch in random order: the rank of its number among one
 * drawn for each. */
static uint32_t random_rank(struct random *random, uint32_t images, uint32_t place)
{
    struct random again = *random;
    uint32_t own = 0, rank = 0;
    for (uint32_t i = 0; i <= place; i++)
        own = random_bits(&again);
    for (uint32_t i = 0; i < images; i++) {
        uint32_t other = random_bits(random);
        rank += other < own || (other == own && i < place);
    }
    return rank;
}

/* The quantile at which the law is read. `own` is the image's stream; one number is always taken
 * from it, so that neither the law nor what it is drawn per moves the rest. */
static double draw_quantile(enum ratio_per per, const struct mask_key *key, struct random *own)
{
    static const double below_one = 1.0 - 0x1p-53;
    double u = random_uniform(own);
    if (per == RATIO_PER_IMAGE || key->batch_images == 0)
        return u;
    struct random random = random_begin(key->seed, RANDOM_BATCH, key->epoch, key->batch);
    u = random_uniform(&random);
    if (per == RATIO_PER_BATCH)
        return u;
    uint32_t rank = random_rank(&random, key->batch_images, key->place);
    return fmin((rank + u) / key->batch_images, below_one);
}

static int count_hidden(const uint8_t *mask, int patches)
{
    int hidden = 0;
    for (int patch = 0; patch < patches; patch++)
        hidden += mask[patch];
    return hidden;
}

int mask_draw(struct mask_drawer *drawer, const struct mask_choice *choice, double progress,
              const struct mask_key *key, uint8_t *mask, bool *clamped)
{
    struct random random = random_begin(key->seed, key->stream, key->epoch, key->image);
    struct random ratio_random = random_begin(key->seed, RANDOM_RATIO, key->epoch, key->image);
    struct random *from = key->stream == RANDOM_MASK ? &ratio_random : &random;
    const struct strategy *strategy = choice->strategy.strategy;
    double u = draw_quantile(choice->ratio.per, key, from);
    double ratio = ratio_choice_quantile(&choice->ratio, progress, u);
    int patches = drawer->grid_height * drawer->grid_width;
    double parameters[MASK_PARAMETER_LIMIT];
    strategy_choice_at(&choice->strategy, progress, parameters);
    struct mask_request request = {
        .grid_height = drawer->grid_height,
        .grid_width = drawer->grid_width,
        .hidden = mask_hidden_count(patches, ratio, clamped),
        .parameters = parameters,
        .random = &random,
        .scratch = drawer->scratch + (size_t)key->lane * drawer->lane_size,
        .guides = key->guides,
        .choice = &choice->strategy,
        .progress = progress,
        .rows = strategy->load ? find_rows(drawer, &choice->strategy) : NULL,
        .image = key->image,
    };
    strategy->draw(&request, mask);
    if (!strategy->own_count)
        return request.hidden;
    if (clamped)
        *clamped = false;
    return count_hidden(mask, patches);
}

int mask_visible(const uint8_t *mask, int patches, int *visible)
{
    int count = 0;
    for (int patch = 0; patch < patches; patch++)
        if (!mask[patch])
            visible[count++] = patch;
    return count;
}
