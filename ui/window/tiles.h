/* Tiles: the pictures of several images, or of one image as several arms have it, with captions,
 * zoom and what the mouse points at. What the Images, Compare and History views are made of.
 *
 * A view sets what is shown (tiles_show) at the start of each of its callbacks; then everything
 * else may be called. Where things are: tiles_layout.c; the pictures of one tile: tiles_draw.c;
 * what stands around them: tiles_around.c. Main thread only.
 */
#ifndef MASKSCOPE_UI_WINDOW_TILES_H
#define MASKSCOPE_UI_WINDOW_TILES_H

#include "ui/window/magnifier.h"
#include "ui/window/picture_cache.h"
#include "ui/window/tiles_layout.h"
#include "ui/window/view.h"

/* What is shown; borrowed for the length of a callback. */
struct tiles_subject {
    const struct gallery *gallery;
    bool by_arm; /* a tile for each arm of one image; else one for each image of one arm */
    int arm, image;
    const char *arms[ARM_LIMIT]; /* names */
    SDL_FRect area;              /* for titles and tiles */
};

struct tiles {
    struct tiles_subject subject;
    struct picture_cache cache;
    struct tiles_layout layout;
    struct magnifier magnifier;
    int first; /* tile in the first slot; a multiple of layout.across */
};

/* The tile, picture, image pixel and patch under the mouse. */
struct tiles_hover {
    int tile, kind, x, y, patch;
};

/* The view's area below the header. */
SDL_FRect tiles_area(const struct view_frame *frame);
/* The arms of the snapshot at hand. */
void tiles_name_arms(struct tiles_subject *subject, const struct snapshot *snapshot);
/* Sets what is shown and lays it out; the gallery has pictures. False: out of memory. */
bool tiles_show(struct tiles *tiles, const struct view_frame *frame,
                const struct tiles_subject *subject);
void tiles_draw(struct tiles *tiles, const struct view_frame *frame);
int tiles_count(const struct tiles *tiles);
int tiles_arm(const struct tiles *tiles, int tile);
int tiles_image(const struct tiles *tiles, int tile);
/* The arm or image that is chosen among the tiles. */
int tiles_chosen(const struct tiles *tiles);
/* Scrolls until the tile is on display. */
void tiles_reveal(struct tiles *tiles, int tile);
/* Paging and resetting the zoom; false: something else. */
bool tiles_act(struct tiles *tiles, enum action action);
/* Zooms the picture under the mouse, or scrolls. */
void tiles_wheel(struct tiles *tiles, const struct view_frame *frame, float amount, bool shift);
void tiles_drag(struct tiles *tiles, const struct view_frame *frame, float dx, float dy);
bool tiles_hover(const struct tiles *tiles, const struct view_frame *frame,
                 struct tiles_hover *hover);
void tiles_release(struct tiles *tiles);

/* Private to the tiles' own files. */
int tiles_slots_used(const struct tiles *tiles);
struct magnifier_view tiles_cell_view(const struct tiles *tiles, const struct view_frame *frame,
                                      int slot, int kind);
void tiles_draw_tile(struct tiles *tiles, const struct view_frame *frame, int slot);
void tiles_draw_titles(const struct tiles *tiles, const struct view_frame *frame);
void tiles_draw_marks(const struct tiles *tiles, const struct view_frame *frame,
                      const struct tiles_hover *hover);
void tiles_draw_tip(const struct tiles *tiles, const struct view_frame *frame,
                    const struct tiles_hover *hover);
void tiles_draw_scroll_bar(const struct tiles *tiles, const struct view_frame *frame);

/* The line above: what is shown, in words, and the scale of errors. */
enum { TILES_HEADER = 30 };
void tiles_draw_header(const struct tiles *tiles, const struct view_frame *frame,
                       const char *strong, const char *text);

#endif
