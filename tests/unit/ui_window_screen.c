/* The real window, drawn in memory: its pixels are read back, and events are put to it as SDL
 * would.
 */
#include "tests/unit/test.h"

#include <math.h>
#include <unistd.h>

#include <SDL.h>

#include "base/random.h"
#include "tests/ui/made_up_run.h"
#include "tests/unit/window_events.h"
#include "ui/window/curves.h"
#include "ui/window/masks.h"
#include "ui/window/tiles_layout.h"
#include "ui/window/theme.h"

struct fixture {
    struct ui_model model;
    struct keymap *keymap;
    struct snapshot *snapshot;
    struct window *window;
    int commands;
};

static bool count_command(void *context, const struct command *command)
{
    (void)command;
    struct fixture *fixture = context;
    fixture->commands++;
    return true;
}

static void begin(struct fixture *fixture, const struct made_up_run *run)
{
    struct error error = {0};
    memset(fixture, 0, sizeof *fixture);
    fixture->keymap = keymap_new(&error);
    fixture->snapshot = made_up_run_new(run, &error);
    assert_non_null(fixture->keymap);
    assert_non_null(fixture->snapshot);
    ui_model_init(&fixture->model, NULL);
    fixture->model.send = count_command;
    fixture->model.send_context = fixture;
    fixture->model.want_window = true;
    ui_model_take(&fixture->model, fixture->snapshot);
    fixture->window = window_new(&fixture->model, fixture->keymap, &error);
    if (!fixture->window)
        print_message("%s\n", error.message);
    assert_non_null(fixture->window);
    assert_true(fixture->model.window_open);
}

static void end(struct fixture *fixture)
{
    window_free(fixture->window);
    assert_false(fixture->model.window_open);
    keymap_free(fixture->keymap);
    made_up_run_free(fixture->snapshot);
}

/* The place of the first image's pictures, found as the view finds it. */
static struct tiles_layout layout_of(const struct fixture *fixture)
{
    struct tiles_layout layout;
    struct view_frame frame = window_frame(fixture->window);
    SDL_FRect area = {frame.area.x + THEME_MARGIN, frame.area.y + 30,
                      frame.area.w - 2 * THEME_MARGIN, frame.area.h - 30 - THEME_GAP};
    const struct gallery *gallery = &fixture->snapshot->gallery;
    tiles_layout_fit(&layout, area, 1, gallery->width, gallery->height, gallery->images);
    return layout;
}

static void check_picture(struct fixture *fixture, enum picture_kind kind, const uint8_t *expected)
{
    int width, height;
    uint8_t *pixels = read_window(fixture->window, &width, &height);
    struct tiles_layout layout = layout_of(fixture);
    SDL_FRect cell = tiles_layout_cell(&layout, 0, (int)kind);
    int side = fixture->snapshot->gallery.width;
    for (int y = 0; y < side * layout.zoom; y++)
        for (int x = 0; x < side * layout.zoom; x++) {
            const uint8_t *shown = pixels + 3 * (((int)cell.y + y) * width + (int)cell.x + x);
            int from = y / layout.zoom * side + x / layout.zoom;
            assert_memory_equal(shown, expected + 3 * from, 3);
        }
    free(pixels);
}

/* Every pixel of the original, the reconstruction and the rest is on the screen as a block of whole
 * pixels, in the chosen arm's version. */
static void test_pictures_reach_the_screen(void **state)
{
    (void)state;
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    begin(&fixture, &run);
    const struct gallery *gallery = &fixture.snapshot->gallery;
    size_t picture = 3 * 64 * 64;
    const int sizes[][2] = {{1280, 800}, {640, 400}};
    for (int i = 0; i < 2; i++) {
        resize(fixture.window, sizes[i][0], sizes[i][1]);
        check_picture(&fixture, PICTURE_ORIGINAL, gallery->original);
        check_picture(&fixture, PICTURE_RECONSTRUCTION, gallery->prediction);
    }
    type(fixture.window, "a");
    assert_int_equal(fixture.model.arm, 1);
    check_picture(&fixture, PICTURE_RECONSTRUCTION,
                  gallery->prediction + (size_t)gallery->images * picture);
    struct colormap map;
    colormap_init(&map);
    uint8_t expected[3 * 64 * 64];
    const enum picture_kind kinds[] = {PICTURE_MASKED, PICTURE_PASTED, PICTURE_ERROR};
    float scratch[2 * 8 * 64];
    for (int i = 0; i < 3; i++) {
        picture_draw(gallery, 1, 0, kinds[i], &map, picture_error_top(gallery, scratch), expected,
                     3 * 64);
        check_picture(&fixture, kinds[i], expected);
    }
    end(&fixture);
}

