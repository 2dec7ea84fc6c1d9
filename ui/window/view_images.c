/* Images: a row for each shown image, a column for each picture of it as the chosen arm has it. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "ui/window/images_layout.h"
#include "ui/window/magnifier.h"
#include "ui/window/mask_text.h"
#include "ui/window/picture_cache.h"
#include "ui/window/theme.h"
#include "ui/window/ticks.h"
#include "ui/window/view.h"

enum { HEADER = 30, LEGEND_BAR = 96, LEGEND_HEIGHT = 10, SCROLL_BAR = 4, MARKER = 3 };

struct images {
    struct picture_cache cache;
    struct images_layout layout;
    struct magnifier magnifier;
    int first; /* image in the first slot; a multiple of layout.across */
};

static const struct gallery *gallery_of(const struct view_frame *frame)
{
    return &frame->model->snapshot->gallery;
}

/* Why there is nothing to draw, or null. */
static const char *nothing_to_show(const struct view_frame *frame)
{
    const struct gallery *gallery = gallery_of(frame);
    if (gallery->images < 1 || gallery->step < 0 || gallery->arms < 1)
        return "No pictures yet: they come with the first training steps.";
    if (frame->model->arm >= gallery->arms)
        return "No pictures of this arm yet: they come with the next round.";
    return NULL;
}

static SDL_FRect picture_area(const struct view_frame *frame)
{
    SDL_FRect area = frame->area;
    return (SDL_FRect){area.x + THEME_MARGIN, area.y + HEADER, area.w - 2 * THEME_MARGIN,
                       area.h - HEADER - THEME_GAP};
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
    const struct gallery *gallery = gallery_of(frame);
    images_layout_fit(&images->layout, picture_area(frame), frame->canvas->scale, gallery->width,
                      gallery->height, gallery->images);
    clamp_scroll(images, gallery->images);
}

static void scroll(struct images *images, const struct view_frame *frame, int rows)
{
    images->first += rows * images->layout.across;
    clamp_scroll(images, gallery_of(frame)->images);
}

static struct magnifier_view cell_view(const struct images *images, const struct view_frame *frame,
                                       int slot, int kind)
{
    const struct gallery *gallery = gallery_of(frame);
    SDL_FRect area = images_layout_cell(&images->layout, slot, kind);
    SDL_Rect cell = canvas_physical(frame->canvas, area);
    /* Exactly, whatever the rounding of both edges made of it. */
    cell.w = gallery->width * images->layout.zoom;
    cell.h = gallery->height * images->layout.zoom;
    return (struct magnifier_view){cell, gallery->width, gallery->height, images->layout.zoom};
}

static int slots_used(const struct images *images, const struct view_frame *frame)
{
    int left = gallery_of(frame)->images - images->first;
    int slots = images_layout_slots(&images->layout);
    return slots < left ? slots : left;
}

/* The slot, picture and image pixel under the mouse. */
struct hover {
    int slot, kind, x, y, patch;
};

