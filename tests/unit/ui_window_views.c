/* The views that ask the trainer, look back, and are printed: real windows drawn in memory, events
 * put to them as SDL would, a trainer that is made up.
 */
#include "tests/unit/test.h"

#include <math.h>

#include <SDL.h>

#include "base/memory.h"
#include "data/decode.h"
#include "run/history.h"
#include "run/safetensors.h"
#include "tests/ui/made_up_run.h"
#include "tests/unit/window_events.h"
#include "tests/unit/run_folder.h"
#include "ui/window/attention.h"
#include "ui/window/buttons.h"
#include "ui/window/paint.h"
#include "ui/window/statistics.h"
#include "ui/window/theme.h"
#include "ui/window/tiles.h"

enum { SIDE = 64, PATCH = 8, COLUMNS = 8, PATCHES = 64, PICTURE = 3 * SIDE * SIDE, HEADS = 3 };
enum { IMAGES_VIEW, COMPARE, CURVES, STATISTICS, MASKS, ATTENTION, PAINT, HISTORY };

struct fixture {
    struct ui_model model;
    struct keymap *keymap;
    struct snapshot *snapshot;
    struct window *window;
    struct command command; /* the last one sent */
    int commands;
    struct question question; /* the last one asked */
    uint8_t mask[PATCHES];    /* its mask */
    struct answer answer;
};

static bool keep_command(void *context, const struct command *command)
{
    struct fixture *fixture = context;
    fixture->command = *command;
    fixture->commands++;
    return true;
}

static void keep_question(void *context, const struct question *question)
{
    struct fixture *fixture = context;
    fixture->question = *question;
    if (question->mask)
        memcpy(fixture->mask, question->mask, PATCHES);
}

static void begin(struct fixture *fixture)
{
    struct error error = {0};
    struct made_up_run run = made_up_run_usual();
    memset(fixture, 0, sizeof *fixture);
    fixture->keymap = keymap_new(&error);
    fixture->snapshot = made_up_run_new(&run, &error);
    assert_true(fixture->keymap && fixture->snapshot);
    fixture->snapshot->shape.heads = HEADS;
    fixture->snapshot->shape.depth = 4;
    fixture->snapshot->shape.decoder_heads = 2;
    fixture->snapshot->shape.decoder_depth = 2;
    assert_true(gallery_init(&fixture->answer.gallery, &fixture->snapshot->shape, 1, 1, &error));
    fixture->answer.weights = calloc(HEADS * (1 + PATCHES), sizeof(float));
    ui_model_init(&fixture->model, NULL);
    fixture->model.send = keep_command;
    fixture->model.ask = keep_question;
    fixture->model.send_context = fixture;
    fixture->model.want_window = true;
    ui_model_take(&fixture->model, fixture->snapshot);
    fixture->window = window_new(&fixture->model, fixture->keymap, &error);
    assert_non_null(fixture->window);
}

static void end(struct fixture *fixture)
{
    window_free(fixture->window);
    keymap_free(fixture->keymap);
    made_up_run_free(fixture->snapshot);
    gallery_release(&fixture->answer.gallery);
    free(fixture->answer.weights);
}

/* The cell shows expected [SIDE, SIDE, 3] from its first pixel on, each `zoom` pixels wide. */
static void check_enlarged(struct fixture *fixture, SDL_FRect cell, const uint8_t *expected,
                           int zoom)
{
    int width, height, left = (int)lroundf(cell.x), top = (int)lroundf(cell.y);
    away(fixture->window);
    uint8_t *pixels = read_window(fixture->window, &width, &height);
    for (int y = 0; y < (int)cell.h; y++)
        for (int x = 0; x < (int)cell.w; x++)
            assert_memory_equal(pixels + 3 * ((top + y) * width + left + x),
                                expected + 3 * (y / zoom * SIDE + x / zoom), 3);
    free(pixels);
}

