/* Strategies that look: at an image, at the attention or the predicted loss of a model. */
#include "tests/unit/mask_measure.h"

#include "mask/saliency.h"

enum { SIDE = 4, PIXELS = SIDE * SIDE, CHANNELS = 2, VALUES = PIXELS * CHANNELS };

/* Patches: flat; a vertical edge in the first channel; flat but for one pixel in both. */
static void make_patches(float patches[3][VALUES])
{
    for (int i = 0; i < VALUES; i++) {
        patches[0][i] = 5.0f;
        patches[1][i] = i % CHANNELS == 0 && i / CHANNELS % SIDE >= SIDE / 2 ? 1.0f : 0.0f;
        patches[2][i] = i / CHANNELS == 5 ? 2.0f : 0.0f;
    }
}

static void test_saliency_by_hand(void **state)
{
    (void)state;
    float patches[3][VALUES], map[3];
    make_patches(patches);
    saliency_map(MASK_GUIDE_VARIANCE, patches[0], 3, SIDE, CHANNELS, map);
    assert_near((double)map[0], 0.0, 0.0);
    assert_near((double)map[1], 0.125, 1e-7);                    /* 1/4 in one of two channels */
    assert_near((double)map[2], 4.0 / 16.0 - 4.0 / 256.0, 1e-7); /* E x^2 - (E x)^2 in both */
    saliency_map(MASK_GUIDE_GRADIENT, patches[0], 3, SIDE, CHANNELS, map);
    assert_near((double)map[0], 0.0, 0.0);
    assert_near((double)map[1], 4.0 / 48.0, 1e-7);             /* 4 of 24 pairs, of 2 channels */
    assert_near((double)map[2], 2.0 * 4.0 * 4.0 / 48.0, 1e-7); /* 4 pairs at 2^2, both channels */
    saliency_map(MASK_GUIDE_ENTROPY, patches[0], 3, SIDE, CHANNELS, map);
    assert_near((double)map[0], 0.0, 0.0);
    assert_near((double)map[1], log(2.0), 1e-6);
    assert_near((double)map[2], -(15.0 / 16.0 * log(15.0 / 16.0) + log(1.0 / 16.0) / 16.0), 1e-6);
    patches[1][3] = NAN;
    saliency_map(MASK_GUIDE_VARIANCE, patches[0], 3, SIDE, CHANNELS, map);
    assert_near((double)map[1], 0.0, 0.0);
}

/* How many of the upper 32 of 64 patches, which stand out, are hidden at .5, on average. */
static double salient_hidden(const char *strategy, bool guided)
{
    struct mask_choice choice = choose(strategy, "0.5");
    struct mask_drawer *drawer = mask_drawer_new(8, 8, NULL);
    float map[64];
    double hidden = 0.0;
    for (int i = 0; i < 64; i++)
        map[i] = i < 32 ? 100.0f + (float)i : (float)i;
    unsigned wanted = strategy_choice_guides(&choice.strategy);
    struct mask_guides guides = {.learned = 0};
    for (int guide = 0; guide < MASK_GUIDES; guide++)
        guides.maps[guide] = wanted & 1u << guide ? map : NULL;
    for (uint32_t image = 0; image < 200; image++) {
        struct mask_key key = {
            .seed = 1, .stream = RANDOM_MASK, .image = image, .guides = guided ? &guides : NULL};
        uint8_t mask[64];
        mask_draw(drawer, &choice, 0.0, &key, mask, NULL);
        for (int i = 0; i < 32; i++)
            hidden += mask[i] / 200.0;
    }
    mask_drawer_free(drawer);
    return hidden;
}

static void test_saliency_is_heeded(void **state)
{
    (void)state;
    static const char *const by[] = {"variance", "gradient", "entropy"};
    for (size_t i = 0; i < ARRAY_LENGTH(by); i++) {
        char strategy[96];
        snprintf(strategy, sizeof strategy, "saliency:temperature=0,by=%s", by[i]);
        assert_near(salient_hidden(strategy, true), 32.0, 1e-9);
        snprintf(strategy, sizeof strategy, "saliency:temperature=0,hide=least,by=%s", by[i]);
        assert_near(salient_hidden(strategy, true), 0.0, 1e-9);
    }
    double warm = salient_hidden("saliency:temperature=.5", true);
    assert_true(warm > 22.0 && warm < 31.5);
    assert_near(salient_hidden("saliency:temperature=1", true), 16.0, 0.5);
    assert_near(salient_hidden("saliency", false), 16.0, 0.5);
    assert_near(
        salient_hidden("mixture:parts=[{weight: 1, strategy: saliency, temperature: 0}]", true),
        32.0, 1e-9);
}

