/* Resizing against its definition in double precision, against Pillow's results, and by properties.
 */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "data/resample.h"
#include "tests/unit/data_pictures.h"

static void make_noise(struct image *image, int width, int height, int channels, uint32_t item)
{
    struct random random = random_begin(3, RANDOM_INIT, 0, item);
    assert_true(image_resize(image, width, height, channels, NULL));
    for (size_t i = 0; i < (size_t)width * (size_t)height * (size_t)channels; i++)
        image->pixels[i] = (uint8_t)random_bits(&random);
}

/* Keys' cubic, a = -1/2, in its textbook form. */
static double cubic(double x)
{
    x = fabs(x);
    if (x < 1)
        return 1.5 * x * x * x - 2.5 * x * x + 1;
    return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
}

/* One output value along one axis of `in` (stride apart), edge pixels outside the box left out. */
static double naive_value(const uint8_t *in, size_t stride, double low, double high, int size,
                          int at)
{
    double step = (high - low) / size, scale = fmax(step, 1), center = low + (at + 0.5) * step;
    double sum = 0, weights = 0;
    for (int x = (int)floor(low); x < (int)ceil(high); x++) {
        double distance = (x + 0.5 - center) / scale;
        /* The kernel's ends are cut at whole pixels, those whose centre is within its support. */
        if (x < floor(center - 2 * scale + 0.5) || x >= floor(center + 2 * scale + 0.5))
            continue;
        sum += cubic(distance) * in[(size_t)x * stride];
        weights += cubic(distance);
    }
    return fmin(fmax(sum / weights, 0), 255);
}

static void naive(const struct image *source, const struct resample_box *box, int width, int height,
                  uint8_t *out)
{
    size_t channels = (size_t)source->channels, across = (size_t)width * channels;
    uint8_t *middle = calloc(across, (size_t)source->height);
    assert_non_null(middle);
    for (size_t y = 0; y < (size_t)source->height; y++)
        for (size_t v = 0; v < across; v++)
            middle[y * across + v] = (uint8_t)floor(
                naive_value(source->pixels + y * (size_t)source->width * channels + v % channels,
                            channels, box->x0, box->x1, width, (int)(v / channels)) +
                0.5);
    for (size_t y = 0; y < (size_t)height; y++)
        for (size_t v = 0; v < across; v++)
            out[y * across + v] = (uint8_t)floor(
                naive_value(middle + v, across, box->y0, box->y1, height, (int)y) + 0.5);
    free(middle);
}

/* The two round differently only where the exact value is half a level: within one level, rarely.
 */
static void test_definition(void **state)
{
    (void)state;
    static const struct {
        int width, height;
        struct resample_box box;
        int to_width, to_height;
    } cases[] = {{41, 29, {0, 0, 41, 29}, 16, 16},      {41, 29, {3, 5, 30, 20}, 64, 50},
                 {37, 53, {1, 2, 36, 50}, 7, 33},       {20, 20, {2.5, 3.25, 17.75, 11}, 13, 40},
                 {64, 3, {0.125, 0, 63.5, 2.5}, 21, 2}, {1, 1, {0, 0, 1, 1}, 5, 4},
                 {90, 80, {10, 70, 12, 80}, 3, 1}};
    static const int channels[] = {1, 3, 4};
    for (size_t k = 0; k < ARRAY_LENGTH(cases); k++)
        for (size_t c = 0; c < ARRAY_LENGTH(channels); c++) {
            struct image source = {0}, target = {0};
            struct resample_memory memory = {0};
            int width = cases[k].to_width, height = cases[k].to_height;
            size_t count = (size_t)(width * height * channels[c]), differ = 0;
            make_noise(&source, cases[k].width, cases[k].height, channels[c], (uint32_t)k);
            uint8_t *expected = malloc(count);
            assert_non_null(expected);
            naive(&source, &cases[k].box, width, height, expected);
            assert_true(resample(&source, &cases[k].box, width, height, &target, &memory, NULL));
            for (size_t i = 0; i < count; i++) {
                assert_in_range(target.pixels[i] + 1, expected[i], expected[i] + 2);
                differ += target.pixels[i] != expected[i];
            }
            assert_true(differ <= 1 + count / 1000);
            free(expected);
            image_release(&source);
            image_release(&target);
            resample_memory_release(&memory);
        }
}

static void test_identity(void **state)
{
    (void)state;
    struct image source = {0}, target = {0};
    struct resample_memory memory = {0};
    make_noise(&source, 37, 23, 3, 0);
    assert_true(
        resample(&source, &(struct resample_box){0, 0, 37, 23}, 37, 23, &target, &memory, NULL));
    assert_memory_equal(target.pixels, source.pixels, 37 * 23 * 3);
    image_release(&source);
    image_release(&target);
    resample_memory_release(&memory);
}

