/* The window's parts that need no window: colours, ticks, layout, zoom, pictures, lines. */
#include "tests/unit/test.h"

#include <math.h>

#include "tests/ui/made_up_run.h"
#include "ui/smooth.h"
#include "ui/ticks.h"
#include "ui/window/tiles_layout.h"
#include "ui/window/magnifier.h"
#include "ui/window/picture_row.h"
#include "ui/picture.h"
#include "ui/window/raster.h"
#include "ui/window/series.h"

static void test_colormap_is_uniform_and_in_gamut(void **state)
{
    (void)state;
    double before = 0, step = 0;
    for (int i = 0; i <= 100; i++) {
        double rgb[3], lightness = colormap_linear(i / 100.0, rgb);
        for (int c = 0; c < 3; c++)
            assert_true(rgb[c] >= -1e-9 && rgb[c] <= 1 + 1e-9);
        if (i == 1)
            step = lightness - before;
        if (i > 0)
            assert_float_equal(lightness - before, step, 1e-7);
        before = lightness;
    }
    assert_true(step > 0);
}

static void test_colormap_ends(void **state)
{
    (void)state;
    struct colormap map;
    colormap_init(&map);
    const uint8_t *low = map.rgb[0], *high = map.rgb[COLORMAP_ENTRIES - 1];
    assert_ptr_equal(colormap_at(&map, 0, 2), low);
    assert_ptr_equal(colormap_at(&map, -1, 2), low);
    assert_ptr_equal(colormap_at(&map, NAN, 2), low);
    assert_ptr_equal(colormap_at(&map, 2, 2), high);
    assert_ptr_equal(colormap_at(&map, INFINITY, 2), high);
    assert_ptr_equal(colormap_at(&map, 1, 2), map.rgb[128]);
    assert_true(low[2] > low[1]);   /* violet */
    assert_true(high[0] > high[2]); /* yellow */
    for (int i = 1; i < COLORMAP_ENTRIES; i++) {
        int luma = 0, below = 0;
        const int weights[] = {2126, 7152, 722};
        for (int c = 0; c < 3; c++) {
            luma += weights[c] * map.rgb[i][c];
            below += weights[c] * map.rgb[i - 1][c];
        }
        assert_true(luma >= below);
    }
}

