/* The Paint view's state: a mask that is being drawn on one of the shown images, and what the
 * chosen arm makes of it. The mask and its changes are in paint.c, the view in view_paint.c.
 * Private to these files.
 */
#ifndef MASKSCOPE_UI_WINDOW_PAINT_H
#define MASKSCOPE_UI_WINDOW_PAINT_H

#include "ui/window/asking.h"
#include "ui/window/buttons.h"
#include "ui/window/picture_row.h"

enum paint_button {
    PAINT_HIDE_ALL,
    PAINT_SHOW_ALL,
    PAINT_INVERT,
    PAINT_ARMS_MASK,
    PAINT_SMALLER,
    PAINT_LARGER,
    PAINT_APPLY,
    PAINT_BUTTONS
};

struct paint {
    struct gallery drawn;       /* one row, one arm: the image under the mask that is drawn */
    bool made;                  /* it has its memory */
    bool started;               /* there is a mask: at first the arm's own */
    uint64_t gallery;           /* version of the pictures the image was taken from */
    int row;                    /* and its row */
    int brush;                  /* patches a side, 1 and more */
    bool showing;               /* this stroke makes patches visible */
    struct magnifier magnifier; /* of all three pictures */
    int last_x, last_y;         /* the patch at the last point of the stroke; -1: none */
    struct asking asking;
    struct picture_cache drawn_cache, answer_cache;
    struct picture_cache scale; /* without textures: the scale of errors of all shown pictures */
    struct button buttons[PAINT_BUTTONS];
};

enum { PAINT_BRUSH_LIMIT = 8 };

/* Takes over the shown image, and where there is no mask yet, the arm's own. False: no memory. */
bool paint_take_image(struct paint *paint, const struct view_frame *frame);
/* The arm's own mask of the image becomes the one that is drawn. */
void paint_take_mask(struct paint *paint, const struct view_frame *frame);
/* Hides or shows the brush's patches at a patch, and on the way there from the stroke's last
 * point. */
void paint_stroke(struct paint *paint, int patch);
void paint_fill(struct paint *paint, bool hidden);
void paint_invert(struct paint *paint);
/* The patches under a brush in the middle of a patch: first column and row, and how many. */
SDL_Rect paint_brush_area(const struct paint *paint, int patch);
int paint_hidden(const struct paint *paint);

#endif
