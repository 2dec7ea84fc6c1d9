/* Strategies that are given masks or other strategies: painted, mixture, file. */
#include "tests/unit/mask_measure.h"

#include <unistd.h>

#include "mask/npy.h"
#include "mask/painted.h"

static void test_painted_round_trip(void **state)
{
    (void)state;
    static const uint8_t mask[15] = {1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1, 0, 1};
    struct text text = {0}, written = {0};
    painted_write(mask, 3, 5, &text);
    assert_string_equal(text_of(&text), "3x5/9f2a");
    struct mask_choice choice = choose("painted:mask=3x5/9F2a", "0.5");
    strategy_choice_write(&choice.strategy, &written);
    assert_string_equal(text_of(&written), "painted:mask=3x5/9F2a");
    struct mask_drawer *drawer = mask_drawer_new(3, 5, NULL);
    assert_true(mask_drawer_prepare(drawer, &choice, NULL));
    struct mask_key key = {.seed = 1, .stream = RANDOM_MASK, .image = 7};
    uint8_t drawn[15];
    bool clamped = true;
    assert_int_equal(mask_draw(drawer, &choice, 0.0, &key, drawn, &clamped), 9);
    assert_memory_equal(drawn, mask, sizeof mask);
    assert_false(clamped);
    mask_drawer_free(drawer);
    text_release(&text);
    text_release(&written);
}

/* The largest there may be fits into a setting's value. */
static void test_painted_largest(void **state)
{
    (void)state;
    uint8_t mask[PAINTED_PATCH_LIMIT] = {1}, back[PAINTED_PATCH_LIMIT];
    struct text text = {0};
    struct mask_choice choice;
    text_append(&text, "painted:mask=");
    painted_write(mask, 32, 32, &text);
    assert_true(strategy_choice_parse(&choice.strategy, text_of(&text), NULL));
    assert_true(painted_read(choice.strategy.given, 32, 32, back, NULL));
    assert_memory_equal(back, mask, sizeof mask);
    text_release(&text);
}

static void test_painted_errors(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"2x4/f0", "drawn on 2 x 4"},
        {"4x2/f", "digits"},
        {"4x2/f00", "digits"},
        {"4x2/g0", "hexadecimal"},
        {"4x2/ff", "no visible patch"},
        {"4x2/00", "no hidden patch"},
        {"f0", "HEIGHTxWIDTH"},
        {"4x2", "HEIGHTxWIDTH"},
        {"4294967300x2/f0", "HEIGHTxWIDTH"},
        {"", "HEIGHTxWIDTH"},
        {"4x2/f\xff", "hexadecimal"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = {0};
        uint8_t mask[8];
        assert_false(painted_read(cases[i][0], 4, 2, mask, &error));
        assert_int_equal(error.code, ERROR_DATA);
        if (!strstr(error.message, cases[i][1]))
            fail_msg("%s: %s", cases[i][0], error.message);
    }
    struct mask_choice choice = choose("painted:mask=4x2/f0", "0.5");
    assert_true(mask_choice_check(&choice, 4, 2, NULL));
    assert_false(mask_choice_check(&choice, 8, 8, NULL));
    assert_false(strategy_choice_parse(&choice.strategy, "painted", NULL));
}

static bool all_rows_alike(const uint8_t mask[64])
{
    bool alike = true;
    for (int i = 8; i < 64; i++)
        alike = alike && mask[i] == mask[i - 8];
    return alike;
}

static bool all_columns_alike(const uint8_t mask[64])
{
    bool alike = true;
    for (int i = 1; i < 64; i++)
        alike = alike && (i % 8 == 0 || mask[i] == mask[i - 1]);
    return alike;
}

/* Stripes of rows and of columns cannot be mistaken: weights 1, 2 and 1, then 0, 2 and 1. */
static void test_mixture_weights(void **state)
{
    (void)state;
    struct mask_choice choice =
        choose("mixture:parts=[{weight: {from: 1, to: 0}, strategy: stripes, axis: rows},"
               " {weight: 2, strategy: \"stripes:axis=columns\"}, random]",
               "0.5");
    struct mask_drawer *drawer = mask_drawer_new(8, 8, NULL);
    int rows[2] = {0}, columns[2] = {0};
    for (int end = 0; end < 2; end++)
        for (uint32_t image = 0; image < 4000; image++) {
            struct mask_key key = {.seed = 1, .stream = RANDOM_MASK, .image = image};
            uint8_t mask[64];
            assert_int_equal(mask_draw(drawer, &choice, end, &key, mask, NULL), 32);
            rows[end] += all_columns_alike(mask);
            columns[end] += all_rows_alike(mask);
        }
    assert_in_range(rows[0], 890, 1110); /* 1000, sd 27 */
    assert_in_range(columns[0], 1874, 2126);
    assert_int_equal(rows[1], 0);
    assert_in_range(columns[1], 2547, 2787); /* two of three: 2667, sd 30 */
    mask_drawer_free(drawer);
}

