/* History: what the arms made of the same images at any earlier step of which pictures were kept,
 * with a slider over those steps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/history.h"
#include "ui/window/shown.h"
#include "ui/window/theme.h"
#include "ui/window/tiles.h"

enum { SLIDER_HEIGHT = 46, TRACK_HEIGHT = 4, KNOB_WIDTH = 8, KNOB_HEIGHT = 18 };

struct history_view {
    struct tiles tiles;
    struct history_frame frame;
    bool made;         /* the frame has its memory */
    bool by_arm;       /* all arms of one image */
    bool fixed;        /* a step was chosen; else it follows the newest */
    int64_t step;      /* the chosen one */
    int64_t read_step; /* the one in the frame; -1: none */
    char problem[256]; /* why it could not be read */
};

static SDL_FRect slider_area(const struct view_frame *frame)
{
    SDL_FRect area = frame->area;
    return (SDL_FRect){area.x + 2 * THEME_MARGIN, area.y + area.h - SLIDER_HEIGHT,
                       area.w - 4 * THEME_MARGIN, SLIDER_HEIGHT};
}

/* The place of the chosen step among those that were kept: the nearest, for it may be gone. */
static int chosen_index(const struct history_view *view, const struct snapshot *snapshot)
{
    int best = snapshot->history_count - 1;
    for (int i = 0; view->fixed && i < snapshot->history_count; i++)
        if (llabs(snapshot->history_steps[i] - view->step) <
            llabs(snapshot->history_steps[best] - view->step))
            best = i;
    return best;
}

static void read_step(struct history_view *view, const struct view_frame *frame, int64_t step)
{
    struct error error;
    if (view->read_step == step)
        return;
    view->problem[0] = '\0';
    view->read_step = step;
    if (!history_read(&view->frame, frame->model->snapshot->folder, step, &error))
        text_copy(view->problem, sizeof view->problem, error.message);
}

/* The chosen arm among those of the step, by its name: arms come and go. */
static int find_arm(const struct history_view *view, const struct view_frame *frame)
{
    const char *wanted = ui_chosen_arm(frame->model)->name;
    for (int i = 0; i < view->frame.gallery.arms; i++)
        if (!strcmp(view->frame.arms[i], wanted))
            return i;
    return 0;
}

static const char *prepare(struct history_view *view, const struct view_frame *frame)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    if (snapshot->history_count < 1)
        return snapshot->config.show.history > 0
                   ? "No pictures of earlier steps yet."
                   : "No pictures of earlier steps are kept: show.history is 0.";
    if (!view->made) {
        view->read_step = -1;
        if (!history_frame_init(&view->frame, &snapshot->shape, NULL))
            return "Not enough memory for the pictures.";
        view->made = true;
    }
    read_step(view, frame, snapshot->history_steps[chosen_index(view, snapshot)]);
    return view->problem[0] ? view->problem : NULL;
}

static bool show(struct history_view *view, const struct view_frame *frame, bool draw)
{
    const char *nothing = prepare(view, frame);
    struct tiles_subject subject = {
        .gallery = &view->frame.gallery, .by_arm = view->by_arm, .area = tiles_area(frame)};
    subject.area.h -= SLIDER_HEIGHT;
    if (!nothing) {
        int images = view->frame.gallery.images;
        subject.arm = find_arm(view, frame);
        subject.image = frame->model->image < images ? frame->model->image : images - 1;
        for (int i = 0; i < view->frame.gallery.arms; i++)
            subject.arms[i] = view->frame.arms[i];
        if (!tiles_show(&view->tiles, frame, &subject))
            nothing = "Not enough memory for the pictures.";
    }
    if (nothing && draw)
        shown_draw_nothing(frame, nothing);
    return !nothing;
}

static float place_of(const struct snapshot *snapshot, SDL_FRect track, int index)
{
    int last = snapshot->history_count - 1;
    return track.x + (last > 0 ? track.w * (float)index / (float)last : 0);
}

/* A tick for each step that was kept: they lie closer together where little changed. */
static void draw_slider(const struct history_view *view, const struct view_frame *frame)
{
    struct canvas *canvas = frame->canvas;
    const struct snapshot *snapshot = frame->model->snapshot;
    SDL_FRect area = slider_area(frame);
    int index = chosen_index(view, snapshot), count = snapshot->history_count;
    float middle = area.y + KNOB_HEIGHT / 2 + 2;
    char text[3][96], number[32];
    canvas_fill(canvas, (SDL_FRect){area.x, middle - TRACK_HEIGHT / 2, area.w, TRACK_HEIGHT},
                THEME_RULE);
    for (int i = 0; i < count; i++)
        canvas_fill(
            canvas,
            (SDL_FRect){place_of(snapshot, area, i), middle - TRACK_HEIGHT, 1, 2 * TRACK_HEIGHT},
            THEME_MUTED);
    float knob = place_of(snapshot, area, index);
    canvas_fill(
        canvas,
        (SDL_FRect){knob - KNOB_WIDTH / 2, middle - KNOB_HEIGHT / 2, KNOB_WIDTH, KNOB_HEIGHT},
        THEME_ACCENT);
    text_from_grouped(number, snapshot->history_steps[0]);
    snprintf(text[0], sizeof text[0], "step %s", number);
    text_from_grouped(number, snapshot->history_steps[index]);
    snprintf(text[1], sizeof text[1], "step %s, %d of %d kept", number, index + 1, count);
    text_from_grouped(number, snapshot->history_steps[count - 1]);
    snprintf(text[2], sizeof text[2], "step %s", number);
    SDL_FRect line = {area.x, middle + KNOB_HEIGHT / 2, area.w, SLIDER_HEIGHT - KNOB_HEIGHT - 4};
    canvas_text_in(canvas, FONT_SMALL, line, ALIGN_LEFT, THEME_MUTED, text[0]);
    canvas_text_in(canvas, FONT_SMALL, line, ALIGN_CENTER, THEME_TEXT, text[1]);
    canvas_text_in(canvas, FONT_SMALL, line, ALIGN_RIGHT, THEME_MUTED, text[2]);
}

