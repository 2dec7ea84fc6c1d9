/* Paint: draw a mask on a shown image and watch what the chosen arm makes of it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mask/painted.h"
#include "ui/ticks.h"
#include "ui/window/legend.h"
#include "ui/window/paint.h"
#include "ui/window/shown.h"
#include "ui/window/theme.h"

enum {
    HEADER = 30,
    TITLE = PICTURE_ROW_TITLE,
    CAPTION = PICTURE_ROW_CAPTION,
    BUTTONS_GAP = 8,
    PICTURES = 3
};

static const char *const button_labels[PAINT_BUTTONS][2] = {
    [PAINT_HIDE_ALL] = {"Hide all", "Hide every patch"},
    [PAINT_SHOW_ALL] = {"Show all", "Make every patch visible"},
    [PAINT_INVERT] = {"Invert", "Hidden becomes visible and the other way round"},
    [PAINT_ARMS_MASK] = {"Arm's mask", "Begin with the mask that the arm itself has here"},
    [PAINT_SMALLER] = {"Brush -", "A smaller brush (Shift and wheel down)"},
    [PAINT_LARGER] = {"Brush +", "A larger brush (Shift and wheel up)"},
    [PAINT_APPLY] = {"Train on it", "The chosen arm trains on this mask from the next step"},
};

/* Where things are in this frame. */
struct places {
    struct picture_row row;
    struct picture_cell cells[PICTURES];
};

static void lay_out(struct paint *paint, const struct view_frame *frame, struct places *places)
{
    SDL_FRect area = frame->area;
    SDL_FRect bottom = {area.x + THEME_MARGIN, 0, area.w - 2 * THEME_MARGIN, 0};
    for (int i = 0; i < PAINT_BUTTONS; i++) {
        paint->buttons[i].label = button_labels[i][0];
        paint->buttons[i].tip = button_labels[i][1];
    }
    float height = buttons_lay_out(frame->canvas, bottom, paint->buttons, PAINT_BUTTONS);
    SDL_FRect room = {bottom.x, area.y + HEADER, bottom.w,
                      area.h - HEADER - height - 2 * BUTTONS_GAP};
    places->row = picture_row_fit(frame->canvas, room, PICTURES, false, paint->drawn.width,
                                  paint->drawn.height, TITLE, CAPTION);
    for (int i = 0; i < PICTURES; i++)
        places->cells[i] = (struct picture_cell){picture_row_cell(&places->row, i, TITLE),
                                                 &paint->drawn, &paint->magnifier};
    bottom.x = places->row.left;
    bottom.w -= bottom.x - room.x;
    bottom.y = room.y + picture_row_height(&places->row, TITLE) + BUTTONS_GAP;
    buttons_lay_out(frame->canvas, bottom, paint->buttons, PAINT_BUTTONS);
}

static const char *prepare(struct paint *paint, const struct view_frame *frame)
{
    const char *nothing = shown_nothing(frame);
    if (nothing)
        return nothing;
    const struct gallery *gallery = &frame->model->snapshot->gallery;
    bool good = paint_take_image(paint, frame) && picture_cache_prepare(&paint->scale, gallery, 1);
    paint->drawn_cache.given_top = paint->answer_cache.given_top = paint->scale.top;
    return good && picture_cache_prepare(&paint->drawn_cache, &paint->drawn, 1)
               ? NULL
               : "Not enough memory for the pictures.";
}

static const struct answer *ask(struct paint *paint, const struct view_frame *frame)
{
    struct question question = {
        .row = frame->model->image, .mask_kind = QUESTION_GIVEN_MASK, .mask = paint->drawn.mask};
    text_copy(question.arm, sizeof question.arm, ui_chosen_arm(frame->model)->name);
    return asking_update(&paint->asking, frame->model, &question);
}

