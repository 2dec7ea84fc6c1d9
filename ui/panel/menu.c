/* Menus of the chosen arm's strategy, with masks that the strategies themselves draw, and of its
 * ratio law, with the law's distribution. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "ui/panel/format.h"
#include "ui/panel/view.h"

enum { NAME_COLUMNS = 16, GRID_MOST = 16, PICTURE_LIMIT = 8, DENSITY_BINS = 50, PICTURE_GAP = 3 };

struct menu_state {
    char filter[FILTER_SIZE];
    struct list list;
    int matching[64];
    int first_row; /* of the list on the screen, relative to the view */
};

/* What a menu lists. */
struct choices {
    size_t count;
    const char *(*name)(size_t index);
    const char *(*help)(size_t index);
};

static const char *strategy_name(size_t index)
{
    size_t count;
    return strategies(&count)[index]->name;
}

static const char *strategy_help(size_t index)
{
    size_t count;
    return strategies(&count)[index]->help;
}

static const char *law_name(size_t index)
{
    size_t count;
    return ratio_laws(&count)[index]->name;
}

static const char *law_help(size_t index)
{
    size_t count;
    return ratio_laws(&count)[index]->help;
}

static struct choices strategy_choices(void)
{
    struct choices choices = {.name = strategy_name, .help = strategy_help};
    strategies(&choices.count);
    return choices;
}

static struct choices law_choices(void)
{
    struct choices choices = {.name = law_name, .help = law_help};
    ratio_laws(&choices.count);
    return choices;
}

static void select_choices(struct menu_state *menu, const struct choices *choices)
{
    int count = 0;
    for (size_t i = 0; i < choices->count && (size_t)count < ARRAY_LENGTH(menu->matching); i++)
        if (list_matches(choices->name(i), menu->filter) ||
            list_matches(choices->help(i), menu->filter))
            menu->matching[count++] = (int)i;
    menu->list.count = count;
}

/* The list, `rows` rows of it; returns the index of the chosen choice, or -1. */
static int draw_list(struct menu_state *menu, const struct frame *frame, const struct area *area,
                     int rows, const struct choices *choices)
{
    select_choices(menu, choices);
    list_fit(&menu->list, menu->list.count, rows);
    menu->first_row = area->row - frame->area.row;
    if (menu->list.count == 0)
        draw_text(frame->screen, area, 0, 0, ROLE_DIM, "nothing matches");
    for (int i = 0; i < rows && menu->list.top + i < menu->list.count; i++) {
        size_t index = (size_t)menu->matching[menu->list.top + i];
        bool chosen = menu->list.top + i == menu->list.chosen;
        struct area row = area_rows(area, i, 1);
        if (chosen)
            draw_blank(frame->screen, &row, 0, ROLE_CHOSEN);
        draw_text(frame->screen, &row, 0, 1, chosen ? ROLE_CHOSEN : ROLE_TEXT,
                  choices->name(index));
        draw_text(frame->screen, &row, 0, 1 + NAME_COLUMNS, chosen ? ROLE_CHOSEN : ROLE_DIM,
                  choices->help(index));
    }
    return menu->list.count > 0 ? menu->matching[menu->list.chosen] : -1;
}

static const struct mask_choice *chosen_mask(const struct frame *frame)
{
    const struct config *config = &frame->model->config;
    int arm = config_arm(config, ui_chosen_arm(frame->model)->name);
    return arm < 0 ? &config->mask : &config->arms[arm].mask;
}

/* As many example masks as fit beside each other, of the run's own grid where it is small enough.
 */
