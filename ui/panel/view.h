/* A view: what fills the screen between the tabs and the status line, or lies over it (help,
 * menus). A new view is one file with one constant, and a line in panel.c's table.
 */
#ifndef MASKSCOPE_UI_PANEL_VIEW_H
#define MASKSCOPE_UI_PANEL_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "ui/action.h"
#include "ui/key.h"
#include "ui/model.h"
#include "ui/panel/list.h"
#include "ui/panel/panel.h"
#include "ui/panel/screen.h"

enum { FILTER_SIZE = 64 };

/* What a view's callbacks are given. */
struct frame {
    struct ui_model *model;
    const struct keymap *keymap;
    const struct screen *screen;
    struct area area; /* the view's */
    struct panel *panel;
};

/* Callbacks may be null but for name and draw. state is zeroed memory of state_size bytes. */
struct view {
    const char *name, *title;
    const char *hints; /* "pause;enter=edit;down+up=move": actions worth a hint, what they are
                          called here */
    const char *(*mode_hints)(const void *state); /* in their place where they change */
    size_t state_size;
    void (*open)(void *state, const struct frame *frame); /* each time it comes to the front */
    void (*draw)(void *state, const struct frame *frame);
    /* True if the action was the view's. */
    bool (*act)(void *state, const struct frame *frame, enum action action, const char *argument);
    /* The table of the run's record that shows the same; null: none. */
    const char *(*table)(const void *state);
    /* Whether there is something new to draw that the snapshot does not tell. */
    bool (*news)(void *state);
    void (*click)(void *state, const struct frame *frame, int row, int column, bool twice);
    /* The button came up there after a click. */
    void (*drag)(void *state, const struct frame *frame, int row, int column);
    /* The text that the list shown is filtered by; it is changed as it is typed. */
    char *(*filter)(void *state);
    void (*release)(void *state);
};

extern const struct view panel_view_training, panel_view_arms, panel_view_statistics,
    panel_view_masks, panel_view_images, panel_view_timeline, panel_view_settings, panel_view_log;
extern const struct view panel_view_help, panel_view_strategies, panel_view_laws;

/* The name of the i-th view, null past the last. */
const char *panel_view_name(size_t index);
/* For views: opens the command line with a text to go on with. */
void panel_prefill(struct panel *panel, const char *text);
/* Closes what lies over the views. */
void panel_close_overlay(struct panel *panel);

#endif
