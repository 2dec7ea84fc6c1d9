/* The built-in scenes: functions of their index, and natural in their statistics. */
#include "tests/unit/test.h"

#include <math.h>
#include <pthread.h>

#include "data/image.h"
#include "data/scenes.h"

enum { SIDE = 64, PIXELS = SIDE * SIDE };

static const double pi = 3.14159265358979323846;

struct picture {
    uint8_t rgb[3 * PIXELS], labels[PIXELS];
};

static void draw(uint32_t split, uint32_t index, struct picture *picture)
{
    scene_render(7, split, index, SIDE, SIDE, picture->rgb, picture->labels);
}

/* How far two pictures lie apart: mean absolute difference in grey levels. */
static double apart(const uint8_t *a, const uint8_t *b, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += abs(a[i] - b[i]);
    return sum / (double)count;
}

static void test_a_scene_is_a_function_of_its_index(void **state)
{
    (void)state;
    struct picture first, again, other, holdout, seeded;
    draw(0, 3, &first);
    draw(0, 4, &other);
    draw(1, 3, &holdout);
    scene_render(7 + (1ull << 40), 0, 3, SIDE, SIDE, seeded.rgb, NULL);
    memset(&again, 0xAA, sizeof again);
    draw(0, 3, &again);
    assert_memory_equal(first.rgb, again.rgb, sizeof first.rgb);
    assert_memory_equal(first.labels, again.labels, sizeof first.labels);
    assert_true(apart(first.rgb, other.rgb, sizeof first.rgb) > 10);
    assert_true(apart(first.rgb, holdout.rgb, sizeof first.rgb) > 10);
    assert_true(apart(first.rgb, seeded.rgb, sizeof first.rgb) > 10);
}

static void test_all_scenes_differ(void **state)
{
    (void)state;
    enum { SCENES = 400, SMALL = 16 };
    static uint8_t rgb[SCENES][3 * SMALL * SMALL];
    for (uint32_t i = 0; i < SCENES; i++)
        scene_render(7, i % 2, i / 2, SMALL, SMALL, rgb[i], NULL);
    for (int i = 0; i < SCENES; i++)
        for (int j = 0; j < i; j++)
            assert_true(apart(rgb[i], rgb[j], sizeof rgb[i]) > 3);
}

enum { THREADS = 4, THREAD_SCENES = 24 };

static void *draw_backwards(void *pictures)
{
    for (int i = THREAD_SCENES - 1; i >= 0; i--)
        draw(0, (uint32_t)i, (struct picture *)pictures + i);
    return NULL;
}

static void test_order_and_threads_change_nothing(void **state)
{
    (void)state;
    static struct picture pictures[THREADS][THREAD_SCENES];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, draw_backwards, pictures[i]), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int k = 0; k < THREAD_SCENES; k++) {
        struct picture alone;
        draw(0, (uint32_t)k, &alone);
        for (int i = 0; i < THREADS; i++)
            assert_memory_equal(&alone, &pictures[i][k], sizeof alone);
    }
}

/* Every byte of any size is written, and none around it. */
static void test_sizes(void **state)
{
    (void)state;
    static const int sizes[][2] = {{8, 8},    {9, 8},    {8, 31},    {65, 63},    {63, 129},
                                   {200, 40}, {8, 1024}, {1024, 16}, {1024, 1024}};
    enum { GUARD = 64 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int width = sizes[i][0], height = sizes[i][1];
        size_t pixels = (size_t)width * (size_t)height;
        uint8_t *rgb[2], *labels[2];
        for (int fill = 0; fill < 2; fill++) {
            rgb[fill] = malloc(3 * pixels + 2 * GUARD);
            labels[fill] = malloc(pixels + 2 * GUARD);
            assert_true(rgb[fill] && labels[fill]);
            memset(rgb[fill], fill ? 0xFF : 0, 3 * pixels + 2 * GUARD);
            memset(labels[fill], fill ? 0xFF : 0, pixels + 2 * GUARD);
            scene_render(7, 0, 5, width, height, rgb[fill] + GUARD, labels[fill] + GUARD);
        }
        assert_memory_equal(rgb[0] + GUARD, rgb[1] + GUARD, 3 * pixels);
        assert_memory_equal(labels[0] + GUARD, labels[1] + GUARD, pixels);
        for (int k = 0; k < GUARD; k++) {
            assert_int_equal(rgb[1][k] & rgb[1][GUARD + 3 * pixels + (size_t)k], 0xFF);
            assert_int_equal(labels[1][k] & labels[1][GUARD + pixels + (size_t)k], 0xFF);
        }
        for (int fill = 0; fill < 2; fill++) {
            free(rgb[fill]);
            free(labels[fill]);
        }
    }
}

