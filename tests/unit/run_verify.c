/* Verification: recorded trajectories agree, and a wrong value anywhere is noticed. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "data/resample.h"
#include "nn/mae.h"
#include "run/safetensors.h"
#include "run/verify.h"
#include "tests/unit/run_folder.h"

static struct error error;
static char path[FILE_PATH_SIZE], dump[FILE_PATH_SIZE], again[FILE_PATH_SIZE];

static void print_bad(const struct verify_report *report)
{
    for (size_t i = 0; i < report->count; i++)
        if (!report->items[i].good)
            print_message("%s: %g, tolerance %g\n", report->items[i].tensor,
                          report->items[i].deviation, report->items[i].tolerance);
}

static const struct verify_item *find_item(const struct verify_report *report, const char *tensor)
{
    for (size_t i = 0; i < report->count; i++)
        if (strcmp(report->items[i].tensor, tensor) == 0)
            return &report->items[i];
    fail_msg("%s is not in the report", tensor);
    return NULL;
}

/* ---- Files recorded with other programs ---- */

static void verify_reference(const char *name, size_t least_items)
{
    const char *shared = getenv("TEST_SHARED");
    char reference[FILE_PATH_SIZE];
    snprintf(reference, sizeof reference, "%s/reference/%s.safetensors", shared ? shared : "",
             name);
    if (!file_exists(reference)) {
        print_message("skipped: no %s\n", reference);
        skip();
    }
    struct verify_report report;
    bool good = verify_file(reference, NULL, &report, &error);
    if (!good)
        print_message("%s\n", error.message);
    assert_true(good);
    print_bad(&report);
    assert_true(report.good);
    assert_true(report.count >= least_items);
    verify_report_release(&report);
}

static void test_pixels(void **state)
{
    (void)state;
    verify_reference("pixels", 90);
}

static void test_normalised(void **state)
{
    (void)state;
    verify_reference("normalised", 140);
}

static void test_grayscale(void **state)
{
    (void)state;
    verify_reference("grayscale", 90);
}

static void test_resample(void **state)
{
    (void)state;
    verify_reference("resample", 14);
}

static void test_probes(void **state)
{
    (void)state;
    verify_reference("probes", 4);
}

/* ---- A trajectory of our own ---- */

enum { STEPS = 2, IMAGES = 2, PATCHES = 4, VISIBLE = 1 };
static const struct mae_shape small = {.image_height = 8,
                                       .image_width = 8,
                                       .patch = 4,
                                       .channels = 1,
                                       .embed_dim = 8,
                                       .depth = 1,
                                       .heads = 2,
                                       .decoder_dim = 4,
                                       .decoder_depth = 1,
                                       .decoder_heads = 1,
                                       .mlp_ratio = 2};
static const char small_config[] =
    "{\"image\": 8, \"patch\": 4, \"chans\": 1, \"dim\": 8, \"depth\": 1, \"heads\": 2,"
    " \"dec_dim\": 4, \"dec_depth\": 1, \"dec_heads\": 1, \"mlp_ratio\": 2.0, \"norm_pix\": false,"
    " \"steps\": 2, \"batch\": 2, \"visible\": 1, \"lr\": 0.01, \"weight_decay\": 0.05,"
    " \"beta1\": 0.9, \"beta2\": 0.95, \"eps\": 1e-08, \"norm_eps\": 1e-06}";

/* Where recorded values come from: a dump of ours, one tensor of which may be spoilt. */
struct recording {
    struct safetensors *values; /* null: all zero */
    const char *spoilt;
    float factor;
    const char *extra; /* one tensor more */
    struct arena arena;
};

static void record(struct safetensors_writer *writer, struct recording *recording, const char *name,
                   int dimensions, const int *shape)
{
    size_t count = 1;
    for (int i = 0; i < dimensions; i++)
        count *= (size_t)shape[i];
    float *values = arena_alloc(&recording->arena, count, sizeof *values, &error);
    assert_non_null(values);
    if (recording->values)
        assert_true(
            safetensors_read_floats(recording->values, name, dimensions, shape, values, &error));
    if (recording->spoilt && strcmp(name, recording->spoilt) == 0)
        values[count - 1] *= recording->factor;
    assert_true(
        safetensors_writer_add(writer, name, SAFETENSORS_F32, dimensions, shape, values, &error));
}