/* All of it. */
static void check_cell(struct fixture *fixture, SDL_FRect cell, const uint8_t *expected)
{
    check_enlarged(fixture, cell, expected, (int)lroundf(cell.w / SIDE));
}

static SDL_FRect tile_cell(const struct tiles *tiles, int slot, enum picture_kind kind)
{
    return tiles_layout_cell(&tiles->layout, slot, (int)kind);
}

/* A tile for each arm, of the chosen image; keys and clicks choose as everywhere. */
static void test_compare(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    const struct gallery *gallery = &fixture.snapshot->gallery;
    type(fixture.window, "2");
    press_key(fixture.window, SDLK_RIGHT);
    press_key(fixture.window, SDLK_RIGHT);
    assert_int_equal(fixture.model.image, 2);
    window_draw(fixture.window);
    const struct tiles *tiles = fixture.window->states[COMPARE];
    for (int arm = 0; arm < 2; arm++) {
        SDL_FRect cell = tile_cell(tiles, arm, PICTURE_RECONSTRUCTION);
        check_cell(&fixture, cell,
                   gallery->prediction + (size_t)(arm * gallery->images + 2) * PICTURE);
    }
    click(fixture.window, tile_cell(tiles, 1, PICTURE_MASKED));
    assert_int_equal(fixture.model.arm, 1);
    end(&fixture);
}

/* What paints lies in the state; its places are found as the view finds them. */
static SDL_FRect paint_cell(struct fixture *fixture, int index)
{
    struct view_frame frame = window_frame(fixture->window);
    SDL_FRect room = {frame.area.x + THEME_MARGIN, frame.area.y + 30,
                      frame.area.w - 2 * THEME_MARGIN, frame.area.h - 30 - BUTTON_HEIGHT - 16};
    struct picture_row row = picture_row_fit(frame.canvas, room, 3, false, SIDE, SIDE,
                                             PICTURE_ROW_TITLE, PICTURE_ROW_CAPTION);
    return picture_row_cell(&row, index, PICTURE_ROW_TITLE);
}

static SDL_FRect patch_of(SDL_FRect cell, int patch)
{
    float side = cell.w / COLUMNS;
    return (SDL_FRect){cell.x + side * (float)(patch % COLUMNS),
                       cell.y + side * (float)(patch / COLUMNS), side, side};
}

/* The trainer's answer: everything the colour of `level`, one patch's error 1 and the rest 0. */
static void answer(struct fixture *fixture, uint8_t level)
{
    struct answer *out = &fixture->answer;
    struct gallery *gallery = &out->gallery;
    out->number = fixture->question.number;
    gallery->version++;
    gallery->images = gallery->arms = 1;
    memcpy(gallery->original, fixture->snapshot->gallery.original, PICTURE);
    memcpy(gallery->mask, fixture->mask, PATCHES);
    memset(gallery->prediction, level, PICTURE);
    for (int patch = 0; patch < PATCHES; patch++)
        gallery->patch_mse[patch] = fixture->mask[patch] ? 0 : NAN;
    fixture->model.answer = out;
}

/* A stroke hides what the brush passes over, leaves no gap, and asks; the answer's pixels are on
 * the screen, hidden patches from the model and visible ones from the image. */