static void history_view_draw(void *state, const struct view_frame *frame)
{
    struct history_view *view = state;
    bool shown = show(view, frame, true);
    if (frame->model->snapshot->history_count > 0 && !frame->canvas->paper)
        draw_slider(view, frame);
    if (!shown)
        return;
    const struct gallery *gallery = &view->frame.gallery;
    char strong[SHOWN_TEXT_SIZE], text[SHOWN_TEXT_SIZE], step[32];
    text_from_grouped(step, gallery->step);
    if (view->by_arm)
        shown_image_name(strong, gallery, view->tiles.subject.image);
    else
        text_copy(strong, sizeof strong, view->frame.arms[view->tiles.subject.arm]);
    snprintf(text, sizeof text, "as it was at step %s%s%s", step, gallery->norm_pix ? "   " : "",
             gallery->norm_pix ? pixel_display_label(gallery->display) : "");
    tiles_draw_header(&view->tiles, frame, strong, text);
    tiles_draw(&view->tiles, frame);
}

static void choose(struct history_view *view, const struct snapshot *snapshot, int index)
{
    int last = snapshot->history_count - 1;
    index = index > last ? last : index < 0 ? 0 : index;
    if (last < 0)
        return;
    view->step = snapshot->history_steps[index];
    view->fixed = index < last; /* the last one follows the run */
}

static bool history_view_act(void *state, const struct view_frame *frame, enum action action)
{
    struct history_view *view = state;
    const struct snapshot *snapshot = frame->model->snapshot;
    if (!show(view, frame, false))
        return false;
    int index = chosen_index(view, snapshot), image = view->tiles.subject.image;
    int images = view->frame.gallery.images;
    switch (action) {
    case ACTION_LEFT:
        choose(view, snapshot, index - 1);
        return true;
    case ACTION_RIGHT:
        choose(view, snapshot, index + 1);
        return true;
    case ACTION_FIRST:
        choose(view, snapshot, 0);
        return true;
    case ACTION_LAST:
        choose(view, snapshot, snapshot->history_count - 1);
        return true;
    case ACTION_ENTER:
        view->by_arm = !view->by_arm;
        return true;
    case ACTION_DOWN:
        frame->model->image = image + 1 < images ? image + 1 : image;
        return true;
    case ACTION_UP:
        frame->model->image = image > 0 ? image - 1 : 0;
        return true;
    default:
        return tiles_act(&view->tiles, action);
    }
}

static void follow_mouse(void *state, const struct view_frame *frame)
{
    struct history_view *view = state;
    const struct snapshot *snapshot = frame->model->snapshot;
    SDL_FRect area = slider_area(frame);
    float share = (frame->mouse_x - area.x) / (area.w > 1 ? area.w : 1);
    choose(view, snapshot, (int)(share * (float)(snapshot->history_count - 1) + 0.5f));
}

static bool history_view_press(void *state, const struct view_frame *frame, enum view_button button)
{
    SDL_FRect area = slider_area(frame);
    area.x -= THEME_MARGIN;
    area.w += 2 * THEME_MARGIN;
    if (button != VIEW_LEFT || !canvas_inside(area, frame->mouse_x, frame->mouse_y))
        return false;
    follow_mouse(state, frame);
    return true;
}

static void history_view_wheel(void *state, const struct view_frame *frame, float amount,
                               bool shift)
{
    struct history_view *view = state;
    const struct snapshot *snapshot = frame->model->snapshot;
    if (canvas_inside(slider_area(frame), frame->mouse_x, frame->mouse_y))
        choose(view, snapshot, chosen_index(view, snapshot) + (amount > 0 ? 1 : -1));
    else if (show(view, frame, false))
        tiles_wheel(&view->tiles, frame, amount, shift);
}

static void history_view_drag(void *state, const struct view_frame *frame, float dx, float dy)
{
    struct history_view *view = state;
    if (show(view, frame, false))
        tiles_drag(&view->tiles, frame, dx, dy);
}

static void history_view_click(void *state, const struct view_frame *frame)
{
    struct history_view *view = state;
    struct tiles_hover hover;
    if (show(view, frame, false) && !view->by_arm && tiles_hover(&view->tiles, frame, &hover))
        frame->model->image = hover.tile;
}

static void history_view_release(void *state)
{
    struct history_view *view = state;
    tiles_release(&view->tiles);
}

static void history_view_close(void *state)
{
    struct history_view *view = state;
    if (view->made)
        history_frame_release(&view->frame);
    view->made = false;
}

const struct view window_view_history = {
    .title = "History",
    .state_size = sizeof(struct history_view),
    .sheet = true,
    .draw = history_view_draw,
    .act = history_view_act,
    .wheel = history_view_wheel,
    .drag = history_view_drag,
    .click = history_view_click,
    .press = history_view_press,
    .follow = follow_mouse,
    .release = history_view_release,
    .close = history_view_close,
};