/* The same scene at twice the size, averaged over two by two pixels, is nearly the same picture. */
static void test_same_scene_at_two_sizes(void **state)
{
    (void)state;
    enum { SCENES = 20 };
    double same = 0, other = 0;
    int labels_differ = 0;
    static uint8_t large[12 * PIXELS], large_labels[4 * PIXELS], halved[3 * PIXELS];
    for (uint32_t k = 0; k < SCENES; k++) {
        struct picture small, next;
        draw(0, k, &small);
        draw(0, k + 1, &next);
        scene_render(7, 0, k, 2 * SIDE, 2 * SIDE, large, large_labels);
        for (int i = 0; i < 3 * PIXELS; i++) {
            int c = i % 3, x = i / 3 % SIDE, y = i / 3 / SIDE;
            const uint8_t *corner = large + 3 * (4 * SIDE * y + 2 * x) + c;
            halved[i] =
                (uint8_t)((corner[0] + corner[3] + corner[6 * SIDE] + corner[6 * SIDE + 3]) / 4);
        }
        same += apart(small.rgb, halved, sizeof halved) / SCENES;
        other += apart(next.rgb, halved, sizeof halved) / SCENES;
        for (int i = 0; i < PIXELS; i++)
            labels_differ +=
                small.labels[i] != large_labels[4 * SIDE * (i / SIDE) + 2 * (i % SIDE)];
    }
    print_message("# two sizes: %.2f grey levels apart, other scenes %.2f\n", same, other);
    assert_true(same < 5 && other > 5 * same);
    assert_true(labels_differ < SCENES * PIXELS / 50);
}

static void test_classes_are_equally_frequent(void **state)
{
    (void)state;
    enum { SCENES = 20000 };
    int counts[64] = {0}, classes = scene_class_count();
    assert_in_range(classes, 2, 64);
    for (uint32_t i = 0; i < SCENES; i++) {
        int class_index = scene_class(7, 0, i);
        assert_in_range(class_index, 0, classes - 1);
        counts[class_index]++;
    }
    double expected = SCENES / (double)classes, chi_square = 0;
    for (int i = 0; i < classes; i++) {
        chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
        assert_true(strlen(scene_class_name(i)) > 0);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(scene_class_name(i), scene_class_name(j));
    }
    assert_true(chi_square < classes - 1 + 5 * sqrt(2 * (classes - 1)));
}

/* Labels are 0 or the scene's class; the shape is one patch of a fair size, and what is labelled
 * looks different from what lies just around it. */
static void test_labels_are_those_of_the_shape(void **state)
{
    (void)state;
    enum { SCENES = 200 };
    double share = 0, contrast = 0;
    int smallest = PIXELS;
    for (uint32_t k = 0; k < SCENES; k++) {
        struct picture picture;
        draw(0, k, &picture);
        int label = 1 + scene_class(7, 0, k), inside = 0, edges = 0;
        double step_at_edge = 0;
        for (int i = 0; i < PIXELS; i++) {
            assert_true(picture.labels[i] == 0 || picture.labels[i] == label);
            inside += picture.labels[i] == label;
            if (i % SIDE < SIDE - 3 && i % SIDE > 1 && picture.labels[i] != picture.labels[i + 1]) {
                step_at_edge += abs(picture.rgb[3 * (i - 1) + 1] - picture.rgb[3 * (i + 2) + 1]);
                edges++;
            }
        }
        assert_true(edges > 0);
        contrast += step_at_edge / edges / SCENES;
        share += inside / (double)PIXELS / SCENES;
        smallest = inside < smallest ? inside : smallest;
    }
    print_message("# shape: share %.3f, least %d pixels, step at its edge %.1f\n", share, smallest,
                  contrast);
    assert_true(share > 0.06 && share < 0.3);
    assert_true(smallest > PIXELS / 100);
    assert_true(contrast > 25);
}

/* Of discs the labelled area is known: pi (0.9 radius)^2, so it is convex and its rows are spans.
 */
static void test_a_disc_is_round(void **state)
{
    (void)state;
    int discs = 0;
    for (uint32_t k = 0; k < 200; k++) {
        if (strcmp(scene_class_name(scene_class(7, 0, k)), "disc"))
            continue;
        struct picture picture;
        draw(0, k, &picture);
        int left = SIDE, right = 0, top = SIDE, bottom = 0, inside = 0;
        for (int i = 0; i < PIXELS; i++)
            if (picture.labels[i]) {
                int x = i % SIDE, y = i / SIDE;
                left = x < left ? x : left;
                right = x > right ? x : right;
                top = y < top ? y : top;
                bottom = y > bottom ? y : bottom;
                inside++;
            }
        double box = (right - left + 1.0) * (bottom - top + 1.0);
        assert_true(inside < 1.06 * pi / 4 * box); /* less where something lies in front */
        assert_true(inside > 0.6 * pi / 4 * box);
        discs++;
    }
    assert_true(discs > 5);
}

