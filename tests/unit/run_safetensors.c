/* Safetensors: round trips, conversion, and every kind of damage a header can have. */
#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "base/file.h"
#include "run/safetensors.h"
#include "tests/unit/run_folder.h"

static char path[FILE_PATH_SIZE];

static void write_raw(uint64_t length, const char *header, size_t header_size, size_t data_size)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fwrite(&length, sizeof length, 1, stream);
    fwrite(header, 1, header_size, stream);
    for (size_t i = 0; i < data_size; i++)
        fputc((int)i, stream);
    assert_int_equal(fclose(stream), 0);
}

static void test_round_trip(void **state)
{
    (void)state;
    struct error error;
    static const float weights[6] = {1, -2, 3.5f, 0x1p-149f, INFINITY, -0.0f};
    static const int32_t box[4] = {1, 2, -3, 4};
    static const uint8_t pixels[3] = {0, 128, 255};
    static const float scalar = 7;
    struct safetensors_writer *writer = safetensors_writer_new(&error);
    assert_non_null(writer);
    assert_true(safetensors_writer_metadata(writer, "format", "old", &error));
    assert_true(safetensors_writer_metadata(writer, "format", "test \"quoted\"\n\xc3\xa9", &error));
    assert_true(
        safetensors_writer_add(writer, "pixels", SAFETENSORS_U8, 1, (int[]){3}, pixels, &error));
    assert_true(safetensors_writer_add(writer, "weights", SAFETENSORS_F32, 2, (int[]){2, 3},
                                       weights, &error));
    assert_true(safetensors_writer_add(writer, "box", SAFETENSORS_I32, 1, (int[]){4}, box, &error));
    assert_true(
        safetensors_writer_add(writer, "scalar", SAFETENSORS_F32, 0, NULL, &scalar, &error));
    assert_true(
        safetensors_writer_add(writer, "none", SAFETENSORS_F32, 1, (int[]){0}, NULL, &error));
    assert_false(
        safetensors_writer_add(writer, "box", SAFETENSORS_I32, 1, (int[]){4}, box, &error));
    assert_false(safetensors_writer_add(writer, "__metadata__", SAFETENSORS_I32, 1, (int[]){4}, box,
                                        &error));
    assert_false(
        safetensors_writer_add(writer, "\xff", SAFETENSORS_I32, 1, (int[]){4}, box, &error));
    assert_false(safetensors_writer_metadata(writer, "bad", "\xff", &error));
    assert_true(safetensors_writer_save(writer, path, &error));
    safetensors_writer_free(writer);

    struct safetensors *file = safetensors_open(path, &error);
    assert_non_null(file);
    assert_string_equal(safetensors_metadata(file, "format"), "test \"quoted\"\n\xc3\xa9");
    assert_null(safetensors_metadata(file, "bad"));
    assert_int_equal(safetensors_count(file), 5);
    assert_string_equal(safetensors_at(file, 0)->name, "pixels");
    assert_int_equal(safetensors_at(file, 0)->offset % 8, 0);
    float values[6];
    assert_true(safetensors_read_floats(file, "weights", 2, (int[]){2, 3}, values, &error));
    assert_memory_equal(values, weights, sizeof values);
    assert_true(safetensors_read_floats(file, "scalar", 0, NULL, values, &error));
    assert_true(values[0] == 7);
    assert_true(safetensors_read_floats(file, "none", 1, (int[]){0}, values, &error));
    int32_t read[4];
    const struct safetensors_tensor *tensor =
        safetensors_expect(file, "box", SAFETENSORS_I32, 1, (int[]){4}, &error);
    assert_non_null(tensor);
    assert_true(safetensors_read(file, tensor, read, &error));
    assert_memory_equal(read, box, sizeof box);
    safetensors_close(file);
}

