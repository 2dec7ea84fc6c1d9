/* Held-out images as the chosen arm sees them, in the terminal itself: a row each, or one of them
 * as large as it gets. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/panel/cells.h"
#include "ui/panel/format.h"
#include "ui/panel/view.h"
#include "ui/picture.h"

enum {
    HEAD_ROWS = 2,    /* what is shown, and the columns' titles */
    CAPTION_ROWS = 1, /* below each image */
    LEAST_ROWS = 4,   /* of a picture that is worth showing */
    GAP = 1,
    CAPTION_SIZE = 256,
    LEGEND_CELLS = 16,
};

/* Where pictures of which size lie, and how many are shown. */
struct geometry {
    int rows, columns;       /* of a picture, in cells */
    int first_image, images; /* on the page */
    int first_kind, kinds;
};

/* What the pixels were drawn from; compared as bytes. */
struct drawn {
    uint64_t version;
    int arm;
    struct geometry geometry;
    int height, width; /* of a picture, in pixels */
};

struct images_state {
    bool zoomed;
    int first_kind; /* the leftmost column */
    struct list list;
    struct colormap map;
    bool has_map;
    struct drawn drawn;
    double top;      /* MSE at the high end of the colours */
    uint8_t *pixels; /* [images, kinds, height, width, 3] as drawn */
};

static int at_most(int value, int limit)
{
    return value < limit ? value : limit;
}

static int at_least(int value, int limit)
{
    return value > limit ? value : limit;
}

/* Columns of a picture of so many rows, from the images' own shape. */
static int columns_for(const struct gallery *gallery, int rows)
{
    return at_least((int)lround(2.0 * rows * gallery->width / gallery->height), 1);
}

/* The most rows of a picture such that `count` fit beside each other. */
static int rows_for(const struct gallery *gallery, int width, int count, int most)
{
    int rows = most;
    while (rows > 1 && count * (columns_for(gallery, rows) + GAP) - GAP > width)
        rows--;
    return rows;
}

/* One more image on a page of `room` rows, where that makes pictures only a little smaller. */
static int fill_page(int rows, int room)
{
    int count = room / (rows + CAPTION_ROWS) + 1;
    int smaller = room / count - CAPTION_ROWS;
    return 5 * smaller >= 4 * rows && smaller >= LEAST_ROWS ? smaller : rows;
}

static struct geometry find_geometry(struct images_state *images, const struct frame *frame)
{
    const struct gallery *gallery = &frame->model->snapshot->gallery;
    struct geometry geometry = {0};
    int room = at_least(frame->area.height - HEAD_ROWS - CAPTION_ROWS, 1);
    int rows = rows_for(gallery, frame->area.width, images->zoomed ? 1 : PICTURE_KINDS, room);
    geometry.rows = fill_page(at_most(at_least(rows, LEAST_ROWS), room), room + CAPTION_ROWS);
    geometry.columns = columns_for(gallery, geometry.rows);
    geometry.kinds = at_least((frame->area.width + GAP) / (geometry.columns + GAP), 1);
    geometry.kinds = at_most(geometry.kinds, PICTURE_KINDS);
    images->first_kind = at_most(images->first_kind, PICTURE_KINDS - geometry.kinds);
    geometry.first_kind = images->first_kind;
    geometry.images =
        at_least((frame->area.height - HEAD_ROWS) / (geometry.rows + CAPTION_ROWS), 1);
    images->list.chosen = frame->model->image;
    list_fit(&images->list, gallery->images, geometry.images);
    geometry.first_image = images->list.top;
    geometry.images = at_most(geometry.images, gallery->images - images->list.top);
    return geometry;
}

static size_t picture_bytes(const struct drawn *drawn)
{
    return 3 * (size_t)drawn->height * (size_t)drawn->width;
}

static uint8_t *picture_at(const struct images_state *images, int image, int kind)
{
    const struct drawn *drawn = &images->drawn;
    return images->pixels +
           ((size_t)image * (size_t)drawn->geometry.kinds + (size_t)kind) * picture_bytes(drawn);
}