/* The brush over the patches it would paint. */
static void draw_brush(const struct paint *paint, const struct view_frame *frame,
                       const struct picture_cell *cell)
{
    int patch = picture_cell_patch(frame, cell);
    if (patch >= 0)
        picture_cell_outline(frame, cell, paint_brush_area(paint, patch), THEME_ACCENT);
}

static void draw_mask(struct paint *paint, const struct view_frame *frame,
                      const struct picture_cell *cell)
{
    char caption[96], shorter[32];
    int hidden = paint_hidden(paint), patches = paint->drawn.patches;
    SDL_Texture *texture =
        picture_cache_texture(&paint->drawn_cache, frame->canvas->renderer, &paint->drawn, 0, 0, 0);
    picture_cell_draw(frame, cell, texture, picture_kind_source(&paint->drawn, PICTURE_MASKED));
    snprintf(caption, sizeof caption, "%d of %d hidden (%.0f%%), brush %d", hidden, patches,
             100.0 * hidden / patches, paint->brush);
    snprintf(shorter, sizeof shorter, "%d/%d", hidden, patches);
    picture_row_words(frame->canvas, cell->area,
                      &(struct picture_words){"Paint here", "Paint", caption, shorter});
    draw_brush(paint, frame, cell);
}

static void draw_answer(struct paint *paint, const struct view_frame *frame,
                        const struct answer *answer, const struct picture_cell cells[PICTURES])
{
    static const char *const titles[PICTURES] = {NULL, "Reconstruction with visible",
                                                 "Error per patch"};
    static const enum picture_kind kinds[PICTURES] = {0, PICTURE_PASTED, PICTURE_ERROR};
    const char *why = !answer              ? "The trainer is asked ..."
                      : answer->problem[0] ? answer->problem
                                           : NULL;
    if (!why && !picture_cache_prepare(&paint->answer_cache, &answer->gallery, 1))
        why = "Not enough memory for the pictures.";
    char captions[PICTURES][96] = {"", "", ""}, number[32];
    if (!why) {
        double worst = NAN;
        for (int patch = 0; patch < answer->gallery.patches; patch++)
            worst = fmax(worst, picture_patch_mse(&answer->gallery, 0, 0, patch));
        ticks_value(number, sizeof number, picture_mse(&answer->gallery, 0, 0));
        snprintf(captions[1], sizeof captions[1], "MSE %s", number);
        ticks_value(number, sizeof number, worst);
        snprintf(captions[2], sizeof captions[2], "worst patch %s", number);
    }
    for (int i = 1; i < PICTURES; i++) {
        if (why)
            picture_row_reason(frame->canvas, cells[i].area, why);
        else
            picture_cell_draw(frame, &cells[i],
                              picture_cache_texture(&paint->answer_cache, frame->canvas->renderer,
                                                    &answer->gallery, 0, 0, 0),
                              picture_kind_source(&answer->gallery, kinds[i]));
        picture_row_words(frame->canvas, cells[i].area,
                          &(struct picture_words){titles[i], picture_short_title(kinds[i]),
                                                  captions[i], captions[i]});
    }
}

/* The numbers of the patch under the mouse. */
static void draw_tip(const struct view_frame *frame, const struct answer *answer,
                     const struct picture_cell cells[PICTURES])
{
    for (int i = 1; answer && !answer->problem[0] && i < PICTURES; i++) {
        int patch = picture_cell_patch(frame, &cells[i]);
        if (patch < 0)
            continue;
        int columns = picture_grid_width(&answer->gallery);
        bool hidden = picture_hidden(&answer->gallery, 0, 0, patch);
        char mse[32], text[160];
        ticks_value(mse, sizeof mse, picture_patch_mse(&answer->gallery, 0, 0, patch));
        snprintf(text, sizeof text, "%s\npatch\trow %d, column %d%s%s",
                 hidden ? "Hidden patch" : "Visible patch", patch / columns, patch % columns,
                 hidden ? "\nMSE\t" : "", hidden ? mse : "");
        canvas_tip(frame->canvas, frame->mouse_x, frame->mouse_y, frame->area, text);
    }
}

