#include "cli/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/window/colormap.h"
#include "ui/window/font_builtin.h"
#include "ui/window/picture.h"

/* Pictures are enlarged by a whole number to about this width; all sizes in pixels. */
enum { CELL_WIDTH = 192, MARGIN = 8, TITLE_HEIGHT = 24, PAPER = 255, INK = 0x30, TITLE_SCALE = 2 };

static void put(struct image *sheet, int x, int y, const uint8_t rgb[3])
{
    if (x < sheet->width && y < sheet->height)
        memcpy(sheet->pixels + ((size_t)y * (size_t)sheet->width + (size_t)x) * 3, rgb, 3);
}

static void put_square(struct image *sheet, int x, int y, int side, const uint8_t rgb[3])
{
    for (int row = 0; row < side; row++)
        for (int column = 0; column < side; column++)
            put(sheet, x + column, y + row, rgb);
}

static void draw_text(struct image *sheet, int x, int y, const char *text)
{
    static const uint8_t ink[3] = {INK, INK, INK};
    for (; *text; text++, x += BUILTIN_ADVANCE * TITLE_SCALE) {
        const uint8_t *rows = font_builtin_rows((unsigned char)*text);
        for (int row = 0; row < BUILTIN_LINE - BUILTIN_TOP; row++)
            for (int column = 0; column < BUILTIN_WIDTH; column++)
                if (row < BUILTIN_HEIGHT && rows[row] >> (BUILTIN_WIDTH - 1 - column) & 1)
                    put_square(sheet, x + column * TITLE_SCALE, y + row * TITLE_SCALE, TITLE_SCALE,
                               ink);
    }
}

static void draw_enlarged(struct image *sheet, const uint8_t *picture, int width, int height, int x,
                          int y, int scale)
{
    for (int row = 0; row < height; row++)
        for (int column = 0; column < width; column++)
            put_square(sheet, x + column * scale, y + row * scale, scale,
                       picture + ((size_t)row * (size_t)width + (size_t)column) * 3);
}

static void draw_rows(struct image *sheet, const struct gallery *gallery, uint8_t *picture,
                      double top, int scale)
{
    struct colormap map;
    colormap_init(&map);
    int cell_width = gallery->width * scale + MARGIN, cell_height = gallery->height * scale + MARGIN;
    for (int kind = 0; kind < PICTURE_KINDS; kind++)
        draw_text(sheet, MARGIN + kind * cell_width, MARGIN, picture_title(kind));
    for (int arm = 0; arm < gallery->arms; arm++)
        for (int image = 0; image < gallery->images; image++)
            for (int kind = 0; kind < PICTURE_KINDS; kind++) {
                picture_draw(gallery, arm, image, kind, &map, top, picture,
                             (size_t)gallery->width * 3);
                draw_enlarged(sheet, picture, gallery->width, gallery->height,
                              MARGIN + kind * cell_width,
                              TITLE_HEIGHT + MARGIN + (arm * gallery->images + image) * cell_height,
                              scale);
            }
}

bool sheet_draw(struct image *sheet, const struct gallery *gallery, struct error *error)
{
    int scale = gallery->width < CELL_WIDTH ? CELL_WIDTH / gallery->width : 1;
    int rows = gallery->arms * gallery->images;
    int width = MARGIN + PICTURE_KINDS * (gallery->width * scale + MARGIN);
    int height = TITLE_HEIGHT + MARGIN + rows * (gallery->height * scale + MARGIN);
    size_t patches = (size_t)rows * (size_t)gallery->patches;
    uint8_t *picture = memory_new((size_t)gallery->width * (size_t)gallery->height, 3, error);
    float *scratch = memory_new(patches, sizeof *scratch, error);
    bool good = picture && scratch && image_resize(sheet, width, height, 3, error);
    if (good) {
        memset(sheet->pixels, PAPER, (size_t)width * (size_t)height * 3);
        draw_rows(sheet, gallery, picture, picture_error_top(gallery, scratch), scale);
    }
    free(picture);
    free(scratch);
    return good;
}
