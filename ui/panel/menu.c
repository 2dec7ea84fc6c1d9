#include "ui/panel/menu.h"

#include <stdio.h>

#include "base/memory.h"

enum { NAME_COLUMNS = 16 };

int menu_select(struct menu_state *menu, const struct menu_choices *choices)
{
    int count = 0;
    for (size_t i = 0; i < choices->count && (size_t)count < ARRAY_LENGTH(menu->matching); i++)
        if (list_matches(choices->name(i), menu->filter) ||
            list_matches(choices->help(i), menu->filter))
            menu->matching[count++] = (int)i;
    menu->list.count = count;
    if (count == 0)
        return -1;
    int chosen = menu->list.chosen;
    menu->list.chosen = chosen < 0 ? 0 : chosen < count ? chosen : count - 1;
    return menu->matching[menu->list.chosen];
}

/* Says at the right end of a row how many choices lie beyond it. */
static void draw_beyond(const struct frame *frame, const struct area *row, int count,
                        const char *where)
{
    char text[32];
    int width = snprintf(text, sizeof text, "  %d more %s", count, where);
    if (count > 0 && width < row->width)
        draw_text(frame->screen, row, 0, row->width - width, ROLE_VALUE, text);
}

int menu_draw(struct menu_state *menu, const struct frame *frame, const struct area *area, int rows,
              const struct menu_choices *choices)
{
    int chosen_index = menu_select(menu, choices);
    list_fit(&menu->list, menu->list.count, rows);
    menu->first_row = area->row - frame->area.row;
    menu->rows = rows;
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
    struct area last = area_rows(area, rows - 1, 1);
    draw_beyond(frame, area, menu->list.top, "above");
    draw_beyond(frame, &last, menu->list.count - menu->list.top - rows, "below");
    return chosen_index;
}

const struct mask_choice *menu_chosen_mask(const struct frame *frame)
{
    const struct config *config = &frame->model->config;
    int arm = config_arm(config, ui_chosen_arm(frame->model)->name);
    return arm < 0 ? &config->mask : &config->arms[arm].mask;
}

int menu_height(int inside, size_t count, int extra)
{
    int wanted = (int)count;
    int most = inside - extra - 1;
    return wanted <= most ? wanted : most > 3 ? most : inside;
}

void menu_click(void *state, const struct frame *frame, int row, int column, bool twice)
{
    (void)column;
    struct menu_state *menu = state;
    int index = menu->list.top + row - menu->first_row;
    if (row < menu->first_row || row >= menu->first_row + menu->rows || index >= menu->list.count)
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
