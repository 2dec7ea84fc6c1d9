/* Views: which part is taken, how it is mirrored, normalised and turned back. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "data/view.h"
#include "tests/unit/data_pictures.h"

/* A source of one picture held in memory, which notes what size it was asked for. */
struct held {
    struct image image;
    int min_width, min_height, reads;
    int halvings; /* how often it may be halved, as a decoder would */
};

/* Keeps every 2^n-th pixel: enough for a picture that varies slowly. */
static bool held_read(const struct source *source, size_t index, int min_width, int min_height,
                      struct image *image, struct error *error)
{
    (void)index;
    struct held *held = source->state;
    const struct image *full = &held->image;
    int divisor = 1;
    for (int i = 0; i < held->halvings && min_width > 0; i++)
        if (full->width / divisor / 2 >= 2 * min_width &&
            full->height / divisor / 2 >= 2 * min_height)
            divisor *= 2;
    int width = full->width / divisor, height = full->height / divisor;
    if (!image_resize(image, width, height, full->channels, error))
        return false;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            memcpy(image->pixels + (y * width + x) * full->channels,
                   full->pixels + (y * divisor * full->width + x * divisor) * full->channels,
                   (size_t)full->channels);
    image->full_width = full->width;
    image->full_height = full->height;
    held->min_width = min_width;
    held->min_height = min_height;
    held->reads++;
    return true;
}

static const struct source_kind held_kind = {.name = "held", .read = held_read};

static struct view_settings view_of(int width, int height, int channels, enum crop_kind crop)
{
    return (struct view_settings){.width = width,
                                  .height = height,
                                  .channels = channels,
                                  .crop = crop,
                                  .min_scale = 0.2,
                                  .flip = false,
                                  .deviation = {1, 1, 1, 1}};
}

/* Red says the column and green the row. */
static void make_coordinates(struct image *image, int width, int height)
{
    assert_true(image_resize(image, width, height, 3, NULL));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            uint8_t *pixel = image->pixels + (y * width + x) * 3;
            pixel[0] = (uint8_t)((x + 0.5) / width * 255);
            pixel[1] = (uint8_t)((y + 0.5) / height * 255);
            pixel[2] = 100;
        }
}

static void test_normalisation(void **state)
{
    (void)state;
    struct image image = {0};
    struct view_scratch scratch = {0};
    struct view_settings view = view_of(7, 5, 3, CROP_SQUASH);
    float values[3 * 5 * 7];
    for (int c = 0; c < 3; c++) {
        view.mean[c] = 0.3f + 0.1f * (float)c;
        view.deviation[c] = 0.2f + 0.01f * (float)c;
    }
    picture_make(&image, 7, 5, 3);
    assert_true(view_of_image(&image, &view, &scratch, values, NULL));
    for (int c = 0; c < 3; c++)
        for (int y = 0; y < 5; y++)
            for (int x = 0; x < 7; x++)
                assert_true(fabs(values[(c * 5 + y) * 7 + x] -
                                 (picture_value(x, y, c) / 255. - view.mean[c]) /
                                     view.deviation[c]) < 1e-5);
    struct image again = {0};
    assert_true(view_to_image(values, &view, &again, NULL));
    assert_memory_equal(again.pixels, image.pixels, sizeof values / sizeof *values);
    image_release(&again);
    image_release(&image);
    view_scratch_release(&scratch);
}

static void test_to_image_clips(void **state)
{
    (void)state;
    struct image image = {0};
    struct view_settings view = view_of(4, 1, 1, CROP_SQUASH);
    static const float values[] = {-3, 7, NAN, 0.5f};
    static const uint8_t expected[] = {0, 255, 0, 128};
    assert_true(view_to_image(values, &view, &image, NULL));
    assert_memory_equal(image.pixels, expected, sizeof expected);
    image_release(&image);
}

/* Gray becomes three equal channels, and colour one of luma; alpha comes and goes. */
static void test_channels(void **state)
{
    (void)state;
    static const int channels[] = {1, 3, 4};
    for (size_t from = 0; from < 3; from++)
        for (size_t to = 0; to < 3; to++) {
            struct image image = {0}, expected = {0};
            struct view_scratch scratch = {0};
            struct view_settings view = view_of(9, 9, channels[to], CROP_SQUASH);
            float values[4 * 81];
            picture_make(&image, 9, 9, channels[from]);
            picture_make(&expected, 9, 9, channels[from]);
            assert_true(image_convert(&expected, channels[to], NULL));
            assert_true(view_of_image(&image, &view, &scratch, values, NULL));
            for (int i = 0; i < 81; i++)
                for (int c = 0; c < channels[to]; c++)
                    assert_int_equal(lrintf(values[c * 81 + i] * 255),
                                     expected.pixels[i * channels[to] + c]);
            image_release(&image);
            image_release(&expected);
            view_scratch_release(&scratch);
        }
}