static void record_inputs(struct safetensors_writer *writer, struct arena *arena)
{
    float *pixels = arena_alloc(arena, STEPS * IMAGES * 64, sizeof *pixels, &error);
    float *noise = arena_alloc(arena, STEPS * IMAGES * PATCHES, sizeof *noise, &error);
    struct random random = random_begin(4, RANDOM_SCENE, 0, 0);
    for (int i = 0; i < STEPS * IMAGES * 64; i++)
        pixels[i] = (float)random_normal(&random);
    for (int i = 0; i < STEPS * IMAGES * PATCHES; i++)
        noise[i] = (float)random_uniform(&random);
    assert_true(safetensors_writer_add(writer, "images", SAFETENSORS_F32, 5,
                                       (int[]){STEPS, IMAGES, 1, 8, 8}, pixels, &error));
    assert_true(safetensors_writer_add(writer, "noise", SAFETENSORS_F32, 3,
                                       (int[]){STEPS, IMAGES, PATCHES}, noise, &error));
}

static void record_block(struct safetensors_writer *writer, struct recording *recording,
                         const struct mae *mae, const char *prefix, bool fixed)
{
    for (int i = 0; i < mae->table.count; i++) {
        const struct parameter *parameter = &mae->table.items[i];
        char name[VERIFY_NAME_SIZE];
        snprintf(name, sizeof name, "%s%s", prefix, parameter->name);
        if (fixed || parameter->init != PARAMETER_FIXED)
            record(writer, recording, name, parameter->dimensions, parameter->shape);
    }
}

/* Writes a mae-reference file to `path`: the expected values are those of recording->values. */
static void write_trajectory(struct recording *recording, const char *config)
{
    struct mae *mae = mae_new(&small, &error);
    assert_non_null(mae);
    mae_initialise(mae, 5);
    struct safetensors_writer *writer = safetensors_writer_new(&error);
    assert_non_null(writer);
    assert_true(safetensors_writer_metadata(writer, "format", "mae-reference", &error));
    assert_true(safetensors_writer_metadata(writer, "config", config, &error));
    record_inputs(writer, &recording->arena);
    for (int i = 0; i < mae->table.count; i++) {
        const struct parameter *parameter = &mae->table.items[i];
        char name[VERIFY_NAME_SIZE];
        snprintf(name, sizeof name, "init.%s", parameter->name);
        assert_true(safetensors_writer_add(writer, name, SAFETENSORS_F32, parameter->dimensions,
                                           parameter->shape, mae->weights + parameter->offset,
                                           &error));
    }
    if (recording->extra)
        record(writer, recording, recording->extra, 1, (int[]){1});
    record(writer, recording, "expected.loss", 1, (int[]){STEPS});
    record(writer, recording, "expected.pred", 3, (int[]){IMAGES, PATCHES, 16});
    record(writer, recording, "expected.mask", 2, (int[]){IMAGES, PATCHES});
    record(writer, recording, "expected.latent", 3, (int[]){IMAGES, VISIBLE + 1, 8});
    record_block(writer, recording, mae, "expected.grad.", false);
    record_block(writer, recording, mae, "final.", true);
    assert_true(safetensors_writer_save(writer, path, &error));
    safetensors_writer_free(writer);
    arena_release(&recording->arena);
    mae_free(mae);
}

/* Our values for the small trajectory, in `dump`. */
static void dump_trajectory(void)
{
    struct recording nothing = {0};
    struct verify_report report;
    write_trajectory(&nothing, small_config);
    assert_true(verify_file(path, dump, &report, &error));
    assert_string_equal(report.format, "mae-reference");
    assert_false(report.good); /* zeros were recorded */
    assert_true(isinf(find_item(&report, "expected.pred")->deviation));
    verify_report_release(&report);
}