static void test_paint(void **state)
{
    (void)state;
    enum { LEVEL = 93 };
    struct fixture fixture;
    begin(&fixture);
    type(fixture.window, "7");
    window_draw(fixture.window);
    assert_int_equal(fixture.question.number, 1);
    assert_int_equal(fixture.question.mask_kind, QUESTION_GIVEN_MASK);
    assert_memory_equal(fixture.mask, fixture.snapshot->gallery.mask, PATCHES); /* the arm's own */

    struct paint *paint = fixture.window->states[PAINT];
    SDL_FRect cell = paint_cell(&fixture, 0);
    window_draw(fixture.window);
    click(fixture.window, paint->buttons[PAINT_SHOW_ALL].place);
    window_draw(fixture.window);
    for (int patch = 0; patch < PATCHES; patch++)
        assert_int_equal(fixture.mask[patch], 0);
    SDL_FRect from = patch_of(cell, 0), to = patch_of(cell, 5 * COLUMNS + 5);
    point(fixture.window, from.x + 3, from.y + 3);
    button(fixture.window, SDL_MOUSEBUTTONDOWN, SDL_BUTTON_LEFT, from.x + 3, from.y + 3);
    point(fixture.window, to.x + 3, to.y + 3); /* one jump along the diagonal */
    window_draw(fixture.window);
    for (int patch = 0; patch < PATCHES; patch++)
        assert_int_equal(fixture.mask[patch],
                         patch % COLUMNS == patch / COLUMNS && patch / COLUMNS < 6);
    button(fixture.window, SDL_MOUSEBUTTONUP, SDL_BUTTON_LEFT, to.x + 3, to.y + 3);
    SDL_FRect first = patch_of(cell, 0);
    point(fixture.window, first.x + 3, first.y + 3);
    button(fixture.window, SDL_MOUSEBUTTONDOWN, SDL_BUTTON_RIGHT, first.x + 3, first.y + 3);
    button(fixture.window, SDL_MOUSEBUTTONUP, SDL_BUTTON_RIGHT, first.x + 3, first.y + 3);
    window_draw(fixture.window);
    assert_int_equal(fixture.mask[0], 0);
    assert_int_equal(fixture.mask[COLUMNS + 1], 1);

    uint64_t asked = fixture.question.number;
    answer(&fixture, LEVEL);
    uint8_t expected[PICTURE];
    for (int i = 0; i < PICTURE; i++) {
        int y = i / 3 / SIDE, x = i / 3 % SIDE;
        bool hidden = fixture.mask[y / PATCH * COLUMNS + x / PATCH];
        expected[i] = hidden ? LEVEL : fixture.snapshot->gallery.original[i];
    }
    check_cell(&fixture, paint_cell(&fixture, 1), expected);
    assert_int_equal(fixture.question.number, asked); /* nothing changed: nothing is asked again */
    end(&fixture);
}

/* The wheel zooms where the mouse is, a stroke is where it is seen, and a drag of another picture
 * moves all; Shift is the brush's. */
static void test_zoom_of_paint(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    type(fixture.window, "7");
    window_draw(fixture.window);
    struct paint *paint = fixture.window->states[PAINT];
    SDL_FRect cell = paint_cell(&fixture, 0), other = paint_cell(&fixture, 1);
    click(fixture.window, paint->buttons[PAINT_SHOW_ALL].place);
    point(fixture.window, cell.x, cell.y); /* its corner stays where it is */
    wheel(fixture.window, 1);
    int zoom = paint->magnifier.zoom, fit = (int)lroundf(cell.w / SIDE);
    assert_true(zoom > fit);
    window_draw(fixture.window);
    answer(&fixture, 0); /* nothing is hidden: the image itself */
    check_enlarged(&fixture, other, fixture.snapshot->gallery.original, zoom);
    float x = cell.x + cell.w - 2, y = cell.y + 2;
    int column = (int)(cell.w - 2) / zoom / PATCH;
    assert_true(column < COLUMNS - 1);
    click_at(fixture.window, x, y);
    window_draw(fixture.window);
    for (int patch = 0; patch < PATCHES; patch++)
        assert_int_equal(fixture.mask[patch], patch == column);
    button(fixture.window, SDL_MOUSEBUTTONDOWN, SDL_BUTTON_LEFT, other.x + other.w / 2, y);
    point(fixture.window, other.x + other.w / 2 - (float)(zoom * PATCH), y);
    button(fixture.window, SDL_MOUSEBUTTONUP, SDL_BUTTON_LEFT, other.x, y);
    click_at(fixture.window, x, y);
    window_draw(fixture.window);
    assert_int_equal(fixture.mask[column + 1], 1);
    SDL_SetModState(KMOD_SHIFT);
    wheel(fixture.window, 1);
    SDL_SetModState(KMOD_NONE);
    assert_int_equal(paint->brush, 2);
    assert_int_equal(paint->magnifier.zoom, zoom);
    type(fixture.window, "0");
    assert_int_equal(paint->magnifier.zoom, 0);
    end(&fixture);
}

