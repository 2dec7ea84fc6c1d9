/* Presets, shape checks, the table of parameters, initialisation, positions, patches. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/memory.h"
#include "nn/mae.h"
#include "tests/unit/nn_naive.h"

static struct mae_shape small(void)
{
    return (struct mae_shape){.image_height = 12,
                              .image_width = 8,
                              .patch = 4,
                              .channels = 3,
                              .embed_dim = 16,
                              .depth = 2,
                              .heads = 2,
                              .decoder_dim = 8,
                              .decoder_depth = 1,
                              .decoder_heads = 1,
                              .mlp_ratio = 4};
}

static void test_presets(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double millions; /* trained weights; the published sizes of the release */
    } expected[] = {{"nano32", 0.512},  {"nano64", 0.535},   {"tiny64", 5.82},  {"small96", 23.26},
                    {"base224", 111.7}, {"large224", 329.2}, {"huge224", 656.6}};
    size_t count;
    const struct mae_preset *presets = mae_presets(&count);
    assert_int_equal(count, ARRAY_LENGTH(expected));
    for (size_t i = 0; i < count; i++) {
        struct error error;
        assert_string_equal(presets[i].name, expected[i].name);
        assert_ptr_equal(mae_preset_find(presets[i].name), &presets[i]);
        assert_true(mae_shape_check(&presets[i].shape, &error));
        struct mae *mae = mae_new(&presets[i].shape, &error);
        assert_non_null(mae);
        double millions = (double)mae->table.trained * 1e-6;
        assert_true(fabs(millions / expected[i].millions - 1) < 0.002);
        mae_free(mae);
    }
    assert_null(mae_preset_find("nano"));
}

static void refuses(struct mae_shape shape, const char *words)
{
    struct error error = {0};
    assert_false(mae_shape_check(&shape, &error));
    assert_int_equal(error.code, ERROR_DATA);
    if (!strstr(error.message, words))
        fail_msg("\"%s\" is not in \"%s\"", words, error.message);
    assert_null(mae_new(&shape, &error));
}

#define REFUSES(field, bad, words)                                                                 \
    do {                                                                                           \
        struct mae_shape shape = small();                                                          \
        shape.field = (bad);                                                                       \
        refuses(shape, words);                                                                     \
    } while (0)

static void test_shape_check(void **state)
{
    (void)state;
    struct error error;
    struct mae_shape good = small();
    assert_true(mae_shape_check(&good, &error));
    REFUSES(patch, 0, "model.patch is 0");
    REFUSES(patch, 5, "model.patch is 5, expected a divisor of the image's sides, 12 x 8");
    REFUSES(patch, 16, "the image height is 12");
    REFUSES(image_width, 2, "the image width is 2");
    REFUSES(channels, 0, "model.channels is 0, expected 1 to 4");
    REFUSES(channels, 5, "model.channels is 5");
    REFUSES(embed_dim, 18, "model.embed_dim is 18, expected a multiple of 4");
    REFUSES(embed_dim, 0, "model.embed_dim is 0");
    REFUSES(depth, 0, "model.depth is 0");
    REFUSES(heads, 3, "model.heads is 3, expected a divisor of model.embed_dim, which is 16");
    REFUSES(heads, 0, "model.heads is 0");
    REFUSES(decoder_dim, -4, "model.decoder_dim is -4");
    REFUSES(decoder_depth, 0, "model.decoder_depth is 0");
    REFUSES(decoder_heads, 3, "model.decoder_heads is 3, expected a divisor of model.decoder_dim");
    REFUSES(mlp_ratio, 0, "model.mlp_ratio is 0");
    REFUSES(mlp_ratio, NAN, "model.mlp_ratio is");
    struct mae_shape one = small();
    one.image_height = one.image_width = one.patch;
    refuses(one, "at least two patches");
    struct mae_shape dots = small();
    dots.patch = dots.channels = 1;
    assert_true(mae_shape_check(&dots, &error));
    dots.norm_pix = true;
    refuses(dots, "model.norm_pix");
}

static void check_item(const struct mae *mae, const char *name, int dimensions, const int *shape,
                       enum parameter_init init, bool decay)
{
    const struct parameter *item = parameter_find(&mae->table, name);
    assert_non_null(item);
    assert_int_equal(item->dimensions, dimensions);
    assert_memory_equal(item->shape, shape, (size_t)dimensions * sizeof *shape);
    assert_int_equal(item->init, init);
    assert_int_equal(item->decay, decay);
}

