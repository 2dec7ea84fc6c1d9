/* What the files of the window's Masks view share. Private to them.
 *
 *   view_masks.c   textures, layout, the contact sheet
 *   masks_side.c   the column beside it: map, histogram, measures
 */
#ifndef MASKSCOPE_UI_WINDOW_MASKS_H
#define MASKSCOPE_UI_WINDOW_MASKS_H

#include "ui/colormap.h"
#include "ui/window/view.h"

struct masks {
    /* What the textures show: the sheet [MASK_EXAMPLES * grid_height, grid_width], the map one
     * pixel a patch. */
    SDL_Texture *sheet, *map;
    int width, height; /* the grid */
    uint64_t version;  /* of the display they were made from; 0: none */
    int arm;
    struct colormap colours;
    bool has_colours;
};

/* Where things are, logical pixels. */
struct masks_layout {
    SDL_FRect sheet, side, map;
    float tile_width, tile_height; /* of a mask */
    int across, shown;
};

static inline const struct mask_display *masks_display(const struct view_frame *frame)
{
    return &frame->model->snapshot->masks[frame->model->arm];
}

struct masks_layout masks_lay_out(const struct view_frame *frame);
/* Where a mask lies on the sheet, of the first layout->shown. */
SDL_FRect masks_tile(const struct view_frame *frame, const struct masks_layout *layout, int index);
/* Map with legend, histogram of ratios and measures, as far as there is room. */
void masks_draw_side(const struct masks *masks, const struct view_frame *frame,
                     const struct masks_layout *layout);
/* What the map says under the mouse. */
void masks_draw_tip(const struct view_frame *frame, const struct masks_layout *layout);

#endif