/* A misfit is refused by name, with what is there and what was expected, and nothing is written. */
static void test_expectations(void **state)
{
    (void)state;
    static const char header[] =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
        "\"b\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[8,16]},"
        "\"c\":{\"dtype\":\"F4_X\",\"shape\":[6],\"data_offsets\":[16,19]}}";
    write_raw(strlen(header), header, strlen(header), 19);
    struct error error;
    struct safetensors *file = safetensors_open(path, &error);
    assert_non_null(file);
    float out[2] = {5, 6};
    assert_false(safetensors_read_floats(file, "a", 2, (int[]){1, 2}, out, &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_non_null(strstr(error.message, "tensor \"a\": it is F32 [2, 1], expected F32 [1, 2]"));
    assert_non_null(strstr(error.message, path));
    assert_false(safetensors_read_floats(file, "b", 1, (int[]){2}, out, &error));
    assert_false(safetensors_read_floats(file, "c", 1, (int[]){6}, out, &error));
    assert_false(safetensors_read_floats(file, "missing", 1, (int[]){2}, out, &error));
    assert_null(safetensors_expect(file, "b", SAFETENSORS_F32, 1, (int[]){2}, &error));
    assert_true(out[0] == 5 && out[1] == 6);
    uint8_t raw[3];
    assert_int_equal(safetensors_find(file, "c")->type, SAFETENSORS_OTHER);
    assert_true(safetensors_read(file, safetensors_find(file, "c"), raw, &error));
    assert_int_equal(raw[2], 18);
    safetensors_close(file);
}

static void test_conversion(void **state)
{
    (void)state;
    static const char header[] =
        "{\"h\":{\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[1,13]},"
        "\"pad\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
        "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[13,17]},"
        "\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[17,25]}}";
    static const uint16_t half[6] = {0x3c00, 0xc000, 0x0001, 0x7c00, 0x7e00, 0x3555};
    static const uint16_t bfloat[2] = {0x3f80, 0xc049};
    const double wide = 0.1;
    FILE *stream = fopen(path, "wb");
    uint64_t length = strlen(header);
    assert_non_null(stream);
    fwrite(&length, sizeof length, 1, stream);
    fwrite(header, 1, length, stream);
    fputc(0, stream);
    fwrite(half, sizeof half, 1, stream);
    fwrite(bfloat, sizeof bfloat, 1, stream);
    fwrite(&wide, sizeof wide, 1, stream);
    fclose(stream);
    struct error error;
    struct safetensors *file = safetensors_open(path, &error);
    assert_non_null(file);
    float values[6];
    assert_true(safetensors_read_floats(file, "h", 1, (int[]){6}, values, &error));
    assert_true(values[0] == 1 && values[1] == -2 && values[2] == 0x1p-24f && isinf(values[3]) &&
                isnan(values[4]) && values[5] == 0x1.554p-2f);
    assert_true(safetensors_read_floats(file, "b", 1, (int[]){2}, values, &error));
    assert_true(values[0] == 1 && values[1] == -3.140625f);
    assert_true(safetensors_read_floats(file, "d", 1, (int[]){1}, values, &error));
    assert_true(values[0] == 0.1f);
    safetensors_close(file);
}

#define TENSOR(offsets) "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" offsets "}}"

static void test_damaged_headers(void **state)
{
    (void)state;
    enum { DATA = 8 };
    static const struct {
        const char *header, *expected;
    } cases[] = {
        {"", "no JSON map"},
        {"[]", "no JSON map"},
        {"{", "no JSON map"},
        {"{\"a\":1} x", "no JSON map"},
        {"{\"a\":1}", "no dtype"},
        {"{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", "no dtype"},
        {"{\"a\":{\"dtype\":3,\"shape\":[2],\"data_offsets\":[0,8]}}", "no dtype"},
        {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", "shape must be a list"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", "shape must be a list"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,8],\"data_offsets\":[0,8]}}",
         "at most 8 sizes"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "no whole number"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}", "no whole number"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,2],\"data_offsets\":[0,8]}}",
         "too large"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387906],\"data_offsets\":[0,8]}}",
         "does not take 8 bytes"}, /* times 4 wraps to 8 */
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}",
         "no JSON map"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
         "F32 [3] does not take 8 bytes"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "two whole numbers"},
        {TENSOR("[0]"), "two whole numbers"},
        {TENSOR("[0,8,9]"), "two whole numbers"},
        {TENSOR("[0,\"8\"]"), "two whole numbers"},
        {TENSOR("[-8,0]"), "ascending"},
        {TENSOR("[8,0]"), "ascending"},
        {TENSOR("[4,12]"), "beyond the end"},
        {TENSOR("[9223372036854775800,9223372036854775807]"), "beyond the end"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "belong to none"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "a gap before"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
         "overlaps"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
         "overlaps"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
         "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
         "no JSON map: duplicate"},
        {"{\"__metadata__\":[],\"a\":1}", "__metadata__ must be a map"},
        {"{\"__metadata__\":{\"k\":1},\"a\":1}", "__metadata__ must be a text"},
        {"{\"a\":[[[[[[[[[[0]]]]]]]]]]}", "nested too deeply"},
        {"{\"\xff\":1}", "no JSON map"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_raw(strlen(cases[i].header), cases[i].header, strlen(cases[i].header), DATA);
        struct error error = {0};
        struct safetensors *file = safetensors_open(path, &error);
        if (file || error.code != ERROR_DATA || !strstr(error.message, cases[i].expected))
            print_message("case %zu: %s\n", i, error.message);
        assert_null(file);
        assert_int_equal(error.code, ERROR_DATA);
        assert_non_null(strstr(error.message, cases[i].expected));
        assert_non_null(strstr(error.message, path));
    }
}