/* New data shows; a picture that did not change is not drawn anew. */
static void test_new_pictures_are_shown(void **state)
{
    (void)state;
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    begin(&fixture, &run);
    struct gallery *gallery = &fixture.snapshot->gallery;
    check_picture(&fixture, PICTURE_ORIGINAL, gallery->original);
    memset(gallery->original, 200, 3 * 64 * 64);
    fixture.snapshot->version++;
    gallery->version++;
    type(fixture.window, "0"); /* data alone waits a moment; what the user does is drawn at once */
    check_picture(&fixture, PICTURE_ORIGINAL, gallery->original);
    end(&fixture);
}

static void test_wheel_zooms_by_whole_numbers(void **state)
{
    (void)state;
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    begin(&fixture, &run);
    resize(fixture.window, 1280, 800);
    struct tiles_layout layout = layout_of(&fixture);
    SDL_FRect cell = tiles_layout_cell(&layout, 0, PICTURE_ORIGINAL);
    point(fixture.window, cell.x, cell.y); /* at its corner: pixel 0, 0 stays there */
    wheel(fixture.window, 1);
    SDL_Event away = {.window = {.type = SDL_WINDOWEVENT, .event = SDL_WINDOWEVENT_LEAVE}};
    SDL_PushEvent(&away);
    window_input(fixture.window);
    int width, height, zoom = layout.zoom + 1;
    uint8_t *pixels = read_window(fixture.window, &width, &height);
    for (int y = 0; y < (int)cell.h; y++)
        for (int x = 0; x < (int)cell.w / zoom * zoom; x++)
            assert_memory_equal(pixels + 3 * (((int)cell.y + y) * width + (int)cell.x + x),
                                fixture.snapshot->gallery.original + 3 * (y / zoom * 64 + x / zoom),
                                3);
    free(pixels);
    type(fixture.window, "0");
    check_picture(&fixture, PICTURE_ORIGINAL, fixture.snapshot->gallery.original);
    end(&fixture);
}

static void test_keys_become_actions(void **state)
{
    (void)state;
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    begin(&fixture, &run);
    bool log_scale = fixture.model.log_scale;
    type(fixture.window, "3L");
    assert_int_equal(fixture.window->view, 2);
    assert_true(fixture.model.log_scale != log_scale);
    type(fixture.window, "1jj");
    assert_int_equal(fixture.window->view, 0);
    assert_int_equal(fixture.model.image, 2);
    type(fixture.window, "m");
    assert_int_equal(fixture.commands, 1);
    type(fixture.window, "s"); /* its menu is the panel's */
    assert_non_null(strstr(fixture.model.status, "not there"));
    assert_int_equal(fixture.model.for_panel, ACTION_NONE);
    fixture.model.has_panel = true;
    type(fixture.window, "s");
    assert_non_null(strstr(fixture.model.status, "the terminal asks"));
    assert_int_equal(fixture.model.for_panel, ACTION_STRATEGY);
    type(fixture.window, "?");
    assert_true(fixture.window->help);
    window_draw(fixture.window);
    type(fixture.window, "q");
    assert_false(fixture.window->help);
    assert_true(fixture.model.want_window);
    type(fixture.window, "q");
    assert_false(fixture.model.want_window);
    end(&fixture);
}

static void test_close_button_and_reopening(void **state)
{
    (void)state;
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    begin(&fixture, &run);
    SDL_Event event = {.window = {.type = SDL_WINDOWEVENT, .event = SDL_WINDOWEVENT_CLOSE}};
    SDL_PushEvent(&event);
    window_input(fixture.window);
    assert_false(fixture.model.want_window);
    struct error error;
    for (int i = 0; i < 5; i++) {
        window_free(fixture.window);
        fixture.window = window_new(&fixture.model, fixture.keymap, &error);
        assert_non_null(fixture.window);
        window_draw(fixture.window);
    }
    end(&fixture);
}

