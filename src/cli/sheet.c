#include "cli/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/window/colormap.h"
#include "ui/window/font_builtin.h"
#include "ui/window/picture.h"

/* Pictures are enlarged by a whole number to about this width; all sizes in pixels. */
enum {
    CELL_WIDTH = 192,
    MARGIN = 8,
    TITLE_HEIGHT = 24,
    CAPTION_HEIGHT = 22, /* below each row of pictures */
    PAPER = 255,
    INK = 0x30,
    TITLE_SCALE = 2,
    NAME_LIMIT = 40 /* characters of a file's name in a caption */
};

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
    for (; *text; text++) {
        uint32_t code = (unsigned char)*text;
        if ((code & 0xc0) == 0x80)
            continue; /* within a character of UTF-8, for which its first byte shows a box */
        const uint8_t *rows = font_builtin_rows(code);
        int top = y + font_builtin_drop(code) * TITLE_SCALE;
        for (int row = 0; row < BUILTIN_HEIGHT; row++)
            for (int column = 0; column < BUILTIN_WIDTH; column++)
                if (rows[row] >> (BUILTIN_WIDTH - 1 - column) & 1)
                    put_square(sheet, x + column * TITLE_SCALE, top + row * TITLE_SCALE,
                               TITLE_SCALE, ink);
        x += BUILTIN_ADVANCE * TITLE_SCALE;
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

/* "block  photo.jpg  MSE 0.1234"; the arm where there are several. */
static void write_caption(struct text *caption, const struct gallery *gallery,
                          const char *const *arms, int arm, int image)
{
    const char *name = gallery->names[image], *slash = strrchr(name, '/');
    name = slash ? slash + 1 : name;
    text_clear(caption);
    if (gallery->arms > 1)
        text_append(caption, "%s  ", arms[arm]);
    text_append(caption, "%.*s%s  MSE %.4f", NAME_LIMIT, name,
                strlen(name) > NAME_LIMIT ? "..." : "", picture_mse(gallery, arm, image));
}

/* Where the pictures are, how they are shown, and room for one of them. */
struct drawing {
    struct image *sheet;
    const struct gallery *gallery;
    const char *const *arms; /* their names */
    struct colormap map;
    double top; /* of the map of errors */
    int scale;
    uint8_t *picture;
};

static int cell_width(const struct gallery *gallery, int scale)
{
    return gallery->width * scale + MARGIN;
}

static int cell_height(const struct gallery *gallery, int scale)
{
    return gallery->height * scale + CAPTION_HEIGHT + MARGIN;
}

static void draw_row(const struct drawing *drawing, int arm, int image, struct text *caption)
{
    const struct gallery *gallery = drawing->gallery;
    int scale = drawing->scale, row = arm * gallery->images + image;
    int y = TITLE_HEIGHT + MARGIN + row * cell_height(gallery, scale);
    for (int kind = 0; kind < PICTURE_KINDS; kind++) {
        picture_draw(gallery, arm, image, kind, &drawing->map, drawing->top, drawing->picture,
                     (size_t)gallery->width * 3);
        draw_enlarged(drawing->sheet, drawing->picture, gallery->width, gallery->height,
                      MARGIN + kind * cell_width(gallery, scale), y, scale);
    }
    write_caption(caption, gallery, drawing->arms, arm, image);
    draw_text(drawing->sheet, MARGIN, y + gallery->height * scale + MARGIN / 2, text_of(caption));
}

static void draw_all(const struct drawing *drawing)
{
    const struct gallery *gallery = drawing->gallery;
    struct text caption = {0};
    for (int kind = 0; kind < PICTURE_KINDS; kind++)
        draw_text(drawing->sheet, MARGIN + kind * cell_width(gallery, drawing->scale), MARGIN,
                  picture_title(kind));
    for (int arm = 0; arm < gallery->arms; arm++)
        for (int image = 0; image < gallery->images; image++)
            draw_row(drawing, arm, image, &caption);
    text_release(&caption);
}

bool sheet_draw(struct image *sheet, const struct gallery *gallery, const char *const *arms,
                struct error *error)
{
    int scale = gallery->width < CELL_WIDTH ? CELL_WIDTH / gallery->width : 1;
    int rows = gallery->arms * gallery->images;
    int width = MARGIN + PICTURE_KINDS * cell_width(gallery, scale);
    int height = TITLE_HEIGHT + MARGIN + rows * cell_height(gallery, scale);
    size_t patches = (size_t)rows * (size_t)gallery->patches;
    uint8_t *picture = memory_new((size_t)gallery->width * (size_t)gallery->height, 3, error);
    float *scratch = memory_new(patches, sizeof *scratch, error);
    bool good = picture && scratch && image_resize(sheet, width, height, 3, error);
    if (good) {
        memset(sheet->pixels, PAPER, (size_t)width * (size_t)height * 3);
        struct drawing drawing = {.sheet = sheet,
                                  .gallery = gallery,
                                  .arms = arms,
                                  .top = picture_error_top(gallery, scratch),
                                  .scale = scale,
                                  .picture = picture};
        colormap_init(&drawing.map);
        draw_all(&drawing);
    }
    free(picture);
    free(scratch);
    return good;
}
