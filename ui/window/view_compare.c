/* Compare: one image, and a tile for what each arm makes of it, all on one scale of errors. */
#include <stdio.h>

#include "ui/window/shown.h"
#include "ui/window/theme.h"
#include "ui/window/tiles.h"

static bool show(struct tiles *tiles, const struct view_frame *frame, bool draw)
{
    const char *nothing = shown_nothing(frame);
    struct tiles_subject subject = {.gallery = &frame->model->snapshot->gallery,
                                    .by_arm = true,
                                    .arm = frame->model->arm,
                                    .image = frame->model->image,
                                    .area = tiles_area(frame)};
    tiles_name_arms(&subject, frame->model->snapshot);
    if (!nothing && !tiles_show(tiles, frame, &subject))
        nothing = "Not enough memory for the pictures.";
    if (nothing && draw)
        shown_draw_nothing(frame, nothing);
    return !nothing;
}

/* The image's place among the shown ones, its step, and which arm is nearest to it. */
static void write_facts(char out[SHOWN_TEXT_SIZE], const struct tiles *tiles)
{
    const struct gallery *gallery = tiles->subject.gallery;
    int image = tiles->subject.image, best = 0;
    char step[32];
    for (int arm = 1; arm < gallery->arms; arm++)
        if (picture_mse(gallery, arm, image) < picture_mse(gallery, best, image))
            best = arm;
    text_from_grouped(step, gallery->step);
    int used = snprintf(out, SHOWN_TEXT_SIZE, "image %d of %d   step %s", image + 1,
                        gallery->images, step);
    if (gallery->norm_pix) /* first: it must not be cut off */
        used += snprintf(out + used, SHOWN_TEXT_SIZE - (size_t)used, "   %s",
                         pixel_display_label(gallery->display));
    if (gallery->arms > 1 && tiles->subject.arms[best])
        snprintf(out + used, SHOWN_TEXT_SIZE - (size_t)used,
                 "   least MSE, each on its own mask: %s", tiles->subject.arms[best]);
}

static void compare_draw(void *state, const struct view_frame *frame)
{
    struct tiles *tiles = state;
    if (!show(tiles, frame, true))
        return;
    char name[SHOWN_TEXT_SIZE], facts[SHOWN_TEXT_SIZE];
    shown_image_name(name, tiles->subject.gallery, tiles->subject.image);
    write_facts(facts, tiles);
    tiles_draw_header(tiles, frame, name, facts);
    tiles_draw(tiles, frame);
}

/* Up and down choose the arm, left and right the image. */
static bool compare_act(void *state, const struct view_frame *frame, enum action action)
{
    struct tiles *tiles = state;
    struct ui_model *model = frame->model;
    if (!show(tiles, frame, false))
        return false;
    int arms = tiles_count(tiles), images = tiles->subject.gallery->images;
    switch (action) {
    case ACTION_DOWN:
        model->arm = (model->arm + 1) % arms;
        break;
    case ACTION_UP:
        model->arm = (model->arm + arms - 1) % arms;
        break;
    case ACTION_RIGHT:
        model->image = (model->image + 1) % images;
        return true;
    case ACTION_LEFT:
        model->image = (model->image + images - 1) % images;
        return true;
    default:
        return tiles_act(tiles, action);
    }
    tiles_reveal(tiles, model->arm);
    return true;
}

static void compare_wheel(void *state, const struct view_frame *frame, float amount, bool shift)
{
    if (show(state, frame, false))
        tiles_wheel(state, frame, amount, shift);
}

static void compare_drag(void *state, const struct view_frame *frame, float dx, float dy)
{
    if (show(state, frame, false))
        tiles_drag(state, frame, dx, dy);
}

static void compare_click(void *state, const struct view_frame *frame)
{
    struct tiles_hover hover;
    if (show(state, frame, false) && tiles_hover(state, frame, &hover))
        frame->model->arm = hover.tile;
}

static void compare_release(void *state)
{
    tiles_release(state);
}

const struct view window_view_compare = {
    .title = "Compare",
    .state_size = sizeof(struct tiles),
    .sheet = true,
    .draw = compare_draw,
    .act = compare_act,
    .wheel = compare_wheel,
    .drag = compare_drag,
    .click = compare_click,
    .release = compare_release,
};