/* Without a display, and without having asked for a driver that needs none, there is an error. */
static void test_no_display_is_an_error(void **state)
{
    (void)state;
    struct error error = {0};
    struct ui_model model;
    struct keymap *keymap = keymap_new(&error);
    ui_model_init(&model, NULL);
    unsetenv("SDL_VIDEODRIVER");
    const char *found = getenv("DISPLAY");
    char display[256];
    text_copy(display, sizeof display, found ? found : "");
    setenv("DISPLAY", ":nowhere", 1);
    setenv("WAYLAND_DISPLAY", "nowhere", 1);
    assert_null(window_new(&model, keymap, &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_non_null(strstr(error.message, "display"));
    assert_false(model.window_open);
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    if (display[0])
        setenv("DISPLAY", display, 1);
    unsetenv("WAYLAND_DISPLAY");
    keymap_free(keymap);
}

static void draw_all_views(struct fixture *fixture)
{
    for (int view = 0; view < WINDOW_VIEWS; view++) {
        type(fixture->window, (const char[]){(char)('1' + view), '\0'});
        window_draw(fixture->window);
    }
    type(fixture->window, "1");
}

/* No font is found: the built-in one is there, and the pictures are what they are. */
static void test_no_font(void **state)
{
    (void)state;
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    static const char nothing[] = "<?xml version='1.0'?><fontconfig></fontconfig>";
    char path[] = "/tmp/maskscope-fonts-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0 && write(file, nothing, sizeof nothing - 1) > 0);
    close(file);
    setenv("FONTCONFIG_FILE", path, 1);
    begin(&fixture, &run);
    draw_all_views(&fixture);
    for (int role = 0; role < FONT_ROLES; role++)
        assert_true(font_is_builtin(fixture.window->canvas.fonts, (enum font_role)role));
    assert_true(canvas_text_width(&fixture.window->canvas, FONT_TEXT, "abc") > 0);
    unsetenv("FONTCONFIG_FILE");
    unlink(path);
    end(&fixture);
}

/* The display goes: no window any more, and it is said why. */
static void test_lost_display(void **state)
{
    (void)state;
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    begin(&fixture, &run);
    window_draw(fixture.window);
    fixture.window->lost = true; /* as the guard notes it */
    window_input(fixture.window);
    assert_false(fixture.model.want_window);
    assert_string_equal(fixture.model.window_problem, "the display went away");
    assert_non_null(strstr(fixture.model.status, "training goes on"));
    fixture.window->lost = false; /* this one is there, and is closed as usual */
    end(&fixture);
}

/* However small: nothing breaks, and it is whole again at its usual size. */
static void test_small_window(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {30, 400}, {640, 20}, {200, 150}};
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    begin(&fixture, &run);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        resize(fixture.window, sizes[i][0], sizes[i][1]);
        draw_all_views(&fixture);
    }
    resize(fixture.window, 1280, 800);
    check_picture(&fixture, PICTURE_ORIGINAL, fixture.snapshot->gallery.original);
    end(&fixture);
}

/* Nothing new, nothing drawn. */
static void test_idle_window_does_not_draw(void **state)
{
    (void)state;
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    begin(&fixture, &run);
    window_input(fixture.window);
    window_draw(fixture.window);
    double drawn = fixture.window->drawn;
    for (int i = 0; i < 100; i++) {
        window_input(fixture.window);
        assert_false(window_draw(fixture.window));
    }
    assert_true(fixture.window->drawn == drawn);
    fixture.model.image++;
    window_draw(fixture.window);
    assert_true(fixture.window->drawn > drawn);
    end(&fixture);
}

static bool has_colour(const uint8_t *pixels, int count, const uint8_t rgb[3])
{
    for (int i = 0; i < count; i++)
        if (!memcmp(pixels + 3 * i, rgb, 3))
            return true;
    return false;
}

