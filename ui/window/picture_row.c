#include "ui/window/picture_row.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/window/magnified.h"
#include "ui/window/theme.h"

enum { GAP = 16, LINE_GAP = 8 }; /* between lines there are words already */

static int lines_of(const struct picture_row *row)
{
    int others = row->count - (row->apart ? 1 : 0);
    return others > 0 ? (others + row->columns - 1) / row->columns : 1;
}

static int all_columns(const struct picture_row *row)
{
    return row->columns + (row->apart ? 1 : 0);
}

/* Places in the grid with nothing in them. */
static int empty_places(const struct picture_row *row)
{
    return lines_of(row) * row->columns - (row->count - (row->apart ? 1 : 0));
}

static void measure(struct picture_row *row, const struct canvas *canvas, int image_width,
                    int image_height, float words)
{
    int columns = all_columns(row), lines = lines_of(row);
    double width = (double)(row->area.w - (float)(columns - 1) * GAP) / columns * canvas->scale;
    double height =
        ((double)(row->area.h - (float)(lines - 1) * LINE_GAP) / lines - (double)words) *
        canvas->scale;
    row->fit = fmin(width / image_width, height / image_height);
    row->zoom = row->fit < 1 ? 1 : (int)row->fit;
    row->width = (float)(row->zoom * image_width / canvas->scale);
    row->height = (float)(row->zoom * image_height / canvas->scale);
    float all = (float)columns * row->width + (float)(columns - 1) * GAP;
    row->left = row->area.x + fmaxf(0, floorf((row->area.w - all) / 2));
}

/* Larger pictures, then all of them on the screen, then no hole. */
static bool better(const struct picture_row *row, const struct picture_row *best)
{
    if (row->zoom != best->zoom)
        return row->zoom > best->zoom;
    if (fmin(row->fit, 1) != fmin(best->fit, 1))
        return fmin(row->fit, 1) > fmin(best->fit, 1);
    return empty_places(row) < empty_places(best);
}

struct picture_row picture_row_fit(const struct canvas *canvas, SDL_FRect area, int count,
                                   bool apart, int image_width, int image_height, float above,
                                   float below)
{
    struct picture_row best = {0};
    for (int columns = count - (apart ? 1 : 0); columns >= 1; columns--) {
        struct picture_row row = {
            .area = area, .count = count, .columns = columns, .apart = apart, .below = below};
        measure(&row, canvas, image_width, image_height, above + below);
        if (better(&row, &best))
            best = row;
    }
    return best;
}

float picture_row_height(const struct picture_row *row, float above)
{
    int lines = lines_of(row);
    return (float)lines * (above + row->height + row->below) + (float)(lines - 1) * LINE_GAP;
}

SDL_FRect picture_row_cell(const struct picture_row *row, int index, float above)
{
    int at = index - (row->apart ? 1 : 0);
    int column = row->apart && index == 0 ? 0 : at % row->columns + (row->apart ? 1 : 0);
    int line = at > 0 ? at / row->columns : 0;
    float pitch = above + row->height + row->below + LINE_GAP;
    return (SDL_FRect){row->left + (float)column * (row->width + GAP),
                       row->area.y + above + (float)line * pitch, row->width, row->height};
}

static int whole_times(float length, double scale, int pixels)
{
    return (int)lround((double)length * scale / pixels) * pixels;
}

/* A whole number of physical pixels for each of the picture's, whatever rounding its edges would
 * make of it. */
static struct magnifier_view cell_view(const struct canvas *canvas, const struct picture_cell *cell)
{
    const struct gallery *gallery = cell->gallery;
    SDL_Rect place = canvas_physical(canvas, cell->area);
    place.w = whole_times(cell->area.w, canvas->scale, gallery->width);
    place.h = whole_times(cell->area.h, canvas->scale, gallery->height);
    return (struct magnifier_view){place, gallery->width, gallery->height,
                                   place.w / gallery->width};
}

SDL_Rect picture_kind_source(const struct gallery *gallery, enum picture_kind kind)
{
    return (SDL_Rect){(int)kind * gallery->width, 0, gallery->width, gallery->height};
}

/* The cell is all that is drawn on until the view's area is again. */
static void clip(const struct view_frame *frame, const struct picture_cell *cell)
{
    SDL_FRect all = cell->area;
    all.x -= 1;
    all.y -= 1;
    all.w += 2; /* outlines reach over */
    all.h += 2;
    canvas_clip(frame->canvas, cell->magnifier->zoom > 0 ? &cell->area : &all);
}

