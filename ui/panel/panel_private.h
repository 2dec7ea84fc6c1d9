/* The panel's own state, shared by the files that draw it and that act for it. */
#ifndef MASKSCOPE_UI_PANEL_PANEL_PRIVATE_H
#define MASKSCOPE_UI_PANEL_PANEL_PRIVATE_H

#include "ui/confirm.h"
#include "ui/panel/input.h"
#include "ui/panel/panel.h"
#include "ui/panel/paste.h"
#include "ui/panel/prompt.h"
#include "ui/panel/screen.h"
#include "ui/panel/terminal.h"
#include "ui/panel/theme.h"
#include "ui/panel/view.h"

enum { PANEL_VIEWS = 8, PANEL_OVERLAYS = 3, NO_OVERLAY = PANEL_OVERLAYS };
extern const struct view *const panel_views[PANEL_VIEWS];
extern const struct view *const panel_overlays[PANEL_OVERLAYS];

/* What the last frame was drawn from. */
struct seen {
    uint64_t snapshot, log;
    int arm, image;
    bool log_scale, window_open, want_window, saying;
    char status[256];
};

/* What is asked before an action is carried out. */
struct doubt {
    bool open;
    enum action action;
    char argument[UI_LINE_SIZE], text[UI_QUESTION_SIZE];
};

struct panel {
    struct ui_model *model;
    struct keymap *keymap;
    struct terminal *terminal;
    struct screen screen;
    struct themes themes;
    int theme;
    size_t view, overlay; /* NO_OVERLAY: none */
    void *view_states[PANEL_VIEWS], *overlay_states[PANEL_OVERLAYS];
    int tab_columns[PANEL_VIEWS + 1];
    struct prompt prompt;
    struct input_reader reader;
    struct paste paste;
    struct doubt doubt;
    bool changed;    /* by input: draw at once */
    bool everything; /* and every cell anew */
    double drawn;    /* ui_now() of the last frame */
    double clicked;  /* and of the last click ... */
    int clicked_row; /* ... and where */
    bool pressed;    /* the mouse's button, since that click */
    struct seen seen;
};

/* What is in front, a view or an overlay, and its state. */
const struct view *panel_front(const struct panel *panel);
void *panel_front_state(const struct panel *panel);
bool panel_has_tabs(const struct panel *panel);
/* Rows of the whole screen; the view's part of it. */
struct frame panel_frame(struct panel *panel, int row, int height);
struct frame panel_view_frame(struct panel *panel);
/* Nothing happens for an index past the last. */
void panel_open_view(struct panel *panel, size_t index);
/* Asks, and carries the action out if the answer is yes. */
void panel_ask(struct panel *panel, enum action action, const char *argument, const char *text);

#endif
