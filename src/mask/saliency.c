/* saliency: the patches with most (or least) variance, edges or entropy hidden first, in the spirit
 * of SBAM (Choi et al. 2024) but guided by the image alone. Noise of the size of the temperature is
 * mixed in: at 0 an image always has the same mask for one M, at 1 the mask is random.
 */
#include "mask/saliency.h"

#include <math.h>

#include "mask/families.h"
#include "mask/rank.h"

enum { BY, TEMPERATURE, HIDE };
enum { HIDE_MOST, HIDE_LEAST };
enum { ENTROPY_BINS = 16 };

static const char *const statistics[] = {
    [MASK_GUIDE_VARIANCE] = "variance",
    [MASK_GUIDE_GRADIENT] = "gradient",
    [MASK_GUIDE_ENTROPY] = "entropy",
    NULL,
};
static const char *const ends[] = {
    [HIDE_MOST] = "most",
    [HIDE_LEAST] = "least",
    NULL,
};

static const struct setting parameters[] = {
    [BY] = {.name = "by",
            .type = SETTING_CHOICE,
            .choices = statistics,
            .fallback = "gradient",
            .help = "what makes a patch stand out"},
    [TEMPERATURE] = {.name = "temperature",
                     .type = SETTING_REAL,
                     .low = 0.0,
                     .high = 1.0,
                     .fallback = "0.5",
                     .help = "share of noise in the ranking: 0 none, 1 nothing else"},
    [HIDE] = {.name = "hide",
              .type = SETTING_CHOICE,
              .choices = ends,
              .fallback = "most",
              .help = "whether the patches that stand out most or least are hidden"},
};

static float patch_variance(const float *patch, int pixels, int channels)
{
    double sum = 0.0;
    for (int channel = 0; channel < channels; channel++) {
        double mean = 0.0;
        for (int i = 0; i < pixels; i++)
            mean += (double)patch[i * channels + channel];
        mean /= pixels;
        for (int i = 0; i < pixels; i++) {
            double apart = (double)patch[i * channels + channel] - mean;
            sum += apart * apart;
        }
    }
    return (float)(sum / pixels / channels);
}

static float patch_gradient(const float *patch, int side, int channels)
{
    double sum = 0.0;
    int row = side * channels, pairs = 2 * side * (side - 1) * channels;
    for (int y = 0; y < side; y++)
        for (int i = 0; i < row; i++) {
            double value = (double)patch[y * row + i];
            double right = i + channels < row ? (double)patch[y * row + i + channels] : value;
            double below = y + 1 < side ? (double)patch[(y + 1) * row + i] : value;
            sum += (right - value) * (right - value) + (below - value) * (below - value);
        }
    return pairs > 0 ? (float)(sum / pairs) : 0.0f;
}

static double brightness(const float *pixel, int channels)
{
    double sum = 0.0;
    for (int channel = 0; channel < channels; channel++)
        sum += (double)pixel[channel];
    return sum / channels;
}

struct range {
    double low, high;
};

static float patch_entropy(const float *patch, int pixels, int channels, struct range range)
{
    int counts[ENTROPY_BINS] = {0};
    double entropy = 0.0;
    for (int i = 0; i < pixels; i++) {
        double share = (brightness(patch + i * channels, channels) - range.low) /
                       (range.high - range.low) * ENTROPY_BINS;
        counts[share >= ENTROPY_BINS ? ENTROPY_BINS - 1 : share > 0.0 ? (int)share : 0]++;
    }
    for (int bin = 0; bin < ENTROPY_BINS; bin++) {
        double share = (double)counts[bin] / pixels;
        entropy -= share > 0.0 ? share * log(share) : 0.0;
    }
    return (float)entropy;
}

void saliency_map(enum mask_guide statistic, const float *patches, int count, int side,
                  int channels, float *map)
{
    int pixels = side * side;
    size_t values = (size_t)pixels * (size_t)channels;
    struct range range = {INFINITY, -INFINITY};
    for (int i = 0; statistic == MASK_GUIDE_ENTROPY && i < count * pixels; i++) {
        double value = brightness(patches + (size_t)i * (size_t)channels, channels);
        range = (struct range){fmin(range.low, value), fmax(range.high, value)};
    }
    for (int i = 0; i < count; i++) {
        const float *patch = patches + (size_t)i * values;
        map[i] = statistic == MASK_GUIDE_VARIANCE   ? patch_variance(patch, pixels, channels)
                 : statistic == MASK_GUIDE_GRADIENT ? patch_gradient(patch, side, channels)
                 : range.high > range.low           ? patch_entropy(patch, pixels, channels, range)
                                                    : 0.0f;
        if (!isfinite(map[i]))
            map[i] = 0.0f;
    }
}

static unsigned guides(const double *values)
{
    return 1u << (int)values[BY];
}

/* scores = the map less its mean, over its standard deviation; all 0 where nothing stands out. */
static void standardise(const float *map, int count, float *scores)
{
    double mean = 0.0, squares = 0.0;
    for (int i = 0; i < count; i++)
        mean += (double)map[i] / count;
    for (int i = 0; i < count; i++)
        squares += ((double)map[i] - mean) * ((double)map[i] - mean);
    double deviation = sqrt(squares / count);
    for (int i = 0; i < count; i++)
        scores[i] = deviation > 0.0 ? (float)(((double)map[i] - mean) / deviation) : 0.0f;
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    int patches = request->grid_height * request->grid_width;
    float *scores = (float *)(void *)request->scratch, *work = scores + patches;
    int by = (int)request->parameters[BY];
    const float *map = request->guides ? request->guides->maps[by] : NULL;
    float noise = (float)request->parameters[TEMPERATURE], share = 1.0f - noise;
    if ((int)request->parameters[HIDE] == HIDE_LEAST)
        share = -share;
    for (int i = 0; i < patches; i++)
        scores[i] = 0.0f;
    if (map)
        standardise(map, patches, scores);
    random_normals(request->random, work, patches);
    for (int i = 0; i < patches; i++)
        scores[i] = share * scores[i] + noise * work[i];
    rank_hide(request, scores, work, mask);
}

static size_t scratch_size(int patches)
{
    return (size_t)patches * 2 * sizeof(float);
}

const struct strategy strategy_saliency = {
    .name = "saliency",
    .help = "the patches of the image that stand out most, or least",
    .source = "after Choi et al. 2024, Salience-Based Adaptive Masking",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = scratch_size,
    .draw = draw,
    .guides = guides,
};