static void draw_pictures(const struct frame *frame, const struct area *area,
                          const struct mask_choice *choice)
{
    const struct mae_shape *shape = &frame->model->snapshot->shape;
    int height = shape->patch > 0 ? mae_grid_height(shape) : 0,
        width = shape->patch > 0 ? mae_grid_width(shape) : 0;
    if (height < 1 || width < 1 || height * width < 2 || height > GRID_MOST || width > GRID_MOST)
        height = width = GRID_MOST;
    struct error error;
    uint8_t mask[GRID_MOST * GRID_MOST];
    struct mask_drawer *drawer = mask_drawer_new(height, width, &error);
    int count = (area->width + PICTURE_GAP) / (width + PICTURE_GAP);
    count = count > PICTURE_LIMIT ? PICTURE_LIMIT : count;
    bool ready = drawer && mask_drawer_prepare(drawer, choice, &error);
    for (int i = 0; ready && i < count && area->height >= (height + 1) / 2; i++) {
        struct mask_key key = {
            .seed = 0, .stream = RANDOM_SHOWN_MASK, .epoch = 0, .image = (uint32_t)i};
        mask_draw(drawer, choice, 0, &key, mask, NULL);
        draw_mask(frame->screen, area, 0, i * (width + PICTURE_GAP), mask, height, width);
    }
    mask_drawer_free(drawer);
}

/* The share of draws that fall into each of the bins of the ratios 0 .. 1. */
static void draw_density(const struct frame *frame, const struct area *area,
                         const struct ratio_choice *choice)
{
    double parameters[MASK_PARAMETER_LIMIT];
    float density[DENSITY_BINS];
    ratio_choice_at(choice, 0, parameters);
    for (int i = 0; i < DENSITY_BINS; i++)
        density[i] = (float)(choice->law->cdf(parameters, (double)(i + 1) / DENSITY_BINS) -
                             choice->law->cdf(parameters, (double)i / DENSITY_BINS));
    draw_sparkline(frame->screen, area, 0, 0, DENSITY_BINS, density, DENSITY_BINS, ROLE_BAR);
    draw_text(frame->screen, area, 1, 0, ROLE_DIM, "0");
    draw_text(frame->screen, area, 1, DENSITY_BINS / 2 - 1, ROLE_DIM, "0.5");
    draw_text(frame->screen, area, 1, DENSITY_BINS - 1, ROLE_DIM, "1");
}

static int list_height(int inside, size_t count, int extra)
{
    int wanted = (int)count;
    int most = inside - extra - 1;
    return wanted <= most ? wanted : most > 3 ? most : inside;
}

/* The law's parameters as the row would be typed: " low=0.3 high=0.9". */
static void write_parameters(const struct ratio_choice *choice, struct text *text)
{
    for (size_t i = 0; i < choice->law->parameter_count; i++) {
        text_append(text, " %s=", choice->law->parameters[i].name);
        schedule_write(&choice->parameters[i], text);
    }
    if (choice->per != RATIO_PER_IMAGE)
        text_append(text, " per=%s", ratio_per_name(choice->per));
}

static void draw_strategies(void *state, const struct frame *frame)
{
    enum { PICTURE_ROWS = GRID_MOST / 2 + 2 };
    struct menu_state *menu = state;
    char title[96];
    snprintf(title, sizeof title, "Strategy of %s", ui_chosen_arm(frame->model)->name);
    struct area inside = draw_box(frame->screen, &frame->area, title);
    struct choices choices = strategy_choices();
    int rows = list_height(inside.height, choices.count, PICTURE_ROWS);
    int index = draw_list(menu, frame, &inside, rows, &choices);
    if (index < 0 || rows >= inside.height)
        return;
    struct mask_choice choice = *chosen_mask(frame);
    struct error error;
    size_t count;
    const struct strategy *strategy = strategies(&count)[index];
    if (strategy != choice.strategy.strategy &&
        !strategy_choice_parse(&choice.strategy, strategy->name, &error))
        return;
    struct text text = {0};
    strategy_choice_write(&choice.strategy, &text);
    struct area below = area_rows(&inside, rows + 1, inside.height);
    int column = draw_text(frame->screen, &below, 0, 0, ROLE_VALUE, text_of(&text));
    draw_format(frame->screen, &below, 0, column + 2, ROLE_DIM, "(%s)", strategy->source);
    struct area pictures = area_rows(&below, 1, below.height);
    draw_pictures(frame, &pictures, &choice);
    text_release(&text);
}

