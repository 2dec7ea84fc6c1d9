/* Statistics: what the newest evaluation says, from the run's record. Means by probe strategy with
 * intervals, MSE over the ratio, how the images are spread, and arms by strategies as a matrix.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/live_tables.h"
#include "ui/ticks.h"
#include "ui/window/legend.h"
#include "ui/window/statistics.h"
#include "ui/window/theme.h"

enum { BY_STRATEGY, BY_RATIO, IMAGES, QUESTIONS };
enum { MEANS, RATIOS, DENSITIES, CHARTS };
enum { HEADER = 28, GAP = 18, AXIS_NAME = 18, NAMES_WIDTH = 96, SAMPLE = 22 };

static const struct {
    const char *table, *column;
    unsigned groups;
} questions[QUESTIONS] = {
    [BY_STRATEGY] = {"matrix", "strategy", TABLE_BY_STRATEGY},
    [BY_RATIO] = {"matrix", "ratio", TABLE_BY_RATIO},
    [IMAGES] = {"images", NULL, 0},
};

struct statistics {
    struct live_tables *tables[QUESTIONS];
    bool failed;
    char problem[160]; /* why there is nothing yet */
    bool changed;      /* the numbers are newer than the raster */
    struct statistics_matrix by_strategy, by_ratio;
    struct statistics_densities densities;
    struct plot plots[CHARTS];
    struct raster raster;
    SDL_Texture *texture;
    int texture_width, texture_height;
    SDL_FRect drawn_area;
    double drawn_scale;
    int drawn_arm;
    struct colormap map;
};

static bool open_tables(struct statistics *statistics)
{
    for (int i = 0; i < QUESTIONS && !statistics->failed; i++)
        if (!statistics->tables[i] && !(statistics->tables[i] = live_tables_new(NULL)))
            statistics->failed = true;
    return !statistics->failed;
}

static size_t table_index(const char *name)
{
    size_t count, at = 0;
    const struct run_table *tables = run_tables(&count);
    while (at + 1 < count && strcmp(tables[at].name, name) != 0)
        at++;
    return at;
}

static void take(struct statistics *statistics, int which, const struct table *table,
                 const struct snapshot *snapshot)
{
    if (which == BY_STRATEGY)
        statistics_read_matrix(&statistics->by_strategy, table, questions[which].column, snapshot);
    else if (which == BY_RATIO)
        statistics_read_matrix(&statistics->by_ratio, table, questions[which].column, snapshot);
    else
        statistics_read_densities(&statistics->densities, table, snapshot);
    statistics->changed = true;
}

static void bring_up_to_date(struct statistics *statistics, const struct snapshot *snapshot)
{
    for (int i = 0; i < QUESTIONS; i++) {
        struct live_question question = {.table = table_index(questions[i].table),
                                         .groups = questions[i].groups,
                                         .sort = LIVE_UNSORTED};
        bool news = live_tables_news(statistics->tables[i]);
        const struct live_answer *answer =
            live_tables_ask(statistics->tables[i], snapshot, &question);
        if (answer && answer->table && (news || !statistics->by_strategy.rows))
            take(statistics, i, answer->table, snapshot);
        else if (answer && !answer->table)
            text_copy(statistics->problem, sizeof statistics->problem, answer->error.message);
    }
}

/* Where things are: two rows of two, the matrix last. */
static SDL_FRect quarter(const struct view_frame *frame, int index)
{
    SDL_FRect area = frame->area;
    float width = (area.w - 2 * THEME_MARGIN - GAP) / 2;
    float height = (area.h - HEADER - GAP - THEME_GAP) / 2;
    return (SDL_FRect){area.x + THEME_MARGIN + (float)(index % 2) * (width + GAP),
                       area.y + HEADER + (float)(index / 2) * (height + GAP), width, height};
}

static void set_areas(struct statistics *statistics, const struct view_frame *frame)
{
    for (int i = 0; i < CHARTS; i++) {
        SDL_FRect place = quarter(frame, i);
        float left = i == DENSITIES ? fminf(NAMES_WIDTH, place.w / 3) : PLOT_LABEL_WIDTH;
        statistics->plots[i].area =
            (SDL_FRect){place.x + left, place.y + PLOT_TITLE_HEIGHT, place.w - left,
                        fmaxf(place.h - PLOT_TITLE_HEIGHT - AXIS_NAME, 1)};
    }
}

