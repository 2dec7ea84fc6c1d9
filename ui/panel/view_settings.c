/* Every setting: its value now, what is allowed, and whether it may change while training. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "ui/panel/format.h"
#include "ui/panel/columns.h"
#include "ui/panel/view.h"

enum { MARK, NAME, VALUE, RANGE, COLUMNS_USED, HELP_ROWS = 3 };

static const struct column columns[COLUMNS_USED] = {
    [MARK] = {"", 1, 1, 0, false},
    [NAME] = {"Setting", 16, 26, 0, false},
    [VALUE] = {"value", 14, 40, 0, false},
    [RANGE] = {"allowed", 24, 70, 1, false},
};

struct settings_state {
    char filter[FILTER_SIZE];
    struct list list;
    int matching[CONFIG_ROW_LIMIT];
};

static void select_rows(struct settings_state *settings)
{
    const struct setting_table *table = config_table();
    int count = 0;
    for (size_t i = 0; i < table->count; i++)
        if (list_matches(table->rows[i].name, settings->filter) ||
            list_matches(table->rows[i].help, settings->filter))
            settings->matching[count++] = (int)i;
    settings->list.count = count;
}

static const struct setting *row_at(const struct settings_state *settings, int index)
{
    return &config_table()->rows[settings->matching[index]];
}

/* Whether the value is not the default. */
static bool is_changed(const struct setting *row, const char *value)
{
    return strcmp(row->fallback, value) != 0 && row->type != SETTING_REAL;
}

static void draw_row(const struct frame *frame, const struct layout *layout, int line,
                     const struct setting *row, bool chosen)
{
    struct text value = {0}, range = {0};
    const struct screen *screen = frame->screen;
    const struct area *area = &frame->area;
    setting_write(row, &frame->model->snapshot->config, &value);
    setting_write_range(row, &range);
    enum role role = chosen ? ROLE_CHOSEN : row->live ? ROLE_TEXT : ROLE_DIM;
    enum role value_role = chosen                             ? ROLE_CHOSEN
                           : is_changed(row, text_of(&value)) ? ROLE_VALUE
                                                              : role;
    if (chosen)
        draw_blank(screen, area, line, ROLE_CHOSEN);
    columns_cell(screen, area, line, layout, columns, MARK, chosen ? ROLE_CHOSEN : ROLE_GOOD,
                 row->live ? "*" : "");
    columns_cell(screen, area, line, layout, columns, NAME, role, row->name);
    columns_cell(screen, area, line, layout, columns, VALUE, value_role,
                 value.length ? text_of(&value) : "-");
    columns_cell(screen, area, line, layout, columns, RANGE, role, text_of(&range));
    text_release(&value);
    text_release(&range);
}

/* What the chosen setting is for, below the list. */
static void draw_help(const struct frame *frame, int line, const struct setting *row)
{
    struct text range = {0};
    setting_write_range(row, &range);
    for (int column = 0; column < frame->area.width; column++)
        draw_line(frame->screen, &frame->area, line, column, LINE_HORIZONTAL);
    draw_format(frame->screen, &frame->area, line, 1, ROLE_HEADING, " %s ", row->name);
    draw_text(frame->screen, &frame->area, line + 1, 1, ROLE_TEXT, row->help);
    int column =
        draw_format(frame->screen, &frame->area, line + 2, 1, ROLE_DIM, "allowed: %s; default %s; ",
                    text_of(&range), row->fallback[0] ? row->fallback : "none");
    draw_text(frame->screen, &frame->area, line + 2, column, row->live ? ROLE_GOOD : ROLE_DIM,
              row->live ? "Enter changes it (*)" : "fixed while training");
    text_release(&range);
}

static int list_rows(const struct frame *frame)
{
    int height = frame->area.height;
    return height > 4 + HELP_ROWS ? height - 1 - HELP_ROWS : height - 1;
}

static void draw(void *state, const struct frame *frame)
{
    struct settings_state *settings = state;
    struct layout layout;
    int rows = list_rows(frame);
    select_rows(settings);
    list_fit(&settings->list, settings->list.count, rows);
    columns_layout(&layout, columns, COLUMNS_USED, frame->area.width);
    columns_headings(frame->screen, &frame->area, 0, &layout, columns, COLUMNS_USED);
    if (settings->list.count == 0)
        draw_format(frame->screen, &frame->area, 1, 0, ROLE_DIM,
                    "no setting has \"%s\" in its name or help", settings->filter);
    for (int i = 0; i < rows && settings->list.top + i < settings->list.count; i++)
        draw_row(frame, &layout, 1 + i, row_at(settings, settings->list.top + i),
                 settings->list.top + i == settings->list.chosen);
    if (rows < frame->area.height - 1 && settings->list.count > 0)
        draw_help(frame, 1 + rows, row_at(settings, settings->list.chosen));
}

static void edit(const struct frame *frame, const struct setting *row)
{
    if (!row->live) {
        ui_say(frame->model, LOG_INFO,
               "%s cannot change while training: set it in the file or with --set", row->name);
        return;
    }
    struct text line = {0};
    text_append(&line, "set %s ", row->name);
    setting_write(row, &frame->model->config, &line);
    panel_prefill(frame->panel, text_of(&line));
    text_release(&line);
}

static bool act(void *state, const struct frame *frame, enum action action, const char *argument)
{
    (void)argument;
    struct settings_state *settings = state;
    if (action == ACTION_ENTER && settings->list.count > 0) {
        edit(frame, row_at(settings, settings->list.chosen));
        return true;
    }
    return list_act(&settings->list, action, list_rows(frame));
}

static void click(void *state, const struct frame *frame, int row, int column, bool twice)
{
    (void)column;
    struct settings_state *settings = state;
    int index = settings->list.top + row - 1;
    if (row < 1 || row > list_rows(frame) || index >= settings->list.count)
        return;
    settings->list.chosen = index;
    if (twice)
        edit(frame, row_at(settings, index));
}

static char *filter(void *state)
{
    struct settings_state *settings = state;
    return settings->filter;
}

const struct view panel_view_settings = {
    .name = "settings",
    .title = "Settings",
    .hints = "down+up=move;page-down=page;filter;enter=edit",
    .state_size = sizeof(struct settings_state),
    .draw = draw,
    .act = act,
    .click = click,
    .filter = filter,
};
