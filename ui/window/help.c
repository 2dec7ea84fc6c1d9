#include "ui/window/help.h"

#include <math.h>
#include <stdio.h>

#include "ui/window/theme.h"

enum { KEYS_WIDTH = 96, COLUMN_WIDTH = 400, KEYS_SIZE = 64 };

/* What the mouse does has no row in the list of actions. */
static const char *const mouse_lines[][2] = {
    {"Wheel", "zoom at the mouse"},
    {"Drag", "move what is zoomed"},
    {"Shift-Wheel", "scroll images; smoothing of curves"},
};
enum { MOUSE_LINES = sizeof mouse_lines / sizeof mouse_lines[0] };

struct help {
    struct canvas *canvas;
    SDL_FRect area;
    float x, y, line;
};

static void add_line(struct help *help, const char *keys, const char *text)
{
    if (help->y + help->line > help->area.y + help->area.h) {
        help->y = help->area.y;
        help->x += COLUMN_WIDTH;
    }
    if (help->x + COLUMN_WIDTH / 2 > help->area.x + help->area.w)
        return;
    float right = fminf(help->x + COLUMN_WIDTH - THEME_GAP, help->area.x + help->area.w);
    SDL_FRect left = {help->x, help->y, KEYS_WIDTH, help->line};
    SDL_FRect rest = {help->x + KEYS_WIDTH + THEME_GAP, help->y,
                      right - help->x - KEYS_WIDTH - THEME_GAP, help->line};
    canvas_text_in(help->canvas, FONT_NUMBER, left, ALIGN_RIGHT, THEME_ACCENT, keys);
    canvas_text_in(help->canvas, FONT_SMALL, rest, ALIGN_LEFT, THEME_TEXT, text);
    help->y += help->line;
}

void help_draw(struct canvas *canvas, const struct keymap *keymap, SDL_FRect area)
{
    static const SDL_Color veil = {0x16, 0x17, 0x1a, 242};
    canvas_fill(canvas, area, veil);
    SDL_FRect inner = {area.x + THEME_MARGIN, area.y + THEME_GAP, area.w - 2 * THEME_MARGIN,
                       area.h - 2 * THEME_GAP};
    struct help help = {canvas, inner, inner.x, inner.y,
                        canvas_line_height(canvas, FONT_SMALL) + 3};
    for (int i = 0; i < MOUSE_LINES; i++)
        add_line(&help, mouse_lines[i][0], mouse_lines[i][1]);
    for (int action = 0; action < ACTION_COUNT; action++) {
        char keys[KEYS_SIZE];
        keymap_keys(keymap, (enum action)action, keys, sizeof keys);
        if (keys[0])
            add_line(&help, keys, action_row((enum action)action)->help);
    }
}
