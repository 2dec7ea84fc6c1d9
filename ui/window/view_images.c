/* Images: a row for each shown image, a column for each picture of it as the chosen arm has it. */
#include "ui/window/images.h"
#include "ui/window/theme.h"

/* Why there is nothing to draw, or null. */
static const char *nothing_to_show(const struct view_frame *frame)
{
    const struct gallery *gallery = images_gallery(frame);
    if (gallery->images < 1 || gallery->step < 0 || gallery->arms < 1)
        return "No pictures yet: they come with the first training steps.";
    if (frame->model->arm >= gallery->arms)
        return "No pictures of this arm yet: they come with the next round.";
    return NULL;
}

SDL_FRect images_picture_area(const struct view_frame *frame)
{
    SDL_FRect area = frame->area;
    return (SDL_FRect){area.x + THEME_MARGIN, area.y + IMAGES_HEADER, area.w - 2 * THEME_MARGIN,
                       area.h - IMAGES_HEADER - THEME_GAP};
}

static void clamp_scroll(struct images *images, int count)
{
    int across = images->layout.across;
    int rows = (count + across - 1) / across, last = rows - images->layout.down;
    int row = images->first / across;
    row = row > last ? last : row;
    images->first = (row < 0 ? 0 : row) * across;
}

static void lay_out(struct images *images, const struct view_frame *frame)
{
    const struct gallery *gallery = images_gallery(frame);
    images_layout_fit(&images->layout, images_picture_area(frame), frame->canvas->scale,
                      gallery->width, gallery->height, gallery->images);
    clamp_scroll(images, gallery->images);
}

static void scroll(struct images *images, const struct view_frame *frame, int rows)
{
    images->first += rows * images->layout.across;
    clamp_scroll(images, images_gallery(frame)->images);
}

struct magnifier_view images_cell_view(const struct images *images, const struct view_frame *frame,
                                       int slot, int kind)
{
    const struct gallery *gallery = images_gallery(frame);
    SDL_FRect area = images_layout_cell(&images->layout, slot, kind);
    SDL_Rect cell = canvas_physical(frame->canvas, area);
    /* Exactly, whatever the rounding of both edges made of it. */
    cell.w = gallery->width * images->layout.zoom;
    cell.h = gallery->height * images->layout.zoom;
    return (struct magnifier_view){cell, gallery->width, gallery->height, images->layout.zoom};
}

int images_slots_used(const struct images *images, const struct view_frame *frame)
{
    int left = images_gallery(frame)->images - images->first;
    int slots = images_layout_slots(&images->layout);
    return slots < left ? slots : left;
}

static bool find_hover(const struct images *images, const struct view_frame *frame,
                       struct images_hover *hover)
{
    const struct gallery *gallery = images_gallery(frame);
    if (!frame->mouse_inside || nothing_to_show(frame))
        return false;
    int x = (int)(frame->mouse_x * frame->canvas->scale);
    int y = (int)(frame->mouse_y * frame->canvas->scale);
    for (int slot = 0; slot < images_slots_used(images, frame); slot++)
        for (int kind = 0; kind < PICTURE_KINDS; kind++) {
            struct magnifier_view view = images_cell_view(images, frame, slot, kind);
            if (!magnifier_pixel(&images->magnifier, &view, x, y, &hover->x, &hover->y))
                continue;
            hover->slot = slot;
            hover->kind = kind;
            hover->patch =
                hover->y / gallery->patch * picture_grid_width(gallery) + hover->x / gallery->patch;
            return true;
        }
    return false;
}

static void images_draw(void *state, const struct view_frame *frame)
{
    struct images *images = state;
    const char *nothing = nothing_to_show(frame);
    if (!nothing && !picture_cache_prepare(&images->cache, images_gallery(frame)))
        nothing = "Not enough memory for the pictures.";
    images_draw_header(images, frame, !nothing);
    if (nothing) {
        canvas_text_in(frame->canvas, FONT_TEXT, frame->area, ALIGN_CENTER, THEME_MUTED, nothing);
        return;
    }
    lay_out(images, frame);
    images_draw_titles(images, frame);
    for (int slot = 0; slot < images_slots_used(images, frame); slot++)
        images_draw_tile(images, frame, slot);
    images_draw_scroll_bar(images, frame);
    struct images_hover hover;
    if (find_hover(images, frame, &hover)) {
        images_draw_marks(images, frame, &hover);
        images_draw_tip(images, frame, &hover);
    }
}

/* Chooses an image and scrolls to it. */
static void choose(struct images *images, const struct view_frame *frame, int image)
{
    int count = images_gallery(frame)->images, across = images->layout.across;
    image = image >= count ? count - 1 : image;
    image = image < 0 ? 0 : image;
    frame->model->image = image;
    int row = image / across, first = images->first / across;
    if (row < first)
        images->first = row * across;
    else if (row >= first + images->layout.down)
        images->first = (row - images->layout.down + 1) * across;
}

static bool images_act(void *state, const struct view_frame *frame, enum action action)
{
    struct images *images = state;
    if (action == ACTION_RESET_ZOOM) {
        images->magnifier = (struct magnifier){0};
        return true;
    }
    if (nothing_to_show(frame))
        return false;
    lay_out(images, frame);
    int image = frame->model->image;
    switch (action) {
    case ACTION_DOWN:
        choose(images, frame, image + 1);
        return true;
    case ACTION_UP:
        choose(images, frame, image - 1);
        return true;
    case ACTION_FIRST:
        choose(images, frame, 0);
        return true;
    case ACTION_LAST:
        choose(images, frame, images_gallery(frame)->images - 1);
        return true;
    case ACTION_PAGE_DOWN:
        scroll(images, frame, images->layout.down);
        return true;
    case ACTION_PAGE_UP:
        scroll(images, frame, -images->layout.down);
        return true;
    default:
        return false;
    }
}

static void images_wheel(void *state, const struct view_frame *frame, float amount, bool shift)
{
    struct images *images = state;
    if (nothing_to_show(frame))
        return;
    lay_out(images, frame);
    struct images_hover hover;
    if (shift || !find_hover(images, frame, &hover)) {
        scroll(images, frame, amount > 0 ? -1 : 1);
        return;
    }
    struct magnifier_view view = images_cell_view(images, frame, hover.slot, hover.kind);
    magnifier_turn(&images->magnifier, &view, (double)amount,
                   (int)(frame->mouse_x * frame->canvas->scale),
                   (int)(frame->mouse_y * frame->canvas->scale));
}

static void images_drag(void *state, const struct view_frame *frame, float dx, float dy)
{
    struct images *images = state;
    if (nothing_to_show(frame))
        return;
    lay_out(images, frame);
    struct magnifier_view view = images_cell_view(images, frame, 0, 0);
    magnifier_drag(&images->magnifier, &view, dx * frame->canvas->scale, dy * frame->canvas->scale);
}

static void images_click(void *state, const struct view_frame *frame)
{
    struct images *images = state;
    struct images_hover hover;
    if (nothing_to_show(frame))
        return;
    lay_out(images, frame);
    if (find_hover(images, frame, &hover))
        frame->model->image = images->first + hover.slot;
}

static void images_release(void *state)
{
    struct images *images = state;
    picture_cache_release(&images->cache);
}

const struct view view_images = {
    .title = "Images",
    .state_size = sizeof(struct images),
    .draw = images_draw,
    .act = images_act,
    .wheel = images_wheel,
    .drag = images_drag,
    .click = images_click,
    .release = images_release,
};
