/* The matrix of arms and strategies, and what the mouse is told in any of the charts. */
#include <math.h>
#include <stdio.h>

#include "ui/ticks.h"
#include "ui/window/legend.h"
#include "ui/window/statistics.h"
#include "ui/window/theme.h"

static SDL_Color canvas_colour(struct raster_colour colour)
{
    return (SDL_Color){colour.r, colour.g, colour.b, 255};
}

struct grid {
    SDL_FRect area; /* of the cells */
    float width, height;
};

static struct grid grid_of(const struct statistics_matrix *matrix, const struct view_frame *frame)
{
    SDL_FRect place = statistics_quarter(frame, CHARTS);
    float names = fminf(NAMES_WIDTH + 24, place.w / 3);
    struct grid grid = {.area = {place.x + names, place.y + PLOT_TITLE_HEIGHT, place.w - names,
                                 fmaxf(place.h - PLOT_TITLE_HEIGHT - AXIS_NAME, 1)}};
    grid.width = grid.area.w / (float)(matrix->groups ? matrix->groups : 1);
    grid.height = fminf(grid.area.h / (float)(matrix->rows ? matrix->rows : 1), 64);
    return grid;
}

static void matrix_range(const struct statistics_matrix *matrix, double *low, double *high)
{
    struct range range = range_empty();
    for (int row = 0; row < matrix->rows; row++)
        for (int group = 0; group < matrix->groups; group++)
            range_add(&range, matrix->cell[row][group].mean, false);
    *low = range_known(&range) ? range.low : 0;
    *high = range_known(&range) && range.high > range.low ? range.high : *low + 1;
}

static int best_row(const struct statistics_matrix *matrix, int group)
{
    int best = -1;
    for (int row = 0; row < matrix->rows; row++)
        if (isfinite(matrix->cell[row][group].mean) &&
            (best < 0 || matrix->cell[row][group].mean < matrix->cell[best][group].mean))
            best = row;
    return best;
}

static void draw_cell(const struct statistics *statistics, const struct view_frame *frame,
                      SDL_FRect place, double mean, double low, double high, bool best)
{
    char text[32];
    const uint8_t *rgb = colormap_at(&statistics->map, mean - low, high - low);
    int luma = (2126 * rgb[0] + 7152 * rgb[1] + 722 * rgb[2]) / 10000;
    SDL_Color ink = luma > 120 ? (SDL_Color){0, 0, 0, 255} : (SDL_Color){255, 255, 255, 255};
    if (!isfinite(mean))
        return;
    canvas_fill(frame->canvas, (SDL_FRect){place.x, place.y, place.w - 2, place.h - 2},
                (SDL_Color){rgb[0], rgb[1], rgb[2], 255});
    ticks_value(text, sizeof text, mean);
    place.w -= 2;
    place.h -= 2;
    canvas_text_in(frame->canvas, best ? FONT_STRONG : FONT_SMALL, place, ALIGN_CENTER, ink, text);
}

void statistics_draw_matrix(const struct statistics *statistics, const struct view_frame *frame)
{
    const struct statistics_matrix *matrix = &statistics->by_strategy;
    struct canvas *canvas = frame->canvas;
    struct grid grid = grid_of(matrix, frame);
    SDL_FRect place = statistics_quarter(frame, CHARTS);
    double low, high;
    matrix_range(matrix, &low, &high);
    SDL_FRect title = {place.x, place.y, place.w, PLOT_TITLE_HEIGHT};
    struct legend legend = {.map = &statistics->map, .label = "MSE", .low = low, .high = high};
    float end = legend_draw(canvas, title, &legend);
    title.w = end - title.x - THEME_GAP;
    canvas_text_fit(canvas, FONT_STRONG, title, ALIGN_LEFT, THEME_TEXT, "Arms by strategies",
                    "Arms");
    for (int row = 0; row < matrix->rows; row++) {
        float y = grid.area.y + grid.height * (float)row;
        SDL_FRect name = {place.x, y, grid.area.x - place.x - 6, grid.height};
        bool chosen = matrix->row[row].arm == frame->model->arm;
        canvas_text_in(canvas, chosen ? FONT_STRONG : FONT_SMALL, name, ALIGN_RIGHT,
                       canvas_colour(statistics_style(&matrix->row[row]).colour),
                       matrix->row[row].name);
        for (int group = 0; group < matrix->groups; group++)
            draw_cell(
                statistics, frame,
                (SDL_FRect){grid.area.x + grid.width * (float)group, y, grid.width, grid.height},
                matrix->cell[row][group].mean, low, high, best_row(matrix, group) == row);
    }
    for (int group = 0; group < matrix->groups; group++) {
        SDL_FRect name = {grid.area.x + grid.width * (float)group,
                          grid.area.y + grid.height * (float)matrix->rows, grid.width, AXIS_NAME};
        canvas_text_in(canvas, FONT_SMALL, name, ALIGN_CENTER, THEME_MUTED, matrix->group[group]);
    }
}

