/* The pictures of one tile, with their captions and what the mouse points at. */
#include <math.h>
#include <stdio.h>

#include "ui/window/tiles.h"
#include "ui/window/magnified.h"
#include "ui/window/theme.h"
#include "ui/ticks.h"

enum { MARKER = 3, TITLE_GAP = 3 };

/* A patch's place on the screen, physical; it may lie outside the cell. */
static SDL_Rect patch_place(const struct tiles *tiles, const struct gallery *gallery,
                            const struct magnifier_view *view, int patch)
{
    SDL_Rect source, target;
    magnifier_part(&tiles->magnifier, view, &source, &target);
    int zoom = magnifier_zoom(&tiles->magnifier, view->fit);
    int columns = picture_grid_width(gallery);
    return (SDL_Rect){target.x + (patch % columns * gallery->patch - source.x) * zoom,
                      target.y + (patch / columns * gallery->patch - source.y) * zoom,
                      gallery->patch * zoom, gallery->patch * zoom};
}

static void draw_picture(struct tiles *tiles, const struct view_frame *frame, int slot,
                         enum picture_kind kind)
{
    const struct gallery *gallery = tiles->subject.gallery;
    SDL_Renderer *renderer = frame->canvas->renderer;
    int tile = tiles->first + slot;
    SDL_Texture *texture = picture_cache_texture(&tiles->cache, renderer, gallery, tile,
                                                 tiles_arm(tiles, tile), tiles_image(tiles, tile));
    struct magnifier_view view = tiles_cell_view(tiles, frame, slot, kind);
    SDL_Point origin = {(int)kind * gallery->width, 0};
    if (texture)
        magnified_draw(renderer, texture, origin, &tiles->magnifier, &view);
}

/* Dark figures on light colours and the other way round (BT.709 luma). */
static SDL_Color readable_on(const uint8_t rgb[3])
{
    int luma = (2126 * rgb[0] + 7152 * rgb[1] + 722 * rgb[2]) / 10000;
    return luma > 120 ? (SDL_Color){0, 0, 0, 255} : (SDL_Color){255, 255, 255, 255};
}

/* Each patch's MSE in figures, once patches are large enough to hold them. */
static void draw_figures(struct tiles *tiles, const struct view_frame *frame, int slot)
{
    const struct gallery *gallery = tiles->subject.gallery;
    struct magnifier_view view = tiles_cell_view(tiles, frame, slot, PICTURE_ERROR);
    SDL_FRect cell = canvas_logical(frame->canvas, view.cell);
    SDL_FRect first = canvas_logical(frame->canvas, patch_place(tiles, gallery, &view, 0));
    if (canvas_text_width(frame->canvas, FONT_SMALL, "0.000000") > first.w)
        return;
    int tile = tiles->first + slot;
    canvas_clip(frame->canvas, &cell);
    for (int patch = 0; patch < gallery->patches; patch++) {
        SDL_FRect place = canvas_logical(frame->canvas, patch_place(tiles, gallery, &view, patch));
        double mse =
            picture_patch_mse(gallery, tiles_arm(tiles, tile), tiles_image(tiles, tile), patch);
        char text[32];
        ticks_value(text, sizeof text, mse);
        if (isnan(mse))
            continue;
        const uint8_t *colour = colormap_at(&tiles->cache.map, mse, tiles->cache.top);
        canvas_text_in(frame->canvas, FONT_SMALL, place, ALIGN_CENTER, readable_on(colour), text);
    }
    canvas_clip(frame->canvas, NULL);
}

