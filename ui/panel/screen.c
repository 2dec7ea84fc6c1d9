#include "ui/panel/screen.h"

#include <curses.h>
#include <langinfo.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/file.h"
#include "ui/panel/format.h"
#include "ui/panel/palette.h"
#include "ui/panel/terminal.h"
#include "ui/panel/theme.h"

enum { LINE_SIZE = 2048 };

static int colours_of_terminal(void)
{
    const char *no_color = getenv("NO_COLOR");
    if ((no_color && no_color[0]) || !has_colors())
        return 0;
    start_color();
    use_default_colors();
    if (COLORS >= PALETTE_DIRECT && terminal_has_direct_colour())
        return PALETTE_DIRECT;
    return COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : COLORS >= 8 ? 8 : 0;
}

void screen_init(struct screen *screen)
{
    const char *terminal = getenv("TERM");
    *screen = (struct screen){0};
    screen->utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
    screen->rich = screen->utf8 && !(terminal && !strncmp(terminal, "linux", 5));
    screen->colours = colours_of_terminal();
    screen_size(screen);
}

bool screen_size(struct screen *screen)
{
    int height = screen->height, width = screen->width;
    getmaxyx(stdscr, screen->height, screen->width);
    return height != screen->height || width != screen->width;
}

static attr_t curses_attributes(int look)
{
    attr_t attributes = A_NORMAL;
    attributes |= look & LOOK_BOLD ? A_BOLD : 0;
    attributes |= look & LOOK_REVERSE ? A_REVERSE : 0;
    attributes |= look & LOOK_UNDERLINE ? A_UNDERLINE : 0;
    attributes |= look & LOOK_DIM ? A_DIM : 0;
    return attributes;
}

/* One colour pair a role, numbered from 1. */
static attr_t role_attributes(const struct screen *screen, enum role role,
                              const struct theme *theme)
{
    const struct look *looks = theme->looks[role];
    if (screen->colours == 0)
        return curses_attributes(looks[LOOK_PLAIN].attributes);
    const struct look *look = &looks[screen->colours >= 256 ? LOOK_MANY : LOOK_FEW];
    int foreground = look->foreground, attributes = look->attributes;
    if (screen->colours == 8 && foreground >= 8 && foreground < 16) {
        foreground -= 8; /* the bright half is bold there */
        attributes |= LOOK_BOLD;
    }
    init_extended_pair(role + 1, palette_number(foreground, screen->colours),
                       palette_number(look->background, screen->colours));
    return curses_attributes(attributes) | (attr_t)COLOR_PAIR(role + 1);
}

void screen_set_theme(struct screen *screen, const struct theme *theme)
{
    screen->theme = theme;
    for (int role = 0; role < ROLE_COUNT; role++)
        screen->attributes[role] = role_attributes(screen, (enum role)role, theme);
}

struct area screen_area(const struct screen *screen)
{
    return (struct area){0, 0, screen->height, screen->width};
}