/* The largest centred part of the view's shape, which need not be square. */
static void test_center(void **state)
{
    (void)state;
    static const struct {
        int width, height, to_width, to_height;
        double x, y, share_x, share_y; /* the part */
    } cases[] = {{80, 40, 20, 20, 0.25, 0, 0.5, 1},
                 {40, 80, 20, 20, 0, 0.25, 1, 0.5},
                 {60, 60, 30, 15, 0, 0.25, 1, 0.5},
                 {60, 30, 30, 15, 0, 0, 1, 1}};
    for (size_t k = 0; k < ARRAY_LENGTH(cases); k++) {
        struct image image = {0};
        struct view_scratch scratch = {0};
        int width = cases[k].to_width, height = cases[k].to_height;
        struct view_settings view = view_of(width, height, 3, CROP_CENTER);
        float values[3 * 30 * 30];
        make_coordinates(&image, cases[k].width, cases[k].height);
        assert_true(view_of_image(&image, &view, &scratch, values, NULL));
        int first = 0, last = width * height - 1;
        double margin = 0.04;
        assert_true(fabs(values[first] - cases[k].x) < margin);
        assert_true(fabs(values[last] - cases[k].x - cases[k].share_x) < margin);
        assert_true(fabs(values[width * height + first] - cases[k].y) < margin);
        assert_true(fabs(values[width * height + last] - cases[k].y - cases[k].share_y) < margin);
        image_release(&image);
        view_scratch_release(&scratch);
    }
}

/* The part that a view of the coordinate picture shows, from its corners. */
static void read_part(const float *values, int size, double *x, double *y, double *width,
                      double *height, bool *mirrored)
{
    const float *red = values, *green = values + size * size;
    double left = red[0], right = red[size - 1], top = green[0], bottom = green[size * (size - 1)];
    double stretch = (double)size / (size - 1); /* corners are pixel centres */
    *mirrored = right < left;
    *width = fabs(right - left) * stretch;
    *height = (bottom - top) * stretch;
    *x = fmin(left, right) - *width / size / 2;
    *y = top - *height / size / 2;
}

/* Shares, aspects, places and mirroring of many draws. */
static void test_random_resized(void **state)
{
    (void)state;
    enum { SIZE = 24, DRAWS = 1500, WIDTH = 300, HEIGHT = 300 };
    struct held held = {0};
    struct source source = {.kind = &held_kind, .count = 1, .state = &held};
    struct view_scratch scratch = {0};
    struct view_settings view = view_of(SIZE, SIZE, 3, CROP_RANDOM_RESIZED);
    float values[3 * SIZE * SIZE];
    int mirrored_count = 0, small = 0, at_left = 0, at_top_left = 0;
    double log_aspects = 0, areas = 0;
    view.flip = true;
    make_coordinates(&held.image, WIDTH, HEIGHT);
    for (uint32_t draw = 0; draw < DRAWS; draw++) {
        struct random random = random_begin(1, RANDOM_CROP, 0, draw);
        double x, y, width, height;
        bool mirrored;
        assert_true(view_draw(&source, 0, &view, &random, &scratch, values, NULL));
        read_part(values, SIZE, &x, &y, &width, &height, &mirrored);
        double area = width * height, aspect = width * WIDTH / (height * HEIGHT);
        assert_true(area > 0.2 - 0.03 && area < 1.03);
        assert_true(aspect > 0.75 * 0.93 && aspect < 4. / 3 * 1.07);
        assert_true(x > -0.03 && x + width < 1.03 && y > -0.03 && y + height < 1.03);
        mirrored_count += mirrored;
        areas += area / DRAWS;
        log_aspects += log(aspect) / DRAWS;
        small += area < 0.4;
        at_left += x < (1 - width) / 2;
        at_top_left += x < (1 - width) / 2 && y < (1 - height) / 2;
    }
    /* Four standard errors of a fair coin. Large parts fit less often than small ones. */
    assert_in_range(mirrored_count, DRAWS / 2 - 78, DRAWS / 2 + 78);
    assert_in_range(at_left, DRAWS / 2 - 110, DRAWS / 2 + 110);
    assert_in_range(at_top_left, DRAWS / 4 - 110, DRAWS / 4 + 110);
    assert_true(areas > 0.5 && areas < 0.6);
    assert_true(fabs(log_aspects) < 0.03);
    assert_in_range(small, DRAWS / 4, DRAWS * 2 / 5);
    image_release(&held.image);
    view_scratch_release(&scratch);
}