static void test_own_trajectory(void **state)
{
    (void)state;
    dump_trajectory();
    struct recording recording = {.values = safetensors_open(dump, &error)};
    struct verify_report report;
    assert_non_null(recording.values);
    write_trajectory(&recording, small_config);
    assert_true(verify_file(path, NULL, &report, &error));
    print_bad(&report);
    assert_true(report.good);
    for (size_t i = 0; i < report.count; i++)
        assert_true(report.items[i].deviation == 0); /* the same program: the same bits */
    verify_report_release(&report);
    assert_null(safetensors_find(recording.values, "init.pos_embed")); /* ours, not the inputs */
    /* The mask is that of the smallest noise: one visible patch in each row. */
    float mask[IMAGES * PATCHES];
    assert_true(safetensors_read_floats(recording.values, "expected.mask", 2,
                                        (int[]){IMAGES, PATCHES}, mask, &error));
    for (int image = 0; image < IMAGES; image++)
        assert_true(
            mask[4 * image] + mask[4 * image + 1] + mask[4 * image + 2] + mask[4 * image + 3] == 3);
    safetensors_close(recording.values);
}

static void test_wrong_values_are_noticed(void **state)
{
    (void)state;
    static const struct {
        const char *tensor;
        float factor;
    } cases[] = {
        {"expected.loss", 1 + 1e-4f},
        {"expected.pred", 3},
        {"expected.mask", -1},
        {"expected.latent", -1},
        {"expected.grad.decoder_pred.bias", 2},
        {"expected.grad.blocks.0.attn.qkv.weight", 30},
        {"final.norm.weight", 1.01f},
        {"final.decoder_pos_embed", -1},
        {"expected.pred", NAN},
        {"expected.loss", INFINITY},
    };
    dump_trajectory();
    struct recording recording = {.values = safetensors_open(dump, &error)};
    assert_non_null(recording.values);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        recording.spoilt = cases[i].tensor;
        recording.factor = cases[i].factor;
        struct verify_report report;
        write_trajectory(&recording, small_config);
        assert_true(verify_file(path, NULL, &report, &error));
        for (size_t k = 0; k < report.count; k++) {
            bool spoilt = strcmp(report.items[k].tensor, cases[i].tensor) == 0;
            if (report.items[k].good == spoilt)
                print_message("%s spoilt: %s is %g\n", cases[i].tensor, report.items[k].tensor,
                              report.items[k].deviation);
            assert_int_equal(report.items[k].good, !spoilt);
        }
        assert_false(report.good);
        verify_report_release(&report);
    }
    safetensors_close(recording.values);
}

static void test_bad_configs(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *expected;
    } cases[] = {
        {"{", "[", "no JSON map"},
        {"\"heads\": 2", "\"heads\": 3", "heads"},
        {"\"patch\": 4", "\"patch\": 0", "\"patch\""},
        {"\"visible\": 1", "\"visible\": 4", "\"visible\""},
        {"\"depth\": 1", "\"depth\": 2", "not in the file"},
        {"\"steps\": 2", "\"steps\": 3", "expected F32 [3, 2, 1, 8, 8]"},
        {"\"lr\": 0.01", "\"lr\": \"x\"", "\"lr\""},
        {"\"norm_eps\": 1e-06", "\"norm_eps\": 1e-05", "norm_eps"},
    };
    struct recording nothing = {0};
    struct verify_report report;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char config[600];
        const char *at = strstr(small_config, cases[i].from);
        assert_non_null(at);
        snprintf(config, sizeof config, "%.*s%s%s", (int)(at - small_config), small_config,
                 cases[i].to, at + strlen(cases[i].from));
        write_trajectory(&nothing, config);
        bool good = verify_file(path, NULL, &report, &error);
        if (good || !strstr(error.message, cases[i].expected))
            print_message("%s: %s\n", cases[i].to, error.message);
        assert_false(good);
        assert_int_equal(error.code, ERROR_DATA);
        assert_non_null(strstr(error.message, cases[i].expected));
        assert_non_null(strstr(error.message, path));
        verify_report_release(&report);
    }
}

static void test_weights_of_a_larger_model(void **state)
{
    (void)state;
    struct recording recording = {.extra = "init.blocks.1.norm1.bias"};
    struct verify_report report;
    write_trajectory(&recording, small_config);
    assert_false(verify_file(path, NULL, &report, &error));
    assert_int_equal(error.code, ERROR_DATA);
    assert_non_null(strstr(error.message, "tensors init.*"));
    verify_report_release(&report);
}

/* ---- Resampling ---- */

enum { SIDE = 40, HALF = 20 };

