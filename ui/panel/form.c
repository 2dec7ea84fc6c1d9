#include "ui/panel/form.h"

#include "ui/panel/format.h"

enum { NAME_COLUMNS = 18, LARGE_MOVE = 10, EXPLAINED = 2, LEAST = 4 };

static void draw_row(const struct form_of *form, const struct frame *frame, const struct area *line,
                     struct form_field field, bool chosen)
{
    struct text value = {0};
    enum role role = chosen ? ROLE_CHOSEN : ROLE_TEXT;
    bool utf8 = frame->screen->utf8;
    form_field_show(form, field, &value);
    if (chosen)
        draw_blank(frame->screen, line, 0, ROLE_CHOSEN);
    draw_field(frame->screen, line, 0, 1, NAME_COLUMNS - 2, role, false,
               form_field_name(form, field));
    int after = draw_text(frame->screen, line, 0, NAME_COLUMNS, chosen ? role : ROLE_VALUE,
                          text_of(&value));
    if (chosen) {
        draw_text(frame->screen, line, 0, NAME_COLUMNS - 2, role, utf8 ? "\u2039" : "<");
        draw_text(frame->screen, line, 0, after + 1, role, utf8 ? "\u203a" : ">");
    }
    text_release(&value);
}

/* What the parameter is, and what is allowed. */
static void explain(const struct frame *frame, const struct area *area, int row,
                    const struct setting *setting)
{
    struct text text = {0};
    if (!setting)
        return;
    setting_write_range(setting, &text);
    text_append(&text, ", default %s", setting->fallback);
    const char *lines[EXPLAINED] = {setting->help, text_of(&text)};
    for (int i = 0; i < EXPLAINED; i++)
        draw_field(frame->screen, area, row + i, 1, area->width - 1, ROLE_DIM, false, lines[i]);
    text_release(&text);
}

int form_draw(struct form_state *state, const struct form_of *form, const struct frame *frame,
              const struct area *area, int below)
{
    struct form_field fields[FORM_FIELDS];
    int count = form_fields(form, fields);
    if (count == 0) {
        draw_text(frame->screen, area, 0, 1, ROLE_DIM, "it has no number to set");
        return EXPLAINED;
    }
    int room = area->height - EXPLAINED;
    int rows = room > below + LEAST ? room - below : room;
    rows = count < rows ? count : rows;
    list_fit(&state->fields, count, rows);
    state->first_row = area->row - frame->area.row;
    for (int i = 0; i < rows && state->fields.top + i < count; i++) {
        struct area line = area_rows(area, i, 1);
        int index = state->fields.top + i;
        draw_row(form, frame, &line, fields[index], index == state->fields.chosen);
    }
    explain(frame, area, rows, form_field_row(form, fields[state->fields.chosen]));
    return rows + EXPLAINED;
}

static void move_field(struct form_state *state, const struct form_of *form, int steps)
{
    struct form_field fields[FORM_FIELDS];
    int count = form_fields(form, fields);
    if (state->fields.chosen < count)
        form_field_move(form, fields[state->fields.chosen], steps);
}

bool form_act(struct form_state *state, const struct form_of *form, const struct frame *frame,
              enum action action)
{
    static const struct {
        enum action action;
        int steps;
    } moves[] = {{ACTION_LEFT, -1},
                 {ACTION_RIGHT, 1},
                 {ACTION_RATIO_DOWN, -1},
                 {ACTION_RATIO_UP, 1},
                 {ACTION_RATIO_DOWN_10, -LARGE_MOVE},
                 {ACTION_RATIO_UP_10, LARGE_MOVE}};
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++)
        if (moves[i].action == action) {
            move_field(state, form, moves[i].steps);
            return true;
        }
    return list_act(&state->fields, action, frame->area.height - 2);
}

void form_click(struct form_state *state, int row)
{
    int index = state->fields.top + row - state->first_row;
    if (row >= state->first_row && index < state->fields.count)
        state->fields.chosen = index;
}