static bool draw_pixels(struct images_state *images, const struct gallery *gallery)
{
    const struct drawn *drawn = &images->drawn;
    const struct geometry *geometry = &drawn->geometry;
    size_t pitch = 3 * (size_t)gallery->width;
    size_t count = (size_t)geometry->images * (size_t)geometry->kinds;
    uint8_t *whole = memory_new((size_t)gallery->height, pitch, NULL);
    float *scratch = memory_new((size_t)gallery->arms * (size_t)gallery->images,
                                (size_t)gallery->patches * sizeof *scratch, NULL);
    free(images->pixels);
    images->pixels = memory_new(count, picture_bytes(drawn), NULL);
    bool good = whole && scratch && images->pixels;
    images->top = good ? picture_error_top(gallery, scratch) : 1;
    for (int image = 0; good && image < geometry->images; image++)
        for (int kind = 0; kind < geometry->kinds; kind++) {
            picture_draw(gallery, drawn->arm, geometry->first_image + image,
                         (enum picture_kind)(geometry->first_kind + kind), &images->map,
                         images->top, whole, pitch);
            cells_scale(whole, gallery->height, gallery->width, picture_at(images, image, kind),
                        drawn->height, drawn->width);
        }
    free(whole);
    free(scratch);
    return good;
}

/* Draws the pixels anew if what they show has changed. */
static bool refresh(struct images_state *images, const struct frame *frame, int arm)
{
    const struct gallery *gallery = &frame->model->snapshot->gallery;
    struct drawn drawn;
    memset(&drawn, 0, sizeof drawn); /* padding too */
    drawn.version = gallery->version;
    drawn.arm = arm;
    drawn.geometry = find_geometry(images, frame);
    cells_pixels(frame->screen, drawn.geometry.rows, drawn.geometry.columns, &drawn.height,
                 &drawn.width);
    if (!images->has_map)
        colormap_init(&images->map);
    images->has_map = true;
    if (images->pixels && !memcmp(&drawn, &images->drawn, sizeof drawn))
        return true;
    images->drawn = drawn;
    return draw_pixels(images, gallery);
}

static int kind_column(const struct geometry *geometry, int kind)
{
    return kind * (geometry->columns + GAP);
}

static void draw_titles(const struct frame *frame, const struct geometry *geometry)
{
    bool utf8 = frame->screen->utf8;
    for (int i = 0; i < geometry->kinds; i++)
        draw_field(frame->screen, &frame->area, 1, kind_column(geometry, i), geometry->columns,
                   ROLE_HEADING, false,
                   picture_title((enum picture_kind)(geometry->first_kind + i)));
    int end = kind_column(geometry, geometry->kinds) - GAP;
    if (geometry->first_kind + geometry->kinds < PICTURE_KINDS)
        draw_text(frame->screen, &frame->area, 1, at_most(end, frame->area.width - 1), ROLE_KEY,
                  utf8 ? "\u203a" : ">");
    if (geometry->first_kind > 0)
        draw_text(frame->screen, &frame->area, 1, at_least(geometry->columns - 1, 0), ROLE_KEY,
                  utf8 ? "\u2039" : "<");
}

/* The colours of the error map, with the values at their ends. */
static void draw_legend(const struct images_state *images, const struct frame *frame, int column)
{
    char top[NUMBER_SIZE];
    format_number(top, images->top, 7);
    int height, width, needed = LEGEND_CELLS + (int)strlen("error 0  ") + text_width(top);
    if (column + needed > frame->area.width)
        return;
    column =
        draw_text(frame->screen, &frame->area, 0, frame->area.width - needed, ROLE_DIM, "error 0 ");
    uint8_t pixels[2 * LEGEND_CELLS * 3];
    cells_pixels(frame->screen, 1, LEGEND_CELLS, &height, &width);
    for (int i = 0; i < height * width; i++)
        memcpy(pixels + 3 * i, colormap_at(&images->map, i % width, width - 1), 3);
    cells_draw(frame->screen, &frame->area, 0, column, 1, LEGEND_CELLS, pixels);
    draw_format(frame->screen, &frame->area, 0, column + LEGEND_CELLS, ROLE_DIM, " %s", top);
}

static void draw_head(const struct images_state *images, const struct frame *frame, int arm)
{
    const struct gallery *gallery = &frame->model->snapshot->gallery;
    char step[NUMBER_SIZE], first[NUMBER_SIZE], all[NUMBER_SIZE];
    text_from_grouped(step, gallery->step);
    text_from_grouped(first, gallery->first);
    text_from_grouped(all, gallery->held_out);
    int column = draw_text(frame->screen, &frame->area, 0, 0, ROLE_VALUE,
                           frame->model->snapshot->arms[arm].name);
    column = draw_format(
        frame->screen, &frame->area, 0, column, ROLE_DIM,
        " at step %s, %d images from number %s of %s%s", step, gallery->images, first, all,
        gallery->norm_pix ? ", with their visible neighbours' mean and spread" : "");
    draw_legend(images, frame, column + 2);
}