/* A case whose expected values are ours, `off` of them `levels` away. */
static void write_resampling(int off, int levels, int right)
{
    struct image picture = {0}, half = {0};
    struct resample_memory memory = {0};
    const int32_t box[4] = {0, 0, right, SIDE};
    assert_true(image_resize(&picture, SIDE, SIDE, 3, &error));
    for (int i = 0; i < SIDE * SIDE * 3; i++)
        picture.pixels[i] = (uint8_t)(100 + i % 50);
    assert_true(resample(&picture, &(struct resample_box){0, 0, SIDE, SIDE}, HALF, HALF, &half,
                         &memory, &error));
    for (int i = 0; i < off; i++)
        half.pixels[i] = (uint8_t)(half.pixels[i] + levels);
    struct safetensors_writer *writer = safetensors_writer_new(&error);
    assert_true(safetensors_writer_metadata(writer, "format", "resample-reference", &error));
    assert_true(safetensors_writer_add(writer, "case0.source", SAFETENSORS_U8, 3,
                                       (int[]){SIDE, SIDE, 3}, picture.pixels, &error));
    assert_true(
        safetensors_writer_add(writer, "case0.box", SAFETENSORS_I32, 1, (int[]){4}, box, &error));
    assert_true(safetensors_writer_add(writer, "case0.expected", SAFETENSORS_U8, 3,
                                       (int[]){HALF, HALF, 3}, half.pixels, &error));
    assert_true(safetensors_writer_save(writer, path, &error));
    safetensors_writer_free(writer);
    image_release(&picture);
    image_release(&half);
    resample_memory_release(&memory);
}

static void test_resampling_tolerances(void **state)
{
    (void)state;
    static const struct {
        int off, levels;
        bool good;
    } cases[] = {{0, 0, true}, {1200, 1, true}, {1, 2, true}, {2, 2, false}, {1, 3, false}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct verify_report report;
        write_resampling(cases[i].off, cases[i].levels, SIDE);
        assert_true(verify_file(path, dump, &report, &error));
        assert_int_equal(report.good, cases[i].good);
        assert_int_equal(report.count, 4);
        assert_true(find_item(&report, "case0.expected")->deviation == cases[i].levels);
        verify_report_release(&report);
    }
    struct safetensors *file = safetensors_open(dump, &error);
    assert_non_null(file);
    assert_non_null(safetensors_expect(file, "case0.expected", SAFETENSORS_U8, 3,
                                       (int[]){HALF, HALF, 3}, &error));
    safetensors_close(file);
    struct verify_report report;
    write_resampling(0, 0, SIDE + 1);
    assert_false(verify_file(path, NULL, &report, &error));
    assert_non_null(strstr(error.message, "case0.box"));
    verify_report_release(&report);
}

static void test_unknown_format(void **state)
{
    (void)state;
    static const char *const formats[] = {"other-reference", "\033[2J", NULL};
    for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
        struct verify_report report;
        struct safetensors_writer *writer = safetensors_writer_new(&error);
        if (formats[i])
            assert_true(safetensors_writer_metadata(writer, "format", formats[i], &error));
        assert_true(safetensors_writer_save(writer, path, &error));
        safetensors_writer_free(writer);
        assert_false(verify_file(path, again, &report, &error));
        assert_int_equal(error.code, ERROR_DATA);
        assert_non_null(strstr(error.message, "mae-reference, resample-reference"));
        assert_null(strchr(error.message, '\033'));
        assert_false(file_exists(again)); /* no dump of nothing */
        verify_report_release(&report);
    }
}

static int set_up(void **state)
{
    test_folder_make(state);
    parallel_set_threads(1); /* tiny models: waiting for other threads would cost more */
    return file_join(path, sizeof path, test_folder, "reference", &error) &&
                   file_join(dump, sizeof dump, test_folder, "dump", &error) &&
                   file_join(again, sizeof again, test_folder, "again", &error)
               ? 0
               : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pixels),
        cmocka_unit_test(test_normalised),
        cmocka_unit_test(test_grayscale),
        cmocka_unit_test(test_resample),
        cmocka_unit_test(test_probes),
        cmocka_unit_test(test_own_trajectory),
        cmocka_unit_test(test_wrong_values_are_noticed),
        cmocka_unit_test(test_bad_configs),
        cmocka_unit_test(test_weights_of_a_larger_model),
        cmocka_unit_test(test_resampling_tolerances),
        cmocka_unit_test(test_unknown_format),
    };
    return cmocka_run_group_tests(tests, set_up, test_folder_remove);
}
