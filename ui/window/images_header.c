/* What stands around the pictures: the line above them and the scroll bar. */
#include <stdio.h>

#include "ui/window/images.h"
#include "ui/window/mask_text.h"
#include "ui/window/theme.h"

enum { LEGEND_BAR = 96, LEGEND_HEIGHT = 10, SCROLL_BAR = 4 };

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

void images_draw_header(const struct images *images, const struct view_frame *frame, bool legend)
{
    const struct gallery *gallery = images_gallery(frame);
    struct canvas *canvas = frame->canvas;
    SDL_FRect line = {frame->area.x + THEME_MARGIN, frame->area.y, frame->area.w - 2 * THEME_MARGIN,
                      IMAGES_HEADER};
    float end = legend ? draw_legend(images, frame, line) - THEME_MARGIN : line.x + line.w;
    if (frame->model->snapshot->arm_count < 1)
        return;
    const struct snapshot_arm *arm = ui_chosen_arm(frame->model);
    char strategy[MASK_TEXT_SIZE], ratio[MASK_TEXT_SIZE], text[480];
    mask_text_strategy(strategy, arm);
    mask_text_ratio(ratio, arm);
    int used = snprintf(text, sizeof text, "%s, ratio %s", strategy, ratio);
    char step[32];
    text_from_grouped(step, gallery->step);
    if (gallery->step >= 0)
        used += snprintf(text + used, sizeof text - (size_t)used, "   step %s", step);
    if (gallery->norm_pix)
        snprintf(text + used, sizeof text - (size_t)used,
                 "   normalised pixels, shown with the visible neighbours' mean and spread");
    SDL_FRect name = {line.x, line.y, (end - line.x) * 0.4f, line.h};
    float x = line.x + THEME_GAP +
              canvas_text_in(canvas, FONT_STRONG, name, ALIGN_LEFT, THEME_TEXT, arm->name);
    canvas_text_in(canvas, FONT_TEXT, (SDL_FRect){x, line.y, end - x, line.h}, ALIGN_LEFT,
                   THEME_MUTED, text);
}

void images_draw_scroll_bar(const struct images *images, const struct view_frame *frame)
{
    int count = images_gallery(frame)->images, slots = images_layout_slots(&images->layout);
    if (slots >= count)
        return;
    SDL_FRect area = images_picture_area(frame);
    SDL_FRect track = {frame->area.x + frame->area.w - SCROLL_BAR - 3, area.y, SCROLL_BAR, area.h};
    float start = (float)images->first / (float)count, size = (float)slots / (float)count;
    canvas_fill(frame->canvas, track, THEME_GRID);
    canvas_fill(frame->canvas,
                (SDL_FRect){track.x, track.y + start * track.h, track.w, size * track.h},
                THEME_MUTED);
}
