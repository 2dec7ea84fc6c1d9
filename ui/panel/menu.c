/* Lists of choices, and the menu of the chosen arm's strategy, with masks that the strategies
 * themselves draw. */
#include "ui/panel/menu.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "ui/panel/format.h"

enum { NAME_COLUMNS = 16, GRID_MOST = 16, PICTURE_LIMIT = 8, PICTURE_GAP = 3 };

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

static struct menu_choices strategy_choices(void)
{
    struct menu_choices choices = {.name = strategy_name, .help = strategy_help};
    strategies(&choices.count);
    return choices;
}

static void select_choices(struct menu_state *menu, const struct menu_choices *choices)
{
    int count = 0;
    for (size_t i = 0; i < choices->count && (size_t)count < ARRAY_LENGTH(menu->matching); i++)
        if (list_matches(choices->name(i), menu->filter) ||
            list_matches(choices->help(i), menu->filter))
            menu->matching[count++] = (int)i;
    menu->list.count = count;
}

int menu_draw(struct menu_state *menu, const struct frame *frame, const struct area *area, int rows,
              const struct menu_choices *choices)
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

const struct mask_choice *menu_chosen_mask(const struct frame *frame)
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
    if (strategy_choice_guides(&choice->strategy, 0)) {
        draw_text(frame->screen, area, 0, 0, ROLE_DIM,
                  "what it hides depends on the images: the Masks view shows it as it trains");
        return;
    }
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

int menu_height(int inside, size_t count, int extra)
{
    int wanted = (int)count;
    int most = inside - extra - 1;
    return wanted <= most ? wanted : most > 3 ? most : inside;
}

static void draw_strategies(void *state, const struct frame *frame)
{
    enum { PICTURE_ROWS = GRID_MOST / 2 + 2 };
    struct menu_state *menu = state;
    char title[96];
    snprintf(title, sizeof title, "Strategy of %s", ui_chosen_arm(frame->model)->name);
    struct area inside = draw_box(frame->screen, &frame->area, title);
    struct menu_choices choices = strategy_choices();
    int rows = menu_height(inside.height, choices.count, PICTURE_ROWS);
    int index = menu_draw(menu, frame, &inside, rows, &choices);
    if (index < 0 || rows >= inside.height)
        return;
    struct mask_choice choice = *menu_chosen_mask(frame);
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

/* Starts at what the arm has now. */
static void open_strategies(void *state, const struct frame *frame)
{
    struct menu_state *menu = state;
    size_t count;
    const struct strategy *const *list = strategies(&count);
    *menu = (struct menu_state){.list.count = (int)count};
    for (size_t i = 0; i < count; i++)
        if (list[i] == menu_chosen_mask(frame)->strategy.strategy)
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

void menu_click(void *state, const struct frame *frame, int row, int column, bool twice)
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

char *menu_filter(void *state)
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
    .click = menu_click,
    .filter = menu_filter,
};