static void test_train_on_a_painted_mask(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    assert_true(config_defaults(&fixture.snapshot->config, NULL)); /* one arm, random75 */
    ui_model_take(&fixture.model, fixture.snapshot);
    type(fixture.window, "7");
    window_draw(fixture.window);
    struct paint *paint = fixture.window->states[PAINT];
    click(fixture.window, paint->buttons[PAINT_HIDE_ALL].place);
    window_draw(fixture.window);
    click(fixture.window, paint->buttons[PAINT_APPLY].place);
    assert_int_equal(fixture.commands, 0); /* a mask with nothing visible is refused */
    assert_non_null(strstr(fixture.model.status, "visible"));
    paint->drawn.mask[0] = paint->drawn.mask[63] = 0;
    click(fixture.window, paint->buttons[PAINT_APPLY].place);
    if (fixture.commands != 1)
        fail_msg("%s", fixture.model.status);
    assert_int_equal(fixture.command.kind, COMMAND_SET);
    assert_string_equal(fixture.command.name, "arms.random75.strategy");
    assert_string_equal(fixture.command.value, "painted:mask=8x8/7ffffffffffffffe");
    end(&fixture);
}

/* The answer to another view's question is not shown as this one's. */
static void test_answers_of_other_views_are_not_shown(void **state)
{
    (void)state;
    enum { FOREIGN = 201 };
    struct fixture fixture;
    begin(&fixture);
    type(fixture.window, "7");
    window_draw(fixture.window);
    answer(&fixture, 10);
    type(fixture.window, "6");
    window_draw(fixture.window);
    assert_true(fixture.question.attention);
    assert_true(fixture.question.number > fixture.answer.number);
    memset(fixture.mask, 1, PATCHES);
    answer(&fixture, FOREIGN);
    type(fixture.window, "7");
    window_draw(fixture.window);
    assert_false(fixture.question.attention);
    int width, height;
    away(fixture.window);
    uint8_t *pixels = read_window(fixture.window, &width, &height);
    SDL_FRect cell = paint_cell(&fixture, 1);
    const uint8_t *corner = pixels + 3 * (((int)cell.y + 8) * width + (int)cell.x + 8);
    assert_int_not_equal(corner[0], FOREIGN);
    free(pixels);
    end(&fixture);
}

/* Clicking a patch asks about it; keys choose blocks; the map's colours are those of the weights,
 * its ends the colour map's. */