static void draw_laws(void *state, const struct frame *frame)
{
    enum { DENSITY_ROWS = 4 };
    struct menu_state *menu = state;
    char title[96];
    snprintf(title, sizeof title, "Ratio law of %s", ui_chosen_arm(frame->model)->name);
    struct area inside = draw_box(frame->screen, &frame->area, title);
    struct choices choices = law_choices();
    int rows = list_height(inside.height, choices.count, DENSITY_ROWS);
    int index = draw_list(menu, frame, &inside, rows, &choices);
    if (index < 0 || rows >= inside.height)
        return;
    struct ratio_choice choice = chosen_mask(frame)->ratio;
    struct error error;
    size_t count;
    const struct ratio_law *law = ratio_laws(&count)[index];
    if (law != choice.law && !ratio_choice_parse(&choice, law->name, &error))
        return;
    struct text text = {0};
    write_parameters(&choice, &text);
    struct area below = area_rows(&inside, rows + 1, inside.height);
    draw_format(frame->screen, &below, 0, 0, ROLE_VALUE, "%s%s", law->name, text_of(&text));
    draw_text(frame->screen, &below, 1, 0, ROLE_DIM, law->formula);
    struct area density = area_rows(&below, 2, below.height);
    draw_density(frame, &density, &choice);
    text_release(&text);
}

/* Starts at what the arm has now. */
static void open_strategies(void *state, const struct frame *frame)
{
    struct menu_state *menu = state;
    size_t count;
    const struct strategy *const *list = strategies(&count);
    *menu = (struct menu_state){.list.count = (int)count};
    for (size_t i = 0; i < count; i++)
        if (list[i] == chosen_mask(frame)->strategy.strategy)
            menu->list.chosen = (int)i;
}

static void open_laws(void *state, const struct frame *frame)
{
    struct menu_state *menu = state;
    size_t count;
    const struct ratio_law *const *list = ratio_laws(&count);
    *menu = (struct menu_state){.list.count = (int)count};
    for (size_t i = 0; i < count; i++)
        if (list[i] == chosen_mask(frame)->ratio.law)
            menu->list.chosen = (int)i;
}

static bool act_strategies(void *state, const struct frame *frame, enum action action,
                           const char *argument)
{
    (void)argument;
    struct menu_state *menu = state;
    if (action == ACTION_ENTER && menu->list.count > 0) {
        panel_close_overlay(frame->panel);
        ui_perform(frame->model, ACTION_STRATEGY,
                   strategy_name((size_t)menu->matching[menu->list.chosen]));
        return true;
    }
    return list_act(&menu->list, action, frame->area.height - 2);
}

/* A law needs its parameters: the command line is opened with them. */
static bool act_laws(void *state, const struct frame *frame, enum action action,
                     const char *argument)
{
    (void)argument;
    struct menu_state *menu = state;
    if (action != ACTION_ENTER || menu->list.count == 0)
        return list_act(&menu->list, action, frame->area.height - 2);
    struct ratio_choice choice = chosen_mask(frame)->ratio;
    struct error error;
    const char *name = law_name((size_t)menu->matching[menu->list.chosen]);
    struct text line = {0};
    text_append(&line, "law %s", name);
    if (!strcmp(choice.law->name, name) || ratio_choice_parse(&choice, name, &error))
        write_parameters(&choice, &line);
    panel_close_overlay(frame->panel);
    panel_prefill(frame->panel, text_of(&line));
    text_release(&line);
    return true;
}

static void click(void *state, const struct frame *frame, int row, int column, bool twice)
{
    (void)column;
    struct menu_state *menu = state;
    int index = menu->list.top + row - menu->first_row;
    if (row < menu->first_row || index >= menu->list.count)
        return;
    menu->list.chosen = index;
    if (twice)
        panel_perform(frame->panel, ACTION_ENTER, "");
}

static char *filter(void *state)
{
    struct menu_state *menu = state;
    return menu->filter;
}

const struct view panel_view_strategies = {
    .name = "strategies",
    .title = "Strategy",
    .hints = "down+up=move;enter=take it;filter;close",
    .state_size = sizeof(struct menu_state),
    .open = open_strategies,
    .draw = draw_strategies,
    .act = act_strategies,
    .click = click,
    .filter = filter,
};

const struct view panel_view_laws = {
    .name = "laws",
    .title = "Ratio law",
    .hints = "down+up=move;enter=set its parameters;filter;close",
    .state_size = sizeof(struct menu_state),
    .open = open_laws,
    .draw = draw_laws,
    .act = act_laws,
    .click = click,
    .filter = filter,
};
