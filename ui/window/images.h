/* The Images view's state and its parts: where things are (view_images.c), the pictures of one
 * image (images_tile.c), and what stands around them (images_header.c). Private to these files.
 */
#ifndef MASKSCOPE_UI_WINDOW_IMAGES_H
#define MASKSCOPE_UI_WINDOW_IMAGES_H

#include "ui/window/images_layout.h"
#include "ui/window/magnifier.h"
#include "ui/window/picture_cache.h"
#include "ui/window/view.h"

struct images {
    struct picture_cache cache;
    struct images_layout layout;
    struct magnifier magnifier;
    int first; /* image in the first slot; a multiple of layout.across */
};

/* The slot, picture, image pixel and patch under the mouse. */
struct images_hover {
    int slot, kind, x, y, patch;
};

enum { IMAGES_HEADER = 30 };

static inline const struct gallery *images_gallery(const struct view_frame *frame)
{
    return &frame->model->snapshot->gallery;
}
/* The part of the view that pictures and their titles have to themselves. */
SDL_FRect images_picture_area(const struct view_frame *frame);
/* Slots with an image in them. */
int images_slots_used(const struct images *images, const struct view_frame *frame);
/* A picture's cell. */
struct magnifier_view images_cell_view(const struct images *images, const struct view_frame *frame,
                                       int slot, int kind);

/* An image's pictures and captions. */
void images_draw_tile(struct images *images, const struct view_frame *frame, int slot);
/* Titles above each column of pictures, or above each picture of a folded tile. */
void images_draw_titles(const struct images *images, const struct view_frame *frame);
/* The patch under the mouse, marked in all pictures of its image, and its numbers. */
void images_draw_marks(const struct images *images, const struct view_frame *frame,
                       const struct images_hover *hover);
void images_draw_tip(const struct images *images, const struct view_frame *frame,
                     const struct images_hover *hover);

/* What is shown: arm, mask, step, and the error scale if there are pictures. */
void images_draw_header(const struct images *images, const struct view_frame *frame, bool legend);
/* Which of the images are on display, when not all are. */
void images_draw_scroll_bar(const struct images *images, const struct view_frame *frame);

#endif