/* A constant stays constant, whatever surrounds the box; memory is taken over from larger calls. */
static void test_constant_within_the_box(void **state)
{
    (void)state;
    struct image source = {0}, target = {0};
    struct resample_memory memory = {0};
    for (uint32_t round = 0; round < 100; round++) {
        struct random random = random_begin(4, RANDOM_INIT, 0, round);
        int width = 1 + (int)random_below(&random, 60), height = 1 + (int)random_below(&random, 60);
        int x0 = (int)random_below(&random, (uint32_t)width);
        int y0 = (int)random_below(&random, (uint32_t)height);
        int x1 = x0 + 1 + (int)random_below(&random, (uint32_t)(width - x0));
        int y1 = y0 + 1 + (int)random_below(&random, (uint32_t)(height - y0));
        int size = 1 + (int)random_below(&random, 70);
        uint8_t level = (uint8_t)random_bits(&random);
        make_noise(&source, width, height, 3, round);
        for (int y = y0; y < y1; y++)
            memset(source.pixels + (y * width + x0) * 3, level, (size_t)(x1 - x0) * 3);
        assert_true(resample(&source, &(struct resample_box){x0, y0, x1, y1}, size, size, &target,
                             &memory, NULL));
        for (int i = 0; i < size * size * 3; i++)
            assert_int_equal(target.pixels[i], level);
    }
    image_release(&source);
    image_release(&target);
    resample_memory_release(&memory);
}

/* A mirrored picture gives the mirrored result. */
static void test_symmetry(void **state)
{
    (void)state;
    struct image source = {0}, mirrored = {0}, target = {0}, other = {0};
    struct resample_memory memory = {0};
    make_noise(&source, 50, 40, 1, 0);
    make_noise(&mirrored, 50, 40, 1, 0);
    for (int i = 0; i < 50 * 40; i++)
        mirrored.pixels[i] = source.pixels[i / 50 * 50 + 49 - i % 50];
    assert_true(
        resample(&source, &(struct resample_box){0, 0, 50, 40}, 20, 30, &target, &memory, NULL));
    assert_true(
        resample(&mirrored, &(struct resample_box){0, 0, 50, 40}, 20, 30, &other, &memory, NULL));
    for (int i = 0; i < 20 * 30; i++)
        assert_in_range(target.pixels[i] + 1, other.pixels[i / 20 * 20 + 19 - i % 20],
                        other.pixels[i / 20 * 20 + 19 - i % 20] + 2);
    image_release(&source);
    image_release(&mirrored);
    image_release(&target);
    image_release(&other);
    resample_memory_release(&memory);
}

/* Just enough of safetensors for a file known to be good: a tensor's bytes and its shape. */
static const uint8_t *tensor(const struct text *file, const char *name, long shape[3])
{
    uint64_t header_size;
    char key[64], *at;
    memcpy(&header_size, file->bytes, sizeof header_size);
    snprintf(key, sizeof key, "\"%s\"", name);
    assert_non_null(at = strstr(file->bytes + 8, key));
    assert_non_null(at = strstr(at, "\"shape\":"));
    assert_non_null(at = strchr(at, '['));
    for (int i = 0; i < 3 && *at != ']'; i++)
        shape[i] = strtol(at + 1, &at, 10);
    assert_non_null(at = strstr(at, "\"data_offsets\":"));
    assert_non_null(at = strchr(at, '['));
    return (const uint8_t *)file->bytes + 8 + header_size + strtol(at + 1, NULL, 10);
}

static void test_pillow(void **state)
{
    (void)state;
    const char *shared = getenv("TEST_SHARED");
    char path[FILE_PATH_SIZE], name[32];
    struct text file = {0};
    if (!shared || !file_join(path, sizeof path, shared, "reference/resample.safetensors", NULL) ||
        !file_read(path, 1 << 24, &file, NULL)) {
        print_message("TEST_SHARED has no reference/resample.safetensors: skipped\n");
        skip();
    }
    for (int k = 0; k < 6; k++) {
        long from[3] = {0}, to[3] = {0}, four[3] = {0};
        int32_t box[4];
        struct image source = {0}, target = {0};
        struct resample_memory memory = {0};
        snprintf(name, sizeof name, "case%d.source", k);
        const uint8_t *pixels = tensor(&file, name, from);
        snprintf(name, sizeof name, "case%d.box", k);
        memcpy(box, tensor(&file, name, four), sizeof box);
        snprintf(name, sizeof name, "case%d.expected", k);
        const uint8_t *expected = tensor(&file, name, to);
        assert_true(image_resize(&source, (int)from[1], (int)from[0], (int)from[2], NULL));
        memcpy(source.pixels, pixels, (size_t)(from[0] * from[1] * from[2]));
        assert_true(resample(&source, &(struct resample_box){box[0], box[1], box[2], box[3]},
                             (int)to[1], (int)to[0], &target, &memory, NULL));
        assert_memory_equal(target.pixels, expected, (size_t)(to[0] * to[1] * to[2]));
        image_release(&source);
        image_release(&target);
        resample_memory_release(&memory);
    }
    text_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definition),
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_constant_within_the_box),
        cmocka_unit_test(test_symmetry),
        cmocka_unit_test(test_pillow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
