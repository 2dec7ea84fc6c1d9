/* A view of the window: a const table of callbacks and the size of its state. A new view is one
 * file and one line in views.c. Main thread only.
 */
#ifndef MASKSCOPE_UI_WINDOW_VIEW_H
#define MASKSCOPE_UI_WINDOW_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include <SDL.h>

#include "ui/model.h"
#include "ui/window/canvas.h"

/* What a view is given to draw and to act with; valid during the call. */
struct view_frame {
    struct canvas *canvas;
    struct ui_model *model; /* model->snapshot is this frame's data */
    SDL_FRect area;         /* the view's, logical pixels */
    float mouse_x, mouse_y; /* logical */
    bool mouse_inside;      /* over the view's area */
};

enum view_button { VIEW_LEFT, VIEW_RIGHT };

struct view {
    const char *title;
    size_t state_size; /* zeroed before the first call */
    bool sheet;        /* many pictures: a figure of it is a page rather than the window's shape */
    void (*draw)(void *state, const struct view_frame *frame);
    /* An action the view may carry out itself; false: not its business. The rest may be null. */
    bool (*act)(void *state, const struct view_frame *frame, enum action action);
    /* `amount` > 0: away from the user. */
    void (*wheel)(void *state, const struct view_frame *frame, float amount, bool shift);
    /* Dragging with the left button by that many logical pixels. */
    void (*drag)(void *state, const struct view_frame *frame, float dx, float dy);
    void (*click)(void *state, const struct view_frame *frame);
    /* A button went down. True: the view follows the mouse by itself until it goes up again, by
     * calls of `follow`; there is no drag and no click then. */
    bool (*press)(void *state, const struct view_frame *frame, enum view_button button);
    void (*follow)(void *state, const struct view_frame *frame);
    /* Whether it waits for something that is to be drawn at once when it comes. */
    bool (*waits)(const void *state, const struct view_frame *frame);
    /* Whether something came that is to be drawn and that no snapshot tells of. */
    bool (*news)(const void *state, const struct view_frame *frame);
    /* Gives up all textures: before the renderer goes, and when it lost their contents. */
    void (*release)(void *state);
    /* Gives up all else that it owns. */
    void (*close)(void *state);
};

extern const struct view window_view_images, window_view_compare, window_view_curves,
    window_view_statistics, window_view_masks, window_view_attention, window_view_paint,
    window_view_history;

enum { WINDOW_VIEWS = 8 };
/* In the order of their keys. */
extern const struct view *const window_views[WINDOW_VIEWS];

#endif