static int between(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

struct area area_rows(const struct area *area, int row, int height)
{
    row = between(row, 0, area->height);
    return (struct area){area->row + row, area->column, between(height, 0, area->height - row),
                         area->width};
}

struct area area_columns(const struct area *area, int column, int width)
{
    column = between(column, 0, area->width);
    return (struct area){area->row, area->column + column, area->height,
                         between(width, 0, area->width - column)};
}

static bool outside(const struct screen *screen, const struct area *area, int row, int column)
{
    return row < 0 || row >= area->height || column < 0 || column >= area->width ||
           area->row + row >= screen->height || area->column + column >= screen->width;
}

static int draw_within(const struct screen *screen, const struct area *area, int row, int column,
                       int width, enum role role, const char *text)
{
    if (outside(screen, area, row, column) || width < 1)
        return column;
    char line[LINE_SIZE];
    width = between(width, 0, area->width - column);
    width = between(width, 0, screen->width - area->column - column);
    int used =
        text_fit(line, sizeof line, text, width, FIT_ELLIPSIS | (screen->utf8 ? 0 : FIT_ASCII));
    attrset((int)screen->attributes[role]);
    mvaddstr(area->row + row, area->column + column, line);
    return column + used;
}

int draw_text(const struct screen *screen, const struct area *area, int row, int column,
              enum role role, const char *text)
{
    return draw_within(screen, area, row, column, area->width - column, role, text);
}

int draw_format(const struct screen *screen, const struct area *area, int row, int column,
                enum role role, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    return draw_text(screen, area, row, column, role, line);
}

void draw_field(const struct screen *screen, const struct area *area, int row, int column,
                int width, enum role role, bool right, const char *text)
{
    int used = between(text_width(text), 0, width);
    draw_within(screen, area, row, right ? column + width - used : column, right ? used : width,
                role, text);
}

void draw_blank(const struct screen *screen, const struct area *area, int row, enum role role)
{
    if (outside(screen, area, row, 0))
        return;
    attrset((int)screen->attributes[role]);
    mvhline(area->row + row, area->column, ' ', area->width);
}

void draw_clear(const struct screen *screen, const struct area *area)
{
    for (int row = 0; row < area->height; row++)
        draw_blank(screen, area, row, ROLE_TEXT);
}

static const char *line_text(const struct screen *screen, enum line_character character)
{
    static const char *const lines[] = {"\u2500", "\u2502", "\u250c", "\u2510",
                                        "\u2514", "\u2518", "\u2524", "\u252c"};
    static const char *const ascii[] = {"-", "|", "+", "+", "+", "+", "+", "+"};
    return (screen->utf8 ? lines : ascii)[character];
}

void draw_line(const struct screen *screen, const struct area *area, int row, int column,
               enum line_character character)
{
    draw_text(screen, area, row, column, ROLE_BORDER, line_text(screen, character));
}

struct area draw_box(const struct screen *screen, const struct area *area, const char *title)
{
    draw_clear(screen, area);
    if (area->height < 3 || area->width < 6)
        return *area;
    int bottom = area->height - 1, right = area->width - 1;
    for (int column = 1; column < right; column++) {
        draw_line(screen, area, 0, column, LINE_HORIZONTAL);
        draw_line(screen, area, bottom, column, LINE_HORIZONTAL);
    }
    for (int row = 1; row < bottom; row++) {
        draw_line(screen, area, row, 0, LINE_VERTICAL);
        draw_line(screen, area, row, right, LINE_VERTICAL);
    }
    draw_line(screen, area, 0, 0, LINE_TOP_LEFT);
    draw_line(screen, area, 0, right, LINE_TOP_RIGHT);
    draw_line(screen, area, bottom, 0, LINE_BOTTOM_LEFT);
    draw_line(screen, area, bottom, right, LINE_BOTTOM_RIGHT);
    char heading[LINE_SIZE];
    snprintf(heading, sizeof heading, " %s ", title);
    draw_within(screen, area, 0, 2, area->width - 4, ROLE_HEADING, heading);
    return (struct area){area->row + 1, area->column + 2, area->height - 2, area->width - 4};
}

void draw_bar(const struct screen *screen, const struct area *area, int row, int column, int width,
              double share)
{
    static const char *const eighths[] = {" ",      "\u258f", "\u258e", "\u258d",
                                          "\u258c", "\u258b", "\u258a", "\u2589"};
    share = isfinite(share) ? fmin(fmax(share, 0), 1) : 0;
    width = between(width, 0, area->width - column);
    int filled = (int)floor(share * width * 8);
    for (int i = 0; i < width; i++) {
        int cell = between(filled - 8 * i, 0, 8);
        const char *text = screen->rich ? (cell == 8 ? "\u2588" : eighths[cell])
                           : cell >= 4  ? "#"
                                        : " ";
        bool rest = cell == 0 || (!screen->rich && cell < 4);
        draw_within(screen, area, row, column + i, 1, rest ? ROLE_BORDER : ROLE_BAR,
                    rest ? (screen->rich ? "\u2591" : ".") : text);
    }
}

static void extremes(const float *values, int count, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (int i = 0; i < count; i++)
        if (isfinite(values[i])) {
            *low = fmin(*low, (double)values[i]);
            *high = fmax(*high, (double)values[i]);
        }
}

/* The mean of the values that fall on column `column` of `width`. */
static double column_mean(const float *values, int count, int column, int width)
{
    int from = (int)((int64_t)column * count / width),
        to = (int)((int64_t)(column + 1) * count / width);
    double sum = 0;
    int used = 0;
    for (int i = from; i < (to > from ? to : from + 1) && i < count; i++)
        if (isfinite(values[i])) {
            sum += (double)values[i];
            used++;
        }
    return used > 0 ? sum / used : NAN;
}

void draw_sparkline(const struct screen *screen, const struct area *area, int row, int column,
                    int width, const float *values, int count, enum role role)
{
    static const char *const blocks[] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                         "\u2585", "\u2586", "\u2587", "\u2588"};
    static const char *const ascii[] = {"_", "_", ".", ".", "-", "-", "=", "#"};
    double low, high;
    width = between(width, 0, area->width - column);
    extremes(values, count, &low, &high);
    int columns = between(count, 0, width);
    for (int i = 0; i < columns; i++) {
        double mean = column_mean(values, count, i, columns);
        if (!isfinite(mean))
            continue;
        int level = high > low ? between((int)(8 * (mean - low) / (high - low)), 0, 7) : 3;
        draw_within(screen, area, row, column + i, 1, role, (screen->rich ? blocks : ascii)[level]);
    }
}