/* Both arms' lines are on the plot; before the first point there is none. */
static void test_curves_are_drawn(void **state)
{
    (void)state;
    static const uint8_t first[] = {0x56, 0xb4, 0xe9}, second[] = {0xe6, 0x9f, 0x00};
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    begin(&fixture, &run);
    type(fixture.window, "3");
    int width, height;
    uint8_t *pixels = read_window(fixture.window, &width, &height);
    assert_true(has_colour(pixels + 3 * 100 * width, 300 * width, first));
    assert_true(has_colour(pixels + 3 * 100 * width, 300 * width, second));
    free(pixels);
    end(&fixture);
    run.empty = true;
    begin(&fixture, &run);
    type(fixture.window, "3");
    pixels = read_window(fixture.window, &width, &height);
    assert_false(has_colour(pixels + 3 * 100 * width, 300 * width, second));
    free(pixels);
    type(fixture.window, "1");
    free(read_window(fixture.window, &width, &height));
    end(&fixture);
}

/* A loss that jumped once does not flatten the curves: it is told in the title, marked at the edge,
 * and does not draw the smooth line along. */
static void test_jump_is_off_the_plot(void **state)
{
    (void)state;
    static const uint8_t second[] = {0xe6, 0x9f, 0x00};
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    begin(&fixture, &run);
    struct curve *curve = &fixture.snapshot->arms[1].loss_curve;
    int jump = curve->count / 2;
    curve->value[jump] = 1e6F;
    type(fixture.window, "3");
    int width, height;
    uint8_t *pixels = read_window(fixture.window, &width, &height);
    struct view_frame frame = window_frame(fixture.window);
    const struct curves *curves = fixture.window->states[2];
    const struct plot *plot = &curves->plots[CURVES_LOSS];
    assert_true(plot->range.high < 10);
    char title[CURVES_TITLE_SIZE];
    curves_title(title, curves, CURVES_LOSS, &frame);
    assert_non_null(strstr(title, "; dots at the top: up to 1e+06"));
    curves_title(title, curves, CURVES_PROBE, &frame);
    assert_null(strstr(title, "dots"));
    int x = (int)plot_x(plot, (double)curve->step[jump]), y = (int)plot->area.y + 2;
    assert_true(has_colour(pixels + 3 * (y * width + x - 1), 3, second));
    assert_true(curves->smoothing > 0);
    assert_true(curves->smooth[1][jump - 1] < 10 && curves->smooth[1][jump + 1] < 10);
    free(pixels);
    end(&fixture);
}

/* An arm is told of from its first value to its last, and of a point far off its step is said. */
static void test_tip_tells_what_there_is(void **state)
{
    (void)state;
    enum { LATE = 3000, EVALUATIONS = 1000 };
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    begin(&fixture, &run);
    struct snapshot_arm *late = &fixture.snapshot->arms[1];
    curve_clear(&late->loss_curve);
    curve_clear(&late->probe_curve);
    for (int64_t step = LATE; step <= run.points; step++)
        curve_add(&late->loss_curve, step, 0.5);
    for (int64_t step = LATE; step <= run.points; step += EVALUATIONS)
        curve_add(&late->probe_curve, step, 0.25);
    type(fixture.window, "3");
    window_draw(fixture.window);
    struct view_frame frame = window_frame(fixture.window);
    const struct curves *curves = fixture.window->states[2];
    char tip[CURVES_TIP_SIZE];
    curves_tell(curves, &frame, CURVES_LOSS, LATE - 100, tip);
    assert_non_null(strstr(tip, "random75"));
    assert_null(strstr(tip, "block60"));
    curves_tell(curves, &frame, CURVES_LOSS, LATE + 100, tip);
    assert_non_null(strstr(tip, "block60\t0.500"));
    assert_null(strstr(tip, "at step"));
    curves_tell(curves, &frame, CURVES_PROBE, LATE - 250, tip);
    assert_null(strstr(tip, "block60"));
    curves_tell(curves, &frame, CURVES_PROBE, LATE + 250, tip);
    assert_non_null(strstr(tip, "block60\t0.250  at step 3,000"));
    assert_non_null(strstr(tip, "random75"));
    end(&fixture);
}