static void test_ticks_are_round_and_inside(void **state)
{
    (void)state;
    const struct {
        double low, high, step;
        int most;
    } cases[] = {{0, 1, 0.2, 6}, {0, 5000, 500, 11},    {0.17, 0.23, 0.01, 7},
                 {-3, 9, 2, 8},  {1e-5, 9e-5, 2e-5, 4}, {0, 7, 5, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ticks ticks;
        ticks_linear(&ticks, cases[i].low, cases[i].high, cases[i].most);
        assert_float_equal(ticks.step / cases[i].step, 1, 1e-9);
        assert_true(ticks.count >= 1 && ticks.count <= cases[i].most);
        for (int j = 0; j < ticks.count; j++) {
            double units = ticks.value[j] / ticks.step;
            assert_float_equal(units, round(units), 1e-6);
            assert_true(ticks.value[j] >= cases[i].low - 1e-6 * ticks.step);
            assert_true(ticks.value[j] <= cases[i].high + 1e-6 * ticks.step);
        }
    }
    struct ticks whole;
    ticks_whole(&whole, 0, 3, 10);
    assert_float_equal(whole.step, 1, 0);
    assert_int_equal(whole.count, 4);
}

static void test_logarithmic_ticks(void **state)
{
    (void)state;
    struct ticks ticks;
    ticks_log(&ticks, 0.01, 10, 4);
    assert_int_equal(ticks.count, 4);
    for (int i = 0; i < 4; i++)
        assert_float_equal(ticks.value[i] / pow(10, i - 2), 1, 1e-9);
    ticks_log(&ticks, 0.1, 1, 6);
    assert_int_equal(ticks.count, 4); /* .1 .2 .5 1 */
    ticks_log(&ticks, 0.6, 2.6, 9);
    assert_int_equal(ticks.count, 4); /* .7 1 1.5 2: just 1 and 2 leave most of the axis bare */
    assert_float_equal(ticks.value[2], 1.5, 1e-9);
    ticks_log(&ticks, 0.55, 0.95, 5);
    assert_int_equal(ticks.count, 4); /* .6 .7 .8 .9 */
}

/* Whatever the range: ticks rise within it, there are three at least, and about as many as asked
 * for at most. Zero has no sign. */
static void test_ticks_of_any_range(void **state)
{
    (void)state;
    for (double low = 1e-30; low < 1e30; low *= 3.7)
        for (double factor = 1.01; factor < 1e40; factor *= 5.1)
            for (int most = TICKS_LEAST; most < 11; most++)
                for (int logarithmic = 0; logarithmic < 2; logarithmic++) {
                    struct ticks ticks;
                    double high = low * factor, slack = 1e-6 * (high - low);
                    if (logarithmic)
                        ticks_log(&ticks, low, high, most);
                    else
                        ticks_linear(&ticks, low, high, most);
                    assert_in_range(ticks.count, TICKS_LEAST, most > 7 ? most : 7);
                    for (int i = 0; i < ticks.count; i++) {
                        assert_true(ticks.value[i] >= low - slack);
                        assert_true(ticks.value[i] <= high + slack);
                        assert_true(i == 0 || ticks.value[i] > ticks.value[i - 1]);
                    }
                }
    struct ticks ticks;
    ticks_linear(&ticks, 1.2e-19, 1, 5);
    assert_false(signbit(ticks.value[0]));
}

static void assert_label(double value, double step, const char *expected)
{
    char text[32];
    ticks_label(text, sizeof text, value, step);
    assert_string_equal(text, expected);
}

static void test_labels(void **state)
{
    (void)state;
    assert_label(0.2, 0.1, "0.2");
    assert_label(1, 0.5, "1.0");
    assert_label(0.25, 0.05, "0.25");
    assert_label(2e-17, 0.1, "0");
    assert_label(500, 500, "500");
    assert_label(1e-5, 0, "1e-05");
    char text[32];
    ticks_value(text, sizeof text, 0.012345);
    assert_string_equal(text, "0.0123");
    ticks_value(text, sizeof text, NAN);
    assert_string_equal(text, "-");
    ticks_count(text, sizeof text, 1250000);
    assert_string_equal(text, "1.25M");
}

/* Everything lies within the area, nothing on anything else, and pictures are whole multiples. */
static void check_layout(int width, int height, int pixels, int images, double scale)
{
    SDL_FRect area = {14, 60, (float)width, (float)height};
    struct tiles_layout layout;
    tiles_layout_fit(&layout, area, scale, pixels, pixels, images);
    assert_true(layout.zoom >= 1);
    assert_float_equal(layout.cell_width * scale, pixels * layout.zoom, 1e-3);
    if (layout.tile_width > area.w || layout.tile_height + TILES_TITLE > area.h)
        return; /* too small an area for even one tile */
    int used = tiles_layout_slots(&layout);
    for (int slot = 0; slot < used; slot++)
        for (int kind = 0; kind < PICTURE_KINDS; kind++) {
            SDL_FRect cell = tiles_layout_cell(&layout, slot, kind);
            SDL_FRect tile = tiles_layout_tile(&layout, slot);
            assert_true(cell.x >= area.x && cell.x + cell.w <= area.x + area.w + 0.01f);
            assert_true(cell.y >= area.y && cell.y + cell.h <= area.y + area.h + 0.01f);
            assert_true(cell.y + cell.h <= tile.y + tile.h + 0.01f);
            for (int other = 0; other < kind; other++) {
                SDL_FRect there = tiles_layout_cell(&layout, slot, other);
                assert_false(cell.x < there.x + there.w && there.x < cell.x + cell.w &&
                             cell.y < there.y + there.h && there.y < cell.y + cell.h);
            }
        }
}

static void test_layout_fits(void **state)
{
    (void)state;
    const int sizes[][2] = {{612, 308}, {1252, 708}, {2532, 1348}, {900, 1700}, {3000, 400}};
    const int pixels[] = {32, 64, 96, 224};
    const int images[] = {1, 2, 5, 8, 16, 64};
    for (size_t s = 0; s < 5; s++)
        for (size_t p = 0; p < 4; p++)
            for (size_t n = 0; n < 6; n++) {
                check_layout(sizes[s][0], sizes[s][1], pixels[p], images[n], 1);
                check_layout(sizes[s][0], sizes[s][1], pixels[p], images[n], 2);
                check_layout(sizes[s][0], sizes[s][1], pixels[p], images[n], 1.5);
            }
    struct tiles_layout layout;
    tiles_layout_fit(&layout, (SDL_FRect){0, 0, 3, 3}, 1, 64, 64, 4); /* absurdly small */
    assert_int_equal(tiles_layout_slots(&layout), 1);
    tiles_layout_fit(&layout, (SDL_FRect){0, 0, 2532, 1348}, 1, 64, 64, 8);
    assert_true(tiles_layout_slots(&layout) >= 8); /* a large window shows them all */
}

static void test_zoom_keeps_the_pixel_under_the_mouse(void **state)
{
    (void)state;
    const struct magnifier_view view = {{100, 50, 192, 192}, 64, 64, 3};
    struct magnifier magnifier = {0};
    int x = 100 + 130, y = 50 + 70, before_x, before_y, after_x, after_y;
    assert_true(magnifier_pixel(&magnifier, &view, x, y, &before_x, &before_y));
    assert_int_equal(before_x, 43);
    assert_int_equal(before_y, 23);
    for (int i = 0; i < 12; i++) {
        magnifier_turn(&magnifier, &view, 1, x, y);
        assert_true(magnifier_pixel(&magnifier, &view, x, y, &after_x, &after_y));
        assert_in_range(after_x, before_x - 1, before_x + 1);
        assert_in_range(after_y, before_y - 1, before_y + 1);
        SDL_Rect source, target;
        magnifier_part(&magnifier, &view, &source, &target);
        assert_int_equal(target.w, source.w * magnifier.zoom);
        assert_true(source.x >= 0 && source.x + source.w <= 64);
        assert_true(target.w >= 192 && target.h >= 192); /* no bare edge */
    }
    magnifier_drag(&magnifier, &view, -1e6, -1e6);
    SDL_Rect source, target;
    magnifier_part(&magnifier, &view, &source, &target);
    assert_int_equal(source.x + source.w, 64);
    for (int i = 0; i < 40; i++)
        magnifier_turn(&magnifier, &view, -1, x, y);
    magnifier_part(&magnifier, &view, &source, &target);
    assert_int_equal(source.w, 64);
    assert_int_equal(target.w, 192);
    assert_false(magnifier_pixel(&magnifier, &view, 99, 60, &after_x, &after_y));
}

/* Each picture, patch by patch, against the gallery. */
static void test_pictures_are_true(void **state)
{
    (void)state;
    struct error error;
    struct made_up_run run = made_up_run_usual();
    run.images = 3;
    struct snapshot *snapshot = made_up_run_new(&run, &error);
    assert_non_null(snapshot);
    const struct gallery *gallery = &snapshot->gallery;
    struct colormap map;
    colormap_init(&map);
    enum { SIDE = 64, PITCH = 3 * SIDE, ARM = 1, IMAGE = 2, TOP = 1 };
    uint8_t out[PICTURE_KINDS][SIDE * PITCH];
    for (int kind = 0; kind < PICTURE_KINDS; kind++)
        picture_draw(gallery, ARM, IMAGE, (enum picture_kind)kind, &map, 0.05, out[kind], PITCH);
    const uint8_t *original = gallery->original + (size_t)IMAGE * SIDE * PITCH;
    const uint8_t *prediction =
        gallery->prediction + (size_t)(ARM * run.images + IMAGE) * SIDE * PITCH;
    int hidden_pixels = 0, grey_pixels = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            int patch = y / 8 * 8 + x / 8, at = y * PITCH + 3 * x;
            bool hidden = gallery->mask[(ARM * run.images + IMAGE) * 64 + patch];
            uint8_t grey = (x + y) % PICTURE_LINE_DISTANCE ? PICTURE_NOTHING : PICTURE_NOTHING_LINE;
            const uint8_t greys[3] = {grey, grey, grey};
            double mse = (double)gallery->patch_mse[(ARM * run.images + IMAGE) * 64 + patch];
            assert_memory_equal(out[PICTURE_ORIGINAL] + at, original + at, 3);
            assert_memory_equal(out[PICTURE_MASKED] + at, hidden ? greys : original + at, 3);
            assert_memory_equal(out[PICTURE_RECONSTRUCTION] + at, prediction + at, 3);
            assert_memory_equal(out[PICTURE_PASTED] + at, (hidden ? prediction : original) + at, 3);
            assert_memory_equal(out[PICTURE_ERROR] + at,
                                hidden ? colormap_at(&map, mse, 0.05) : greys, 3);
            hidden_pixels += hidden;
            grey_pixels += !memcmp(out[PICTURE_MASKED] + at, greys, 3);
        }
    assert_int_equal(hidden_pixels, 64 * picture_hidden_count(gallery, ARM, IMAGE));
    assert_true(grey_pixels >= hidden_pixels);
    made_up_run_free(snapshot);
}