void picture_cell_draw(const struct view_frame *frame, const struct picture_cell *cell,
                       SDL_Texture *texture, SDL_Rect source)
{
    struct magnifier_view view = cell_view(frame->canvas, cell);
    SDL_Renderer *renderer = frame->canvas->renderer;
    if (texture && source.w == view.image_width)
        magnified_draw(renderer, texture, (SDL_Point){source.x, source.y}, cell->magnifier, &view);
    else if (texture)
        magnified_draw_patches(renderer, texture, source, cell->magnifier, &view);
}

void picture_row_words(struct canvas *canvas, SDL_FRect cell, const struct picture_words *words)
{
    enum { BETWEEN = 3 };
    SDL_FRect above = {cell.x, cell.y - PICTURE_ROW_TITLE, cell.w, PICTURE_ROW_TITLE - BETWEEN};
    SDL_FRect below = {cell.x, cell.y + cell.h, cell.w, PICTURE_ROW_CAPTION};
    canvas_text_fit(canvas, FONT_STRONG, above, ALIGN_LEFT, THEME_TEXT, words->title,
                    words->short_title);
    canvas_text_fit(canvas, FONT_SMALL, below, ALIGN_LEFT, THEME_MUTED, words->caption,
                    words->short_caption);
}

void picture_row_reason(struct canvas *canvas, SDL_FRect cell, const char *why)
{
    canvas_fill(canvas, cell, THEME_PLOT);
    canvas_frame(canvas, cell, THEME_RULE);
    float height = canvas_line_height(canvas, FONT_SMALL) + 2, y = cell.y + cell.h / 3;
    while (*why) { /* one word more on a line as long as it fits */
        char line[160] = "";
        size_t length = 0, taken = 0;
        while (why[taken]) {
            size_t word = taken + strspn(why + taken, " ");
            word += strcspn(why + word, " ");
            snprintf(line, sizeof line, "%.*s", (int)word, why);
            if (taken > 0 && canvas_text_width(canvas, FONT_SMALL, line) > cell.w - 2 * THEME_GAP)
                break;
            length = taken = word;
        }
        snprintf(line, sizeof line, "%.*s", (int)length, why);
        SDL_FRect place = {cell.x + THEME_GAP, y, cell.w - 2 * THEME_GAP, height};
        canvas_text_in(canvas, FONT_SMALL, place, ALIGN_CENTER, THEME_MUTED, line);
        why += length + strspn(why + length, " ");
        y += height;
    }
}

int picture_cell_patch(const struct view_frame *frame, const struct picture_cell *cell)
{
    const struct gallery *gallery = cell->gallery;
    struct magnifier_view view = cell_view(frame->canvas, cell);
    double scale = frame->canvas->scale;
    int x, y;
    if (!frame->mouse_inside ||
        !magnifier_pixel(cell->magnifier, &view, (int)((double)frame->mouse_x * scale),
                         (int)((double)frame->mouse_y * scale), &x, &y))
        return -1;
    return y / gallery->patch * picture_grid_width(gallery) + x / gallery->patch;
}

void picture_cell_outline(const struct view_frame *frame, const struct picture_cell *cell,
                          SDL_Rect patches, SDL_Color colour)
{
    static const SDL_Color dark = {0, 0, 0, 200};
    struct canvas *canvas = frame->canvas;
    struct magnifier_view view = cell_view(canvas, cell);
    SDL_Rect whole = magnifier_whole(cell->magnifier, &view);
    double side = (double)cell->gallery->patch * whole.w / view.image_width / canvas->scale;
    SDL_FRect area = {(float)(whole.x / canvas->scale + side * patches.x),
                      (float)(whole.y / canvas->scale + side * patches.y),
                      (float)(side * patches.w), (float)(side * patches.h)};
    clip(frame, cell);
    canvas_frame(canvas, (SDL_FRect){area.x - 1, area.y - 1, area.w + 2, area.h + 2}, dark);
    canvas_frame(canvas, area, colour);
    canvas_frame(canvas, (SDL_FRect){area.x + 1, area.y + 1, area.w - 2, area.h - 2}, colour);
    canvas_clip(canvas, &frame->area);
}

bool picture_cell_turn(const struct view_frame *frame, const struct picture_cell *cell,
                       struct magnifier *magnifier, float amount)
{
    struct magnifier_view view = cell_view(frame->canvas, cell);
    double scale = frame->canvas->scale;
    if (picture_cell_patch(frame, cell) < 0)
        return false;
    magnifier_turn(magnifier, &view, (double)amount, (int)((double)frame->mouse_x * scale),
                   (int)((double)frame->mouse_y * scale));
    return true;
}

void picture_cell_drag(const struct view_frame *frame, const struct picture_cell *cell,
                       struct magnifier *magnifier, float dx, float dy)
{
    struct magnifier_view view = cell_view(frame->canvas, cell);
    magnifier_drag(magnifier, &view, (double)dx * frame->canvas->scale,
                   (double)dy * frame->canvas->scale);
}
