/* Profiles against a naive twin: every patch's distance found by looking at all others. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/random.h"
#include "run/profile.h"

enum { HEIGHT = 9, WIDTH = 11, PATCHES = HEIGHT * WIDTH };
enum { PREDICTORS = 2, CELLS = 2, IMAGES = 5, CHUNK = 3, MASKS = 2 };

static const struct mae_shape shape = {
    .image_height = 4 * HEIGHT, .image_width = 4 * WIDTH, .patch = 4, .channels = 1};

static uint8_t masks[CELLS][IMAGES][MASKS][PATCHES];
static float errors[PREDICTORS][CELLS][IMAGES][MASKS][PATCHES];

/* Few patches are visible, all on one side, so that there are large distances. */
static void draw(void)
{
    struct random random = random_begin(3, RANDOM_MASK, 0, 0);
    uint8_t *mask = masks[0][0][0];
    for (int i = 0; i < CELLS * IMAGES * MASKS * PATCHES; i++)
        mask[i] = i % WIDTH > 2 || random_below(&random, 4) > 0;
    float *error = errors[0][0][0][0];
    for (int i = 0; i < PREDICTORS * CELLS * IMAGES * MASKS * PATCHES; i++)
        error[i] = (float)random_uniform(&random);
}

static int naive_distance(const uint8_t *mask, int patch)
{
    double nearest = INFINITY;
    for (int other = 0; other < PATCHES; other++)
        if (!mask[other])
            nearest =
                fmin(nearest, hypot(other % WIDTH - patch % WIDTH, other / WIDTH - patch / WIDTH));
    return (int)fmin(floor(nearest + 0.5), DISTANCE_BINS);
}

static void gather(struct profile *profile)
{
    struct error error;
    assert_true(profile_init(profile, PREDICTORS, CELLS, IMAGES, CHUNK, &shape, &error));
    for (int first = 0; first < IMAGES; first += CHUNK)
        for (int cell = 0; cell < CELLS; cell++) {
            int images[CHUNK], count = 0;
            for (int image = first; image < IMAGES && count < CHUNK; image++)
                images[count++] = image;
            profile_begin(profile);
            for (int mask = 0; mask < MASKS; mask++)
                for (int slot = 0; slot < count; slot++) {
                    profile_mask(profile, slot, masks[cell][first + slot][mask]);
                    for (int predictor = 0; predictor < PREDICTORS; predictor++)
                        profile_add(profile, predictor, slot,
                                    errors[predictor][cell][first + slot][mask]);
                }
            profile_fold(profile, cell, images, count);
        }
}

static void test_distances(void **state)
{
    (void)state;
    struct profile profile;
    int far = 0;
    draw();
    gather(&profile);
    for (int predictor = 0; predictor < PREDICTORS; predictor++)
        for (int cell = 0; cell < CELLS; cell++)
            for (int image = 0; image < IMAGES; image++) {
                double sum[DISTANCE_BINS + 1] = {0};
                int count[DISTANCE_BINS + 1] = {0};
                for (int mask = 0; mask < MASKS; mask++)
                    for (int i = 0; i < PATCHES; i++)
                        if (masks[cell][image][mask][i]) {
                            int distance = naive_distance(masks[cell][image][mask], i);
                            sum[distance] += (double)errors[predictor][cell][image][mask][i];
                            count[distance]++;
                        }
                size_t at = profile_image(&profile, predictor, cell, image);
                size_t common = profile_image(&profile, 0, cell, image);
                for (int bin = 0; bin < DISTANCE_BINS; bin++) {
                    assert_int_equal(profile.distance_patches[common + (size_t)bin],
                                     count[bin + 1]);
                    double mean = (double)profile.distance_mse[at + (size_t)bin];
                    if (count[bin + 1] == 0)
                        assert_true(isnan(mean));
                    else
                        assert_near(mean, sum[bin + 1] / count[bin + 1], 1e-6);
                }
                far += count[DISTANCE_BINS];
            }
    assert_true(far > 0);
    profile_release(&profile);
}

static void test_positions(void **state)
{
    (void)state;
    struct profile profile;
    draw();
    gather(&profile);
    for (int predictor = 0; predictor < PREDICTORS; predictor++)
        for (int cell = 0; cell < CELLS; cell++)
            for (int i = 0; i < PATCHES; i++) {
                double sum = 0, squares = 0;
                int images = 0;
                for (int image = 0; image < IMAGES; image++) {
                    double mean = 0;
                    int hidden = 0;
                    for (int mask = 0; mask < MASKS; mask++)
                        if (masks[cell][image][mask][i]) {
                            mean += (double)errors[predictor][cell][image][mask][i];
                            hidden++;
                        }
                    if (hidden == 0)
                        continue;
                    mean /= hidden;
                    sum += mean;
                    squares += mean * mean;
                    images++;
                }
                size_t at = profile_grid(&profile, predictor, cell) + (size_t)i;
                assert_int_equal(
                    profile.position_images[profile_grid(&profile, 0, cell) + (size_t)i], images);
                assert_near(profile.position_sum[at], sum, 1e-9);
                assert_near(profile.position_squares[at], squares, 1e-9);
            }
    profile_release(&profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distances),
        cmocka_unit_test(test_positions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
