/* The menu of ratio laws, and the editor of one: each parameter with the schedule it follows,
 * beside pictures of what the law draws now and at the end. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "ui/panel/form.h"
#include "ui/panel/format.h"
#include "ui/panel/menu.h"

enum {
    DENSITY_BINS = 50,
    PICTURE_ROWS = 7,
};

struct law_state {
    struct menu_state menu;
    struct form_state form;
    struct ratio_choice choice; /* as it is being edited */
};

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

static struct menu_choices law_choices(void)
{
    struct menu_choices choices = {.name = law_name, .help = law_help};
    ratio_laws(&choices.count);
    return choices;
}

/* The law's parameters as they would be typed: " low=0.3 high=0.9". */
static void write_parameters(const struct ratio_choice *choice, struct text *text)
{
    for (size_t i = 0; i < choice->law->parameters.count; i++) {
        text_append(text, " %s=", choice->law->parameters.rows[i].name);
        schedule_write(&choice->parameters[i], text);
    }
    if (choice->per != RATIO_PER_IMAGE)
        text_append(text, " per=%s", ratio_per_name(choice->per));
}

/* The arm's own law, or another with its defaults. */
static bool law_at(const struct frame *frame, int index, struct ratio_choice *choice)
{
    struct error error;
    size_t count;
    const struct ratio_law *law = ratio_laws(&count)[index];
    *choice = menu_chosen_mask(frame)->ratio;
    return law == choice->law || ratio_choice_parse(choice, law->name, &error);
}

/* The share of draws that fall into each of the bins of the ratios 0 .. 1. */
static void draw_density(const struct frame *frame, const struct area *area, int row,
                         const struct ratio_choice *choice, double progress)
{
    double parameters[MASK_PARAMETER_LIMIT];
    float density[DENSITY_BINS];
    ratio_choice_at(choice, progress, parameters);
    for (int i = 0; i < DENSITY_BINS; i++)
        density[i] = (float)(choice->law->cdf(parameters, (double)(i + 1) / DENSITY_BINS) -
                             choice->law->cdf(parameters, (double)i / DENSITY_BINS));
    draw_sparkline(frame->screen, area, row, 0, DENSITY_BINS, density, DENSITY_BINS, ROLE_BAR);
}

static void draw_ratio_axis(const struct frame *frame, const struct area *area, int row)
{
    draw_text(frame->screen, area, row, 0, ROLE_DIM, "0");
    draw_text(frame->screen, area, row, DENSITY_BINS / 2 - 1, ROLE_DIM, "0.5");
    draw_text(frame->screen, area, row, DENSITY_BINS - 1, ROLE_DIM, "1");
}

static void say_when(const struct frame *frame, const struct area *area, int row, const char *when,
                     const struct ratio_choice *choice, double progress)
{
    draw_format(frame->screen, area, row, DENSITY_BINS + 2, ROLE_DIM, "%s, mean %.3f", when,
                ratio_choice_mean(choice, progress));
}

static bool moves(const struct ratio_choice *choice)
{
    for (size_t i = 0; i < choice->law->parameters.count; i++)
        if (!schedule_is_constant(&choice->parameters[i]))
            return true;
    return false;
}

/* What the law draws at the start and, where it moves, at the end, and its mean in between. */
static void draw_law(const struct frame *frame, const struct area *area,
                     const struct ratio_choice *choice)
{
    float means[DENSITY_BINS];
    struct error error;
    if (!law_check(choice, &error)) {
        draw_text(frame->screen, area, 0, 0, ROLE_ERROR, error.message);
        return;
    }
    bool both = moves(choice);
    int row = 0;
    draw_density(frame, area, row, choice, 0);
    say_when(frame, area, row++, both ? "at the start" : "ratios drawn", choice, 0);
    if (both) {
        draw_density(frame, area, row, choice, 1);
        say_when(frame, area, row++, "at the end", choice, 1);
    }
    draw_ratio_axis(frame, area, row++);
    if (!both)
        return;
    for (int i = 0; i < DENSITY_BINS; i++)
        means[i] = (float)ratio_choice_mean(choice, (double)i / (DENSITY_BINS - 1));
    draw_sparkline(frame->screen, area, row + 1, 0, DENSITY_BINS, means, DENSITY_BINS, ROLE_SERIES);
    draw_text(frame->screen, area, row + 1, DENSITY_BINS + 2, ROLE_DIM, "mean, as it trains");
}