/* Luminance of a picture, 0 .. 1. */
static void luminance(const uint8_t *rgb, double *values)
{
    for (int i = 0; i < PIXELS; i++)
        values[i] = (0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2]) / 255;
}

enum { STATISTICS = 200 };

static void test_pixel_and_gradient_statistics(void **state)
{
    (void)state;
    static double values[PIXELS];
    double sum = 0, squares = 0, chroma = 0, second = 0, fourth = 0;
    int clipped = 0;
    for (uint32_t k = 0; k < STATISTICS; k++) {
        struct picture picture;
        draw(0, k, &picture);
        luminance(picture.rgb, values);
        for (int i = 0; i < PIXELS; i++) {
            const uint8_t *rgb = picture.rgb + 3 * i;
            sum += values[i];
            squares += values[i] * values[i];
            chroma += fabs(rgb[0] - (double)rgb[2]) / 255;
            clipped += rgb[1] == 0 || rgb[1] == 255;
            double step = i % SIDE ? values[i] - values[i - 1] : 0;
            second += step * step;
            fourth += step * step * step * step;
        }
    }
    double count = (double)STATISTICS * PIXELS, steps = count * (SIDE - 1) / SIDE;
    double mean = sum / count, deviation = sqrt(squares / count - mean * mean);
    double kurtosis = fourth / steps / (second / steps * second / steps);
    print_message(
        "# luminance %.3f +- %.3f, |red - blue| %.3f, clipped %.4f, gradient kurtosis %.1f\n", mean,
        deviation, chroma / count, clipped / count, kurtosis);
    assert_true(mean > 0.3 && mean < 0.6);
    assert_true(deviation > 0.12 && deviation < 0.3);
    assert_true(chroma / count > 0.03 && chroma / count < 0.25);
    assert_true(clipped / count < 0.02);
    assert_true(kurtosis > 6);
}

/* One pass of the separable transform, over the rows; transposes. */
static void transform_rows(const double *real, const double *imaginary, const double *cosines,
                           const double *sines, double *real_out, double *imaginary_out)
{
    for (int row = 0; row < SIDE; row++)
        for (int f = 0; f < SIDE; f++) {
            double a = 0, b = 0;
            for (int x = 0; x < SIDE; x++) {
                double re = real[row * SIDE + x], im = imaginary[row * SIDE + x];
                a += re * cosines[f * SIDE + x] + im * sines[f * SIDE + x];
                b += im * cosines[f * SIDE + x] - re * sines[f * SIDE + x];
            }
            real_out[f * SIDE + row] = a;
            imaginary_out[f * SIDE + row] = b;
        }
}

/* Adds the power of a luminance picture under a Hann window to the bins of its radial frequency. */
static void add_power(const double *values, const double *cosines, const double *sines,
                      double *power, int *counts)
{
    static double real[PIXELS], imaginary[PIXELS], real_half[PIXELS], imaginary_half[PIXELS];
    double mean = 0;
    for (int i = 0; i < PIXELS; i++)
        mean += values[i] / PIXELS;
    for (int i = 0; i < PIXELS; i++) {
        double window_x = 0.5 - 0.5 * cos(2 * pi * (i % SIDE + 0.5) / SIDE);
        double window_y = 0.5 - 0.5 * cos(2 * pi * (i / SIDE + 0.5) / SIDE);
        real[i] = (values[i] - mean) * window_x * window_y;
        imaginary[i] = 0;
    }
    transform_rows(real, imaginary, cosines, sines, real_half, imaginary_half);
    transform_rows(real_half, imaginary_half, cosines, sines, real, imaginary);
    for (int i = 0; i < PIXELS; i++) {
        int u = i % SIDE < SIDE / 2 ? i % SIDE : i % SIDE - SIDE;
        int v = i / SIDE < SIDE / 2 ? i / SIDE : i / SIDE - SIDE;
        int bin = (int)(sqrt((double)(u * u + v * v)) + 0.5);
        power[bin] += real[i] * real[i] + imaginary[i] * imaginary[i];
        counts[bin]++;
    }
}

/* Natural images have power about f^-2 (D. J. Field 1987): the slope of log power density, averaged
 * over rings of the frequency plane and over the pictures, on log frequency. */
