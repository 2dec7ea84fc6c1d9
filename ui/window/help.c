#include "ui/window/help.h"

#include "base/text.h"
#include "ui/window/theme.h"

enum { KEYS_WIDTH = 96, COLUMN_WIDTH = 400, KEYS_SIZE = 64 };

/* What the mouse does has no row in the list of actions. */
static const char *const mouse_lines[][2] = {
    {"Wheel", "zoom at the mouse"},
    {"Drag", "move what is zoomed"},
    {"Shift-Wheel", "scroll images; smoothing of curves; block, brush"},
};
enum {
    MOUSE_LINES = sizeof mouse_lines / sizeof mouse_lines[0],
    LINES_LIMIT = ACTION_COUNT + MOUSE_LINES + 1,
};

struct line {
    char keys[KEYS_SIZE];
    const char *text;
};

static int gather_lines(const struct keymap *keymap, struct line lines[LINES_LIMIT])
{
    int count = 0;
    for (int i = 0; i < MOUSE_LINES; i++) {
        text_copy(lines[count].keys, KEYS_SIZE, mouse_lines[i][0]);
        lines[count++].text = mouse_lines[i][1];
    }
    for (int action = 0; action < ACTION_COUNT; action++) {
        keymap_keys(keymap, (enum action)action, lines[count].keys, KEYS_SIZE);
        if (lines[count].keys[0])
            lines[count++].text = action_row((enum action)action)->help;
    }
    return count;
}

static void draw_line(struct canvas *canvas, SDL_FRect place, const struct line *line)
{
    SDL_FRect keys = {place.x, place.y, KEYS_WIDTH, place.h};
    float indent = KEYS_WIDTH + THEME_GAP + 4;
    SDL_FRect text = {place.x + indent, place.y, place.w - indent - THEME_GAP, place.h};
    canvas_text_in(canvas, FONT_NUMBER, keys, ALIGN_RIGHT, THEME_ACCENT, line->keys);
    canvas_text_in(canvas, FONT_SMALL, text, ALIGN_LEFT, THEME_TEXT, line->text);
}

void help_draw(struct canvas *canvas, const struct keymap *keymap, SDL_FRect area, int *first)
{
    static const SDL_Color veil = {0x16, 0x17, 0x1a, 246};
    struct line lines[LINES_LIMIT];
    int count = gather_lines(keymap, lines);
    canvas_fill(canvas, area, veil);
    float height = canvas_line_height(canvas, FONT_SMALL) + 4;
    int rows = (int)((area.h - 2 * THEME_MARGIN) / height), columns = (int)(area.w / COLUMN_WIDTH);
    rows = rows < 1 ? 1 : rows;
    columns = columns < 1 ? 1 : columns;
    int needed = (count + columns - 1) / columns;
    rows = rows > needed ? needed : rows;

    int last = count - rows * columns;
    *first = *first > last ? last : *first;
    *first = *first < 0 ? 0 : *first;
    float width = (area.w - 2 * THEME_MARGIN) / (float)columns;
    for (int i = 0; i < rows * columns && *first + i < count; i++) {
        SDL_FRect place = {area.x + THEME_MARGIN + width * (float)(i / rows),
                           area.y + THEME_MARGIN + height * (float)(i % rows), width, height};
        draw_line(canvas, place, &lines[*first + i]);
    }
}