/* mask_guides.learned of what follows. */
static double learned = 1.0;

/* How often each of 64 patches is hidden at .5 under a map that rises from patch 0 to 63. */
static void hidden_shares(const char *strategy, double progress, bool guided, double shares[64])
{
    enum { MASKS = 2000 };
    struct mask_choice choice = choose(strategy, "0.5");
    struct mask_drawer *drawer = mask_drawer_new(8, 8, NULL);
    float map[64];
    for (int i = 0; i < 64; i++)
        map[i] = (float)i;
    struct mask_guides guides = {.learned = learned};
    guides.maps[MASK_GUIDE_ATTENTION] = guides.maps[MASK_GUIDE_LOSS] = map;
    memset(shares, 0, 64 * sizeof *shares);
    for (uint32_t image = 0; image < MASKS; image++) {
        struct mask_key key = {
            .seed = 1, .stream = RANDOM_MASK, .image = image, .guides = guided ? &guides : NULL};
        uint8_t mask[64];
        assert_int_equal(mask_draw(drawer, &choice, progress, &key, mask, NULL), 32);
        for (int i = 0; i < 64; i++)
            shares[i] += mask[i] / (double)MASKS;
    }
    mask_drawer_free(drawer);
}

/* The mean share hidden of the patches from `first` to before `end`. */
static double share_of(const double shares[64], int first, int end)
{
    double sum = 0.0;
    for (int i = first; i < end; i++)
        sum += shares[i] / (end - first);
    return sum;
}

static void test_attention_modes(void **state)
{
    (void)state;
    double shares[64];
    hidden_shares("attention:share=1", 0.0, true, shares);
    assert_near(share_of(shares, 32, 64), 1.0, 1e-12);
    hidden_shares("attention:share=1,mode=low", 0.0, true, shares);
    assert_near(share_of(shares, 0, 32), 1.0, 1e-12);
    hidden_shares("attention", 0.0, true, shares); /* half of the images at random */
    assert_near(share_of(shares, 32, 64), 0.75, 0.02);
    for (int i = 0; i < 31; i++)
        assert_near(shares[i], 0.25, 0.05);
    hidden_shares("attention:share=1", 0.0, false, shares);
    for (int i = 0; i < 64; i++)
        assert_near(shares[i], 0.5, 0.06);
}

/* A quarter of 64 patches give hints, half of them: 8 of the top 16 are shown, and the 8 that come
 * next in rank are hidden for them. */
static void test_attention_hints(void **state)
{
    (void)state;
    double shares[64];
    hidden_shares("attention:share=1,mode=hint,hint=.25,shown=.5", 0.0, true, shares);
    for (int i = 48; i < 64; i++)
        assert_near(shares[i], 0.5, 0.06);
    assert_near(share_of(shares, 24, 48), 1.0, 1e-12);
    assert_near(share_of(shares, 0, 24), 0.0, 0.0);
    hidden_shares("attention:share=1,mode=hint,hint=1,shown=1", 0.0, true, shares);
    for (int i = 0; i < 64; i++) /* no more can be shown than stay visible */
        assert_near(shares[i], 0.5, 0.06);
    hidden_shares("attention:share=1,mode=hint,hint=0", 0.0, true, shares);
    assert_near(share_of(shares, 32, 64), 1.0, 1e-12);
}

/* hard * progress of the 32 hidden patches are the top ones, the others any of the rest. */
static void test_loss_goes_from_easy_to_hard(void **state)
{
    (void)state;
    double shares[64];
    hidden_shares("loss", 0.0, true, shares);
    for (int i = 0; i < 64; i++)
        assert_near(shares[i], 0.5, 0.06);
    hidden_shares("loss", 1.0, true, shares);
    assert_near(share_of(shares, 48, 64), 1.0, 1e-12);
    for (int i = 0; i < 48; i++)
        assert_near(shares[i], 16.0 / 48.0, 0.06);
    hidden_shares("loss:hard=1", 0.25, true, shares);
    assert_near(share_of(shares, 56, 64), 1.0, 1e-12);
    assert_near(share_of(shares, 0, 56), 24.0 / 56.0, 1e-12);
    learned = 0.25; /* a head that has begun in mid-run is heeded as far as it has learned */
    hidden_shares("loss:hard=1", 1.0, true, shares);
    learned = 1.0;
    assert_near(share_of(shares, 56, 64), 1.0, 1e-12);
    assert_near(share_of(shares, 0, 56), 24.0 / 56.0, 1e-12);
    hidden_shares("loss:hard=1", 1.0, false, shares);
    for (int i = 0; i < 64; i++)
        assert_near(shares[i], 0.5, 0.06);
}