void draw_mask(const struct screen *screen, const struct area *area, int row, int column,
               const uint8_t *mask, int grid_height, int grid_width)
{
    static const char *const halves[] = {"\u2588", "\u2580", "\u2584",
                                         " "}; /* [top hidden][bottom hidden] */
    static const char *const ascii[] = {"#", "\"", "m", "."};
    for (int line = 0; 2 * line < grid_height; line++)
        for (int x = 0; x < grid_width; x++) {
            int top = mask[2 * line * grid_width + x];
            bool has_bottom = 2 * line + 1 < grid_height;
            int bottom = has_bottom ? mask[(2 * line + 1) * grid_width + x] : 1;
            draw_within(screen, area, row + line, column + x, 1, ROLE_BAR,
                        (screen->rich ? halves : ascii)[2 * top + bottom]);
        }
}

void screen_cursor(const struct screen *screen, int row, int column)
{
    bool shown = row >= 0 && row < screen->height && column >= 0 && column < screen->width;
    curs_set(shown);
    if (shown)
        move(row, column);
}

/* Pictures take a pair of colours for each new combination, in rising order, and curses would begin
 * to take the roles' pairs when it has no more. */
static bool pairs_run_short(void)
{
    enum { PROBES = 8 };
    for (int i = 0; i < PROBES; i++) {
        int foreground = 0, background = 0;
        if (extended_pair_content(COLOR_PAIRS / 2 + i, &foreground, &background) == OK &&
            (foreground || background))
            return true;
    }
    return false;
}

void screen_begin(const struct screen *screen)
{
    if (screen->colours >= 256 && pairs_run_short()) {
        reset_color_pairs();
        for (int role = 0; role < ROLE_COUNT; role++)
            role_attributes(screen, (enum role)role, screen->theme);
    }
    attrset(A_NORMAL);
    bkgdset((chtype)' ' | screen->attributes[ROLE_TEXT]); /* blanks too have the theme's ground */
    erase();
}

void screen_end(const struct screen *screen, bool everything)
{
    (void)screen;
    if (everything)
        clearok(curscr, TRUE);
    refresh();
}

/* One row of cells as UTF-8, blanks at the end dropped. */
static void write_row(const struct screen *screen, int row, FILE *stream)
{
    struct text line = {0};
    for (int column = 0; column < screen->width;) {
        cchar_t cell;
        wchar_t wide[CCHARW_MAX + 1] = {0};
        attr_t attributes;
        short pair;
        mvin_wch(row, column, &cell);
        getcchar(&cell, wide, &attributes, &pair, NULL);
        int columns = wcwidth(wide[0]);
        char bytes[MB_LEN_MAX * (CCHARW_MAX + 1) + 1];
        size_t length = wcstombs(bytes, wide, sizeof bytes - 1);
        if (length != (size_t)-1)
            text_append_bytes(&line, bytes, length);
        column += columns > 1 ? columns : 1;
    }
    size_t length = line.length;
    while (length > 0 && line.bytes[length - 1] == ' ')
        length--;
    fprintf(stream, "%.*s\n", (int)length, text_of(&line));
    text_release(&line);
}

bool screen_save(const struct screen *screen, const char *path, struct error *error)
{
    struct file_write file;
    if (!file_begin(&file, path, error))
        return false;
    int row, column;
    getyx(stdscr, row, column);
    for (int i = 0; i < screen->height; i++)
        write_row(screen, i, file.stream);
    move(row, column);
    return file_commit(&file, error);
}
