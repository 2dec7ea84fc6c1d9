#include "ui/window/figure.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "data/image.h"
#include "ui/window/mask_text.h"
#include "ui/window/theme.h"

static const double dots_per_inch = 300, mm_per_inch = 25.4;
/* Dots for a logical pixel: small text is then 7 points high, as journals ask for. */
static const double dots_per_pixel = 2.65;
enum { TITLE_HEIGHT = 26, NOTE_HEIGHT = 18, BORDER = 6, NOTE_SIZE = 400 };

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "RUN, step 1,500; random75: random, ratio 0.75; 64 x 64 pixels, patches of 8, ..." */
static void write_note(char out[NOTE_SIZE], const struct ui_model *model)
{
    const struct snapshot *snapshot = model->snapshot;
    const struct mae_shape *shape = &snapshot->shape;
    char step[32], strategy[MASK_TEXT_SIZE] = "-", ratio[MASK_TEXT_SIZE] = "-";
    const char *arm = "-";
    text_from_grouped(step, snapshot->step);
    if (snapshot->arm_count > 0) {
        arm = ui_chosen_arm(model)->name;
        mask_text_strategy(strategy, ui_chosen_arm(model));
        mask_text_ratio(ratio, ui_chosen_arm(model));
    }
    bool labelled = shape->norm_pix; /* first of all: it must not be cut off */
    snprintf(out, NOTE_SIZE,
             "%.80s, step %s; %s%s%.32s: %.80s, ratio %.60s; encoder %d x %d, images of %d x %d in "
             "patches of %d",
             last_part(snapshot->folder), step,
             labelled ? pixel_display_label(snapshot->gallery.display) : "", labelled ? "; " : "",
             arm, strategy, ratio, shape->embed_dim, shape->depth, shape->image_width,
             shape->image_height, shape->patch);
}

struct figure {
    SDL_Surface *surface;
    SDL_Renderer *renderer;
    struct canvas canvas;
    int width, height; /* logical */
};

static void close_figure(struct figure *figure)
{
    canvas_release(&figure->canvas);
    if (figure->renderer)
        SDL_DestroyRenderer(figure->renderer);
    SDL_FreeSurface(figure->surface);
}

static bool open_figure(struct figure *figure, struct log *log, double aspect, double width_mm,
                        struct error *error)
{
    int width = (int)lround(width_mm / mm_per_inch * dots_per_inch);
    *figure = (struct figure){.width = (int)(width / dots_per_pixel)};
    figure->height = (int)(figure->width * aspect) + TITLE_HEIGHT + NOTE_HEIGHT;
    int height = (int)(figure->height * dots_per_pixel);
    figure->surface =
        SDL_CreateRGBSurfaceWithFormat(0, width, height, 32, SDL_PIXELFORMAT_ARGB8888);
    figure->renderer = figure->surface ? SDL_CreateSoftwareRenderer(figure->surface) : NULL;
    if (!figure->renderer)
        return error_set(error, ERROR_SYSTEM, "cannot draw a figure: %s", SDL_GetError());
    if (!canvas_init(&figure->canvas, figure->renderer, log, error))
        return false;
    figure->canvas.paper = true;
    return true;
}

static void draw(struct figure *figure, const struct view *view, void *state,
                 struct ui_model *model)
{
    struct canvas *canvas = &figure->canvas;
    float width = (float)figure->width, height = (float)figure->height;
    canvas_begin(canvas, figure->width, figure->height);
    struct view_frame frame = {
        .canvas = canvas,
        .model = model,
        .area = {0, TITLE_HEIGHT, width, height - TITLE_HEIGHT - NOTE_HEIGHT}};
    view->draw(state, &frame);
    canvas_clip(canvas, NULL);
    char title[160];
    snprintf(title, sizeof title, "%s", view->title);
    SDL_FRect line = {THEME_MARGIN, 2, width - 2 * THEME_MARGIN, TITLE_HEIGHT - 2};
    canvas_text_in(canvas, FONT_STRONG, line, ALIGN_LEFT, THEME_TEXT, title);
}

static bool is_white(const struct image *image, int y)
{
    const uint8_t *row = image->pixels + (size_t)y * 3 * (size_t)image->width;
    for (int i = 0; i < 3 * image->width; i++)
        if (row[i] != 0xff)
            return false;
    return true;
}

/* The note goes below the last thing drawn, and what is left of the paper is cut off. */
static void draw_note(struct figure *figure, const struct image *drawn, struct ui_model *model)
{
    struct canvas *canvas = &figure->canvas;
    char note[NOTE_SIZE];
    int last = drawn->height - (int)(NOTE_HEIGHT * canvas->scale);
    while (last > 0 && is_white(drawn, last - 1))
        last--;
    write_note(note, model);
    SDL_FRect line = {THEME_MARGIN, (float)(last / canvas->scale) + BORDER,
                      (float)figure->width - 2 * THEME_MARGIN, NOTE_HEIGHT};
    canvas_text_in(canvas, FONT_SMALL, line, ALIGN_LEFT, THEME_MUTED, note);
    figure->height = (int)ceilf(line.y + line.h);
}

static bool read_pixels(const struct figure *figure, struct image *image, struct error *error)
{
    int height = (int)(figure->height * figure->canvas.scale);
    height = height > figure->surface->h ? figure->surface->h : height;
    SDL_Rect part = {0, 0, figure->surface->w, height};
    if (!image_resize(image, part.w, part.h, 3, error))
        return false;
    if (SDL_RenderReadPixels(figure->renderer, &part, SDL_PIXELFORMAT_RGB24, image->pixels,
                             3 * part.w) == 0)
        return true;
    return error_set(error, ERROR_SYSTEM, "cannot read the figure's pixels: %s", SDL_GetError());
}

static bool write(const struct image *image, const struct view *view, const struct ui_model *model,
                  const char *path, struct error *error)
{
    const struct snapshot *snapshot = model->snapshot;
    struct text settings = {0};
    char step[32], note[NOTE_SIZE];
    write_note(note, model);
    snprintf(step, sizeof step, "%" PRId64, snapshot->step);
    config_write(&snapshot->config, &settings);
    const char *const text[] = {
        "Software",       PACKAGE_STRING, "Title", view->title,     "Comment",          note, "Run",
        snapshot->folder, "Step",         step,    "Configuration", text_of(&settings), NULL,
    };
    bool good = image_write_png_sized(image, path, text, dots_per_inch, error);
    text_release(&settings);
    return good;
}

bool figure_write(const struct view *view, void *state, struct ui_model *model, double aspect,
                  const char *path, double width_mm, struct error *error)
{
    struct figure figure;
    struct image image = {0};
    if (view->release)
        view->release(state);
    bool good = open_figure(&figure, model->log, aspect, width_mm, error);
    if (good) {
        draw(&figure, view, state, model);
        good = read_pixels(&figure, &image, error);
    }
    if (good) {
        draw_note(&figure, &image, model);
        good = read_pixels(&figure, &image, error) && write(&image, view, model, path, error);
    }
    if (view->release) /* before the renderer that its textures are of goes */
        view->release(state);
    close_figure(&figure);
    image_release(&image);
    return good;
}
