#include "ui/window/tiles_layout.h"

#include <math.h>

#include "ui/window/theme.h"

enum { FOLDED_COLUMNS = 3, TILE_GAP = 10, BLOCK_GAP = 32, ACROSS_LIMIT = 6 };
/* Larger pictures than this are no easier to see: more images are better. */
static const float large_enough = 256;
/* Two small pictures are worth less than one of twice the size; and a row is read more easily than
 * a fold. */
static const float size_weight = 1.3f, fold_weight = 0.75f, complete_weight = 1.2f;

bool tiles_layout_folded(const struct tiles_layout *layout)
{
    return layout->columns == FOLDED_COLUMNS;
}

static void measure(struct tiles_layout *layout, double scale, int image_width, int image_height)
{
    int columns = layout->columns;
    bool folded = tiles_layout_folded(layout);
    layout->cell_width = (float)(image_width * layout->zoom / scale);
    layout->cell_height = (float)(image_height * layout->zoom / scale);
    layout->tile_width = (float)columns * layout->cell_width + (float)(columns - 1) * THEME_GAP;
    layout->tile_height = folded ? 2 * (TILES_TITLE + layout->cell_height) + THEME_GAP
                                 : layout->cell_height + TILES_CAPTION;
    layout->pitch_x = layout->tile_width + BLOCK_GAP;
    layout->pitch_y = layout->tile_height + TILE_GAP;
}

/* Tiles of that size that fit a length; the gap after the last one is not needed. */
static int fitting(float length, float pitch, float gap)
{
    return (int)floorf((length + gap) / pitch);
}

static float worth(const struct tiles_layout *layout, int images)
{
    int shown = tiles_layout_slots(layout);
    float complete = shown >= images ? complete_weight : 1;
    shown = shown > images ? images : shown;
    float size = fminf(fminf(layout->cell_width, layout->cell_height), large_enough);
    float fold = tiles_layout_folded(layout) ? fold_weight : 1;
    return complete * fold * powf(size, size_weight) * sqrtf((float)shown);
}

/* Counts the tiles that fit at this zoom and fold; false if not even one does. */
static bool count_tiles(struct tiles_layout *layout, int images)
{
    float titles = tiles_layout_folded(layout) ? 0 : TILES_TITLE;
    layout->across = fitting(layout->area.w, layout->pitch_x, BLOCK_GAP);
    layout->down = fitting(layout->area.h - titles, layout->pitch_y, TILE_GAP);
    if (layout->across > ACROSS_LIMIT)
        layout->across = ACROSS_LIMIT;
    /* No more blocks than there is something to fill them with. */
    while (layout->across > 1 && layout->down * (layout->across - 1) >= images)
        layout->across--;
    return layout->across > 0 && layout->down > 0;
}

static void place(struct tiles_layout *layout)
{
    layout->across = layout->across < 1 ? 1 : layout->across;
    layout->down = layout->down < 1 ? 1 : layout->down;
    float width = (float)layout->across * layout->pitch_x - BLOCK_GAP;
    float titles = tiles_layout_folded(layout) ? 0 : TILES_TITLE;
    layout->left = layout->area.x + fmaxf(0, floorf((layout->area.w - width) / 2));
    layout->top = layout->area.y + titles;
}

static void fit(struct tiles_layout *layout, SDL_FRect area, double scale, int image_width,
                int image_height, int images, int folds)
{
    static const int columns[] = {PICTURE_KINDS, FOLDED_COLUMNS};
    struct tiles_layout best = {.area = area, .zoom = 1, .columns = PICTURE_KINDS};
    measure(&best, scale, image_width, image_height);
    float best_worth = 0;
    int largest = 1 + (int)(fmaxf(area.w, 0) * scale / (image_width * FOLDED_COLUMNS));
    for (int zoom = largest; zoom >= 1; zoom--)
        for (int fold = 0; fold < folds; fold++) {
            struct tiles_layout candidate = {.area = area, .zoom = zoom, .columns = columns[fold]};
            measure(&candidate, scale, image_width, image_height);
            if (!count_tiles(&candidate, images) || worth(&candidate, images) <= best_worth)
                continue;
            best_worth = worth(&candidate, images);
            best = candidate;
        }
    *layout = best;
    place(layout);
}

void tiles_layout_fit(struct tiles_layout *layout, SDL_FRect area, double scale, int image_width,
                      int image_height, int images)
{
    fit(layout, area, scale, image_width, image_height, images, 2);
}

void tiles_layout_fit_flat(struct tiles_layout *layout, SDL_FRect area, double scale,
                           int image_width, int image_height, int images)
{
    fit(layout, area, scale, image_width, image_height, images, 1);
}

int tiles_layout_slots(const struct tiles_layout *layout)
{
    return layout->across * layout->down;
}

SDL_FRect tiles_layout_tile(const struct tiles_layout *layout, int slot)
{
    int column = slot % layout->across, row = slot / layout->across;
    return (SDL_FRect){layout->left + (float)column * layout->pitch_x,
                       layout->top + (float)row * layout->pitch_y, layout->tile_width,
                       layout->tile_height};
}

SDL_FRect tiles_layout_cell(const struct tiles_layout *layout, int slot, int kind)
{
    SDL_FRect tile = tiles_layout_tile(layout, slot);
    int column = kind % layout->columns, row = kind / layout->columns;
    float titles = tiles_layout_folded(layout) ? TILES_TITLE : 0;
    return (SDL_FRect){tile.x + (float)column * (layout->cell_width + THEME_GAP),
                       tile.y + titles + (float)row * (layout->cell_height + titles + THEME_GAP),
                       layout->cell_width, layout->cell_height};
}