static void draw_header(const struct paint *paint, const struct view_frame *frame)
{
    SDL_FRect line = {frame->area.x + THEME_MARGIN, frame->area.y, frame->area.w - 2 * THEME_MARGIN,
                      HEADER};
    struct legend legend = {.map = &paint->scale.map,
                            .label = shown_error_label(&frame->model->snapshot->gallery),
                            .high = paint->scale.top,
                            .open_end = true};
    float end = legend_draw(frame->canvas, line, &legend) - THEME_MARGIN;
    char text[SHOWN_TEXT_SIZE], name[SHOWN_TEXT_SIZE];
    const struct gallery *gallery = &frame->model->snapshot->gallery;
    shown_image_name(name, gallery, frame->model->image);
    snprintf(text, sizeof text, "%.200s%s%s%s", name, gallery->norm_pix ? "   " : "",
             gallery->norm_pix ? pixel_display_label(gallery->display) : "",
             frame->canvas->paper ? "" : "   left button hides, right button shows");
    SDL_FRect strong = {line.x, line.y, (end - line.x) * 0.3f, line.h};
    float x = line.x + THEME_GAP +
              canvas_text_in(frame->canvas, FONT_STRONG, strong, ALIGN_LEFT, THEME_TEXT,
                             ui_chosen_arm(frame->model)->name);
    canvas_text_in(frame->canvas, FONT_TEXT, (SDL_FRect){x, line.y, end - x, line.h}, ALIGN_LEFT,
                   THEME_MUTED, text);
}

static void paint_draw(void *state, const struct view_frame *frame)
{
    struct paint *paint = state;
    const char *nothing = prepare(paint, frame);
    if (nothing) {
        shown_draw_nothing(frame, nothing);
        return;
    }
    struct places places;
    lay_out(paint, frame, &places);
    const struct answer *answer = ask(paint, frame);
    draw_header(paint, frame);
    draw_mask(paint, frame, &places.cells[0]);
    draw_answer(paint, frame, answer, places.cells);
    buttons_draw(frame, paint->buttons, PAINT_BUTTONS);
    draw_tip(frame, answer, places.cells);
}

static void change_brush(struct paint *paint, int by)
{
    int brush = paint->brush + by;
    paint->brush = brush < 1 ? 1 : brush > PAINT_BRUSH_LIMIT ? PAINT_BRUSH_LIMIT : brush;
}

/* The painted mask becomes the chosen arm's strategy. */
static void apply(const struct paint *paint, const struct view_frame *frame)
{
    const struct gallery *drawn = &paint->drawn;
    int hidden = paint_hidden(paint);
    if (hidden == 0 || hidden == drawn->patches) {
        ui_say(frame->model, LOG_WARNING, "a mask to train on has hidden and visible patches");
        return;
    }
    if (drawn->patches > PAINTED_PATCH_LIMIT) {
        ui_say(frame->model, LOG_WARNING, "masks of more than %d patches come from files (file:)",
               PAINTED_PATCH_LIMIT);
        return;
    }
    struct text choice = {0};
    text_append(&choice, "painted:mask=");
    painted_write(drawn->mask, drawn->height / drawn->patch, picture_grid_width(drawn), &choice);
    ui_perform(frame->model, ACTION_STRATEGY, text_of(&choice));
    text_release(&choice);
}

static void push(struct paint *paint, const struct view_frame *frame, enum paint_button button)
{
    switch (button) {
    case PAINT_HIDE_ALL:
    case PAINT_SHOW_ALL:
        paint_fill(paint, button == PAINT_HIDE_ALL);
        break;
    case PAINT_INVERT:
        paint_invert(paint);
        break;
    case PAINT_ARMS_MASK:
        paint_take_mask(paint, frame);
        break;
    case PAINT_SMALLER:
    case PAINT_LARGER:
        change_brush(paint, button == PAINT_LARGER ? 1 : -1);
        break;
    case PAINT_APPLY:
        apply(paint, frame);
        break;
    case PAINT_BUTTONS:
        break;
    }
}