/* Names and shapes of the release, for a grid of 3 x 2. */
static void test_table(void **state)
{
    (void)state;
    struct error error;
    struct mae_shape shape = small();
    struct mae *mae = mae_new(&shape, &error);
    assert_non_null(mae);
    check_item(mae, "cls_token", 3, (int[]){1, 1, 16}, PARAMETER_NORMAL, true);
    check_item(mae, "mask_token", 3, (int[]){1, 1, 8}, PARAMETER_NORMAL, true);
    check_item(mae, "patch_embed.proj.weight", 4, (int[]){16, 3, 4, 4}, PARAMETER_XAVIER, true);
    check_item(mae, "patch_embed.proj.bias", 1, (int[]){16}, PARAMETER_ZERO, false);
    check_item(mae, "blocks.1.attn.qkv.weight", 2, (int[]){48, 16}, PARAMETER_XAVIER, true);
    check_item(mae, "blocks.1.mlp.fc1.weight", 2, (int[]){64, 16}, PARAMETER_XAVIER, true);
    check_item(mae, "blocks.0.norm1.weight", 1, (int[]){16}, PARAMETER_ONE, false);
    check_item(mae, "decoder_blocks.0.mlp.fc2.weight", 2, (int[]){8, 32}, PARAMETER_XAVIER, true);
    check_item(mae, "decoder_pred.weight", 2, (int[]){48, 8}, PARAMETER_XAVIER, true);
    check_item(mae, "pos_embed", 3, (int[]){1, 7, 16}, PARAMETER_FIXED, false);
    check_item(mae, "decoder_pos_embed", 3, (int[]){1, 7, 8}, PARAMETER_FIXED, false);
    assert_null(parameter_find(&mae->table, "blocks.2.norm1.weight"));
    size_t at = 0;
    for (int i = 0; i < mae->table.count; i++) {
        const struct parameter *item = &mae->table.items[i];
        assert_int_equal(item->offset, at);
        at += item->count;
        assert_true(item->init == PARAMETER_FIXED ? item->offset >= mae->table.trained
                                                  : at <= mae->table.trained);
    }
    assert_int_equal(at, mae->table.total);
    mae_free(mae);
}

static void test_initialise(void **state)
{
    (void)state;
    struct error error;
    struct mae *mae = mae_new(&mae_preset_find("nano32")->shape, &error);
    struct mae *other = mae_new(&mae_preset_find("nano32")->shape, &error);
    assert_true(mae && other);
    mae_initialise(mae, 7);
    mae_initialise(other, 7);
    assert_memory_equal(mae->weights, other->weights, mae->table.total * sizeof(float));
    mae_initialise(other, 8);
    assert_memory_not_equal(mae->weights, other->weights, mae->table.trained * sizeof(float));
    for (int i = 0; i < mae->table.count; i++) {
        const struct parameter *item = &mae->table.items[i];
        double largest = 0, squares = 0, mean = 0, columns = (double)item->count / item->shape[0];
        for (size_t k = 0; k < item->count; k++) {
            double value = (double)mae->weights[item->offset + k];
            largest = fmax(largest, fabs(value));
            squares += value * value / (double)item->count;
            mean += value / (double)item->count;
        }
        double limit = sqrt(6 / (item->shape[0] + columns));
        if (item->init == PARAMETER_XAVIER)
            assert_true(largest <= limit && largest > 0.98 * limit &&
                        fabs(squares / (limit * limit / 3) - 1) < 0.1 && fabs(mean) < 0.05 * limit);
        if (item->init == PARAMETER_NORMAL)
            assert_true(fabs(sqrt(squares) / 0.02 - 1) < 0.4);
        if (item->init == PARAMETER_ZERO)
            assert_true(largest == 0);
        if (item->init == PARAMETER_ONE)
            assert_true(largest == 1 && fabs(squares - 1) < 1e-12);
    }
    const struct parameter *first = parameter_find(&mae->table, "blocks.0.attn.proj.weight");
    const struct parameter *second = parameter_find(&mae->table, "blocks.1.attn.proj.weight");
    assert_true(first && second && first->count == second->count);
    assert_memory_not_equal(mae->weights + first->offset, mae->weights + second->offset,
                            first->count * sizeof(float));
    mae_free(mae);
    mae_free(other);
}

/* Patch 3 of a grid 3 high and 2 wide lies in column 1 of row 1, patch 4 in column 0 of row 2. */
static void test_positions(void **state)
{
    (void)state;
    struct error error;
    struct mae_shape shape = small();
    struct mae *mae = mae_new(&shape, &error);
    assert_non_null(mae);
    const float *table = mae->weights + parameter_find(&mae->table, "pos_embed")->offset;
    for (int i = 0; i < 16; i++)
        assert_true(table[i] == 0);
    for (int patch = 3; patch <= 4; patch++)
        for (int i = 0; i < 4; i++) {
            const float *row = table + (1 + patch) * 16;
            double omega = pow(10000, -i / 4.0);
            int column_at = patch % 2, row_at = patch / 2;
            assert_true(fabs((double)row[i] - sin(column_at * omega)) < 1e-7);
            assert_true(fabs((double)row[4 + i] - cos(column_at * omega)) < 1e-7);
            assert_true(fabs((double)row[8 + i] - sin(row_at * omega)) < 1e-7);
            assert_true(fabs((double)row[12 + i] - cos(row_at * omega)) < 1e-7);
        }
    mae_free(mae);
}

static void test_patchify(void **state)
{
    (void)state;
    enum { IMAGES = 2, VALUES = IMAGES * 3 * 12 * 8 };
    struct mae_shape shape = small();
    static float images[VALUES], patches[VALUES], back[VALUES];
    for (int i = 0; i < VALUES; i++)
        images[i] = (float)i;
    poison(patches, VALUES);
    mae_patchify(&shape, IMAGES, images, patches);
    /* image 1, patch 5 (row 2, column 1), pixel (2, 3), channel 1 */
    int value = ((1 * 6 + 5) * 4 * 4 + 2 * 4 + 3) * 3 + 1;
    assert_true(patches[value] == images[(1 * 3 + 1) * 12 * 8 + (2 * 4 + 2) * 8 + (4 + 3)]);
    poison(back, VALUES);
    mae_unpatchify(&shape, IMAGES, patches, back);
    assert_memory_equal(images, back, sizeof images);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_presets),   cmocka_unit_test(test_shape_check),
        cmocka_unit_test(test_table),     cmocka_unit_test(test_initialise),
        cmocka_unit_test(test_positions), cmocka_unit_test(test_patchify),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