/* A part's parameters move with training as a lone strategy's do. */
static void test_mixture_schedules(void **state)
{
    (void)state;
    static const uint8_t middle[16] = {[5] = 1, [6] = 1, [9] = 1, [10] = 1};
    struct mask_choice choice =
        choose("mixture:parts=[{strategy: center, jitter: {from: 0, to: 64}}]", "0.25");
    struct mask_drawer *drawer = mask_drawer_new(4, 4, NULL);
    int others = 0;
    for (uint32_t image = 0; image < 20; image++) {
        uint8_t mask[16];
        struct mask_key key = {.seed = 1, .stream = RANDOM_MASK, .image = image};
        mask_draw(drawer, &choice, 0, &key, mask, NULL);
        assert_memory_equal(mask, middle, sizeof middle);
        mask_draw(drawer, &choice, 1, &key, mask, NULL);
        others += memcmp(mask, middle, sizeof middle) != 0;
    }
    assert_in_range(others, 15, 20);
    mask_drawer_free(drawer);
}

static void write_bytes(const char *path, const char *header, const void *values, size_t size)
{
    FILE *file = fopen(path, "wb");
    uint16_t length = (uint16_t)strlen(header);
    assert_non_null(file);
    fwrite("\x93NUMPY\x01\x00", 1, 8, file);
    fputc(length & 255, file);
    fputc(length >> 8, file);
    fwrite(header, 1, length, file);
    fwrite(values, 1, size, file);
    fclose(file);
}

static const char path[] = "mask_given.npy";

static void test_file_round_trip(void **state)
{
    (void)state;
    const uint8_t masks[3 * 6] = {1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1, 0, 1};
    struct mask_choice sequence = choose("file:path=mask_given.npy,order=sequence", "0.99");
    struct mask_choice drawn = choose("file:path=mask_given.npy", "0.5");
    struct mask_drawer *drawer = mask_drawer_new(2, 3, NULL);
    int counts[3] = {0};
    assert_true(npy_write_masks(path, masks, 3, 6, NULL));
    assert_true(mask_choice_check(&sequence, 2, 3, NULL));
    assert_true(mask_drawer_prepare(drawer, &sequence, NULL));
    unlink(path); /* all is in memory */
    assert_true(mask_drawer_prepare(drawer, &drawn, NULL));
    for (uint32_t image = 0; image < 900; image++) {
        struct mask_key key = {.seed = 1, .stream = RANDOM_MASK, .image = image};
        uint8_t mask[6];
        static const int hidden[3] = {1, 5, 3};
        bool clamped = true;
        assert_int_equal(mask_draw(drawer, &sequence, 0.0, &key, mask, &clamped),
                         hidden[image % 3]);
        assert_memory_equal(mask, masks + image % 3 * 6, 6);
        assert_false(clamped);
        int count = mask_draw(drawer, &drawn, 0.0, &key, mask, NULL);
        counts[count == 1 ? 0 : count == 5 ? 1 : 2]++;
    }
    for (int i = 0; i < 3; i++)
        assert_in_range(counts[i], 240, 360);
    mask_drawer_free(drawer);
}

/* Once resolved, a choice means the masks that the file held then, wherever it is read from. */
static void test_file_is_resolved(void **state)
{
    (void)state;
    static const uint8_t first[2] = {1, 0}, second[2] = {0, 1};
    struct mask_choice before = choose("file:path=mask_given.npy", "0.5"), after = before, read;
    struct mask_drawer *drawer = mask_drawer_new(1, 2, NULL);
    struct mask_key key = {.seed = 1, .stream = RANDOM_MASK};
    struct text text = {0};
    struct error error = {0};
    uint8_t mask[2];
    assert_true(npy_write_masks(path, first, 1, 2, NULL));
    assert_true(mask_choice_resolve(&before, 1, 2, NULL));
    assert_int_equal(before.strategy.given[0], '/');
    strategy_choice_write(&before.strategy, &text);
    read = choose(text_of(&text), "0.5");
    assert_memory_equal(&read.strategy.digest, &before.strategy.digest, sizeof(uint64_t));
    assert_string_equal(read.strategy.given, before.strategy.given);
    assert_true(mask_drawer_prepare(drawer, &before, NULL));
    text_copy(read.strategy.given, sizeof read.strategy.given, path); /* digest, relative path */
    assert_true(mask_choice_resolve(&read, 1, 2, NULL));
    assert_string_equal(read.strategy.given, before.strategy.given);

    assert_true(npy_write_masks(path, second, 1, 2, NULL));
    assert_true(mask_choice_resolve(&after, 1, 2, NULL));
    assert_true(after.strategy.digest != before.strategy.digest);
    assert_true(mask_drawer_prepare(drawer, &after, NULL));
    mask_draw(drawer, &after, 0.0, &key, mask, NULL);
    assert_memory_equal(mask, second, 2);
    mask_draw(drawer, &before, 0.0, &key, mask, NULL);
    assert_memory_equal(mask, first, 2);
    assert_false(mask_choice_check(&before, 1, 2, &error));
    assert_non_null(strstr(error.message, "other masks"));
    unlink(path);
    after.strategy.digest = 0;
    assert_false(mask_choice_resolve(&after, 1, 2, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    text_release(&text);
    mask_drawer_free(drawer);
}

static void test_file_types(void **state)
{
    (void)state;
    const uint8_t bytes[4] = {1, 0, 0, 1};
    const int64_t longs[4] = {1, 0, 0, 1};
    const float reals[4] = {1.0f, 0.0f, 0.0f, 1.0f};
    const double doubles[4] = {1.0, 0.0, 0.0, 1.0};
    const struct {
        const char *header;
        const void *values;
        size_t size;
    } cases[] = {
        {"{'descr': '|b1', 'fortran_order': False, 'shape': (2, 1, 2), }\n", bytes, sizeof bytes},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }\n", bytes, sizeof bytes},
        {"{'shape':(2,2),'fortran_order':False,'descr':'<i8'}", longs, sizeof longs},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n", reals, sizeof reals},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }\n", doubles, sizeof doubles},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct mask_rows rows;
        write_bytes(path, cases[i].header, cases[i].values, cases[i].size);
        assert_true(npy_read_masks(path, 1, 2, &rows, NULL));
        assert_int_equal(rows.count, 2);
        assert_memory_equal(rows.masks, bytes, 4);
        free(rows.masks);
    }
    unlink(path);
}