static void draw_menu(struct law_state *law, const struct frame *frame, const struct area *inside)
{
    struct menu_choices choices = law_choices();
    int rows = menu_height(inside->height, choices.count, PICTURE_ROWS);
    int index = menu_draw(&law->menu, frame, inside, rows, &choices);
    struct ratio_choice choice;
    if (index < 0 || rows >= inside->height || !law_at(frame, index, &choice))
        return;
    struct text text = {0};
    write_parameters(&choice, &text);
    struct area below = area_rows(inside, rows + 1, inside->height);
    draw_format(frame->screen, &below, 0, 0, ROLE_VALUE, "%s%s", choice.law->name, text_of(&text));
    draw_text(frame->screen, &below, 1, 0, ROLE_DIM, choice.law->formula);
    struct area pictures = area_rows(&below, 2, below.height);
    draw_law(frame, &pictures, &choice);
    text_release(&text);
}

static void draw_editor(struct law_state *law, const struct frame *frame, const struct area *inside)
{
    struct form_of form = form_of_law(&law->choice);
    int rows = form_draw(&law->form, &form, frame, inside, PICTURE_ROWS);
    struct area below = area_rows(inside, rows + 1, inside->height);
    draw_law(frame, &below, &law->choice);
}

static void draw(void *state, const struct frame *frame)
{
    struct law_state *law = state;
    char title[128];
    const char *arm = ui_chosen_arm(frame->model)->name;
    if (law->form.open)
        snprintf(title, sizeof title, "Ratio of %s: %s", arm, law->choice.law->name);
    else
        snprintf(title, sizeof title, "Ratio law of %s", arm);
    struct area inside = draw_box(frame->screen, &frame->area, title);
    if (law->form.open)
        draw_editor(law, frame, &inside);
    else
        draw_menu(law, frame, &inside);
}

/* Starts at what the arm has now. */
static void open(void *state, const struct frame *frame)
{
    struct law_state *law = state;
    size_t count;
    const struct ratio_law *const *list = ratio_laws(&count);
    *law = (struct law_state){.menu.list.count = (int)count};
    for (size_t i = 0; i < count; i++)
        if (list[i] == menu_chosen_mask(frame)->ratio.law)
            law->menu.list.chosen = (int)i;
}

/* Sends the law as it was edited. */
static void take(const struct law_state *law, const struct frame *frame)
{
    struct text line = {0};
    struct error error;
    if (!law_check(&law->choice, &error)) {
        ui_say(frame->model, LOG_WARNING, "%s", error.message);
        return;
    }
    ratio_choice_write(&law->choice, &line);
    panel_close_overlay(frame->panel);
    ui_perform(frame->model, ACTION_LAW, text_of(&line));
    text_release(&line);
}

/* The command line, with the law as it stands to go on with. */
static void type(const struct law_state *law, const struct frame *frame)
{
    struct text line = {0};
    text_append(&line, "law %s", law->choice.law->name);
    write_parameters(&law->choice, &line);
    panel_close_overlay(frame->panel);
    panel_prefill(frame->panel, text_of(&line));
    text_release(&line);
}

static bool act_editor(struct law_state *law, const struct frame *frame, enum action action)
{
    struct form_of form = form_of_law(&law->choice);
    switch (action) {
    case ACTION_ENTER:
        take(law, frame);
        return true;
    case ACTION_COMMAND:
        type(law, frame);
        return true;
    case ACTION_CLOSE:
        law->form.open = false;
        return true;
    default:
        return form_act(&law->form, &form, frame, action);
    }
}

static bool act(void *state, const struct frame *frame, enum action action, const char *argument)
{
    (void)argument;
    struct law_state *law = state;
    if (law->form.open)
        return act_editor(law, frame, action);
    struct menu_choices choices = law_choices();
    int index = menu_select(&law->menu, &choices);
    if ((action != ACTION_ENTER && action != ACTION_RIGHT) || index < 0)
        return list_act(&law->menu.list, action, frame->area.height - 2);
    law->form = (struct form_state){0};
    law->form.open = law_at(frame, index, &law->choice);
    return true;
}

/* In the editor a click chooses a row. */
static void click(void *state, const struct frame *frame, int row, int column, bool twice)
{
    struct law_state *law = state;
    if (law->form.open)
        form_click(&law->form, row);
    else
        menu_click(state, frame, row, column, twice);
}

static const char *hints(const void *state)
{
    const struct law_state *law = state;
    return law->form.open ? FORM_HINTS : "down+up=move;enter+right=its parameters;filter;close";
}

const struct view panel_view_laws = {
    .name = "laws",
    .title = "Ratio law",
    .mode_hints = hints,
    .state_size = sizeof(struct law_state),
    .open = open,
    .draw = draw,
    .act = act,
    .click = click,
    .filter = menu_filter,
};