static void test_error_scale_is_round_and_shared(void **state)
{
    (void)state;
    uint8_t mask[200];
    float mse[200], scratch[200];
    memset(mask, 1, sizeof mask);
    for (int i = 0; i < 200; i++)
        mse[i] = 0.03f;
    mse[7] = 100; /* one wild patch does not darken all the others */
    mask[9] = 0;
    mse[9] = NAN;
    struct gallery gallery = {
        .images = 1, .arms = 2, .patches = 100, .mask = mask, .patch_mse = mse};
    assert_float_equal(picture_error_top(&gallery, scratch), 0.03, 1e-9);
    memset(mask, 0, sizeof mask);
    assert_float_equal(picture_error_top(&gallery, scratch), 1, 0);
}

static void test_smoothing(void **state)
{
    (void)state;
    float values[9], out[9];
    for (int i = 0; i < 9; i++)
        values[i] = 2 * (float)i; /* a straight line stays one, to its ends */
    smooth_values(values, 9, 3, out);
    for (int i = 0; i < 9; i++)
        assert_float_equal(out[i], values[i], 1e-5);
    values[4] = NAN;
    smooth_values(values, 9, 1, out);
    assert_true(isnan(out[4]));
    assert_float_equal(out[3], values[3], 1e-5); /* on the line of those that are left */
    const float bump[9] = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    smooth_values(bump, 9, 1, out);
    assert_float_equal(out[3], 2, 1e-6); /* weights 1 2 1 */
    assert_float_equal(out[2], 1, 1e-6);
    assert_float_equal(out[5], 0, 1e-6);
    smooth_values(bump, 9, 0, out);
    assert_memory_equal(out, bump, sizeof bump);
}

