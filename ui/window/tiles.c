#include "ui/window/tiles.h"

#include "ui/window/theme.h"

SDL_FRect tiles_area(const struct view_frame *frame)
{
    SDL_FRect area = frame->area;
    return (SDL_FRect){area.x + THEME_MARGIN, area.y + TILES_HEADER, area.w - 2 * THEME_MARGIN,
                       area.h - TILES_HEADER - THEME_GAP};
}

void tiles_name_arms(struct tiles_subject *subject, const struct snapshot *snapshot)
{
    for (int i = 0; i < snapshot->arm_count; i++)
        subject->arms[i] = snapshot->arms[i].name;
}

int tiles_count(const struct tiles *tiles)
{
    const struct tiles_subject *subject = &tiles->subject;
    return subject->by_arm ? subject->gallery->arms : subject->gallery->images;
}

int tiles_arm(const struct tiles *tiles, int tile)
{
    return tiles->subject.by_arm ? tile : tiles->subject.arm;
}

int tiles_image(const struct tiles *tiles, int tile)
{
    return tiles->subject.by_arm ? tiles->subject.image : tile;
}

int tiles_chosen(const struct tiles *tiles)
{
    return tiles->subject.by_arm ? tiles->subject.arm : tiles->subject.image;
}

static void clamp_scroll(struct tiles *tiles)
{
    int across = tiles->layout.across, count = tiles_count(tiles);
    int rows = (count + across - 1) / across, last = rows - tiles->layout.down;
    int row = tiles->first / across;
    row = row > last ? last : row;
    tiles->first = (row < 0 ? 0 : row) * across;
}

bool tiles_show(struct tiles *tiles, const struct view_frame *frame,
                const struct tiles_subject *subject)
{
    const struct gallery *gallery = subject->gallery;
    tiles->subject = *subject;
    if (!picture_cache_prepare(&tiles->cache, gallery, tiles_count(tiles)))
        return false;
    (frame->canvas->paper ? tiles_layout_fit_flat
                          : tiles_layout_fit)(&tiles->layout, subject->area, frame->canvas->scale,
                                              gallery->width, gallery->height, tiles_count(tiles));
    clamp_scroll(tiles);
    return true;
}

void tiles_release(struct tiles *tiles)
{
    picture_cache_release(&tiles->cache);
}

struct magnifier_view tiles_cell_view(const struct tiles *tiles, const struct view_frame *frame,
                                      int slot, int kind)
{
    const struct gallery *gallery = tiles->subject.gallery;
    SDL_FRect area = tiles_layout_cell(&tiles->layout, slot, kind);
    SDL_Rect cell = canvas_physical(frame->canvas, area);
    /* Exactly, whatever the rounding of both edges made of it. */
    cell.w = gallery->width * tiles->layout.zoom;
    cell.h = gallery->height * tiles->layout.zoom;
    return (struct magnifier_view){cell, gallery->width, gallery->height, tiles->layout.zoom};
}

int tiles_slots_used(const struct tiles *tiles)
{
    int left = tiles_count(tiles) - tiles->first, slots = tiles_layout_slots(&tiles->layout);
    return slots < left ? slots : left;
}

bool tiles_hover(const struct tiles *tiles, const struct view_frame *frame,
                 struct tiles_hover *hover)
{
    const struct gallery *gallery = tiles->subject.gallery;
    int x = (int)(frame->mouse_x * frame->canvas->scale);
    int y = (int)(frame->mouse_y * frame->canvas->scale);
    for (int slot = 0; frame->mouse_inside && slot < tiles_slots_used(tiles); slot++)
        for (int kind = 0; kind < PICTURE_KINDS; kind++) {
            struct magnifier_view view = tiles_cell_view(tiles, frame, slot, kind);
            if (!magnifier_pixel(&tiles->magnifier, &view, x, y, &hover->x, &hover->y))
                continue;
            hover->tile = tiles->first + slot;
            hover->kind = kind;
            hover->patch =
                hover->y / gallery->patch * picture_grid_width(gallery) + hover->x / gallery->patch;
            return true;
        }
    return false;
}

void tiles_draw(struct tiles *tiles, const struct view_frame *frame)
{
    struct tiles_hover hover;
    tiles_draw_titles(tiles, frame);
    for (int slot = 0; slot < tiles_slots_used(tiles); slot++)
        tiles_draw_tile(tiles, frame, slot);
    tiles_draw_scroll_bar(tiles, frame);
    if (!tiles_hover(tiles, frame, &hover))
        return;
    tiles_draw_marks(tiles, frame, &hover);
    tiles_draw_tip(tiles, frame, &hover);
}

static void scroll(struct tiles *tiles, int rows)
{
    tiles->first += rows * tiles->layout.across;
    clamp_scroll(tiles);
}

void tiles_reveal(struct tiles *tiles, int tile)
{
    int across = tiles->layout.across, row = tile / across, first = tiles->first / across;
    if (row < first)
        tiles->first = row * across;
    else if (row >= first + tiles->layout.down)
        tiles->first = (row - tiles->layout.down + 1) * across;
}

bool tiles_act(struct tiles *tiles, enum action action)
{
    switch (action) {
    case ACTION_RESET_ZOOM:
        tiles->magnifier = (struct magnifier){0};
        return true;
    case ACTION_PAGE_DOWN:
        scroll(tiles, tiles->layout.down);
        return true;
    case ACTION_PAGE_UP:
        scroll(tiles, -tiles->layout.down);
        return true;
    default:
        return false;
    }
}

void tiles_wheel(struct tiles *tiles, const struct view_frame *frame, float amount, bool shift)
{
    struct tiles_hover hover;
    if (shift || !tiles_hover(tiles, frame, &hover)) {
        scroll(tiles, amount > 0 ? -1 : 1);
        return;
    }
    struct magnifier_view view =
        tiles_cell_view(tiles, frame, hover.tile - tiles->first, hover.kind);
    magnifier_turn(&tiles->magnifier, &view, (double)amount,
                   (int)(frame->mouse_x * frame->canvas->scale),
                   (int)(frame->mouse_y * frame->canvas->scale));
}

void tiles_drag(struct tiles *tiles, const struct view_frame *frame, float dx, float dy)
{
    struct magnifier_view view = tiles_cell_view(tiles, frame, 0, 0);
    magnifier_drag(&tiles->magnifier, &view, dx * frame->canvas->scale, dy * frame->canvas->scale);
}
