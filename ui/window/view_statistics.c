/* Statistics: what the newest evaluation says, from the run's record. Means by probe strategy with
 * intervals, MSE over the ratio, how the images are spread, and arms by strategies as a matrix.
 */
#include <math.h>
#include <string.h>

#include "ui/ticks.h"
#include "ui/window/statistics.h"
#include "ui/window/theme.h"

static const struct {
    const char *table, *column;
    unsigned groups;
} questions[QUESTIONS] = {
    [BY_STRATEGY] = {"matrix", "strategy", TABLE_BY_STRATEGY},
    [BY_RATIO] = {"matrix", "ratio", TABLE_BY_RATIO},
    [IMAGES] = {"images", NULL, 0},
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
SDL_FRect statistics_quarter(const struct view_frame *frame, int index)
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
        SDL_FRect place = statistics_quarter(frame, i);
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
        SDL_FRect place = {statistics_quarter(frame, DENSITIES).x, bottom - 20,
                           plots[DENSITIES].area.x - statistics_quarter(frame, DENSITIES).x - 6,
                           18};
        canvas_text_in(frame->canvas, FONT_SMALL, place, ALIGN_RIGHT,
                       colour_of(&densities->row[row].row), densities->row[row].row.name);
    }
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
    statistics_draw_matrix(statistics, frame);
    statistics_draw_tip(statistics, frame);
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
    int arm = statistics_matrix_arm(state, frame);
    if (arm >= 0)
        frame->model->arm = arm;
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

const struct view window_view_statistics = {
    .title = "Statistics",
    .state_size = sizeof(struct statistics),
    .draw = statistics_draw,
    .click = statistics_click,
    .news = statistics_news,
    .release = statistics_release,
    .close = statistics_close,
};