static void test_same_draws_same_view(void **state)
{
    (void)state;
    enum { SIZE = 16 };
    struct held held = {0};
    struct source source = {.kind = &held_kind, .count = 1, .state = &held};
    struct view_scratch scratch = {0}, other = {0};
    struct view_settings view = view_of(SIZE, SIZE, 3, CROP_RANDOM_RESIZED);
    float first[3 * SIZE * SIZE], second[3 * SIZE * SIZE];
    make_coordinates(&held.image, 100, 70);
    struct random random = random_begin(1, RANDOM_CROP, 3, 4);
    assert_true(view_draw(&source, 0, &view, &random, &scratch, first, NULL));
    random = random_begin(1, RANDOM_CROP, 3, 5);
    assert_true(view_draw(&source, 0, &view, &random, &scratch, second, NULL));
    assert_memory_not_equal(first, second, sizeof first);
    random = random_begin(1, RANDOM_CROP, 3, 4);
    assert_true(view_draw(&source, 0, &view, &random, &other, second, NULL));
    assert_memory_equal(first, second, sizeof first);
    image_release(&held.image);
    view_scratch_release(&scratch);
    view_scratch_release(&other);
}

/* A picture far from every allowed aspect: no try fits, the centre is taken at the nearest one. */
static void test_fallback(void **state)
{
    (void)state;
    enum { SIZE = 16 };
    struct held held = {0};
    struct source source = {.kind = &held_kind, .count = 1, .state = &held};
    struct view_scratch scratch = {0};
    struct view_settings view = view_of(SIZE, SIZE, 3, CROP_RANDOM_RESIZED);
    float values[3 * SIZE * SIZE];
    double x, y, width, height;
    bool mirrored;
    make_coordinates(&held.image, 1200, 30);
    view.min_scale = 0.9;
    struct random random = random_begin(1, RANDOM_CROP, 0, 0);
    assert_true(view_draw(&source, 0, &view, &random, &scratch, values, NULL));
    read_part(values, SIZE, &x, &y, &width, &height, &mirrored);
    assert_true(fabs(x + width / 2 - 0.5) < 0.02);
    assert_true(width < 0.05 && height > 0.95);
    image_release(&held.image);
    view_scratch_release(&scratch);
}

/* A decoder that may halve leaves the part at least twice the view's pixels, and the view the same
 * part. */
static void test_scaled_decoding(void **state)
{
    (void)state;
    enum { SIZE = 16 };
    struct held held = {0}, full = {0};
    struct source source = {.kind = &held_kind, .count = 1, .state = &held};
    struct source full_source = {.kind = &held_kind, .count = 1, .state = &full};
    struct view_scratch scratch = {0}, other = {0};
    struct view_settings view = view_of(SIZE, SIZE, 3, CROP_RANDOM_RESIZED);
    float values[3 * SIZE * SIZE], expected[3 * SIZE * SIZE];
    int scaled = 0;
    held.halvings = 3;
    make_coordinates(&held.image, 400, 320);
    make_coordinates(&full.image, 400, 320);
    for (uint32_t draw = 0; draw < 200; draw++) {
        struct random random = random_begin(1, RANDOM_CROP, 0, draw), same = random;
        double x, y, width, height;
        bool mirrored;
        assert_true(view_draw(&source, 0, &view, &random, &scratch, values, NULL));
        assert_true(view_draw(&full_source, 0, &view, &same, &other, expected, NULL));
        read_part(expected, SIZE, &x, &y, &width, &height, &mirrored);
        scaled += scratch.decoded.width < 400;
        assert_false(mirrored); /* nobody asked for it */
        assert_true(scratch.decoded.width == 400 ||
                    (width * scratch.decoded.width > 2 * SIZE - 1.5 &&
                     height * scratch.decoded.height > 2 * SIZE - 1.5));
        for (int i = 0; i < 3 * SIZE * SIZE; i++)
            assert_true(fabsf(values[i] - expected[i]) < 0.03f);
    }
    assert_true(scaled > 150);
    image_release(&held.image);
    image_release(&full.image);
    view_scratch_release(&scratch);
    view_scratch_release(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normalisation),  cmocka_unit_test(test_to_image_clips),
        cmocka_unit_test(test_channels),       cmocka_unit_test(test_center),
        cmocka_unit_test(test_random_resized), cmocka_unit_test(test_same_draws_same_view),
        cmocka_unit_test(test_fallback),       cmocka_unit_test(test_scaled_decoding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