static void paint_follow(void *state, const struct view_frame *frame)
{
    struct paint *paint = state;
    struct places places;
    if (prepare(paint, frame))
        return;
    lay_out(paint, frame, &places);
    int patch = picture_cell_patch(frame, &places.cells[0]);
    if (patch >= 0)
        paint_stroke(paint, patch);
    else
        paint->last_x = -1; /* it comes back in somewhere else */
}

static bool paint_press(void *state, const struct view_frame *frame, enum view_button button)
{
    struct paint *paint = state;
    struct places places;
    if (prepare(paint, frame))
        return false;
    lay_out(paint, frame, &places);
    if (picture_cell_patch(frame, &places.cells[0]) < 0)
        return false;
    paint->showing = button == VIEW_RIGHT || (SDL_GetModState() & KMOD_SHIFT);
    paint->last_x = -1;
    paint_follow(state, frame);
    return true;
}

static void paint_click(void *state, const struct view_frame *frame)
{
    struct paint *paint = state;
    struct places places;
    if (prepare(paint, frame))
        return;
    lay_out(paint, frame, &places);
    int button = buttons_at(frame, paint->buttons, PAINT_BUTTONS);
    if (button >= 0)
        push(paint, frame, (enum paint_button)button);
}

/* Over a picture the wheel zooms; with Shift, and elsewhere, it is the brush's. */
static void paint_wheel(void *state, const struct view_frame *frame, float amount, bool shift)
{
    struct paint *paint = state;
    struct places places;
    if (prepare(paint, frame))
        return;
    lay_out(paint, frame, &places);
    for (int i = 0; !shift && i < PICTURES; i++)
        if (picture_cell_turn(frame, &places.cells[i], &paint->magnifier, amount))
            return;
    change_brush(paint, amount > 0 ? 1 : -1);
}

/* Where the button does not paint. */
static void paint_drag(void *state, const struct view_frame *frame, float dx, float dy)
{
    struct paint *paint = state;
    struct places places;
    if (prepare(paint, frame))
        return;
    lay_out(paint, frame, &places);
    picture_cell_drag(frame, &places.cells[0], &paint->magnifier, dx, dy);
}

static bool paint_act(void *state, const struct view_frame *frame, enum action action)
{
    struct paint *paint = state;
    if (prepare(paint, frame))
        return false;
    int images = frame->model->snapshot->gallery.images;
    switch (action) {
    case ACTION_DOWN:
        frame->model->image = (frame->model->image + 1) % images;
        return true;
    case ACTION_UP:
        frame->model->image = (frame->model->image + images - 1) % images;
        return true;
    case ACTION_ENTER:
        apply(paint, frame);
        return true;
    case ACTION_RESET_ZOOM:
        paint->magnifier = (struct magnifier){0};
        return true;
    default:
        return false;
    }
}

static bool paint_waits(const void *state, const struct view_frame *frame)
{
    const struct paint *paint = state;
    return asking_waits(&paint->asking, frame->model);
}

static void paint_release(void *state)
{
    struct paint *paint = state;
    picture_cache_release(&paint->drawn_cache);
    picture_cache_release(&paint->answer_cache);
    picture_cache_release(&paint->scale);
}

static void paint_close(void *state)
{
    struct paint *paint = state;
    if (paint->made)
        gallery_release(&paint->drawn);
    asking_release(&paint->asking);
    paint->made = false;
}

const struct view window_view_paint = {
    .title = "Paint",
    .state_size = sizeof(struct paint),
    .draw = paint_draw,
    .act = paint_act,
    .wheel = paint_wheel,
    .drag = paint_drag,
    .click = paint_click,
    .press = paint_press,
    .follow = paint_follow,
    .waits = paint_waits,
    .release = paint_release,
    .close = paint_close,
};