static void draw_caption(const struct frame *frame, int row, int arm, int image)
{
    const struct gallery *gallery = &frame->model->snapshot->gallery;
    bool chosen = image == frame->model->image;
    char mse[NUMBER_SIZE], share[NUMBER_SIZE], numbers[CAPTION_SIZE];
    format_number(mse, picture_mse(gallery, arm, image), 7);
    format_share(share, (double)picture_hidden_count(gallery, arm, image) / gallery->patches);
    snprintf(numbers, sizeof numbers, "  MSE %s  %s hidden", mse, share);
    enum role role = chosen ? ROLE_CHOSEN : ROLE_DIM;
    const char *mark = frame->screen->utf8 ? "\u25b6 " : "> ";
    if (chosen)
        draw_blank(frame->screen, &frame->area, row, ROLE_CHOSEN);
    char name[CAPTION_SIZE];
    snprintf(name, sizeof name, "%s%s%s%s%s", chosen ? mark : "  ", gallery->names[image],
             gallery->classes[image][0] ? " (" : "", gallery->classes[image],
             gallery->classes[image][0] ? ")" : "");
    int room = frame->area.width - text_width(numbers);
    int width = at_most(text_width(name), at_least(room, 0));
    draw_field(frame->screen, &frame->area, row, 0, width, role, false, name);
    draw_text(frame->screen, &frame->area, row, width, role, numbers);
}

/* The gallery's arms may be fewer than the run's for a moment. */
static int shown_arm(const struct frame *frame)
{
    return at_most(frame->model->arm, frame->model->snapshot->gallery.arms - 1);
}

static bool has_pictures(const struct gallery *gallery)
{
    return gallery->step >= 0 && gallery->images > 0 && gallery->arms > 0 && gallery->width > 0 &&
           gallery->height > 0 && gallery->original;
}

static void draw(void *state, const struct frame *frame)
{
    struct images_state *images = state;
    const struct gallery *gallery = &frame->model->snapshot->gallery;
    if (!has_pictures(gallery)) {
        draw_text(frame->screen, &frame->area, 0, 0, ROLE_DIM,
                  "no pictures yet: they are made when training has begun");
        return;
    }
    int arm = shown_arm(frame);
    if (!refresh(images, frame, arm)) {
        draw_text(frame->screen, &frame->area, 0, 0, ROLE_ERROR, "out of memory");
        return;
    }
    const struct geometry *geometry = &images->drawn.geometry;
    draw_head(images, frame, arm);
    draw_titles(frame, geometry);
    for (int i = 0; i < geometry->images; i++) {
        int row = HEAD_ROWS + i * (geometry->rows + CAPTION_ROWS);
        for (int kind = 0; kind < geometry->kinds; kind++)
            cells_draw(frame->screen, &frame->area, row, kind_column(geometry, kind),
                       geometry->rows, geometry->columns, picture_at(images, i, kind));
        draw_caption(frame, row + geometry->rows, arm, geometry->first_image + i);
    }
}

static bool act(void *state, const struct frame *frame, enum action action, const char *argument)
{
    (void)argument;
    struct images_state *images = state;
    switch (action) {
    case ACTION_ZOOM:
    case ACTION_ENTER:
        images->zoomed = !images->zoomed;
        return true;
    case ACTION_LEFT:
        images->first_kind -= images->first_kind > 0;
        return true;
    case ACTION_RIGHT:
        images->first_kind += images->first_kind < PICTURE_KINDS - 1;
        return true;
    default:
        break;
    }
    images->list.chosen = frame->model->image;
    images->list.count = frame->model->snapshot->gallery.images;
    if (!list_act(&images->list, action, at_least(images->drawn.geometry.images, 1)))
        return false;
    frame->model->image = images->list.chosen < 0 ? 0 : images->list.chosen;
    return true;
}

static void click(void *state, const struct frame *frame, int row, int column, bool twice)
{
    (void)column;
    struct images_state *images = state;
    const struct geometry *geometry = &images->drawn.geometry;
    if (row < HEAD_ROWS || geometry->rows == 0)
        return;
    int image = (row - HEAD_ROWS) / (geometry->rows + CAPTION_ROWS);
    if (image >= geometry->images)
        return;
    frame->model->image = geometry->first_image + image;
    images->zoomed ^= twice;
}

static void release(void *state)
{
    struct images_state *images = state;
    free(images->pixels);
}

const struct view panel_view_images = {
    .name = "images",
    .title = "Images",
    .hints = "down+up=image;arm-next=arm;next+previous=other images;masks=new masks;zoom;"
             "left+right=columns;strategy-next=next strategy",
    .state_size = sizeof(struct images_state),
    .draw = draw,
    .act = act,
    .click = click,
    .release = release,
};