/* Whether the colour is anywhere on the plot. */
static bool plot_has(struct fixture *fixture, const struct plot *plot, const uint8_t rgb[3])
{
    int width, height;
    uint8_t *pixels = read_window(fixture->window, &width, &height);
    bool found = false;
    for (int y = (int)plot->area.y; y < (int)(plot->area.y + plot->area.h); y++)
        found = found || has_colour(pixels + 3 * ((size_t)y * (size_t)width + (size_t)plot->area.x),
                                    (int)plot->area.w, rgb);
    free(pixels);
    return found;
}

/* A downstream task asked while training has a plot of its own, with what it is called. */
static void test_task_is_drawn(void **state)
{
    (void)state;
    static const uint8_t first[] = {0x56, 0xb4, 0xe9}, second[] = {0xe6, 0x9f, 0x00};
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    begin(&fixture, &run);
    type(fixture.window, "3");
    window_draw(fixture.window);
    const struct curves *curves = fixture.window->states[2];
    const struct plot *plot = &curves->plots[CURVES_TASK];
    assert_true(plot->area.h == 0);
    snprintf(fixture.snapshot->task, sizeof fixture.snapshot->task, "knn");
    snprintf(fixture.snapshot->task_measure, sizeof fixture.snapshot->task_measure, "accuracy");
    snprintf(fixture.snapshot->task_variant, sizeof fixture.snapshot->task_variant,
             "class, k = 20");
    for (int64_t step = 1000; step <= run.points; step += 1000)
        curve_add(&fixture.snapshot->arms[1].task_curve, step, 0.2 + 1e-5 * (double)step);
    fixture.snapshot->version++;
    fixture.window->dirty = true; /* or it would wait for its time */
    window_draw(fixture.window);
    assert_true(plot->area.h > 0);
    assert_true(plot->range.low > 0.1 && plot->range.high < 0.5);
    assert_true(plot_has(&fixture, plot, second));
    assert_false(plot_has(&fixture, plot, first)); /* that arm was not asked */
    assert_true(plot_has(&fixture, &curves->plots[CURVES_PROBE], first));
    struct view_frame frame = window_frame(fixture.window);
    char tip[CURVES_TIP_SIZE], title[CURVES_TITLE_SIZE];
    curves_title(title, curves, CURVES_TASK, &frame);
    assert_string_equal(title, "knn accuracy on held-out images (class, k = 20)");
    curves_tell(curves, &frame, CURVES_TASK, 2000, tip);
    assert_non_null(strstr(tip, "block60\t0.220"));
    assert_null(strstr(tip, "random75"));
    end(&fixture);
}

static void push_random(struct random *random)
{
    static const char characters[] = "123456[]{}jknpmaL0fS.? cEwMGg";
    static const SDL_Keycode keys[] = {SDLK_UP, SDLK_PAGEDOWN, SDLK_PAGEUP, SDLK_TAB,
                                       SDLK_F1, SDLK_HOME,     SDLK_END,    SDLK_LEFT};
    static const uint8_t window_events[] = {SDL_WINDOWEVENT_LEAVE, SDL_WINDOWEVENT_MINIMIZED,
                                            SDL_WINDOWEVENT_RESTORED, SDL_WINDOWEVENT_EXPOSED};
    SDL_Event event = {0};
    int x = (int)random_below(random, 1400) - 50, y = (int)random_below(random, 900) - 50;
    switch (random_below(random, 7)) {
    case 0:
        event.type = SDL_TEXTINPUT;
        event.text.text[0] = characters[random_below(random, sizeof characters - 1)];
        break;
    case 1:
        event.type = SDL_KEYDOWN;
        event.key.keysym.sym = keys[random_below(random, sizeof keys / sizeof keys[0])];
        break;
    case 2:
        event.type = SDL_MOUSEWHEEL;
        event.wheel.preciseY = (float)random_below(random, 5) - 2;
        break;
    case 3:
        event.type = random_below(random, 2) ? SDL_MOUSEBUTTONDOWN : SDL_MOUSEBUTTONUP;
        event.button.button = SDL_BUTTON_LEFT;
        event.button.x = x;
        event.button.y = y;
        break;
    case 4:
        event.type = SDL_WINDOWEVENT;
        event.window.event = window_events[random_below(random, sizeof window_events)];
        break;
    default:
        event.type = SDL_MOUSEMOTION;
        event.motion.x = x;
        event.motion.y = y;
    }
    SDL_PushEvent(&event);
}

