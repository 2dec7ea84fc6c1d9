/* Drawing on the terminal: text by role, cut to an area. The only files that know curses are
 * screen.c, cells.c, terminal.c and input.c.
 *
 * Rows and columns are relative to the area given; what lies outside is not drawn.
 */
#ifndef MASKSCOPE_UI_PANEL_SCREEN_H
#define MASKSCOPE_UI_PANEL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* What a piece of text is, from which a theme gives its looks. */
enum role {
    ROLE_TEXT,
    ROLE_DIM,     /* said in passing: units, axes, hints */
    ROLE_TITLE,   /* the bar at the top */
    ROLE_HEADING, /* of columns and sections */
    ROLE_KEY,     /* a key's name */
    ROLE_VALUE,   /* a number that matters */
    ROLE_CHOSEN,  /* the chosen row */
    ROLE_TAB,     /* the open view's tab */
    ROLE_GOOD,
    ROLE_WARNING,
    ROLE_ERROR,
    ROLE_BAR, /* filled part of a bar */
    ROLE_BORDER,
    ROLE_SERIES, /* and SERIES_ROLES - 1 more: curves */
    ROLE_COUNT = ROLE_SERIES + 6,
    SERIES_ROLES = 6
};

struct theme;

struct area {
    int row, column, height, width;
};

struct screen {
    int height, width;
    bool utf8;   /* the locale's characters are UTF-8 */
    bool rich;   /* and the terminal has braille and block elements (the Linux console has not) */
    int colours; /* 0, 8, 16, 256 or PALETTE_DIRECT */
    const struct theme *theme; /* the one in force */
    unsigned attributes[ROLE_COUNT];
};

/* After curses has started: sizes, colours, what the locale can do. */
void screen_init(struct screen *screen);
/* Takes over the size that curses has; true if it changed. */
bool screen_size(struct screen *screen);
/* The theme must outlive the screen or the next call. */
void screen_set_theme(struct screen *screen, const struct theme *theme);

struct area screen_area(const struct screen *screen);
/* The part of an area from `row` on, of `height` rows (or what is left). */
struct area area_rows(const struct area *area, int row, int height);
struct area area_columns(const struct area *area, int column, int width);

/* Draws text cut to the area's end; returns the column after it. */
int draw_text(const struct screen *screen, const struct area *area, int row, int column,
              enum role role, const char *text);
int draw_format(const struct screen *screen, const struct area *area, int row, int column,
                enum role role, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* The same within `width` columns, the rest left blank; right: flush right. */
void draw_field(const struct screen *screen, const struct area *area, int row, int column,
                int width, enum role role, bool right, const char *text);
/* A whole row in the role's colours. */
void draw_blank(const struct screen *screen, const struct area *area, int row, enum role role);
void draw_clear(const struct screen *screen, const struct area *area);
/* A cleared box with a title; returns what is inside. */
struct area draw_box(const struct screen *screen, const struct area *area, const char *title);
void draw_bar(const struct screen *screen, const struct area *area, int row, int column, int width,
              double share);
/* The newest values as small columns, scaled between their extremes; NaN is a gap. */
void draw_sparkline(const struct screen *screen, const struct area *area, int row, int column,
                    int width, const float *values, int count, enum role role);
enum line_character {
    LINE_HORIZONTAL,
    LINE_VERTICAL,
    LINE_TOP_LEFT,
    LINE_TOP_RIGHT,
    LINE_BOTTOM_LEFT,
    LINE_BOTTOM_RIGHT,
    LINE_TICK,
    LINE_TICK_DOWN,
};
void draw_line(const struct screen *screen, const struct area *area, int row, int column,
               enum line_character character);
/* Masks: two rows of patches a line, 1 hidden. */
void draw_mask(const struct screen *screen, const struct area *area, int row, int column,
               const uint8_t *mask, int grid_height, int grid_width);

/* Puts the cursor there and shows it, or hides it (row < 0). */
void screen_cursor(const struct screen *screen, int row, int column);
void screen_begin(const struct screen *screen);
void screen_end(const struct screen *screen, bool everything);
/* What stands on the screen, as text. ERROR_CREATE, ERROR_IO. */
bool screen_save(const struct screen *screen, const char *path, struct error *error);

#endif