static bool fit_texture(struct statistics *statistics, SDL_Renderer *renderer, int width,
                        int height)
{
    if (statistics->texture && statistics->texture_width == width &&
        statistics->texture_height == height)
        return true;
    if (statistics->texture)
        SDL_DestroyTexture(statistics->texture);
    statistics->texture = SDL_CreateTexture(renderer, SDL_PIXELFORMAT_ARGB8888,
                                            SDL_TEXTUREACCESS_STREAMING, width, height);
    statistics->texture_width = width;
    statistics->texture_height = height;
    statistics->changed = true;
    return statistics->texture;
}

static void redraw(struct statistics *statistics, const struct view_frame *frame, SDL_Rect physical)
{
    SDL_Color ground = THEME_BACKGROUND;
    struct statistics_pen pen = {
        &statistics->raster, {frame->area.x, frame->area.y}, frame->canvas->scale};
    int chosen = frame->model->arm;
    if (!raster_resize(&statistics->raster, physical.w, physical.h))
        return;
    statistics->raster.ink = plot_ink(frame->canvas);
    raster_fill(&statistics->raster, statistics->raster.clip,
                (struct raster_colour){ground.r, ground.g, ground.b, 255});
    statistics_draw_means(&pen, &statistics->plots[MEANS], &statistics->by_strategy, chosen);
    statistics_draw_ratios(&pen, &statistics->plots[RATIOS], &statistics->by_ratio, chosen);
    statistics_draw_densities(&pen, &statistics->plots[DENSITIES], &statistics->densities, chosen);
    SDL_UpdateTexture(statistics->texture, NULL, statistics->raster.pixels,
                      physical.w * (int)sizeof *statistics->raster.pixels);
}

static void draw_charts(struct statistics *statistics, const struct view_frame *frame)
{
    SDL_Rect physical = canvas_physical(frame->canvas, frame->area);
    if (physical.w < 1 || physical.h < 1 ||
        !fit_texture(statistics, frame->canvas->renderer, physical.w, physical.h))
        return;
    bool moved = memcmp(&statistics->drawn_area, &frame->area, sizeof frame->area) != 0 ||
                 statistics->drawn_scale != frame->canvas->scale ||
                 statistics->drawn_arm != frame->model->arm;
    if (statistics->changed || moved)
        redraw(statistics, frame, physical);
    statistics->changed = false;
    statistics->drawn_area = frame->area;
    statistics->drawn_scale = frame->canvas->scale;
    statistics->drawn_arm = frame->model->arm;
    SDL_RenderCopy(frame->canvas->renderer, statistics->texture, NULL, &physical);
}

static SDL_Color colour_of(const struct statistics_row *row)
{
    struct raster_colour colour = statistics_style(row).colour;
    return (SDL_Color){colour.r, colour.g, colour.b, 255};
}

/* A piece of the row's line; dashes where it has any. */
static void draw_sample(const struct view_frame *frame, SDL_FRect sample,
                        const struct statistics_row *row)
{
    struct series_style style = statistics_style(row);
    float x = 0;
    for (int i = 0; x < sample.w; i++) {
        float part = style.dash.parts[i % DASH_PARTS] * 2;
        float length = fminf(style.dash.parts[0] > 0 ? fmaxf(part, 2) : sample.w, sample.w - x);
        if (i % 2 == 0)
            canvas_fill(frame->canvas, (SDL_FRect){sample.x + x, sample.y, length, sample.h},
                        colour_of(row));
        x += length;
    }
}

/* Whose line is whose, and what the lines mean where there is room for that. */
static void draw_legend(const struct statistics *statistics, const struct view_frame *frame)
{
    static const char note[] = "bars and bands: 95% intervals over images; lines: quartiles";
    const struct statistics_matrix *matrix = &statistics->by_strategy;
    SDL_FRect line = {frame->area.x + THEME_MARGIN, frame->area.y, 0, HEADER};
    float right = frame->area.x + frame->area.w - THEME_MARGIN;
    for (int row = 0; row < matrix->rows; row++) {
        const struct statistics_row *whose = &matrix->row[row];
        enum font_role role = whose->arm == frame->model->arm ? FONT_STRONG : FONT_SMALL;
        float width = canvas_text_width(frame->canvas, role, whose->name);
        if (line.x + SAMPLE + width > right)
            return;
        draw_sample(frame, (SDL_FRect){line.x, line.y + HEADER / 2 - 1, SAMPLE, 3}, whose);
        line.x += SAMPLE + THEME_GAP;
        line.w = width + 1;
        canvas_text_in(frame->canvas, role, line, ALIGN_LEFT, THEME_TEXT, whose->name);
        line.x += width + GAP;
    }
    line.w = right - line.x;
    if (canvas_text_width(frame->canvas, FONT_SMALL, note) < line.w)
        canvas_text_in(frame->canvas, FONT_SMALL, line, ALIGN_RIGHT, THEME_MUTED, note);
}

