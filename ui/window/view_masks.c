/* Masks: the chosen arm's newest masks as a contact sheet, how often each position is hidden, how
 * the ratios are spread, and what the masks are like on average since the arm's mask was set. */
#include "ui/window/masks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/picture.h"
#include "ui/window/mask_text.h"
#include "ui/window/theme.h"

enum {
    HEADER = 34,
    SIDE_LEAST = 250, /* the column with map and measures */
    SIDE_MOST = 440,
    TILE_LEAST = 56, /* the side of a mask on the sheet */
    TILE_MOST = 168,
};

static const uint8_t visible_colour = 0xdc;

static void masks_release(void *state)
{
    struct masks *masks = state;
    if (masks->sheet)
        SDL_DestroyTexture(masks->sheet);
    if (masks->map)
        SDL_DestroyTexture(masks->map);
    masks->sheet = masks->map = NULL;
    masks->version = 0;
}

/* ---- Textures ---- */

static SDL_Texture *new_texture(SDL_Renderer *renderer, int width, int height)
{
    SDL_Texture *texture =
        SDL_CreateTexture(renderer, SDL_PIXELFORMAT_RGB24, SDL_TEXTUREACCESS_STATIC, width, height);
    if (texture)
        SDL_SetTextureScaleMode(texture, SDL_ScaleModeNearest);
    return texture;
}

static void colour_examples(const struct mask_display *display, uint8_t *rgb)
{
    int patches = display->grid_height * display->grid_width;
    for (int i = 0; i < display->examples * patches; i++)
        for (int channel = 0; channel < 3; channel++)
            rgb[3 * i + channel] = display->masks[i] ? PICTURE_NOTHING / 2 : visible_colour;
}

/* On a scale from 0 to 1, so that the maps of all arms and moments compare. */
static void colour_map(const struct masks *masks, const struct mask_display *display, uint8_t *rgb)
{
    for (int i = 0; i < display->grid_height * display->grid_width; i++) {
        memcpy(rgb + 3 * i, colormap_at(&masks->colours, (double)display->inclusion[i], 1.0), 3);
    }
}

/* Brings the textures up to date; false when out of memory. */
static bool prepare(struct masks *masks, const struct view_frame *frame)
{
    const struct mask_display *display = masks_display(frame);
    int width = display->grid_width, height = display->grid_height;
    if (masks->width != width || masks->height != height)
        masks_release(masks);
    if (!masks->has_colours)
        colormap_init(&masks->colours);
    masks->has_colours = true;
    masks->width = width;
    masks->height = height;
    SDL_Renderer *renderer = frame->canvas->renderer;
    if (!masks->sheet)
        masks->sheet = new_texture(renderer, width, height * MASK_EXAMPLES);
    if (!masks->map)
        masks->map = new_texture(renderer, width, height);
    if (!masks->sheet || !masks->map)
        return false;
    if (masks->version == display->version && masks->arm == frame->model->arm)
        return true;
    size_t row = 3 * (size_t)width;
    uint8_t *rgb = memory_new((size_t)height * MASK_EXAMPLES, row, NULL);
    if (!rgb)
        return false;
    colour_map(masks, display, rgb);
    SDL_UpdateTexture(masks->map, NULL, rgb, (int)row);
    colour_examples(display, rgb);
    SDL_UpdateTexture(masks->sheet, NULL, rgb, (int)row);
    free(rgb);
    masks->version = display->version;
    masks->arm = frame->model->arm;
    return true;
}

/* ---- Layout ---- */

/* The largest whole number of physical pixels a patch that fits, at least one; as logical ones. */
static float patch_size(const struct canvas *canvas, float room, int patches)
{
    double physical = floor((double)room * canvas->scale / patches);
    return (float)(fmax(1, physical) / canvas->scale);
}

/* How many masks with patches of that size the sheet has room for. */
static void fit_tiles(const struct view_frame *frame, struct masks_layout *layout, float patch)
{
    const struct mask_display *display = masks_display(frame);
    float heading = canvas_line_height(frame->canvas, FONT_SMALL) + 4;
    layout->tile_width = patch * (float)display->grid_width;
    layout->tile_height = patch * (float)display->grid_height;
    int across = (int)((layout->sheet.w + THEME_GAP) / (layout->tile_width + THEME_GAP));
    int down = (int)((layout->sheet.h - heading + THEME_GAP) / (layout->tile_height + THEME_GAP));
    layout->across = across < 1 ? 1 : across;
    layout->shown = layout->across * (down < 1 ? 1 : down);
}