/* A mixture's parts are as far in training as it is: their schedules, and what they make of it. */
static void test_parts_follow_progress(void **state)
{
    (void)state;
    static const char hard[] = "mixture:parts=[{weight: 1, strategy: loss, hard: 1}]";
    static const char scheduled[] =
        "mixture:parts=[{weight: 1, strategy: attention, share: {from: 0, to: 1}}]";
    double shares[64];
    hidden_shares(hard, 0.0, true, shares);
    assert_near(share_of(shares, 56, 64), 0.5, 0.03);
    hidden_shares(hard, 0.25, true, shares);
    assert_near(share_of(shares, 56, 64), 1.0, 1e-12);
    assert_near(share_of(shares, 0, 56), 24.0 / 56.0, 1e-12);
    hidden_shares(scheduled, 0.0, true, shares);
    assert_near(share_of(shares, 32, 64), 0.5, 0.03);
    hidden_shares(scheduled, 0.5, true, shares);
    assert_near(share_of(shares, 32, 64), 0.75, 0.02);
    hidden_shares(scheduled, 1.0, true, shares);
    assert_near(share_of(shares, 32, 64), 1.0, 1e-12);
}

/* Exactly M hidden under maps of few and of many values, on every grid, at both ends of training.
 */
static void test_guided_exact_count(void **state)
{
    (void)state;
    static const char *const strategies[] = {"attention:share=1",
                                             "attention:share=1,mode=low",
                                             "attention:share=1,mode=hint,hint=.3",
                                             "attention:share=1,mode=hint,hint=1,shown=1",
                                             "loss:hard=1",
                                             "loss:hard=.3",
                                             "saliency:by=variance,temperature=0"};
    static const int grids[][3] = {{1, 2, 1}, {2, 2, 1}, {7, 5, 1}, {14, 14, 1}, {32, 32, 17}};
    enum { LARGEST = 32 * 32 };
    static uint8_t mask[LARGEST], scratch[LARGEST * 16] __attribute__((aligned(16)));
    static float map[LARGEST];
    struct mask_guides guides = {{map, map, map, map, map}, 1.0};
    struct random values = random_begin(2, RANDOM_SAMPLE, 0, 0);
    for (size_t s = 0; s < ARRAY_LENGTH(strategies); s++)
        for (size_t g = 0; g < ARRAY_LENGTH(grids); g++)
            for (int hidden = 1; hidden < grids[g][0] * grids[g][1]; hidden += grids[g][2]) {
                struct strategy_choice choice;
                double parameters[MASK_PARAMETER_LIMIT];
                int patches = grids[g][0] * grids[g][1], counted = 0;
                for (int i = 0; i < patches; i++) /* many equal values, or none */
                    map[i] = (float)random_below(&values, hidden % 2 ? 3 : 1u << 20);
                assert_true(strategy_choice_parse(&choice, strategies[s], NULL));
                strategy_choice_at(&choice, 0.0, parameters);
                struct random random = random_begin(1, RANDOM_MASK, 0, (uint32_t)hidden);
                struct mask_request request = {.grid_height = grids[g][0],
                                               .grid_width = grids[g][1],
                                               .hidden = hidden,
                                               .parameters = parameters,
                                               .random = &random,
                                               .scratch = scratch,
                                               .guides = &guides,
                                               .progress = hidden % 4 > 1 ? 1.0 : 0.5};
                choice.strategy->draw(&request, mask);
                for (int i = 0; i < patches; i++)
                    counted += mask[i];
                if (counted != hidden)
                    fail_msg("%s on %d x %d: %d hidden, not %d", strategies[s], grids[g][0],
                             grids[g][1], counted, hidden);
            }
}

static void test_guides_that_are_asked_for(void **state)
{
    (void)state;
    struct mask_choice none = choose("block", "0.5"),
                       entropy = choose("saliency:by=entropy", "0.5");
    struct mask_choice two =
        choose("mixture:parts=[random, \"saliency:by=variance\", saliency]", "0.5");
    assert_int_equal(strategy_choice_guides(&none.strategy), 0);
    assert_int_equal(strategy_choice_guides(&entropy.strategy), 1 << MASK_GUIDE_ENTROPY);
    assert_int_equal(strategy_choice_guides(&two.strategy),
                     1 << MASK_GUIDE_VARIANCE | 1 << MASK_GUIDE_GRADIENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_saliency_by_hand),
        cmocka_unit_test(test_saliency_is_heeded),
        cmocka_unit_test(test_attention_modes),
        cmocka_unit_test(test_attention_hints),
        cmocka_unit_test(test_loss_goes_from_easy_to_hard),
        cmocka_unit_test(test_parts_follow_progress),
        cmocka_unit_test(test_guided_exact_count),
        cmocka_unit_test(test_guides_that_are_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