static void test_file_errors(void **state)
{
    (void)state;
#define HEADER(type, order, shape)                                                                 \
    "{'descr': '" type "', 'fortran_order': " order ", 'shape': " shape ", }"
    static const struct {
        const char *header;
        uint8_t values[4];
        size_t size;
        const char *named;
    } cases[] = {
        {HEADER("|u1", "False", "(2, 2)"), {1, 0, 0, 0}, 4, "mask 1 has no hidden patch"},
        {HEADER("|u1", "False", "(2, 2)"), {1, 1, 0, 1}, 4, "mask 0 has no visible patch"},
        {HEADER("|u1", "False", "(2, 2)"), {1, 0, 0, 2}, 4, "other than 0 and 1"},
        {HEADER("|u1", "False", "(2, 2)"), {1, 0, 0, 0}, 3, "3 bytes of values"},
        {HEADER("|u1", "False", "(1, 4)"), {1, 0, 0, 0}, 4, "[K, 2] or [K, 1, 2]"},
        {HEADER("|u1", "False", "(1, 2, 2)"), {1, 0, 0, 0}, 4, "[K, 2] or [K, 1, 2]"},
        {HEADER("|u1", "False", "(1, 1, 1, 4)"), {1, 0, 0, 0}, 4, "shape"},
        {HEADER("|u1", "False", "(0, 2)"), {0}, 0, "no masks"},
        {HEADER("|u1", "False", "(-1, 2)"), {0}, 0, "shape"},
        {HEADER("|u1", "False", "(99999999999999999999, 2)"), {0}, 0, "shape"},
        {HEADER("|u1", "True", "(2, 2)"), {1, 0, 0, 1}, 4, "column-major"},
        {HEADER("<c8", "False", "(2, 2)"), {1, 0, 0, 1}, 4, "<c8"},
        {HEADER(">f4", "False", "(2, 2)"), {1, 0, 0, 1}, 4, ">f4"},
        {"{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (2,2)}", {0}, 4, "of type"},
        {"{'descr': '|u1', 'fortran_order': False}", {0}, 4, "without a shape"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2", {0}, 4, "shape"},
        {"", {0}, 4, "of type"},
    };
#undef HEADER
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct mask_rows rows;
        struct error error = {0};
        write_bytes(path, cases[i].header, cases[i].values, cases[i].size);
        assert_false(npy_read_masks(path, 1, 2, &rows, &error));
        assert_int_equal(error.code, ERROR_DATA);
        if (!strstr(error.message, cases[i].named) || strncmp(error.message, path, strlen(path)))
            fail_msg("case %zu: %s", i, error.message);
        assert_null(rows.masks);
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fwrite("\x93NUMPY\x01\x00\xff\xff{", 1, 11, file);
    fclose(file);
    struct mask_rows rows;
    struct error error = {0};
    assert_false(npy_read_masks(path, 1, 2, &rows, &error));
    assert_non_null(strstr(error.message, "cut off"));
    unlink(path);
    assert_false(npy_read_masks(path, 1, 2, &rows, &error));
    assert_int_equal(error.code, ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_painted_round_trip), cmocka_unit_test(test_painted_largest),
        cmocka_unit_test(test_painted_errors),     cmocka_unit_test(test_mixture_weights),
        cmocka_unit_test(test_mixture_schedules),  cmocka_unit_test(test_file_round_trip),
        cmocka_unit_test(test_file_is_resolved),   cmocka_unit_test(test_file_types),
        cmocka_unit_test(test_file_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
