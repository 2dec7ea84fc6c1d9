/* The column beside the contact sheet of masks. */
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "ui/mask_measures.h"
#include "ui/window/legend.h"
#include "ui/window/masks.h"
#include "ui/window/theme.h"

enum {
    LEGEND_LEAST = 220, /* a map narrower than this has a legend as wide as this */
    HISTOGRAM_HEIGHT = 56,
    HISTOGRAM_LEAST = 400, /* a side column lower than this has none */
};

/* Below the map; returns where the next thing may begin. */
static float draw_legend(const struct masks *masks, const struct view_frame *frame,
                         const struct masks_layout *layout)
{
    float line = canvas_line_height(frame->canvas, FONT_SMALL);
    SDL_FRect area = {layout->map.x, layout->map.y + layout->map.h + 6,
                      SDL_clamp(layout->map.w, LEGEND_LEAST, layout->side.w), line};
    struct legend legend = {&masks->colours, "hidden", 0, 1, false};
    legend_draw(frame->canvas, area, &legend);
    return area.y + line + THEME_GAP;
}

static float draw_map(const struct masks *masks, const struct view_frame *frame,
                      const struct masks_layout *layout)
{
    SDL_Rect to = canvas_physical(frame->canvas, layout->map);
    canvas_text(frame->canvas, FONT_SMALL, layout->side.x, layout->side.y, THEME_MUTED,
                "how often each position is hidden");
    SDL_RenderCopy(frame->canvas->renderer, masks->map, NULL, &to);
    return draw_legend(masks, frame, layout);
}

/* The share of masks by ratio, from 0 to 1. */
static float draw_histogram(const struct view_frame *frame, const struct masks_layout *layout,
                            float y)
{
    struct canvas *canvas = frame->canvas;
    const struct mask_display *display = masks_display(frame);
    const struct coverage_histogram *histogram = &display->histogram;
    float line = canvas_line_height(canvas, FONT_SMALL);
    double highest = 0;
    for (int bin = 0; bin < histogram->bins; bin++)
        highest = fmax(highest, display->ratios[bin]);
    canvas_text(canvas, FONT_SMALL, layout->side.x, y, THEME_MUTED, "ratio hidden");
    y += line + 2;
    SDL_FRect plot = {layout->side.x, y, layout->side.w, HISTOGRAM_HEIGHT};
    canvas_fill(canvas, plot, THEME_PLOT);
    float step = plot.w / (float)histogram->bins;
    for (int bin = 0; bin < histogram->bins; bin++) {
        if (!(display->ratios[bin] > 0))
            continue;
        float height = (plot.h - 4) * (float)(display->ratios[bin] / highest);
        canvas_fill(canvas,
                    (SDL_FRect){plot.x + step * (float)bin, plot.y + plot.h - height,
                                fmaxf(step - 1, 1), height},
                    THEME_ACCENT);
    }
    static const char *const marks[] = {"0", "0.25", "0.5", "0.75", "1"};
    for (size_t i = 0; i < ARRAY_LENGTH(marks); i++) {
        float width = canvas_text_width(canvas, FONT_SMALL, marks[i]);
        float x = plot.x + (plot.w - width) * (float)i / (ARRAY_LENGTH(marks) - 1);
        canvas_text(canvas, FONT_SMALL, x, plot.y + plot.h + 2, THEME_MUTED, marks[i]);
    }
    return plot.y + plot.h + 2 + line + THEME_GAP;
}

/* A name on the left, a value flush right; nothing where there is no room for a line. */
static float draw_measure(const struct view_frame *frame, const struct masks_layout *layout,
                          float y, const char *name, const char *value)
{
    float line = canvas_line_height(frame->canvas, FONT_SMALL) + 3;
    if (y + line > layout->side.y + layout->side.h)
        return y;
    SDL_FRect row = {layout->side.x, y, layout->side.w, line};
    float used = canvas_text_in(frame->canvas, FONT_SMALL, row, ALIGN_LEFT, THEME_MUTED, name);
    row.x += used + THEME_GAP;
    row.w -= used + THEME_GAP;
    canvas_text_in(frame->canvas, FONT_SMALL, row, ALIGN_RIGHT, THEME_TEXT, value);
    return y + line;
}

static void draw_measures(const struct view_frame *frame, const struct masks_layout *layout,
                          float y)
{
    struct mask_measure rows[MASK_MEASURES];
    mask_measures_write(masks_display(frame), rows);
    for (int i = 0; i < MASK_MEASURES; i++) {
        char text[2 * MEASURE_SIZE + 4];
        snprintf(text, sizeof text, rows[i].note[0] ? "%s (%s)" : "%s", rows[i].value,
                 rows[i].note);
        y = draw_measure(frame, layout, y, rows[i].name, text);
    }
}

void masks_draw_side(const struct masks *masks, const struct view_frame *frame,
                     const struct masks_layout *layout)
{
    float y = draw_map(masks, frame, layout);
    if (layout->side.h > HISTOGRAM_LEAST)
        y = draw_histogram(frame, layout, y);
    draw_measures(frame, layout, y);
}

void masks_draw_tip(const struct view_frame *frame, const struct masks_layout *layout)
{
    const struct mask_display *display = masks_display(frame);
    char text[160];
    if (!frame->mouse_inside || !canvas_inside(layout->map, frame->mouse_x, frame->mouse_y))
        return;
    int column =
        (int)((frame->mouse_x - layout->map.x) / layout->map.w * (float)display->grid_width);
    int row = (int)((frame->mouse_y - layout->map.y) / layout->map.h * (float)display->grid_height);
    if (column >= display->grid_width || row >= display->grid_height)
        return;
    double share = (double)display->inclusion[row * display->grid_width + column];
    snprintf(text, sizeof text, "row %d, column %d\t\nhidden in\t%.1f%%\nof masks\t%lld", row + 1,
             column + 1, 100 * share, (long long)display->measures.masks);
    canvas_tip(frame->canvas, frame->mouse_x, frame->mouse_y, frame->area, text);
}
