/* Images: a tile for each shown image, with every picture of it as the chosen arm has it. */
#include "ui/window/shown.h"
#include "ui/window/theme.h"
#include "ui/window/tiles.h"

/* False, with the reason drawn if asked for: there is nothing to show. */
static bool show(struct tiles *tiles, const struct view_frame *frame, bool draw)
{
    const char *nothing = shown_nothing(frame);
    struct tiles_subject subject = {.gallery = &frame->model->snapshot->gallery,
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

static void images_draw(void *state, const struct view_frame *frame)
{
    struct tiles *tiles = state;
    if (!show(tiles, frame, true))
        return;
    char text[SHOWN_TEXT_SIZE];
    const struct snapshot_arm *arm = ui_chosen_arm(frame->model);
    shown_arm_text(text, arm, tiles->subject.gallery);
    tiles_draw_header(tiles, frame, arm->name, text);
    tiles_draw(tiles, frame);
}

static void choose(struct tiles *tiles, const struct view_frame *frame, int image)
{
    int count = tiles_count(tiles);
    image = image >= count ? count - 1 : image;
    frame->model->image = image < 0 ? 0 : image;
    tiles_reveal(tiles, frame->model->image);
}

static bool images_act(void *state, const struct view_frame *frame, enum action action)
{
    struct tiles *tiles = state;
    if (!show(tiles, frame, false))
        return false;
    int image = frame->model->image;
    switch (action) {
    case ACTION_DOWN:
        choose(tiles, frame, image + 1);
        return true;
    case ACTION_UP:
        choose(tiles, frame, image - 1);
        return true;
    case ACTION_FIRST:
        choose(tiles, frame, 0);
        return true;
    case ACTION_LAST:
        choose(tiles, frame, tiles_count(tiles) - 1);
        return true;
    default:
        return tiles_act(tiles, action);
    }
}

static void images_wheel(void *state, const struct view_frame *frame, float amount, bool shift)
{
    if (show(state, frame, false))
        tiles_wheel(state, frame, amount, shift);
}

static void images_drag(void *state, const struct view_frame *frame, float dx, float dy)
{
    if (show(state, frame, false))
        tiles_drag(state, frame, dx, dy);
}

static void images_click(void *state, const struct view_frame *frame)
{
    struct tiles_hover hover;
    if (show(state, frame, false) && tiles_hover(state, frame, &hover))
        frame->model->image = hover.tile;
}

static void images_release(void *state)
{
    tiles_release(state);
}

const struct view window_view_images = {
    .title = "Images",
    .state_size = sizeof(struct tiles),
    .sheet = true,
    .draw = images_draw,
    .act = images_act,
    .wheel = images_wheel,
    .drag = images_drag,
    .click = images_click,
    .release = images_release,
};
