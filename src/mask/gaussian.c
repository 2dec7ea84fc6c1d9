/* gaussian: M patches drawn without replacement, each in proportion to a Gaussian bump's height
 * there; the bump's centre is drawn anywhere on the grid. Its width is a share of the grid's sides.
 */
#include "mask/families.h"
#include "mask/rank.h"

enum { SIGMA };

static const struct setting parameters[] = {
    [SIGMA] = {.name = "sigma",
               .type = SETTING_REAL,
               .low = 0.01,
               .high = 10.0,
               .fallback = "0.25",
               .help = "standard deviation of the bump, as a share of the grid's sides"},
};

static double squared(double value)
{
    return value * value;
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    int height = request->grid_height, width = request->grid_width;
    float *scores = (float *)(void *)request->scratch, *work = scores + height * width;
    double sigma_y = request->parameters[SIGMA] * height;
    double sigma_x = request->parameters[SIGMA] * width;
    double center_y = height * random_uniform(request->random) - 0.5;
    double center_x = width * random_uniform(request->random) - 0.5;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double log_weight =
                -0.5 * (squared((y - center_y) / sigma_y) + squared((x - center_x) / sigma_x));
            scores[y * width + x] = (float)log_weight + rank_gumbel(request->random);
        }
    rank_hide(request, scores, work, mask);
}

static size_t scratch_size(int patches)
{
    return (size_t)patches * 2 * sizeof(float);
}

const struct strategy strategy_gaussian = {
    .name = "gaussian",
    .help = "patches drawn under a Gaussian bump at a random place",
    .source = "weighted sampling without replacement: Efraimidis and Spirakis 2006",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = scratch_size,
    .draw = draw,
};
