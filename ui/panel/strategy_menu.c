/* The menu of the chosen arm's strategy, and the form of its parameters, with masks that the
 * strategies themselves draw. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "ui/panel/form.h"
#include "ui/panel/format.h"
#include "ui/panel/menu.h"

enum { GRID_MOST = 16, PICTURE_LIMIT = 8, PICTURE_GAP = 3, PICTURE_KEY_SIZE = 1024 };

/* Example masks as they were drawn last: some come from a file, which is not to be read for every
 * frame. */
struct pictures {
    char key[PICTURE_KEY_SIZE]; /* what they are of; "": none yet */
    int count, height, width;
    uint8_t masks[PICTURE_LIMIT][GRID_MOST * GRID_MOST];
    struct error error; /* count 0: why */
};

struct strategy_state {
    struct menu_state menu;
    struct form_state form;
    struct strategy_choice choice; /* as it is being edited */
    struct pictures pictures;
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

static struct menu_choices strategy_choices(void)
{
    struct menu_choices choices = {.name = strategy_name, .help = strategy_help};
    strategies(&choices.count);
    return choices;
}

/* The arm's own strategy, or another with its defaults. */
static bool strategy_at(const struct frame *frame, int index, struct strategy_choice *choice)
{
    struct error error;
    size_t count;
    const struct strategy *strategy = strategies(&count)[index];
    *choice = menu_chosen_mask(frame)->strategy;
    return strategy == choice->strategy || strategy_choice_parse(choice, strategy->name, &error);
}

/* The grid of the example masks: the run's own where it is small enough. */
static void picture_grid(const struct frame *frame, int *height, int *width)
{
    const struct mae_shape *shape = &frame->model->snapshot->shape;
    *height = shape->patch > 0 ? mae_grid_height(shape) : 0;
    *width = shape->patch > 0 ? mae_grid_width(shape) : 0;
    if (*height < 1 || *width < 1 || *height * *width < 2 || *height > GRID_MOST ||
        *width > GRID_MOST)
        *height = *width = GRID_MOST;
}

/* Rows that the masks take, with two of text; a row shows two patches. */
static int picture_rows(const struct frame *frame)
{
    int height, width;
    picture_grid(frame, &height, &width);
    return (height + 1) / 2 + 2;
}

/* Of which strategy, ratio and grid. */
static void write_key(char key[PICTURE_KEY_SIZE], const struct mask_choice *choice, int height,
                      int width)
{
    struct text text = {0};
    text_append(&text, "%dx%d ", height, width);
    strategy_choice_write(&choice->strategy, &text);
    text_append(&text, " ");
    mask_choice_write_ratio(choice, &text);
    text_copy(key, PICTURE_KEY_SIZE, text_of(&text));
    text_release(&text);
}

static void make_pictures(struct pictures *pictures, const struct mask_choice *choice)
{
    struct mask_drawer *drawer =
        mask_drawer_new(pictures->height, pictures->width, &pictures->error);
    bool ready = drawer && mask_drawer_prepare(drawer, choice, &pictures->error);
    pictures->count = ready ? PICTURE_LIMIT : 0;
    for (int i = 0; i < pictures->count; i++) {
        struct mask_key key = {
            .seed = 0, .stream = RANDOM_SHOWN_MASK, .epoch = 0, .image = (uint32_t)i};
        mask_draw(drawer, choice, 0, &key, pictures->masks[i], NULL);
    }
    mask_drawer_free(drawer);
}

/* As many example masks as fit beside each other. */
static void draw_pictures(struct pictures *pictures, const struct frame *frame,
                          const struct area *area, const struct mask_choice *choice)
{
    char key[PICTURE_KEY_SIZE];
    if (strategy_choice_guides(&choice->strategy)) {
        draw_text(frame->screen, area, 0, 0, ROLE_DIM,
                  "what it hides depends on the images: the Masks view shows it as it trains");
        return;
    }
    picture_grid(frame, &pictures->height, &pictures->width);
    int height = pictures->height, width = pictures->width;
    write_key(key, choice, height, width);
    if (strcmp(key, pictures->key) != 0)
        make_pictures(pictures, choice);
    text_copy(pictures->key, sizeof pictures->key, key);
    int fit = (area->width + PICTURE_GAP) / (width + PICTURE_GAP);
    int count = fit < pictures->count ? fit : pictures->count;
    for (int i = 0; i < count && area->height >= (height + 1) / 2; i++)
        draw_mask(frame->screen, area, 0, i * (width + PICTURE_GAP), pictures->masks[i], height,
                  width);
    if (pictures->count == 0)
        draw_text(frame->screen, area, 0, 0, ROLE_ERROR, pictures->error.message);
}

/* The choice as one would type it, whose idea it is, and masks that it draws. */
static void draw_choice(struct pictures *drawn, const struct frame *frame, const struct area *area,
                        const struct strategy_choice *strategy)
{
    struct mask_choice choice = *menu_chosen_mask(frame);
    struct text text = {0};
    choice.strategy = *strategy;
    strategy_choice_write(strategy, &text);
    int column = draw_text(frame->screen, area, 0, 0, ROLE_VALUE, text_of(&text));
    draw_format(frame->screen, area, 0, column + 2, ROLE_DIM, "(%s)", strategy->strategy->source);
    struct area pictures = area_rows(area, 1, area->height);
    struct error error;
    if (strategy_choice_check(strategy, &error))
        draw_pictures(drawn, frame, &pictures, &choice);
    else
        draw_text(frame->screen, &pictures, 0, 0, ROLE_ERROR, error.message);
    text_release(&text);
}

static void draw_menu(struct strategy_state *state, const struct frame *frame,
                      const struct area *inside)
{
    struct menu_choices choices = strategy_choices();
    int rows = menu_height(inside->height, choices.count, picture_rows(frame));
    int index = menu_draw(&state->menu, frame, inside, rows, &choices);
    struct strategy_choice choice;
    if (index < 0 || rows >= inside->height || !strategy_at(frame, index, &choice))
        return;
    struct area below = area_rows(inside, rows + 1, inside->height);
    draw_choice(&state->pictures, frame, &below, &choice);
}

static void draw_editor(struct strategy_state *state, const struct frame *frame,
                        const struct area *inside)
{
    struct form_of form = form_of_strategy(&state->choice);
    int rows = form_draw(&state->form, &form, frame, inside, picture_rows(frame));
    struct area below = area_rows(inside, rows + 1, inside->height);
    draw_choice(&state->pictures, frame, &below, &state->choice);
}

static void draw(void *data, const struct frame *frame)
{
    struct strategy_state *state = data;
    char title[128];
    const char *arm = ui_chosen_arm(frame->model)->name;
    if (state->form.open)
        snprintf(title, sizeof title, "Strategy of %s: %s", arm, state->choice.strategy->name);
    else
        snprintf(title, sizeof title, "Strategy of %s", arm);
    struct area inside = draw_box(frame->screen, &frame->area, title);
    if (state->form.open)
        draw_editor(state, frame, &inside);
    else
        draw_menu(state, frame, &inside);
}

/* Starts at what the arm has now. */
static void open(void *data, const struct frame *frame)
{
    struct strategy_state *state = data;
    size_t count;
    const struct strategy *const *list = strategies(&count);
    *state = (struct strategy_state){.menu.list.count = (int)count};
    for (size_t i = 0; i < count; i++)
        if (list[i] == menu_chosen_mask(frame)->strategy.strategy)
            state->menu.list.chosen = (int)i;
}

/* Sends the strategy as it is. */
static void take(const struct strategy_choice *choice, const struct frame *frame)
{
    struct text line = {0};
    struct error error;
    if (!strategy_choice_check(choice, &error)) {
        ui_say(frame->model, LOG_WARNING, "%s", error.message);
        return;
    }
    strategy_choice_write(choice, &line);
    panel_close_overlay(frame->panel);
    ui_perform(frame->model, ACTION_STRATEGY, text_of(&line));
    text_release(&line);
}

/* The command line, with the strategy as it stands to go on with. */
static void type(const struct strategy_choice *choice, const struct frame *frame)
{
    struct text line = {0};
    text_append(&line, "strategy ");
    strategy_choice_write(choice, &line);
    panel_close_overlay(frame->panel);
    panel_prefill(frame->panel, text_of(&line));
    text_release(&line);
}

static bool act_editor(struct strategy_state *state, const struct frame *frame, enum action action)
{
    struct form_of form = form_of_strategy(&state->choice);
    switch (action) {
    case ACTION_ENTER:
        take(&state->choice, frame);
        return true;
    case ACTION_COMMAND:
        type(&state->choice, frame);
        return true;
    case ACTION_CLOSE:
        state->form.open = false;
        return true;
    default:
        return form_act(&state->form, &form, frame, action);
    }
}

/* A strategy that needs something given is typed: its name alone would not do. */
static void ask_for(const struct strategy *strategy, const struct frame *frame)
{
    const struct setting *wanted = &strategy->parameters.rows[0];
    char line[2 * SETTING_NAME_SIZE];
    snprintf(line, sizeof line, "strategy %s %s=", strategy->name, wanted->name);
    panel_close_overlay(frame->panel);
    panel_prefill(frame->panel, line);
    ui_say(frame->model, LOG_INFO, "%s: %s", wanted->name, wanted->help);
}

static bool act(void *data, const struct frame *frame, enum action action, const char *argument)
{
    (void)argument;
    struct strategy_state *state = data;
    if (state->form.open)
        return act_editor(state, frame, action);
    struct menu_choices choices = strategy_choices();
    int index = menu_select(&state->menu, &choices);
    if ((action != ACTION_ENTER && action != ACTION_RIGHT) || index < 0)
        return list_act(&state->menu.list, action, frame->area.height - 2);
    if (!strategy_at(frame, index, &state->choice)) {
        size_t count;
        ask_for(strategies(&count)[index], frame);
        return true;
    }
    if (action == ACTION_ENTER)
        take(&state->choice, frame);
    state->form = (struct form_state){.open = action == ACTION_RIGHT};
    return true;
}

/* In the form a click chooses a row. */
static void click(void *data, const struct frame *frame, int row, int column, bool twice)
{
    struct strategy_state *state = data;
    if (state->form.open)
        form_click(&state->form, row);
    else
        menu_click(data, frame, row, column, twice);
}

static const char *hints(const void *data)
{
    const struct strategy_state *state = data;
    return state->form.open ? FORM_HINTS
                            : "down+up=move;enter=take it;right=its parameters;filter;close";
}

const struct view panel_view_strategies = {
    .name = "strategies",
    .title = "Strategy",
    .mode_hints = hints,
    .state_size = sizeof(struct strategy_state),
    .open = open,
    .draw = draw,
    .act = act,
    .click = click,
    .filter = menu_filter,
};