static void test_attention(void **state)
{
    (void)state;
    enum { TOKENS = 1 + PATCHES };
    struct fixture fixture;
    struct colormap map;
    colormap_init(&map);
    begin(&fixture);
    type(fixture.window, "6");
    window_draw(fixture.window);
    assert_int_equal(fixture.question.mask_kind, QUESTION_NO_MASK);
    assert_int_equal(fixture.question.block, 3);
    press_key(fixture.window, SDLK_LEFT);
    window_draw(fixture.window);
    assert_int_equal(fixture.question.block, 2);
    press_key(fixture.window, SDLK_RETURN);
    press_key(fixture.window, SDLK_RETURN);
    window_draw(fixture.window);
    assert_int_equal(fixture.question.stack, MAE_DECODER);
    assert_int_equal(fixture.question.block, 1);
    press_key(fixture.window, SDLK_RETURN);

    struct view_frame frame = window_frame(fixture.window);
    float top = frame.area.y + 30 + BUTTON_HEIGHT + 8;
    SDL_FRect room = {THEME_MARGIN, top, frame.area.w - 2 * THEME_MARGIN,
                      frame.area.y + frame.area.h - top - 8};
    struct picture_row row = picture_row_fit(frame.canvas, room, 2 + HEADS, true, SIDE, SIDE,
                                             PICTURE_ROW_TITLE, PICTURE_ROW_CAPTION);
    SDL_FRect image = picture_row_cell(&row, 0, PICTURE_ROW_TITLE);
    window_draw(fixture.window);
    int block = fixture.question.block;
    point(fixture.window, image.x, image.y);
    wheel(fixture.window, 8);
    window_draw(fixture.window);
    assert_int_equal(fixture.question.block, block);
    const struct attention *attention = fixture.window->states[ATTENTION];
    int zoom = attention->magnifier.zoom;
    click_at(fixture.window, image.x + image.w - 2, image.y + 2);
    window_draw(fixture.window);
    assert_int_equal(fixture.question.token, 1 + (int)(image.w - 2) / zoom / PATCH);
    assert_true(fixture.question.token < COLUMNS);
    type(fixture.window, "0");
    point(fixture.window, 2, frame.area.y + 2); /* beside the pictures */
    wheel(fixture.window, -1);
    window_draw(fixture.window);
    assert_int_equal(fixture.question.block, block - 1);
    click(fixture.window, patch_of(image, 19));
    window_draw(fixture.window);
    assert_int_equal(fixture.question.token, 1 + 19);

    memset(fixture.mask, 0, PATCHES);
    answer(&fixture, 0);
    struct answer *out = &fixture.answer;
    out->attention = out->looks = true;
    out->heads = HEADS;
    out->token = 20;
    out->weights[1 * TOKENS + 1] = 0.5f;   /* head 2, patch 0 */
    out->weights[1 * TOKENS + 64] = 0.25f; /* and the last patch */
    away(fixture.window);
    int width, height;
    uint8_t *pixels = read_window(fixture.window, &width, &height);
    SDL_FRect cell = picture_row_cell(&row, 3, PICTURE_ROW_TITLE);
    const struct {
        int patch, entry;
    } cases[] = {{0, COLORMAP_ENTRIES - 1}, {1, 0}, {63, COLORMAP_ENTRIES / 2}};
    for (size_t i = 0; i < 3; i++) {
        SDL_FRect patch = patch_of(cell, cases[i].patch);
        int x = (int)(patch.x + patch.w / 2), y = (int)(patch.y + patch.h / 2);
        assert_memory_equal(pixels + 3 * (y * width + x), map.rgb[cases[i].entry], 3);
    }
    free(pixels);
    point(fixture.window, cell.x, cell.y);
    wheel(fixture.window, 1); /* the first patch is larger, and as it was */
    zoom = attention->magnifier.zoom;
    away(fixture.window);
    pixels = read_window(fixture.window, &width, &height);
    for (int x = 1; x < (int)cell.w; x++) { /* its outline is elsewhere */
        const uint8_t *colour = map.rgb[x < zoom * PATCH ? COLORMAP_ENTRIES - 1 : 0];
        assert_memory_equal(pixels + 3 * (((int)cell.y + 2) * width + (int)cell.x + x), colour, 3);
    }
    free(pixels);
    end(&fixture);
}