static bool find_hover(const struct images *images, const struct view_frame *frame,
                       struct hover *hover)
{
    const struct gallery *gallery = gallery_of(frame);
    if (!frame->mouse_inside || nothing_to_show(frame))
        return false;
    int x = (int)(frame->mouse_x * frame->canvas->scale);
    int y = (int)(frame->mouse_y * frame->canvas->scale);
    for (int slot = 0; slot < slots_used(images, frame); slot++)
        for (int kind = 0; kind < PICTURE_KINDS; kind++) {
            struct magnifier_view view = cell_view(images, frame, slot, kind);
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

/* A patch's place on the screen, physical; it may lie outside the cell. */
static SDL_Rect patch_place(const struct images *images, const struct gallery *gallery,
                            const struct magnifier_view *view, int patch)
{
    SDL_Rect source, target;
    magnifier_part(&images->magnifier, view, &source, &target);
    int zoom = magnifier_zoom(&images->magnifier, view->fit);
    int columns = picture_grid_width(gallery);
    return (SDL_Rect){target.x + (patch % columns * gallery->patch - source.x) * zoom,
                      target.y + (patch / columns * gallery->patch - source.y) * zoom,
                      gallery->patch * zoom, gallery->patch * zoom};
}

static SDL_FRect logical(const struct canvas *canvas, SDL_Rect r)
{
    float scale = (float)canvas->scale;
    return (SDL_FRect){(float)r.x / scale, (float)r.y / scale, (float)r.w / scale,
                       (float)r.h / scale};
}

static void draw_picture(struct images *images, const struct view_frame *frame, int slot,
                         enum picture_kind kind)
{
    const struct gallery *gallery = gallery_of(frame);
    SDL_Renderer *renderer = frame->canvas->renderer;
    SDL_Texture *texture = picture_cache_texture(&images->cache, renderer, gallery,
                                                 frame->model->arm, images->first + slot);
    struct magnifier_view view = cell_view(images, frame, slot, kind);
    SDL_Rect source, target;
    magnifier_part(&images->magnifier, &view, &source, &target);
    source.x += (int)kind * gallery->width;
    SDL_FRect cell = logical(frame->canvas, view.cell);
    canvas_clip(frame->canvas, &cell);
    if (texture)
        SDL_RenderCopy(renderer, texture, &source, &target);
    canvas_clip(frame->canvas, NULL);
}

/* Dark figures on light colours and the other way round (BT.709 luma). */
static SDL_Color readable_on(const uint8_t rgb[3])
{
    int luma = (2126 * rgb[0] + 7152 * rgb[1] + 722 * rgb[2]) / 10000;
    return luma > 120 ? (SDL_Color){0, 0, 0, 255} : (SDL_Color){255, 255, 255, 255};
}

/* Each patch's MSE in figures, once patches are large enough to hold them. */
static void draw_figures(struct images *images, const struct view_frame *frame, int slot)
{
    const struct gallery *gallery = gallery_of(frame);
    struct magnifier_view view = cell_view(images, frame, slot, PICTURE_ERROR);
    SDL_FRect cell = logical(frame->canvas, view.cell);
    canvas_clip(frame->canvas, &cell);
    for (int patch = 0; patch < gallery->patches; patch++) {
        SDL_FRect place = logical(frame->canvas, patch_place(images, gallery, &view, patch));
        double mse = picture_patch_mse(gallery, frame->model->arm, images->first + slot, patch);
        char text[32];
        ticks_value(text, sizeof text, mse);
        if (isnan(mse) || canvas_text_width(frame->canvas, FONT_SMALL, text) + 4 > place.w)
            continue;
        const uint8_t *colour = colormap_at(&images->cache.map, mse, images->cache.top);
        canvas_text_in(frame->canvas, FONT_SMALL, place, ALIGN_CENTER, readable_on(colour), text);
    }
    canvas_clip(frame->canvas, NULL);
}

/* The patch under the mouse, marked in all pictures of its image. */
static void draw_marks(const struct images *images, const struct view_frame *frame,
                       const struct hover *hover)
{
    static const SDL_Color dark = {0, 0, 0, 200}, light = {255, 255, 255, 255};
    for (int kind = 0; kind < PICTURE_KINDS; kind++) {
        struct magnifier_view view = cell_view(images, frame, hover->slot, kind);
        SDL_Rect place = patch_place(images, gallery_of(frame), &view, hover->patch);
        SDL_FRect cell = logical(frame->canvas, view.cell);
        SDL_FRect outline = logical(frame->canvas, place);
        SDL_FRect around = {outline.x - 1, outline.y - 1, outline.w + 2, outline.h + 2};
        canvas_clip(frame->canvas, &cell);
        canvas_frame(frame->canvas, around, dark);
        canvas_frame(frame->canvas, outline, light);
        canvas_clip(frame->canvas, NULL);
    }
}

static void image_name(char *out, size_t size, const struct gallery *gallery, int image)
{
    if (gallery->labels[image] >= 0)
        snprintf(out, size, "%s  (class %d)", gallery->names[image], gallery->labels[image]);
    else
        snprintf(out, size, "%s", gallery->names[image]);
}

static void draw_tip(const struct images *images, const struct view_frame *frame,
                     const struct hover *hover)
{
    const struct gallery *gallery = gallery_of(frame);
    int image = images->first + hover->slot, arm = frame->model->arm;
    int columns = picture_grid_width(gallery);
    char mse[32], mean[32], text[512];
    ticks_value(mse, sizeof mse, picture_patch_mse(gallery, arm, image, hover->patch));
    ticks_value(mean, sizeof mean, picture_mse(gallery, arm, image));
    bool hidden = picture_hidden(gallery, arm, image, hover->patch);
    int used = snprintf(text, sizeof text, "%s\npatch\trow %d, column %d\npixel\t%d, %d\n",
                        hidden ? "Hidden patch" : "Visible patch", hover->patch / columns,
                        hover->patch % columns, hover->x, hover->y);
    if (hidden)
        snprintf(text + used, sizeof text - (size_t)used, "MSE\t%s\nmean of hidden\t%s", mse, mean);
    else
        snprintf(text + used, sizeof text - (size_t)used, "mean of hidden\t%s", mean);
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

/* What is known about an image, as short texts. */
struct facts {
    char name[96], hidden[48], mse[48], worst[48];
};

static void gather(struct facts *facts, const struct gallery *gallery, int arm, int image)
{
    char number[32];
    double worst = NAN;
    for (int patch = 0; patch < gallery->patches; patch++)
        worst = fmax(worst, picture_patch_mse(gallery, arm, image, patch)); /* fmax skips NaN */
    int hidden = picture_hidden_count(gallery, arm, image);
    image_name(facts->name, sizeof facts->name, gallery, image);
    snprintf(facts->hidden, sizeof facts->hidden, "%d of %d hidden", hidden, gallery->patches);
    ticks_value(number, sizeof number, picture_mse(gallery, arm, image));
    snprintf(facts->mse, sizeof facts->mse, "MSE %s", number);
    ticks_value(number, sizeof number, worst);
    snprintf(facts->worst, sizeof facts->worst, "worst patch %s", number);
}

static void draw_captions(const struct images *images, const struct view_frame *frame, int slot,
                          const struct facts *facts, SDL_Color name_colour)
{
    const struct images_layout *layout = &images->layout;
    const struct {
        enum picture_kind kind;
        const char *text;
        SDL_Color colour;
    } captions[] = {
        {PICTURE_ORIGINAL, facts->name, name_colour},
        {PICTURE_MASKED, facts->hidden, THEME_MUTED},
        {PICTURE_RECONSTRUCTION, facts->mse, THEME_TEXT},
        {PICTURE_ERROR, facts->worst, THEME_MUTED},
    };
    for (size_t i = 0; i < sizeof captions / sizeof captions[0]; i++) {
        SDL_FRect cell = images_layout_cell(layout, slot, (int)captions[i].kind);
        canvas_text_in(frame->canvas, FONT_SMALL, below(cell, IMAGES_CAPTION), ALIGN_LEFT,
                       captions[i].colour, captions[i].text);
    }
}

/* The sixth place of a folded tile. */
static void draw_words(const struct images *images, const struct view_frame *frame, int slot,
                       const struct facts *facts, SDL_Color name_colour)
{
    SDL_FRect cell = images_layout_cell(&images->layout, slot, PICTURE_KINDS);
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

static void draw_tile(struct images *images, const struct view_frame *frame, int slot)
{
    int image = images->first + slot;
    bool chosen = image == frame->model->image;
    struct facts facts;
    gather(&facts, gallery_of(frame), frame->model->arm, image);
    for (int kind = 0; kind < PICTURE_KINDS; kind++)
        draw_picture(images, frame, slot, (enum picture_kind)kind);
    draw_figures(images, frame, slot);
    if (images_layout_folded(&images->layout))
        draw_words(images, frame, slot, &facts, chosen ? THEME_ACCENT : THEME_TEXT);
    else
        draw_captions(images, frame, slot, &facts, chosen ? THEME_ACCENT : THEME_MUTED);
    SDL_FRect tile = images_layout_tile(&images->layout, slot);
    SDL_FRect cell = images_layout_cell(&images->layout, slot, 0);
    if (chosen)
        canvas_fill(frame->canvas,
                    (SDL_FRect){tile.x - MARKER - 3, cell.y, MARKER, images->layout.cell_height},
                    THEME_ACCENT);
}

/* Titles above each column of pictures, or above each picture of a folded tile. */
static void draw_titles(const struct images *images, const struct view_frame *frame)
{
    const struct images_layout *layout = &images->layout;
    int used = slots_used(images, frame);
    int titled = images_layout_folded(layout) || used < layout->across ? used : layout->across;
    for (int slot = 0; slot < titled; slot++)
        for (int kind = 0; kind < PICTURE_KINDS; kind++) {
            SDL_FRect place = above(images_layout_cell(layout, slot, kind), IMAGES_TITLE);
            const char *title = picture_title((enum picture_kind)kind);
            bool fits = canvas_text_width(frame->canvas, FONT_STRONG, title) <= place.w;
            canvas_text_in(frame->canvas, fits ? FONT_STRONG : FONT_SMALL, place, ALIGN_LEFT,
                           THEME_TEXT, title);
        }
}

static float draw_colours(const struct images *images, const struct view_frame *frame, float x,
                          float y)
{
    float step = (float)LEGEND_BAR / COLORMAP_ENTRIES;
    for (int i = 0; i < COLORMAP_ENTRIES; i++) {
        const uint8_t *rgb = images->cache.map.rgb[i];
        canvas_fill(frame->canvas, (SDL_FRect){x + step * (float)i, y, step + 1, LEGEND_HEIGHT},
                    (SDL_Color){rgb[0], rgb[1], rgb[2], 255});
    }
    return LEGEND_BAR;
}

/* "MSE 0 [colours] 0.05", flush right; returns where it begins. */
static float draw_legend(const struct images *images, const struct view_frame *frame,
                         SDL_FRect header)
{
    struct canvas *canvas = frame->canvas;
    char top[40];
    snprintf(top, sizeof top, "%.3g+", images->cache.top);
    float line = canvas_line_height(canvas, FONT_SMALL);
    float y = header.y + (header.h - line) / 2;
    float x = header.x + header.w - canvas_text_width(canvas, FONT_SMALL, top);
    canvas_text(canvas, FONT_SMALL, x, y, THEME_MUTED, top);
    x -= THEME_GAP + LEGEND_BAR;
    draw_colours(images, frame, x, header.y + (header.h - LEGEND_HEIGHT) / 2);
    static const char label[] = "patch MSE  0";
    x -= THEME_GAP - 2 + canvas_text_width(canvas, FONT_SMALL, label);
    canvas_text(canvas, FONT_SMALL, x, y, THEME_MUTED, label);
    return x;
}

static void draw_header(const struct images *images, const struct view_frame *frame, bool legend)
{
    const struct gallery *gallery = gallery_of(frame);
    struct canvas *canvas = frame->canvas;
    SDL_FRect line = {frame->area.x + THEME_MARGIN, frame->area.y, frame->area.w - 2 * THEME_MARGIN,
                      HEADER};
    float end = legend ? draw_legend(images, frame, line) - THEME_MARGIN : line.x + line.w;
    if (frame->model->snapshot->arm_count < 1)
        return;
    const struct snapshot_arm *arm = ui_chosen_arm(frame->model);
    char strategy[MASK_TEXT_SIZE], ratio[MASK_TEXT_SIZE], text[480];
    mask_text_strategy(strategy, arm);
    mask_text_ratio(ratio, arm);
    int used = snprintf(text, sizeof text, "%s, ratio %s", strategy, ratio);
    if (gallery->step >= 0)
        used +=
            snprintf(text + used, sizeof text - (size_t)used, "   step %" PRId64, gallery->step);
    if (gallery->norm_pix)
        snprintf(text + used, sizeof text - (size_t)used,
                 "   normalised pixels, shown with the visible neighbours' mean and spread");
    SDL_FRect name = {line.x, line.y, (end - line.x) * 0.4f, line.h};
    float x = line.x + THEME_GAP +
              canvas_text_in(canvas, FONT_STRONG, name, ALIGN_LEFT, THEME_TEXT, arm->name);
    canvas_text_in(canvas, FONT_TEXT, (SDL_FRect){x, line.y, end - x, line.h}, ALIGN_LEFT,
                   THEME_MUTED, text);
}

static void draw_scroll_bar(const struct images *images, const struct view_frame *frame)
{
    int count = gallery_of(frame)->images, slots = images_layout_slots(&images->layout);
    if (slots >= count)
        return;
    SDL_FRect area = picture_area(frame);
    SDL_FRect track = {frame->area.x + frame->area.w - SCROLL_BAR - 3, area.y, SCROLL_BAR, area.h};
    float start = (float)images->first / (float)count, size = (float)slots / (float)count;
    canvas_fill(frame->canvas, track, THEME_GRID);
    canvas_fill(frame->canvas,
                (SDL_FRect){track.x, track.y + start * track.h, track.w, size * track.h},
                THEME_MUTED);
}

static void images_draw(void *state, const struct view_frame *frame)
{
    struct images *images = state;
    const char *nothing = nothing_to_show(frame);
    if (!nothing && !picture_cache_prepare(&images->cache, gallery_of(frame)))
        nothing = "Not enough memory for the pictures.";
    draw_header(images, frame, !nothing);
    if (nothing) {
        canvas_text_in(frame->canvas, FONT_TEXT, frame->area, ALIGN_CENTER, THEME_MUTED, nothing);
        return;
    }
    lay_out(images, frame);
    draw_titles(images, frame);
    for (int slot = 0; slot < slots_used(images, frame); slot++)
        draw_tile(images, frame, slot);
    draw_scroll_bar(images, frame);
    struct hover hover;
    if (find_hover(images, frame, &hover)) {
        draw_marks(images, frame, &hover);
        draw_tip(images, frame, &hover);
    }
}

/* Chooses an image and scrolls to it. */
static void choose(struct images *images, const struct view_frame *frame, int image)
{
    int count = gallery_of(frame)->images, across = images->layout.across;
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
        choose(images, frame, gallery_of(frame)->images - 1);
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
    struct hover hover;
    if (shift || !find_hover(images, frame, &hover)) {
        scroll(images, frame, amount > 0 ? -1 : 1);
        return;
    }
    struct magnifier_view view = cell_view(images, frame, hover.slot, hover.kind);
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
    struct magnifier_view view = cell_view(images, frame, 0, 0);
    magnifier_drag(&images->magnifier, &view, dx * frame->canvas->scale, dy * frame->canvas->scale);
}

static void images_click(void *state, const struct view_frame *frame)
{
    struct images *images = state;
    struct hover hover;
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