/* Tips: all lines of the group at the mouse. */

static void add_cell(struct text *text, const struct statistics_matrix *matrix, int row, int group)
{
    const struct statistics_cell *cell = &matrix->cell[row][group];
    char mean[32], low[32], high[32];
    ticks_value(mean, sizeof mean, cell->mean);
    ticks_value(low, sizeof low, cell->low);
    ticks_value(high, sizeof high, cell->high);
    if (isfinite(cell->mean))
        text_append(text, "\n%s\t%s  [%s, %s]  n %d", matrix->row[row].name, mean, low, high,
                    cell->images);
}

static void tell_group(const struct view_frame *frame, const struct statistics_matrix *matrix,
                       int group, const char *what)
{
    struct text text = {0};
    text_append(&text, "%s %s", what, matrix->group[group]);
    for (int row = 0; row < matrix->rows; row++)
        add_cell(&text, matrix, row, group);
    canvas_tip(frame->canvas, frame->mouse_x, frame->mouse_y, frame->area, text_of(&text));
    text_release(&text);
}

static void tell_density(const struct view_frame *frame, const struct statistics_density *density)
{
    struct text text = {0};
    const struct {
        const char *name;
        double value;
    } facts[] = {{"mean", density->mean},
                 {"first quartile", density->quartile_1},
                 {"median", density->median},
                 {"third quartile", density->quartile_3}};
    text_append(&text, "%s, %d images", density->row.name, density->images);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        char number[32];
        ticks_value(number, sizeof number, facts[i].value);
        text_append(&text, "\n%s\t%s", facts[i].name, number);
    }
    canvas_tip(frame->canvas, frame->mouse_x, frame->mouse_y, frame->area, text_of(&text));
    text_release(&text);
}

static int nearest_ratio(const struct plot *plot, const struct statistics_matrix *matrix, float x)
{
    int best = 0;
    for (int i = 1; i < matrix->groups; i++)
        if (fabs(plot_x(plot, matrix->ratio[i]) - (double)x) <
            fabs(plot_x(plot, matrix->ratio[best]) - (double)x))
            best = i;
    return best;
}

void statistics_draw_tip(const struct statistics *statistics, const struct view_frame *frame)
{
    const struct statistics_matrix *matrix = &statistics->by_strategy;
    const struct statistics_matrix *ratios = &statistics->by_ratio;
    const struct statistics_densities *densities = &statistics->densities;
    const struct plot *plots = statistics->plots;
    struct grid grid = grid_of(matrix, frame);
    float x = frame->mouse_x, y = frame->mouse_y;
    if (!frame->mouse_inside)
        return;
    if (canvas_inside(plots[MEANS].area, x, y) && matrix->groups > 0)
        tell_group(frame, matrix,
                   (int)((x - plots[MEANS].area.x) / plots[MEANS].area.w * (float)matrix->groups),
                   "probe strategy");
    else if (canvas_inside(grid.area, x, y) && matrix->groups > 0)
        tell_group(frame, matrix, (int)((x - grid.area.x) / grid.width), "probe strategy");
    else if (canvas_inside(plots[RATIOS].area, x, y) && ratios->groups > 0)
        tell_group(frame, ratios, nearest_ratio(&plots[RATIOS], ratios, x), "ratio");
    else if (canvas_inside(plots[DENSITIES].area, x, y) && densities->rows > 0)
        tell_density(frame,
                     &densities->row[(int)((y - plots[DENSITIES].area.y) / plots[DENSITIES].area.h *
                                           (float)densities->rows)]);
}

int statistics_matrix_arm(const struct statistics *statistics, const struct view_frame *frame)
{
    const struct statistics_matrix *matrix = &statistics->by_strategy;
    struct grid grid = grid_of(matrix, frame);
    SDL_FRect rows = grid.area;
    int row = (int)((frame->mouse_y - grid.area.y) / grid.height);
    rows.x = statistics_quarter(frame, CHARTS).x;
    rows.w = statistics_quarter(frame, CHARTS).w;
    bool inside = canvas_inside(rows, frame->mouse_x, frame->mouse_y) && row < matrix->rows;
    int arm = inside ? matrix->row[row].arm : -1;
    return arm < frame->model->snapshot->arm_count ? arm : -1;
}