/* A step's file as the trainer writes it. */
static void write_step(const struct gallery *gallery, int64_t step, uint8_t level)
{
    struct error error;
    char path[FILE_PATH_SIZE], name[64];
    int original[] = {1, SIDE, SIDE, 3}, mask[] = {1, 1, PATCHES};
    int prediction[] = {1, 1, SIDE, SIDE, 3}, mse[] = {1, 1};
    static uint8_t picture[PICTURE];
    memset(picture, level, PICTURE);
    snprintf(name, sizeof name, "step-%08lld.safetensors", (long long)step);
    snprintf(path, sizeof path, "%.400s/images/history", test_folder);
    assert_true(file_make_folder(path, &error));
    snprintf(path, sizeof path, "%.400s/images/history/%s", test_folder, name);
    struct safetensors_writer *writer = safetensors_writer_new(&error);
    bool good =
        safetensors_writer_metadata(writer, "format", "maskscope-pictures", &error) &&
        safetensors_writer_metadata(writer, "arms", "random75", &error) &&
        safetensors_writer_metadata(writer, "images", "one", &error) &&
        safetensors_writer_add(writer, "original", SAFETENSORS_U8, 4, original, gallery->original,
                               &error) &&
        safetensors_writer_add(writer, "mask", SAFETENSORS_U8, 3, mask, gallery->mask, &error) &&
        safetensors_writer_add(writer, "prediction", SAFETENSORS_U8, 5, prediction, picture,
                               &error) &&
        safetensors_writer_add(writer, "patch_mse", SAFETENSORS_F32, 3, mask, gallery->patch_mse,
                               &error) &&
        safetensors_writer_add(writer, "mse", SAFETENSORS_F32, 2, mse, gallery->mse, &error) &&
        safetensors_writer_save(writer, path, &error);
    assert_true(good);
    safetensors_writer_free(writer);
}

/* The newest step at first; the slider and keys go back, and each step's own pixels are shown. */
static void test_history(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    struct snapshot *snapshot = fixture.snapshot;
    text_copy(snapshot->folder, sizeof snapshot->folder, test_folder);
    const int64_t steps[] = {0, 10, 500};
    for (int i = 0; i < 3; i++) {
        write_step(&snapshot->gallery, steps[i], (uint8_t)(50 + 60 * i));
        snapshot->history_steps[i] = steps[i];
    }
    snapshot->history_count = 3;
    type(fixture.window, "8");
    window_draw(fixture.window);
    const struct tiles *tiles = fixture.window->states[HISTORY]; /* its first member */
    uint8_t expected[PICTURE];
    memset(expected, 170, PICTURE);
    check_cell(&fixture, tile_cell(tiles, 0, PICTURE_RECONSTRUCTION), expected);
    press_key(fixture.window, SDLK_LEFT);
    memset(expected, 110, PICTURE);
    check_cell(&fixture, tile_cell(tiles, 0, PICTURE_RECONSTRUCTION), expected);
    struct view_frame frame = window_frame(fixture.window);
    click(fixture.window,
          (SDL_FRect){frame.area.x + 2 * THEME_MARGIN, frame.area.y + frame.area.h - 40, 1, 1});
    memset(expected, 50, PICTURE);
    check_cell(&fixture, tile_cell(tiles, 0, PICTURE_RECONSTRUCTION), expected);

    snapshot->history_steps[0] = 3; /* a file that is gone: a reason, and nothing breaks */
    press_key(fixture.window, SDLK_HOME);
    window_draw(fixture.window);
    snapshot->history_count = 0;
    press_key(fixture.window, SDLK_RIGHT);
    window_draw(fixture.window);
    end(&fixture);
}

static void test_dropped_file(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    SDL_Event event = {.drop = {.type = SDL_DROPFILE, .file = SDL_strdup("/tmp/a photo.jpg")}};
    SDL_PushEvent(&event);
    window_input(fixture.window); /* which frees the name: NOLINT(clang-analyzer-unix.Malloc) */
    assert_int_equal(fixture.command.kind, COMMAND_SHOW_FILE);
    assert_string_equal(fixture.command.value, "/tmp/a photo.jpg");
    fixture.snapshot->gallery.refusals = 1;
    text_copy(fixture.snapshot->gallery.refusal, 64, "/tmp/a photo.jpg: not a picture");
    window_input(fixture.window);
    assert_string_equal(fixture.model.status, "/tmp/a photo.jpg: not a picture");
    end(&fixture);
}