void tiles_draw_marks(const struct tiles *tiles, const struct view_frame *frame,
                      const struct tiles_hover *hover)
{
    static const SDL_Color dark = {0, 0, 0, 200}, light = {255, 255, 255, 255};
    for (int kind = 0; kind < PICTURE_KINDS; kind++) {
        struct magnifier_view view =
            tiles_cell_view(tiles, frame, hover->tile - tiles->first, kind);
        SDL_Rect place = patch_place(tiles, tiles->subject.gallery, &view, hover->patch);
        SDL_FRect cell = canvas_logical(frame->canvas, view.cell);
        SDL_FRect outline = canvas_logical(frame->canvas, place);
        SDL_FRect around = {outline.x - 1, outline.y - 1, outline.w + 2, outline.h + 2};
        canvas_clip(frame->canvas, &cell);
        canvas_frame(frame->canvas, around, dark);
        canvas_frame(frame->canvas, outline, light);
        canvas_clip(frame->canvas, NULL);
    }
}

static void image_name(char *out, size_t size, const struct gallery *gallery, int image)
{
    if (gallery->classes[image][0])
        snprintf(out, size, "%s: %s", gallery->classes[image], gallery->names[image]);
    else
        snprintf(out, size, "%s", gallery->names[image]);
}

void tiles_draw_tip(const struct tiles *tiles, const struct view_frame *frame,
                    const struct tiles_hover *hover)
{
    const struct gallery *gallery = tiles->subject.gallery;
    int image = tiles_image(tiles, hover->tile), arm = tiles_arm(tiles, hover->tile);
    int columns = picture_grid_width(gallery);
    char mse[32], mean[32], text[512];
    ticks_value(mse, sizeof mse, picture_patch_mse(gallery, arm, image, hover->patch));
    ticks_value(mean, sizeof mean, picture_mse(gallery, arm, image));
    bool hidden = picture_hidden(gallery, arm, image, hover->patch);
    int used = snprintf(text, sizeof text, "%s\npatch\trow %d, column %d\npixel\tx %d, y %d\n",
                        hidden ? "Hidden patch" : "Visible patch", hover->patch / columns,
                        hover->patch % columns, hover->x, hover->y);
    if (hidden)
        snprintf(text + used, sizeof text - (size_t)used, "MSE\t%s\nmean of hidden\t%s", mse, mean);
    else /* or the noise that a model makes of visible patches looks like a fault */
        snprintf(text + used, sizeof text - (size_t)used,
                 "mean of hidden\t%s\nreconstruction\tnot trained here", mean);
    canvas_tip(frame->canvas, frame->mouse_x, frame->mouse_y, frame->area, text);
}

static SDL_FRect below(SDL_FRect cell, float height)
{
    return (SDL_FRect){cell.x, cell.y + cell.h, cell.w, height};
}

static SDL_FRect above(SDL_FRect cell, float height)
{
    return (SDL_FRect){cell.x, cell.y - height, cell.w, height};
}

/* What is known about a tile, as short texts. */
struct facts {
    char name[96], hidden[48], mse[48], worst[48];
    char short_hidden[32], short_worst[48];
};

static void gather(struct facts *facts, const struct tiles *tiles, int tile)
{
    const struct gallery *gallery = tiles->subject.gallery;
    int arm = tiles_arm(tiles, tile), image = tiles_image(tiles, tile);
    char number[32];
    double worst = NAN;
    for (int patch = 0; patch < gallery->patches; patch++)
        worst = fmax(worst, picture_patch_mse(gallery, arm, image, patch)); /* fmax skips NaN */
    int hidden = picture_hidden_count(gallery, arm, image);
    if (tiles->subject.by_arm)
        snprintf(facts->name, sizeof facts->name, "%s",
                 tiles->subject.arms[arm] ? tiles->subject.arms[arm] : "-");
    else
        image_name(facts->name, sizeof facts->name, gallery, image);
    snprintf(facts->hidden, sizeof facts->hidden, "%d of %d hidden", hidden, gallery->patches);
    snprintf(facts->short_hidden, sizeof facts->short_hidden, "%d/%d", hidden, gallery->patches);
    ticks_value(number, sizeof number, picture_mse(gallery, arm, image));
    snprintf(facts->mse, sizeof facts->mse, "MSE %s", number);
    ticks_value(number, sizeof number, worst);
    snprintf(facts->worst, sizeof facts->worst, "worst patch %s", number);
    snprintf(facts->short_worst, sizeof facts->short_worst, "to %s", number);
}