static void draw_axis_name(const struct view_frame *frame, const struct plot *plot,
                           const char *const *names, const float *middles, int count, float room)
{
    for (int i = 0; i < count; i++) {
        SDL_FRect place = {middles[i] - room / 2, plot->area.y + plot->area.h, room, AXIS_NAME};
        canvas_text_in(frame->canvas, FONT_SMALL, place, ALIGN_CENTER, THEME_MUTED, names[i]);
    }
}

static void draw_words(struct statistics *statistics, const struct view_frame *frame)
{
    const struct statistics_matrix *matrix = &statistics->by_strategy;
    const struct statistics_matrix *ratios = &statistics->by_ratio;
    const struct statistics_densities *densities = &statistics->densities;
    const char *names[STATISTICS_GROUPS];
    float middles[STATISTICS_GROUPS];
    struct plot *plots = statistics->plots;
    plot_draw_labels(&plots[MEANS], frame->canvas, "MSE by probe strategy");
    plot_draw_labels(&plots[RATIOS], frame->canvas, "MSE by ratio");
    plot_draw_labels(&plots[DENSITIES], frame->canvas, "MSE of single images");
    for (int i = 0; i < matrix->groups; i++) {
        names[i] = matrix->group[i];
        middles[i] = statistics_group_x(&plots[MEANS], matrix, i);
    }
    draw_axis_name(frame, &plots[MEANS], names, middles, matrix->groups,
                   plots[MEANS].area.w / (float)(matrix->groups ? matrix->groups : 1));
    for (int i = 0; i < ratios->groups; i++) {
        names[i] = ratios->group[i];
        middles[i] = (float)plot_x(&plots[RATIOS], ratios->ratio[i]);
    }
    draw_axis_name(frame, &plots[RATIOS], names, middles, ratios->groups, 48);
    for (int i = 0; i < plots[DENSITIES].across.count; i++) {
        char text[32];
        float x = (float)plot_x(&plots[DENSITIES], plots[DENSITIES].across.value[i]);
        ticks_label(text, sizeof text, plots[DENSITIES].across.value[i],
                    plots[DENSITIES].across.step);
        const char *name = text;
        draw_axis_name(frame, &plots[DENSITIES], &name, &x, 1, 48);
    }
    for (int row = 0; row < densities->rows; row++) {
        float bottom = statistics_row_y(&plots[DENSITIES], densities, row);
        SDL_FRect place = {quarter(frame, DENSITIES).x, bottom - 20,
                           plots[DENSITIES].area.x - quarter(frame, DENSITIES).x - 6, 18};
        canvas_text_in(frame->canvas, FONT_SMALL, place, ALIGN_RIGHT,
                       colour_of(&densities->row[row].row), densities->row[row].row.name);
    }
}

/* The matrix: arms down, strategies across, each cell in the colour of its mean. */

struct grid {
    SDL_FRect area; /* of the cells */
    float width, height;
};

static struct grid grid_of(const struct statistics_matrix *matrix, const struct view_frame *frame)
{
    SDL_FRect place = quarter(frame, CHARTS);
    float names = fminf(NAMES_WIDTH + 24, place.w / 3);
    struct grid grid = {.area = {place.x + names, place.y + PLOT_TITLE_HEIGHT, place.w - names,
                                 fmaxf(place.h - PLOT_TITLE_HEIGHT - AXIS_NAME, 1)}};
    grid.width = grid.area.w / (float)(matrix->groups ? matrix->groups : 1);
    grid.height = fminf(grid.area.h / (float)(matrix->rows ? matrix->rows : 1), 64);
    return grid;
}