/* Each patch of each mask on the sheet is dark exactly where it is hidden, and the map's colours go
 * from the end of the scale to the other in the order of the shares. */
static void test_masks_are_true(void **state)
{
    (void)state;
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    int width, height;
    begin(&fixture, &run);
    resize(fixture.window, 1000, 700);
    fixture.model.arm = 1;
    for (int view = 0; view < WINDOW_VIEWS; view++)
        if (window_views[view] == &window_view_masks)
            type(fixture.window, (const char[]){(char)('1' + view), '\0'});
    uint8_t *pixels = read_window(fixture.window, &width, &height);
    struct view_frame frame = window_frame(fixture.window);
    struct masks_layout layout = masks_lay_out(&frame);
    const struct mask_display *display = &fixture.snapshot->masks[1];
    int grid_width = display->grid_width, patches = grid_width * display->grid_height;
    assert_true(layout.shown == display->examples && layout.shown > 8);
    for (int i = 0; i < layout.shown; i++) {
        SDL_FRect tile = masks_tile(&frame, &layout, i);
        int side = (int)tile.w / grid_width;
        for (int k = 0; k < patches; k++) {
            int x = (int)tile.x + k % grid_width * side, y = (int)tile.y + k / grid_width * side;
            bool dark = pixels[3 * (y * width + x)] < 128; /* its first pixel and its last */
            bool also = pixels[3 * ((y + side - 1) * width + x + side - 1)] < 128;
            assert_int_equal(dark, display->masks[i * patches + k]);
            assert_int_equal(also, dark);
        }
    }
    int side = (int)layout.map.w / grid_width;
    struct colormap colours;
    colormap_init(&colours);
    for (int k = 0; k < patches; k++) {
        int x = (int)layout.map.x + k % grid_width * side + side / 2;
        int y = (int)layout.map.y + k / grid_width * side + side / 2;
        assert_memory_equal(&pixels[3 * (y * width + x)],
                            colormap_at(&colours, (double)display->inclusion[k], 1.0), 3);
    }
    free(pixels);
    end(&fixture);
}

static void test_random_events(void **state)
{
    (void)state;
    enum { EVENTS = 2000, RESIZE_EVERY = 100, DRAW_EVERY = 10, MOVE_EVERY = 25 };
    struct fixture fixture;
    struct made_up_run run = made_up_run_usual();
    begin(&fixture, &run);
    struct random random = random_begin(1, RANDOM_ORDER, 0, 0);
    for (int i = 0; i < EVENTS; i++) {
        push_random(&random);
        window_input(fixture.window);
        fixture.model.screenshot[0] = '\0'; /* S asks for one */
        if (i % MOVE_EVERY == 0)
            made_up_run_move(fixture.snapshot, &run);
        if (i % RESIZE_EVERY == 0)
            resize(fixture.window, (int)random_below(&random, 1200) + 1,
                   (int)random_below(&random, 800) + 1);
        if (i % DRAW_EVERY == 0)
            window_draw(fixture.window);
    }
    assert_true(fixture.commands > 0);
    end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures_reach_the_screen),
        cmocka_unit_test(test_new_pictures_are_shown),
        cmocka_unit_test(test_wheel_zooms_by_whole_numbers),
        cmocka_unit_test(test_keys_become_actions),
        cmocka_unit_test(test_close_button_and_reopening),
        cmocka_unit_test(test_no_display_is_an_error),
        cmocka_unit_test(test_no_font),
        cmocka_unit_test(test_lost_display),
        cmocka_unit_test(test_small_window),
        cmocka_unit_test(test_idle_window_does_not_draw),
        cmocka_unit_test(test_curves_are_drawn),
        cmocka_unit_test(test_task_is_drawn),
        cmocka_unit_test(test_jump_is_off_the_plot),
        cmocka_unit_test(test_tip_tells_what_there_is),
        cmocka_unit_test(test_masks_are_true),
        cmocka_unit_test(test_random_events),
    };
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