/* A wild last value pulls the end no further than it would pull the middle. */
static void test_smoothing_is_steady_at_the_ends(void **state)
{
    (void)state;
    enum { COUNT = 200, HALF = 10 };
    float values[COUNT], out[COUNT];
    for (int wild = 0; wild < COUNT; wild += COUNT - 1) {
        for (int i = 0; i < COUNT; i++)
            values[i] = i == wild ? 0 : 1;
        smooth_values(values, COUNT, HALF, out);
        assert_true(out[wild] > 0.8f);
    }
    for (int count = 1; count < 6; count++) { /* fewer points than the window holds */
        smooth_values(values, count, HALF, out);
        for (int i = 0; i < count; i++)
            assert_float_equal(out[i], 1, 1e-5);
    }
}

static void test_nearest_point(void **state)
{
    (void)state;
    struct curve *curve = calloc(1, sizeof *curve);
    for (int i = 1; i <= 5; i++)
        curve_add(curve, 10 * i, i);
    assert_int_equal(series_nearest(curve, -5), 0);
    assert_int_equal(series_nearest(curve, 24), 1);
    assert_int_equal(series_nearest(curve, 26), 2);
    assert_int_equal(series_nearest(curve, 1e9), 4);
    assert_int_equal(series_point(curve, 24), 1);
    assert_int_equal(series_point(curve, 50), 4);
    assert_int_equal(series_point(curve, 9.5), -1); /* nothing was measured there */
    assert_int_equal(series_point(curve, 50.5), -1);
    int first, last;
    assert_true(series_between(curve, 20, 30, &first, &last));
    assert_int_equal(first, 0);
    assert_int_equal(last, 3);
    free(curve);
}