static bool holds(const struct text *file, const char *word)
{
    return memmem(text_of(file), file->length, word, strlen(word));
}

/* 90 mm at 300 dots an inch, on white, with its settings in it; the window is whole afterwards. */
static void test_figure(void **state)
{
    (void)state;
    struct fixture fixture;
    struct error error;
    struct text file = {0};
    struct image image = {0};
    char path[FILE_PATH_SIZE];
    begin(&fixture);
    assert_true(config_defaults(&fixture.snapshot->config, NULL));
    const char keys[] = "123456";
    for (int view = 0; keys[view]; view++) {
        type(fixture.window, (char[]){keys[view], '\0'});
        snprintf(path, sizeof path, "%.400s/figure-%d.png", test_folder, view);
        text_copy(fixture.model.figure, sizeof fixture.model.figure, path);
        fixture.model.figure_width = 90;
        window_draw(fixture.window);
        assert_string_equal(fixture.model.figure, "");
        assert_true(decode_file(path, &(struct decode_request){0}, &image, &error));
        assert_int_equal(image.width, 1063);
        assert_true(image.pixels[0] == 255 && image.pixels[1] == 255 && image.pixels[2] == 255);
    }
    assert_true(file_read(path, 10 << 20, &file, &error));
    assert_true(holds(&file, "pHYs") && holds(&file, "Configuration") && holds(&file, "train:"));
    type(fixture.window, "1");
    window_draw(fixture.window);
    const struct tiles *tiles = fixture.window->states[IMAGES_VIEW];
    check_cell(&fixture, tile_cell(tiles, 0, PICTURE_ORIGINAL), fixture.snapshot->gallery.original);
    text_copy(fixture.model.figure, sizeof fixture.model.figure, "/nowhere/at/all.png");
    window_draw(fixture.window);
    assert_int_equal(fixture.model.status_level, LOG_WARNING);
    text_release(&file);
    image_release(&image);
    end(&fixture);
}

/* With a scale of 2 everything is twice as large, and the mouse finds it there. */
static void test_scale(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    fixture.snapshot->config.show.scale = 2;
    ui_model_take(&fixture.model, fixture.snapshot);
    SDL_SetWindowSize(fixture.window->handle, 1280, 800);
    window_input(fixture.window);
    window_draw(fixture.window);
    assert_int_equal(fixture.window->canvas.width, 640);
    assert_true(fabs(fixture.window->canvas.scale - 2) < 1e-9);
    const struct tiles *tiles = fixture.window->states[IMAGES_VIEW];
    SDL_FRect cell = tile_cell(tiles, 1, PICTURE_MASKED);
    click(fixture.window, (SDL_FRect){2 * cell.x, 2 * cell.y, 2 * cell.w, 2 * cell.h});
    assert_int_equal(fixture.model.image, 1);
    end(&fixture);
}

/* By itself text grows with a window that is larger than a usual screen. */
static void test_usual_scale(void **state)
{
    (void)state;
    static const struct {
        int width, height;
        double scale;
    } cases[] = {{640, 400, 1}, {1280, 800, 1}, {1920, 1080, 1}, {2560, 1440, 1.5}, {2560, 400, 1}};
    struct fixture fixture;
    begin(&fixture);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        resize(fixture.window, cases[i].width, cases[i].height);
        window_draw(fixture.window);
        assert_true(fabs(fixture.window->canvas.scale - cases[i].scale) < 0.01);
    }
    fixture.snapshot->config.show.scale = 1;
    ui_model_take(&fixture.model, fixture.snapshot);
    resize(fixture.window, 2560, 1440);
    window_draw(fixture.window);
    assert_true(fabs(fixture.window->canvas.scale - 1) < 0.01);
    end(&fixture);
}