static void test_damaged_files(void **state)
{
    (void)state;
    static const char header[] = TENSOR("[0,8]");
    static const uint64_t lengths[] = {sizeof header + 8, 100000001, UINT64_MAX, INT64_MAX};
    struct error error;
    for (size_t i = 0; i < 4; i++) {
        write_raw(lengths[i], header, strlen(header), 8);
        assert_null(safetensors_open(path, &error));
        assert_int_equal(error.code, ERROR_DATA);
    }
    write_raw(strlen(header), header, strlen(header), 8);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    struct safetensors *file = safetensors_open(path, &error);
    assert_non_null(file);
    for (off_t size = status.st_size - 1; size >= 0; size--) {
        assert_int_equal(truncate(path, size), 0);
        assert_null(safetensors_open(path, &error));
        assert_int_equal(error.code, ERROR_DATA);
    }
    float values[2];
    assert_false(safetensors_read_floats(file, "a", 1, (int[]){2}, values, &error));
    assert_int_equal(error.code, ERROR_IO);
    safetensors_close(file);
    assert_null(safetensors_open("/dev/null", &error));
    assert_int_equal(error.code, ERROR_INPUT);
    assert_null(safetensors_open(test_folder, &error));
    assert_null(safetensors_open("/nonexistent", &error));
    assert_int_equal(error.code, ERROR_INPUT);
}

/* A name from a file cannot steer the terminal that its message is printed on. */
static void test_hostile_name(void **state)
{
    (void)state;
    static const char header[] = "{\"\\u001b[2J\":1}";
    write_raw(strlen(header), header, strlen(header), 0);
    struct error error;
    assert_null(safetensors_open(path, &error));
    assert_null(strchr(error.message, '\033'));
}

/* ---- Without memory ---- */

static int allocations_left; /* until one of what JSON asks for fails */

static void *allocate_some(size_t size)
{
    return allocations_left-- == 0 ? NULL : malloc(size);
}

static bool write_weight(struct error *error)
{
    static const float values[6] = {1, 2, 3, 4, 5, 6};
    static const int shape[] = {2, 3};
    struct safetensors_writer *writer = safetensors_writer_new(error);
    bool good = writer && safetensors_writer_metadata(writer, "step", "7", error) &&
                safetensors_writer_add(writer, "weight", SAFETENSORS_F32, 2, shape, values, error);
    if (!good)
        assert_int_equal(error->code, ERROR_SYSTEM);
    good = good && safetensors_writer_save(writer, path, error);
    safetensors_writer_free(writer);
    return good;
}

/* JSON's n-th allocation fails: it is said to be the memory, or the file is whole. */
static void test_without_memory(void **state)
{
    (void)state;
    struct error error;
    for (int n = 0;; n++) {
        allocations_left = n;
        json_set_alloc_funcs(allocate_some, free);
        bool written = write_weight(&error);
        json_set_alloc_funcs(malloc, free);
        if (!written)
            continue;
        struct safetensors *file = safetensors_open(path, &error);
        if (!file)
            fail_msg("allocation %d: %s", n, error.message);
        const struct safetensors_tensor *weight = safetensors_find(file, "weight");
        assert_true(weight && weight->dimensions == 2 && weight->shape[1] == 3);
        safetensors_close(file);
        if (allocations_left >= 0)
            break;
    }
}

/* The recorded trajectories, whose writer is another program. */
static void test_reference_file(void **state)
{
    (void)state;
    const char *shared = getenv("TEST_SHARED");
    char reference[FILE_PATH_SIZE];
    struct error error;
    if (!shared ||
        !file_join(reference, sizeof reference, shared, "reference/resample.safetensors", &error) ||
        !file_exists(reference)) {
        print_message("skipped: no reference files in TEST_SHARED\n");
        skip();
    }
    struct safetensors *file = safetensors_open(reference, &error);
    assert_non_null(file);
    assert_int_equal(safetensors_count(file), 18);
    int32_t box[4];
    const struct safetensors_tensor *tensor =
        safetensors_expect(file, "case0.box", SAFETENSORS_I32, 1, (int[]){4}, &error);
    assert_non_null(tensor);
    assert_int_not_equal(tensor->offset % sizeof box[0], 0);
    assert_true(safetensors_read(file, tensor, box, &error));
    assert_true(box[0] >= 0 && box[0] < box[2] && box[2] <= 53 && box[3] <= 169);
    safetensors_close(file);
}

static int set_up(void **state)
{
    test_folder_make(state);
    struct error error;
    return file_join(path, sizeof path, test_folder, "x.safetensors", &error) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),     cmocka_unit_test(test_expectations),
        cmocka_unit_test(test_conversion),     cmocka_unit_test(test_damaged_headers),
        cmocka_unit_test(test_damaged_files),  cmocka_unit_test(test_hostile_name),
        cmocka_unit_test(test_without_memory), cmocka_unit_test(test_reference_file),
    };
    return cmocka_run_group_tests(tests, set_up, test_folder_remove);
}