static void draw_captions(const struct tiles *tiles, const struct view_frame *frame, int slot,
                          const struct facts *facts, SDL_Color name_colour)
{
    const struct tiles_layout *layout = &tiles->layout;
    const struct {
        enum picture_kind kind;
        const char *text, *shorter;
        SDL_Color colour;
    } captions[] = {
        {PICTURE_ORIGINAL, facts->name, facts->name, name_colour},
        {PICTURE_MASKED, facts->hidden, facts->short_hidden, THEME_MUTED},
        {PICTURE_RECONSTRUCTION, facts->mse, facts->mse, THEME_TEXT},
        {PICTURE_ERROR, facts->worst, facts->short_worst, THEME_MUTED},
    };
    for (size_t i = 0; i < sizeof captions / sizeof captions[0]; i++) {
        SDL_FRect cell = tiles_layout_cell(layout, slot, (int)captions[i].kind);
        canvas_text_fit(frame->canvas, FONT_SMALL, below(cell, TILES_CAPTION), ALIGN_LEFT,
                        captions[i].colour, captions[i].text, captions[i].shorter);
    }
}

/* The sixth place of a folded tile. */
static void draw_words(const struct tiles *tiles, const struct view_frame *frame, int slot,
                       const struct facts *facts, SDL_Color name_colour)
{
    SDL_FRect cell = tiles_layout_cell(&tiles->layout, slot, PICTURE_KINDS);
    const char *const lines[] = {facts->name, facts->mse, facts->worst, facts->hidden};
    float height = canvas_line_height(frame->canvas, FONT_TEXT) + 4;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        SDL_FRect line = {cell.x, cell.y + height * (float)i, cell.w, height};
        enum font_role role = i == 0 ? FONT_STRONG : i == 1 ? FONT_TEXT : FONT_SMALL;
        canvas_text_in(frame->canvas, role, line, ALIGN_LEFT,
                       i == 0   ? name_colour
                       : i == 1 ? THEME_TEXT
                                : THEME_MUTED,
                       lines[i]);
    }
}

void tiles_draw_tile(struct tiles *tiles, const struct view_frame *frame, int slot)
{
    bool chosen = tiles->first + slot == tiles_chosen(tiles);
    struct facts facts;
    gather(&facts, tiles, tiles->first + slot);
    for (int kind = 0; kind < PICTURE_KINDS; kind++)
        draw_picture(tiles, frame, slot, (enum picture_kind)kind);
    draw_figures(tiles, frame, slot);
    if (tiles_layout_folded(&tiles->layout))
        draw_words(tiles, frame, slot, &facts, chosen ? THEME_ACCENT : THEME_TEXT);
    else
        draw_captions(tiles, frame, slot, &facts, chosen ? THEME_ACCENT : THEME_MUTED);
    SDL_FRect tile = tiles_layout_tile(&tiles->layout, slot);
    SDL_FRect cell = tiles_layout_cell(&tiles->layout, slot, 0);
    if (chosen)
        canvas_fill(frame->canvas,
                    (SDL_FRect){tile.x - MARKER - 3, cell.y, MARKER, tiles->layout.cell_height},
                    THEME_ACCENT);
}

void tiles_draw_titles(const struct tiles *tiles, const struct view_frame *frame)
{
    const struct tiles_layout *layout = &tiles->layout;
    int used = tiles_slots_used(tiles);
    int titled = tiles_layout_folded(layout) || used < layout->across ? used : layout->across;
    for (int slot = 0; slot < titled; slot++)
        for (int kind = 0; kind < PICTURE_KINDS; kind++) {
            SDL_FRect place = above(tiles_layout_cell(layout, slot, kind), TILES_TITLE);
            place.h -= TITLE_GAP;
            canvas_text_fit(frame->canvas, FONT_STRONG, place, ALIGN_LEFT, THEME_TEXT,
                            picture_title((enum picture_kind)kind),
                            picture_short_title((enum picture_kind)kind));
        }
}