struct masks_layout masks_lay_out(const struct view_frame *frame)
{
    const struct mask_display *display = masks_display(frame);
    int width = display->grid_width, height = display->grid_height;
    int longer = width > height ? width : height;
    SDL_FRect area = frame->area;
    struct masks_layout layout = {0};
    float side = SDL_clamp(area.w * 0.34f, SIDE_LEAST, SIDE_MOST);
    float top = area.y + HEADER, room = area.h - HEADER - THEME_GAP;
    layout.side = (SDL_FRect){area.x + area.w - side - THEME_MARGIN, top, side, room};
    layout.sheet =
        (SDL_FRect){area.x + THEME_MARGIN, top, layout.side.x - area.x - 3 * THEME_MARGIN, room};
    float across = fminf(side, room * 0.42f);
    float patch = patch_size(frame->canvas, across, longer);
    float line = canvas_line_height(frame->canvas, FONT_SMALL);
    layout.map =
        (SDL_FRect){layout.side.x, top + line + 4, patch * (float)width, patch * (float)height};
    for (int tile = TILE_MOST; tile >= TILE_LEAST; tile--) {
        fit_tiles(frame, &layout, patch_size(frame->canvas, (float)tile, longer));
        if (layout.shown >= display->examples)
            break;
    }
    if (layout.shown > display->examples)
        layout.shown = display->examples;
    return layout;
}

SDL_FRect masks_tile(const struct view_frame *frame, const struct masks_layout *layout, int index)
{
    float line = canvas_line_height(frame->canvas, FONT_SMALL) + 4;
    return (SDL_FRect){layout->sheet.x +
                           (float)(index % layout->across) * (layout->tile_width + THEME_GAP),
                       layout->sheet.y + line +
                           (float)(index / layout->across) * (layout->tile_height + THEME_GAP),
                       layout->tile_width, layout->tile_height};
}

/* ---- Drawing ---- */

static void draw_header(const struct view_frame *frame)
{
    const struct snapshot *snapshot = frame->model->snapshot;
    const struct snapshot_arm *arm = ui_chosen_arm(frame->model);
    const struct mask_display *display = masks_display(frame);
    char strategy[MASK_TEXT_SIZE], ratio[MASK_TEXT_SIZE], text[480], since[32];
    SDL_FRect line = {frame->area.x + THEME_MARGIN, frame->area.y, frame->area.w - 2 * THEME_MARGIN,
                      HEADER};
    mask_text_strategy(strategy, arm);
    mask_text_ratio(ratio, arm);
    int used = snprintf(text, sizeof text, "%s, ratio %s", strategy, ratio);
    text_from_grouped(since, display->since);
    if (display->version > 0)
        used += snprintf(text + used, sizeof text - (size_t)used, "   since step %s", since);
    if (snapshot->arm_count > 1)
        snprintf(text + used, sizeof text - (size_t)used, "   arm %d of %d", frame->model->arm + 1,
                 snapshot->arm_count);
    SDL_FRect name = {line.x, line.y, line.w * 0.4f, line.h};
    float x = line.x + THEME_GAP +
              canvas_text_in(frame->canvas, FONT_STRONG, name, ALIGN_LEFT, THEME_TEXT, arm->name);
    canvas_text_in(frame->canvas, FONT_TEXT, (SDL_FRect){x, line.y, line.x + line.w - x, line.h},
                   ALIGN_LEFT, THEME_MUTED, text);
}

static void draw_sheet(const struct masks *masks, const struct view_frame *frame,
                       const struct masks_layout *layout)
{
    struct canvas *canvas = frame->canvas;
    canvas_text(canvas, FONT_SMALL, layout->sheet.x, layout->sheet.y, THEME_MUTED,
                "newest masks: light is visible, dark is hidden");
    for (int i = 0; i < layout->shown; i++) {
        SDL_Rect from = {0, i * masks->height, masks->width, masks->height};
        SDL_Rect to = canvas_physical(canvas, masks_tile(frame, layout, i));
        SDL_RenderCopy(canvas->renderer, masks->sheet, &from, &to);
    }
}

static void masks_draw(void *state, const struct view_frame *frame)
{
    struct masks *masks = state;
    const char *nothing = NULL;
    if (frame->model->snapshot->arm_count < 1)
        return;
    draw_header(frame);
    const struct mask_display *display = masks_display(frame);
    if (display->version == 0 || display->measures.masks == 0)
        nothing = "No masks with these settings yet: they come with the next step.";
    else if (!prepare(masks, frame))
        nothing = "Not enough memory for the masks.";
    if (nothing) {
        canvas_text_in(frame->canvas, FONT_TEXT, frame->area, ALIGN_CENTER, THEME_MUTED, nothing);
        return;
    }
    struct masks_layout layout = masks_lay_out(frame);
    draw_sheet(masks, frame, &layout);
    masks_draw_side(masks, frame, &layout);
    masks_draw_tip(frame, &layout);
}

static bool masks_act(void *state, const struct view_frame *frame, enum action action)
{
    (void)state;
    int count = frame->model->snapshot->arm_count;
    int step = action == ACTION_DOWN ? 1 : action == ACTION_UP ? -1 : 0;
    if (step == 0 || count == 0)
        return false;
    frame->model->arm = SDL_clamp(frame->model->arm + step, 0, count - 1);
    return true;
}

const struct view window_view_masks = {
    .title = "Masks",
    .state_size = sizeof(struct masks),
    .draw = masks_draw,
    .act = masks_act,
    .release = masks_release,
};