static void test_lines_stay_inside_the_clip(void **state)
{
    (void)state;
    struct raster raster = {0};
    assert_true(raster_resize(&raster, 40, 30));
    raster_fill(&raster, raster.clip, (struct raster_colour){0, 0, 0, 255});
    raster_clip(&raster, (struct raster_area){5, 5, 35, 25});
    const struct raster_dash dashes[] = {{{0}}, {{2, 1, 2, 1}}};
    const struct raster_colour white = {255, 255, 255, 255};
    for (int i = 0; i < 2; i++) {
        double phase = 0;
        raster_line(&raster, -500, -300, 540, 330, 3, white, &dashes[i], &phase);
        raster_line(&raster, 20, -1e4, 20, 1e4, 2, white, &dashes[i], &phase);
    }
    raster_band(&raster, -100, -50, 50, 100, 10, 1000, white);
    raster_disc(&raster, 2, 2, 6, white);
    int lit = 0;
    for (int y = 0; y < 30; y++)
        for (int x = 0; x < 40; x++) {
            bool inside = x >= 5 && x < 35 && y >= 5 && y < 25;
            if (!inside)
                assert_int_equal(raster.pixels[y * 40 + x], 0xff000000);
            lit += raster.pixels[y * 40 + x] == 0xffffffff;
        }
    assert_true(lit > 100);
    raster_release(&raster);
}

static void test_line_covers_its_width(void **state)
{
    (void)state;
    struct raster raster = {0};
    assert_true(raster_resize(&raster, 20, 20));
    raster_fill(&raster, raster.clip, (struct raster_colour){0, 0, 0, 255});
    double phase = 0;
    const struct raster_dash solid = {{0}};
    raster_line(&raster, 2, 10, 18, 10, 2, (struct raster_colour){255, 0, 0, 255}, &solid, &phase);
    assert_int_equal(raster.pixels[8 * 20 + 10], 0xff000000);
    assert_int_equal(raster.pixels[9 * 20 + 10], 0xffff0000);
    assert_int_equal(raster.pixels[10 * 20 + 10], 0xffff0000);
    assert_int_equal(raster.pixels[11 * 20 + 10], 0xff000000);
    raster_release(&raster);
}

/* An image and five maps of 96 pixels in the smallest window: two lines, where one would leave the
 * last map half outside. */
static void test_rows_of_pictures_fit(void **state)
{
    (void)state;
    const struct canvas canvas = {.scale = 1};
    SDL_FRect room = {16, 94, 608, 276};
    struct picture_row row = picture_row_fit(&canvas, room, 6, true, 96, 96, 20, 18);
    assert_true(row.fit >= 1);
    assert_true(picture_row_height(&row, 20) <= room.h);
    for (int i = 0; i < 6; i++) {
        SDL_FRect cell = picture_row_cell(&row, i, 20);
        assert_true(cell.x >= room.x && cell.x + cell.w <= room.x + room.w);
        assert_true(cell.y >= room.y && cell.y + cell.h + 18 <= room.y + room.h);
    }
    room.w = 200; /* and nowhere at all: what there is of them begins inside */
    row = picture_row_fit(&canvas, room, 6, true, 96, 96, 20, 18);
    assert_true(row.fit < 1 && row.zoom == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_colormap_is_uniform_and_in_gamut),
        cmocka_unit_test(test_colormap_ends),
        cmocka_unit_test(test_ticks_are_round_and_inside),
        cmocka_unit_test(test_logarithmic_ticks),
        cmocka_unit_test(test_ticks_of_any_range),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_layout_fits),
        cmocka_unit_test(test_zoom_keeps_the_pixel_under_the_mouse),
        cmocka_unit_test(test_pictures_are_true),
        cmocka_unit_test(test_error_scale_is_round_and_shared),
        cmocka_unit_test(test_smoothing),
        cmocka_unit_test(test_smoothing_is_steady_at_the_ends),
        cmocka_unit_test(test_nearest_point),
        cmocka_unit_test(test_lines_stay_inside_the_clip),
        cmocka_unit_test(test_line_covers_its_width),
        cmocka_unit_test(test_rows_of_pictures_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
