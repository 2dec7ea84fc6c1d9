#include "ui/panel/cells.h"

#include <curses.h>
#include <string.h>

#include "ui/panel/palette.h"

enum cell_style { CELLS_HALF, CELLS_WHOLE, CELLS_CHARACTERS };

static enum cell_style style_of(const struct screen *screen)
{
    if (screen->colours < 16)
        return CELLS_CHARACTERS;
    return screen->colours >= 256 && screen->rich ? CELLS_HALF : CELLS_WHOLE;
}

void cells_pixels(const struct screen *screen, int rows, int columns, int *height, int *width)
{
    enum cell_style style = style_of(screen);
    *height = style == CELLS_HALF ? 2 * rows : rows;
    *width = style == CELLS_WHOLE ? (columns + 1) / 2 : columns;
}

static int number_of(const struct screen *screen, const uint8_t *rgb)
{
    return palette_number(palette_rgb(rgb[0], rgb[1], rgb[2]), screen->colours);
}

static void put(int row, int column, const wchar_t *character, int foreground, int background)
{
    cchar_t cell;
    int pair = alloc_pair(foreground, background);
    setcchar(&cell, character, A_NORMAL, 0, &pair);
    mvadd_wch(row, column, &cell);
}

static void put_character(const struct screen *screen, int row, int column, const uint8_t *rgb)
{
    static const char ramp[] = " .:-=+*#%@";
    size_t level = (size_t)palette_lightness(rgb) * (sizeof ramp - 1) / 256;
    attrset((int)screen->attributes[ROLE_TEXT]);
    mvaddch(row, column, (chtype)(unsigned char)ramp[level]);
}

void cells_draw(const struct screen *screen, const struct area *area, int row, int column, int rows,
                int columns, const uint8_t *pixels)
{
    enum cell_style style = style_of(screen);
    int height, width;
    cells_pixels(screen, rows, columns, &height, &width);
    for (int y = 0; y < rows && row + y < area->height; y++)
        for (int x = 0; x < columns && column + x < area->width; x++) {
            int at_row = area->row + row + y, at_column = area->column + column + x;
            int pixel_x = style == CELLS_WHOLE ? x / 2 : x,
                pixel_y = style == CELLS_HALF ? 2 * y : y;
            const uint8_t *rgb = pixels + 3 * ((size_t)pixel_y * (size_t)width + (size_t)pixel_x);
            if (at_row < 0 || at_column < 0 || at_row >= screen->height ||
                at_column >= screen->width)
                continue;
            if (style == CELLS_CHARACTERS)
                put_character(screen, at_row, at_column, rgb);
            else if (style == CELLS_WHOLE)
                put(at_row, at_column, L" ", -1, number_of(screen, rgb));
            else
                put(at_row, at_column, L"\u2580", number_of(screen, rgb),
                    number_of(screen, rgb + 3 * (size_t)width));
        }
}

/* The mean of the pixels of one channel in a rectangle that holds at least one. */
static uint8_t mean_of(const uint8_t *from, int from_width, int top, int bottom, int left,
                       int right, int channel)
{
    int64_t sum = 0, count = (int64_t)(bottom - top) * (right - left);
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++)
            sum += from[3 * ((size_t)y * (size_t)from_width + (size_t)x) + (size_t)channel];
    return (uint8_t)((sum + count / 2) / count);
}

void cells_scale(const uint8_t *from, int from_height, int from_width, uint8_t *to, int height,
                 int width)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int top = y * from_height / height, bottom = (y + 1) * from_height / height;
            int left = x * from_width / width, right = (x + 1) * from_width / width;
            bottom = bottom > top ? bottom : top + 1;
            right = right > left ? right : left + 1;
            for (int channel = 0; channel < 3; channel++)
                *to++ = mean_of(from, from_width, top, bottom, left, right, channel);
        }
}