static void add_row(struct table *table, const char *arm, const char *group, double mse)
{
    table_add_text(table, arm);
    table_add_text(table, group);
    table_add_integer(table, 96);
    table_add_real(table, mse);
    table_add_real(table, mse - 0.1);
    table_add_real(table, mse + 0.1);
}

/* The charts' numbers are the table's, whatever the order of rows; arms that are gone are left
 * out. */
static void test_statistics_read_tables(void **state)
{
    (void)state;
    static const struct table_column columns[] = {
        {.name = "arm", .type = TABLE_TEXT},       {.name = "strategy", .type = TABLE_TEXT},
        {.name = "images", .type = TABLE_INTEGER}, {.name = "mse", .type = TABLE_REAL},
        {.name = "low", .type = TABLE_REAL},       {.name = "high", .type = TABLE_REAL}};
    struct fixture fixture;
    struct error error;
    struct table table;
    static struct statistics_matrix matrix;
    begin(&fixture);
    assert_true(table_init(&table, "matrix", NULL, columns, 6, &error));
    add_row(&table, "block60", "grid", 0.5);
    add_row(&table, "gone", "grid", 0.1);
    add_row(&table, "random75", "block", 0.75);
    add_row(&table, "random75", "grid", 0.25);
    add_row(&table, "visible-mean", "block", 1.5);
    statistics_read_matrix(&matrix, &table, "strategy", fixture.snapshot);
    assert_int_equal(matrix.rows, 3);
    assert_int_equal(matrix.groups, 2);
    assert_string_equal(matrix.group[0], "grid");
    assert_int_equal(matrix.row[0].arm, 1);
    assert_int_equal(matrix.row[2].arm, -1);
    assert_true(matrix.cell[1][1].mean == 0.75 && matrix.cell[1][0].mean == 0.25);
    assert_true(matrix.cell[0][0].low == 0.4 && matrix.cell[0][0].images == 96);
    assert_true(isnan(matrix.cell[0][1].mean));
    table_release(&table);
    end(&fixture);
}

/* A density is where the values are, and its quartiles are theirs. */
static void test_densities(void **state)
{
    (void)state;
    static const struct table_column columns[] = {{.name = "arm", .type = TABLE_TEXT},
                                                  {.name = "mse", .type = TABLE_REAL}};
    struct fixture fixture;
    struct error error;
    struct table table;
    static struct statistics_densities densities;
    begin(&fixture);
    assert_true(table_init(&table, "images", NULL, columns, 2, &error));
    for (int i = 0; i < 101; i++) {
        table_add_text(&table, "random75");
        table_add_real(&table, 0.2 + 0.001 * i);
        table_add_text(&table, "block60");
        table_add_real(&table, 0.6 + 0.001 * i);
    }
    statistics_read_densities(&densities, &table, fixture.snapshot);
    assert_int_equal(densities.rows, 2);
    assert_true(fabs(densities.row[0].median - 0.25) < 1e-12);
    assert_true(fabs(densities.row[1].quartile_3 - 0.675) < 1e-12);
    for (int row = 0; row < 2; row++) {
        int most = 0;
        for (int i = 1; i < STATISTICS_POINTS; i++)
            if (densities.row[row].density[i] > densities.row[row].density[most])
                most = i;
        double at =
            densities.low + (densities.high - densities.low) * most / (STATISTICS_POINTS - 1);
        assert_true(fabs(at - densities.row[row].median) < 0.05);
    }
    table_release(&table);
    end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_paint),
        cmocka_unit_test(test_zoom_of_paint),
        cmocka_unit_test(test_train_on_a_painted_mask),
        cmocka_unit_test(test_answers_of_other_views_are_not_shown),
        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_dropped_file),
        cmocka_unit_test(test_figure),
        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_usual_scale),
        cmocka_unit_test(test_statistics_read_tables),
        cmocka_unit_test(test_densities),
    };
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    return cmocka_run_group_tests(tests, test_folder_make, test_folder_remove);
}
