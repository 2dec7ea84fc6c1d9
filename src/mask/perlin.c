/* perlin: gradient noise on a lattice, ranked: the top M patches hidden. Smooth blobs, whose size
 * is a continuous knob between random and block.
 *
 * Perlin 2002, Improving Noise: at lattice points the noise is 0 and has a random gradient; between
 * them the four gradients' planes are blended by 6t^5 - 15t^4 + 10t^3. Each octave has half the
 * scale and half the height of the one before. The lattice closes on the torus, so its spacing is
 * the grid's side over a whole number of cells, and it begins at a random fraction of a patch:
 * every position is equally likely to be hidden.
 */
#include "mask/families.h"
#include "mask/rank.h"

#include <math.h>

enum { SCALE, OCTAVES };

static const struct setting parameters[] = {
    [SCALE] = {.name = "scale",
               .type = SETTING_REAL,
               .unit = "patches",
               .low = 1.0,
               .high = 128.0,
               .fallback = "4",
               .help = "spacing of the lattice, about the size of a blob"},
    [OCTAVES] = {.name = "octaves",
                 .type = SETTING_INT,
                 .low = 1,
                 .high = 6,
                 .fallback = "1",
                 .help = "how many noises are added, each of half the scale and height"},
};

struct gradient {
    float y, x;
};

/* One side of the lattice: how many cells, and where on it the grid's patches lie. */
struct side {
    int cells;
    float step, start; /* cells from patch to patch; of the first patch */
};

static struct side lattice_side(int patches, double scale, struct random *random)
{
    int cells = (int)fmin(patches, fmax(1.0, rint(patches / scale)));
    return (struct side){cells, (float)cells / (float)patches,
                         (float)(cells * random_uniform(random))};
}

/* The cell a patch lies in, the next one, and how far in. */
struct place {
    int cell, next;
    float within, fade;
};

static struct place place_on(const struct side *side, int patch)
{
    float position = side->start + (float)patch * side->step, whole = floorf(position);
    float t = position - whole;
    int cell = (int)whole % side->cells;
    return (struct place){cell, (cell + 1) % side->cells, t,
                          t * t * t * (t * (t * 6.0f - 15.0f) + 10.0f)};
}

static float between(float a, float b, float share)
{
    return a + share * (b - a);
}

static float noise_at(const struct gradient *gradients, int columns, struct place y, struct place x)
{
    struct gradient above = gradients[y.cell * columns + x.cell];
    struct gradient above_next = gradients[y.cell * columns + x.next];
    struct gradient below = gradients[y.next * columns + x.cell];
    struct gradient below_next = gradients[y.next * columns + x.next];
    float upper = between(above.y * y.within + above.x * x.within,
                          above_next.y * y.within + above_next.x * (x.within - 1.0f), x.fade);
    float lower =
        between(below.y * (y.within - 1.0f) + below.x * x.within,
                below_next.y * (y.within - 1.0f) + below_next.x * (x.within - 1.0f), x.fade);
    return between(upper, lower, y.fade);
}

static void add_octave(const struct mask_request *request, double scale, float amplitude,
                       struct gradient *gradients, float *scores)
{
    struct side down = lattice_side(request->grid_height, scale, request->random);
    struct side right = lattice_side(request->grid_width, scale, request->random);
    for (int i = 0; i < down.cells * right.cells; i++) {
        float angle = (float)(2.0 * M_PI * 0x1p-32) * (float)random_bits(request->random);
        gradients[i] = (struct gradient){amplitude * sinf(angle), amplitude * cosf(angle)};
    }
    for (int y = 0; y < request->grid_height; y++) {
        struct place place_y = place_on(&down, y);
        for (int x = 0; x < request->grid_width; x++)
            *scores++ += noise_at(gradients, right.cells, place_y, place_on(&right, x));
    }
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    int patches = request->grid_height * request->grid_width;
    float *scores = (float *)(void *)request->scratch, *work = scores + patches;
    struct gradient *gradients = (struct gradient *)(void *)(work + patches);
    for (int patch = 0; patch < patches; patch++)
        scores[patch] = 0.0f;
    double scale = request->parameters[SCALE];
    float amplitude = 1.0f;
    for (int octave = 0; octave < (int)request->parameters[OCTAVES]; octave++) {
        add_octave(request, scale, amplitude, gradients, scores);
        scale /= 2.0;
        amplitude /= 2.0f;
    }
    rank_hide(request, scores, work, mask);
}

static size_t scratch_size(int patches)
{
    return (size_t)patches * (2 * sizeof(float) + sizeof(struct gradient));
}

const struct strategy strategy_perlin = {
    .name = "perlin",
    .help = "smooth blobs: the highest values of lattice gradient noise",
    .source = "Perlin 2002, Improving Noise",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = scratch_size,
    .draw = draw,
};
