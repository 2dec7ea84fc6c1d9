/* The window's insides, shared by its life cycle (window.c), its events (window_input.c) and its
 * frame (window_draw.c). Private to these files.
 */
#ifndef MASKSCOPE_UI_WINDOW_WINDOW_PRIVATE_H
#define MASKSCOPE_UI_WINDOW_WINDOW_PRIVATE_H

#include "ui/window/canvas.h"
#include "ui/window/view.h"
#include "ui/window/window.h"

/* What the last frame showed of the model: another one is needed when it differs. */
struct window_stamp {
    uint64_t version;
    uint64_t answer; /* number of the newest */
    int arm, image;
    double scale;
    bool log_scale, status_shown;
    char status[sizeof((struct ui_model *)0)->status];
};

struct window {
    struct ui_model *model;
    struct keymap *keymap;
    SDL_Window *handle;
    SDL_Renderer *renderer;
    struct canvas canvas;
    void *states[WINDOW_VIEWS];
    int view; /* index into window_views */
    bool help;
    int help_first; /* its first line on display */
    double scale;   /* window units per logical pixel: the user's wish; 1 is usual */

    float mouse_x, mouse_y; /* logical */
    bool mouse_inside;      /* the window */
    bool button_down, dragged;
    bool following;       /* the view in front follows the mouse by itself */
    int refusals;         /* dropped files that were refused, as far as it was said */
    float drag_x, drag_y; /* where the mouse was at the last step of a drag */

    bool dirty;   /* something the user did must be drawn */
    bool visible; /* not minimised or hidden */
    bool lost;    /* the display went away */
    struct window_stamp stamp;
    double drawn; /* ui_now() of the last frame */
};

/* What the view in front is called with. */
struct view_frame window_frame(struct window *window);
const struct view *window_view(const struct window *window);
/* The window's size in logical pixels, by the scale that is asked for. */
void window_logical_size(struct window *window, int *width, int *height);
/* The view whose tab is at the point, or -1. */
int window_tab_at(struct window *window, float x, float y);
/* Releases all textures, which are drawn anew when needed. */
void window_release_textures(struct window *window);

#endif
