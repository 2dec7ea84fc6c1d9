/* noise: white noise, filtered, and ranked: the top M patches hidden.
 *
 * Hinojosa et al. 2024 (ColorMAE), with G1 and G2 Gaussian blurs of standard deviation sigma1 and
 * sigma2: red G1 w (low frequencies), blue w - G1 w (high), green G1 w - G2 w (the middle), purple
 * w minus green (all but the middle).
 *
 * Where ColorMAE cuts windows out of a large canvas, the canvas here is the grid itself with its
 * opposite edges touching: ranking a window favours its corners, whose values go less with the
 * window's mean, while on a torus every position is equally likely by symmetry.
 */
#include "mask/families.h"
#include "mask/rank.h"

#include <math.h>

enum { COLOR, SIGMA1, SIGMA2 };
enum { COLOR_RED, COLOR_BLUE, COLOR_GREEN, COLOR_PURPLE };
static const char *const colors[] = {
    [COLOR_RED] = "red",
    [COLOR_BLUE] = "blue",
    [COLOR_GREEN] = "green",
    [COLOR_PURPLE] = "purple",
    NULL,
};
/* A blur reaches this many standard deviations; what lies further weighs less than 1 in 90. */
enum { REACH = 3, SIGMA_LIMIT = 16, RADIUS_LIMIT = REACH * SIGMA_LIMIT };

static const struct setting parameters[] = {
    [COLOR] = {.name = "color",
               .type = SETTING_CHOICE,
               .choices = colors,
               .fallback = "green",
               .help = "the frequencies kept: low, high, the middle, or all but the middle"},
    [SIGMA1] = {.name = "sigma1",
                .type = SETTING_REAL,
                .unit = "patches",
                .low = 0.1,
                .high = SIGMA_LIMIT,
                .fallback = "1",
                .help = "standard deviation of the blur that red keeps and blue takes away"},
    [SIGMA2] = {.name = "sigma2",
                .type = SETTING_REAL,
                .unit = "patches",
                .low = 0.1,
                .high = SIGMA_LIMIT,
                .fallback = "2",
                .help = "standard deviation of the second blur of green and purple"},
};

struct kernel {
    int radius;
    float weights[2 * RADIUS_LIMIT + 1]; /* sum to 1 */
};

static struct kernel gaussian_kernel(double sigma)
{
    struct kernel kernel = {.radius = (int)ceil(REACH * sigma)};
    double sum = 0.0;
    for (int i = -kernel.radius; i <= kernel.radius; i++)
        sum += exp(-0.5 * i * i / (sigma * sigma));
    for (int i = -kernel.radius; i <= kernel.radius; i++)
        kernel.weights[i + kernel.radius] = (float)(exp(-0.5 * i * i / (sigma * sigma)) / sum);
    return kernel;
}

struct canvas {
    int height, width;
    float *white, *first, *second; /* [L] */
    float *rows;                   /* [L]: blurred downwards only */
    float *line;                   /* [width + 2 RADIUS_LIMIT] */
};

static int wrapped(int place, int size)
{
    place %= size;
    return place < 0 ? place + size : place;
}

static void add_row(float *restrict to, const float *restrict from, float weight, int width)
{
    for (int x = 0; x < width; x++)
        to[x] += weight * from[x];
}

/* blurred = white noise under a Gaussian, over the torus: down the columns, then along the rows. */
static void blur(const struct canvas *canvas, double sigma, float *blurred)
{
    struct kernel kernel = gaussian_kernel(sigma);
    int height = canvas->height, width = canvas->width, radius = kernel.radius;
    for (int i = 0; i < height * width; i++)
        canvas->rows[i] = blurred[i] = 0.0f;
    for (int y = 0; y < height; y++)
        for (int i = -radius; i <= radius; i++)
            add_row(canvas->rows + y * width, canvas->white + wrapped(y + i, height) * width,
                    kernel.weights[i + radius], width);
    for (int y = 0; y < height; y++) {
        for (int x = 0, from = wrapped(-radius, width); x < width + 2 * radius; x++) {
            canvas->line[x] = canvas->rows[y * width + from];
            from = from + 1 == width ? 0 : from + 1;
        }
        for (int i = 0; i <= 2 * radius; i++)
            add_row(blurred + y * width, canvas->line + i, kernel.weights[i], width);
    }
}

/* Which combination of the white noise and its two blurs each colour is. */
static const struct mixing {
    float white, first, second;
} mixings[] = {
    [COLOR_RED] = {0.0f, 1.0f, 0.0f},
    [COLOR_BLUE] = {1.0f, -1.0f, 0.0f},
    [COLOR_GREEN] = {0.0f, 1.0f, -1.0f},
    [COLOR_PURPLE] = {1.0f, -1.0f, 1.0f},
};

static struct canvas canvas_of(const struct mask_request *request)
{
    int patches = request->grid_height * request->grid_width;
    float *values = (float *)(void *)request->scratch;
    return (struct canvas){.height = request->grid_height,
                           .width = request->grid_width,
                           .white = values,
                           .first = values + patches,
                           .second = values + 2 * patches,
                           .rows = values + 3 * patches,
                           .line = values + 4 * patches};
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    struct canvas canvas = canvas_of(request);
    struct mixing mixing = mixings[(int)request->parameters[COLOR]];
    int patches = canvas.height * canvas.width;
    for (int i = 0; i < patches; i++)
        canvas.white[i] = (float)random_bits(request->random) * 0x1p-32f - 0.5f;
    blur(&canvas, request->parameters[SIGMA1], canvas.first);
    if (mixing.second != 0.0f)
        blur(&canvas, request->parameters[SIGMA2], canvas.second);
    for (int i = 0; i < patches; i++) {
        float second = mixing.second != 0.0f ? mixing.second * canvas.second[i] : 0.0f;
        canvas.white[i] = mixing.white * canvas.white[i] + mixing.first * canvas.first[i] + second;
    }
    rank_hide(request, canvas.white, canvas.rows, mask);
}

static size_t scratch_size(int patches)
{
    return ((size_t)patches * 5 + 2 * RADIUS_LIMIT) * sizeof(float);
}

static const char *problem(const double *values)
{
    int color = (int)values[COLOR];
    bool two_blurs = color == COLOR_GREEN || color == COLOR_PURPLE;
    return two_blurs && values[SIGMA1] >= values[SIGMA2] ? "sigma1 must be below sigma2" : NULL;
}

const struct strategy strategy_noise = {
    .name = "noise",
    .help = "the highest values of filtered noise of one colour",
    .source = "Hinojosa et al. 2024, ColorMAE: Exploring data-independent masking strategies in "
              "Masked AutoEncoders",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = scratch_size,
    .draw = draw,
    .problem = problem,
};