static void matrix_range(const struct statistics_matrix *matrix, double *low, double *high)
{
    struct series_range range = series_range_empty();
    for (int row = 0; row < matrix->rows; row++)
        for (int group = 0; group < matrix->groups; group++)
            series_range_add(&range, matrix->cell[row][group].mean, false);
    *low = series_range_known(&range) ? range.low : 0;
    *high = series_range_known(&range) && range.high > range.low ? range.high : *low + 1;
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

static void draw_matrix(struct statistics *statistics, const struct view_frame *frame)
{
    const struct statistics_matrix *matrix = &statistics->by_strategy;
    struct canvas *canvas = frame->canvas;
    struct grid grid = grid_of(matrix, frame);
    SDL_FRect place = quarter(frame, CHARTS);
    double low, high;
    matrix_range(matrix, &low, &high);
    SDL_FRect title = {place.x, place.y, place.w, PLOT_TITLE_HEIGHT};
    struct legend legend = {.map = &statistics->map, .label = "MSE", .low = low, .high = high};
    float end = legend_draw(canvas, title, &legend);
    title.w = end - title.x - THEME_GAP;
    canvas_text_in(canvas, FONT_STRONG, title, ALIGN_LEFT, THEME_TEXT, "Arms by strategies");
    for (int row = 0; row < matrix->rows; row++) {
        float y = grid.area.y + grid.height * (float)row;
        SDL_FRect name = {place.x, y, grid.area.x - place.x - 6, grid.height};
        bool chosen = matrix->row[row].arm == frame->model->arm;
        canvas_text_in(canvas, chosen ? FONT_STRONG : FONT_SMALL, name, ALIGN_RIGHT,
                       colour_of(&matrix->row[row]), matrix->row[row].name);
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

static void draw_tip(const struct statistics *statistics, const struct view_frame *frame)
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

static void statistics_draw(void *state, const struct view_frame *frame)
{
    struct statistics *statistics = state;
    const struct snapshot *snapshot = frame->model->snapshot;
    if (open_tables(statistics))
        bring_up_to_date(statistics, snapshot);
    if (statistics->by_strategy.rows == 0) {
        canvas_text_in(frame->canvas, FONT_TEXT, frame->area, ALIGN_CENTER, THEME_MUTED,
                       statistics->failed       ? "Not enough memory for the tables."
                       : statistics->problem[0] ? statistics->problem
                                                : "Reading the record ...");
        return;
    }
    colormap_init(&statistics->map);
    set_areas(statistics, frame);
    draw_charts(statistics, frame);
    draw_legend(statistics, frame);
    draw_words(statistics, frame);
    draw_matrix(statistics, frame);
    draw_tip(statistics, frame);
}

static bool statistics_news(const void *state, const struct view_frame *frame)
{
    const struct statistics *statistics = state;
    (void)frame;
    for (int i = 0; i < QUESTIONS; i++)
        if (statistics->tables[i] && live_tables_news(statistics->tables[i]))
            return true;
    return false;
}

static void statistics_click(void *state, const struct view_frame *frame)
{
    const struct statistics *statistics = state;
    const struct statistics_matrix *matrix = &statistics->by_strategy;
    struct grid grid = grid_of(matrix, frame);
    int row = (int)((frame->mouse_y - grid.area.y) / grid.height);
    SDL_FRect rows = grid.area;
    rows.x = quarter(frame, CHARTS).x;
    rows.w = quarter(frame, CHARTS).w;
    if (canvas_inside(rows, frame->mouse_x, frame->mouse_y) && row < matrix->rows &&
        matrix->row[row].arm >= 0 && matrix->row[row].arm < frame->model->snapshot->arm_count)
        frame->model->arm = matrix->row[row].arm;
}

static void statistics_release(void *state)
{
    struct statistics *statistics = state;
    if (statistics->texture)
        SDL_DestroyTexture(statistics->texture);
    statistics->texture = NULL;
    raster_release(&statistics->raster);
}

static void statistics_close(void *state)
{
    struct statistics *statistics = state;
    for (int i = 0; i < QUESTIONS; i++)
        if (statistics->tables[i])
            live_tables_free(statistics->tables[i]);
}

const struct view view_statistics = {
    .title = "Statistics",
    .state_size = sizeof(struct statistics),
    .draw = statistics_draw,
    .click = statistics_click,
    .news = statistics_news,
    .release = statistics_release,
    .close = statistics_close,
};
