#include "cli/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/paper.h"
#include "ui/colormap.h"
#include "ui/picture.h"

/* Pictures are enlarged by a whole number to about this width; all sizes in pixels. */
enum {
    CELL_WIDTH = 192,
    MARGIN = 8,
    TITLE_HEIGHT = 24,
    CAPTION_HEIGHT = 22, /* below each row of pictures */
    TITLE_SCALE = 2,
    NAME_LIMIT = 40 /* characters of a file's name in a caption */
};

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
        paper_enlarge(drawing->sheet, MARGIN + kind * cell_width(gallery, scale), y,
                      drawing->picture, gallery->width, gallery->height, scale);
    }
    write_caption(caption, gallery, drawing->arms, arm, image);
    paper_text(drawing->sheet, MARGIN, y + gallery->height * scale + MARGIN / 2, TITLE_SCALE,
               text_of(caption));
}

static void draw_all(const struct drawing *drawing)
{
    const struct gallery *gallery = drawing->gallery;
    struct text caption = {0};
    for (int kind = 0; kind < PICTURE_KINDS; kind++)
        paper_text(drawing->sheet, MARGIN + kind * cell_width(gallery, drawing->scale), MARGIN,
                   TITLE_SCALE, picture_title(kind));
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
    bool good = picture && scratch && paper_init(sheet, width, height, error);
    if (good) {
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