static void test_power_falls_as_that_of_natural_images(void **state)
{
    (void)state;
    enum {
        LOWEST = 3,
        HIGHEST = 21
    }; /* two thirds of the limit: above, the pixel's aperture shows */
    static double cosines[PIXELS], sines[PIXELS], values[PIXELS], power[SIDE];
    static int counts[SIDE];
    for (int i = 0; i < PIXELS; i++) {
        cosines[i] = cos(2 * pi * (i / SIDE) * (i % SIDE) / SIDE);
        sines[i] = sin(2 * pi * (i / SIDE) * (i % SIDE) / SIDE);
    }
    for (uint32_t k = 0; k < STATISTICS; k++) {
        struct picture picture;
        draw(0, k, &picture);
        luminance(picture.rgb, values);
        add_power(values, cosines, sines, power, counts);
    }
    double x_sum = 0, y_sum = 0, xx = 0, xy = 0, weights = 0;
    for (int f = LOWEST; f <= HIGHEST; f++) { /* each octave counts as much */
        double x = log(f), y = log(power[f] / counts[f]), weight = 1.0 / f;
        weights += weight;
        x_sum += weight * x;
        y_sum += weight * y;
        xx += weight * x * x;
        xy += weight * x * y;
    }
    double slope = (weights * xy - x_sum * y_sum) / (weights * xx - x_sum * x_sum);
    print_message("# power falls as f^%.2f\n", slope);
    assert_true(slope < -1.6 && slope > -2.6);
}

static struct source_settings settings_of(int64_t count)
{
    return (struct source_settings){
        .kind = "scenes", .seed = 7, .width = 32, .height = 24, .count = count};
}

static void test_source(void **state)
{
    (void)state;
    struct error error;
    struct source_settings settings = settings_of(10000), fewer = settings_of(100);
    struct source *train = source_open(&settings, SOURCE_TRAIN, NULL, &error);
    struct source *holdout = source_open(&settings, SOURCE_HOLDOUT, NULL, &error);
    struct source *small = source_open(&fewer, SOURCE_HOLDOUT, NULL, &error);
    assert_non_null(train);
    assert_non_null(holdout);
    assert_non_null(small);
    assert_int_equal(train->count, 10000);
    assert_int_equal(holdout->count, 500);
    assert_int_equal(small->count, 256);
    assert_int_equal(train->class_count, scene_class_count());
    assert_string_equal(train->class_names[3], scene_class_name(3));
    assert_true(train->digest != holdout->digest && holdout->digest != small->digest);

    struct image image = {0}, held = {0};
    char name[32];
    assert_true(source_read(train, 17, 0, 0, &image, &error));
    assert_true(source_read(holdout, 17, 8, 8, &held, &error));
    assert_int_equal(image.width, 40);
    assert_int_equal(image.height, 30);
    assert_int_equal(image.channels, 3);
    uint8_t expected[3 * 40 * 30];
    scene_render(7, SOURCE_TRAIN, 17, 40, 30, expected, NULL);
    assert_memory_equal(image.pixels, expected, sizeof expected);
    assert_true(apart(image.pixels, held.pixels, sizeof expected) > 3);
    assert_int_equal(source_label(train, 17), scene_class(7, SOURCE_TRAIN, 17));
    assert_string_equal(source_name(train, 17, name, sizeof name), "scene 17");
    image_release(&image);
    image_release(&held);
    source_close(train);
    source_close(holdout);
    source_close(small);
}

static void test_digest_and_refusals(void **state)
{
    (void)state;
    struct error error;
    struct source_settings base = settings_of(1000), changed[4];
    uint64_t digests[4];
    for (int i = 0; i < 4; i++)
        changed[i] = base;
    changed[1].seed++;
    changed[2].width++;
    changed[3].count++;
    for (int i = 0; i < 4; i++) {
        struct source *source = source_open(&changed[i], SOURCE_TRAIN, NULL, &error);
        assert_non_null(source);
        digests[i] = source->digest;
        source_close(source);
        for (int j = 0; j < i; j++)
            assert_true(digests[i] != digests[j]);
    }
    struct source_settings none = settings_of(0), wide = base;
    wide.width = SCENE_SIDE_MAX + 1;
    assert_null(source_open(&none, SOURCE_TRAIN, NULL, &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_null(source_open(&wide, SOURCE_TRAIN, NULL, &error));
    assert_int_equal(error.code, ERROR_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_scene_is_a_function_of_its_index),
        cmocka_unit_test(test_all_scenes_differ),
        cmocka_unit_test(test_order_and_threads_change_nothing),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_same_scene_at_two_sizes),
        cmocka_unit_test(test_classes_are_equally_frequent),
        cmocka_unit_test(test_labels_are_those_of_the_shape),
        cmocka_unit_test(test_a_disc_is_round),
        cmocka_unit_test(test_pixel_and_gradient_statistics),
        cmocka_unit_test(test_power_falls_as_that_of_natural_images),
        cmocka_unit_test(test_source),
        cmocka_unit_test(test_digest_and_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
