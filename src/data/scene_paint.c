/* Painting a tile: foremost leaves first, each where something can still be seen through those in
 * front of it, so that what is hidden costs next to nothing. */
#include <math.h>
#include <string.h>

#include "data/scene_parts.h"

/* The part of the picture that is being painted; planes of linear light. */
struct tile {
    int left, top, width, height;
    float red[SCENE_TILE * SCENE_TILE], green[SCENE_TILE * SCENE_TILE];
    float blue[SCENE_TILE * SCENE_TILE];
    float through[SCENE_TILE * SCENE_TILE]; /* share of the light from behind that is seen */
    float light[SCENE_TILE * SCENE_TILE];   /* what the shadows of those in front leave */
};

/* One row of a leaf: its own coordinates, and what was found there. */
struct row {
    float x[SCENE_TILE], y[SCENE_TILE];
    float distance[SCENE_TILE], weight[SCENE_TILE], texture[SCENE_TILE];
};

/* Width of the ramp of a sharp edge, in pixels. */
static const float edge = 0.85f;
static const float unseen = 1.0f / 512; /* half a grey level */

SCENE_INLINE float clamp(float value, float low, float high)
{
    value = value < low ? low : value;
    return value > high ? high : value;
}

/* A leaf at the picture's resolution: what all of its rows share. Lengths are in pixels. */
struct brush {
    const struct scene_leaf *leaf;
    float radius, reach;    /* reach: of its edge and its shadow */
    float across, down;     /* one pixel to the right, in the leaf's own coordinates */
    float sharpness;        /* of its edge, a pixel */
    float fall;             /* of its shadow, a pixel */
    float shade_x, shade_y; /* where its shadow does not fall: towards the light, of unit length */
};

static struct brush brush_of(const struct scene_leaf *leaf, float pixel)
{
    float light = sqrtf(leaf->light_x * leaf->light_x + leaf->light_y * leaf->light_y) + 1e-6f;
    float extent = leaf->radius + leaf->blur / 2 + leaf->shadow_reach;
    return (struct brush){
        .leaf = leaf,
        .radius = leaf->radius / pixel,
        .reach = leaf->outline == OUTLINE_EVERYWHERE ? 1e6f : extent / pixel + 0.5f,
        .across = leaf->cosine * pixel / leaf->radius,
        .down = leaf->sine * pixel / leaf->radius,
        .sharpness = 1 / (edge + leaf->blur / pixel),
        .fall = pixel / leaf->shadow_reach,
        .shade_x = leaf->light_x / light,
        .shade_y = leaf->light_y / light,
    };
}

/* clang's analyser takes every loop of a row for one of no turns, and what it should have filled
 * for garbage. NOLINTBEGIN(clang-analyzer-core.UndefinedBinaryOperatorResult) */

/* The leaf's own coordinates of a row of pixels, the first of which is centred (x, y) pixels from
 * the leaf's centre. */
SCENE_KERNEL static void place_row(const struct brush *brush, float x, float y,
                                   struct row *restrict row, int blocks)
{
    float across = brush->across, down = brush->down;
#pragma omp simd
    for (int i = 0; i < blocks * SCENE_BLOCK; i++) {
        float at = x + (float)i;
        row->x[i] = across * at + down * y;
        row->y[i] = across * y - down * at;
    }
}

/* weight = share of the pixel that is covered and seen, the largest of which is returned; distances
 * become pixels. */
SCENE_KERNEL static float cover_row(const struct brush *brush, const float *restrict through,
                                    struct row *restrict row, int blocks)
{
    float scale = brush->radius, sharpness = brush->sharpness, largest = 0;
#pragma omp simd reduction(max : largest)
    for (int i = 0; i < blocks * SCENE_BLOCK; i++) {
        float distance = row->distance[i] * scale;
        float weight = through[i] * clamp(0.5f - distance * sharpness, 0, 1);
        row->distance[i] = distance;
        row->weight[i] = weight;
        largest = weight > largest ? weight : largest;
    }
    return largest;
}

/* Adds one octave of noise: values at the lattice's corners, joined by cubic weights. */
SCENE_KERNEL static void add_octave(const float *restrict lattice, const float *restrict x,
                                    const float *restrict y, const float matrix[6], float amplitude,
                                    float *restrict texture, int blocks)
{
    const int mask = SCENE_LATTICE - 1;
#pragma omp simd
    for (int i = 0; i < blocks * SCENE_BLOCK; i++) {
        float u = matrix[0] * x[i] + matrix[1] * y[i] + matrix[2];
        float v = matrix[3] * x[i] + matrix[4] * y[i] + matrix[5];
        int column = (int)u, line = (int)v;
        column -= u < (float)column;
        line -= v < (float)line;
        u -= (float)column;
        v -= (float)line;
        u = u * u * (3 - 2 * u);
        v = v * v * (3 - 2 * v);
        int left = column & mask, right = (column + 1) & mask;
        int above = (line & mask) * SCENE_LATTICE, below = ((line + 1) & mask) * SCENE_LATTICE;
        float upper = lattice[above + left] + u * (lattice[above + right] - lattice[above + left]);
        float lower = lattice[below + left] + u * (lattice[below + right] - lattice[below + left]);
        texture[i] += amplitude * (upper + v * (lower - upper));
    }
}

/* Bends the clouds into bands: a parabola for each half wave. */
SCENE_KERNEL static void band_row(const struct scene_texture *bands, const float *restrict x,
                                  float *restrict texture, float share, int blocks)
{
    float frequency = bands->stripe_frequency, warp = bands->stripe_warp;
#pragma omp simd
    for (int i = 0; i < blocks * SCENE_BLOCK; i++) {
        float phase = frequency * x[i] + warp * texture[i] + 256;
        phase = 2 * (phase - (float)(int)phase) - 1;
        float magnitude = phase < 0 ? -phase : phase;
        float wave = 4 * phase * (1 - magnitude);
        texture[i] += share * (wave - texture[i]);
    }
}

/* Clouds of the octaves that the picture can show; cells are in pixels. */
static void texture_row(const struct scene *scene, const struct scene_leaf *leaf, float pixel,
                        const float *x, const float *y, float *texture, int blocks)
{
    const struct scene_texture *of = &leaf->texture;
    float finest = of->scale_x > of->scale_y ? of->scale_x : of->scale_y;
    float cell = leaf->radius / (finest * pixel);
    float power = of->gain * of->gain, cubed = power * power * power;
    float amplitude = 1.6f * sqrtf((1 - power) / (1 - cubed * cubed)); /* as if all six were seen */
    float matrix[6] = {of->scale_x, 0, of->origin_x, 0, of->scale_y, of->origin_y};
    memset(texture, 0, (size_t)blocks * SCENE_BLOCK * sizeof *texture);
    if (finest == 0)
        return;
    for (int octave = 0; octave < SCENE_OCTAVES_MAX && cell > 1; octave++) {
        float seen = clamp(cell - 1, 0, 1);
        add_octave(scene->lattice, x, y, matrix, amplitude * seen, texture, blocks);
        amplitude *= of->gain;
        cell /= 2;
        /* Twice as fine, and turned by the angle of a 3-4-5 triangle, so that the lattices of the
         * octaves do not line up. */
        for (int i = 0; i < 3; i++) {
            float u = matrix[i], v = matrix[3 + i];
            matrix[i] = 1.6f * u + 1.2f * v;
            matrix[3 + i] = 1.6f * v - 1.2f * u;
        }
    }
    if (of->stripes > 0) {
        float wave = leaf->radius / (of->stripe_frequency * pixel);
        band_row(of, x, texture, of->stripes * clamp((wave - 2) / 2, 0, 1), blocks);
    }
}

/* Adds the leaf's light to the row. */
SCENE_KERNEL static void shade_row(const struct scene_leaf *leaf, const struct row *restrict row,
                                   const float *restrict light, float *restrict red,
                                   float *restrict green, float *restrict blue, int first,
                                   int blocks)
{
    const float *colour = leaf->colour, *accent = leaf->accent;
    float red_base = colour[0], green_base = colour[1], blue_base = colour[2];
    float red_accent = accent[0], green_accent = accent[1], blue_accent = accent[2];
    float light_x = leaf->light_x, light_y = leaf->light_y;
#pragma omp simd
    for (int i = first; i < first + blocks * SCENE_BLOCK; i++) {
        float slope = clamp(1 + light_x * row->x[i] + light_y * row->y[i], 0.1f, 2);
        float weight = row->weight[i] * light[i] * slope, texture = row->texture[i];
        red[i] += weight * clamp(red_base + texture * red_accent, 0.004f, 2);
        green[i] += weight * clamp(green_base + texture * green_accent, 0.004f, 2);
        blue[i] += weight * clamp(blue_base + texture * blue_accent, 0.004f, 2);
    }
}

/* Takes what is covered from what is seen, and the shadow from the light of those behind. It falls
 * away from where the light comes from. */
SCENE_KERNEL static void hide_row(const struct brush *brush, const struct row *restrict row,
                                  float *restrict through, float *restrict light, int blocks)
{
    float shadow = brush->leaf->shadow, fall = brush->fall;
    float shade_x = brush->shade_x, shade_y = brush->shade_y;
#pragma omp simd
    for (int i = 0; i < blocks * SCENE_BLOCK; i++) {
        float near = clamp(1 - row->distance[i] * fall, 0, 1);
        float behind = clamp(0.55f - 0.45f * (shade_x * row->x[i] + shade_y * row->y[i]), 0, 1);
        light[i] *= 1 - shadow * behind * near * near;
        through[i] -= row->weight[i];
    }
}

static bool block_seen(const float *values)
{
    bool seen = false;
    for (int i = 0; i < SCENE_BLOCK; i++)
        seen |= values[i] >= unseen;
    return seen;
}
/* NOLINTEND(clang-analyzer-core.UndefinedBinaryOperatorResult) */

/* Narrows [*from, *to) to the whole blocks where values are worth a look; false: nowhere. A short
 * span is only widened to whole blocks. */
static bool narrow(const float *values, int *from, int *to)
{
    const int worthwhile = 2; /* blocks: looking costs as much as painting */
    int first = *from / SCENE_BLOCK, last = (*to + SCENE_BLOCK - 1) / SCENE_BLOCK;
    *from = first * SCENE_BLOCK;
    *to = last * SCENE_BLOCK;
    if (last - first <= worthwhile)
        return true;
    while (first < last && !block_seen(values + first * SCENE_BLOCK))
        first++;
    while (first < last && !block_seen(values + (last - 1) * SCENE_BLOCK))
        last--;
    *from = first * SCENE_BLOCK;
    *to = last * SCENE_BLOCK;
    return first < last;
}

static void label_row(const struct scene_leaf *leaf, const float *weight, uint8_t *labels,
                      int count)
{
    for (int i = 0; i < count; i++)
        if (weight[i] >= 0.5f)
            labels[i] = (uint8_t)(1 + leaf->outline);
}

/* Paints the pixels [from, to) of one of the tile's rows; (x, y) is the leaf's centre in the tile.
 */
static void paint_row(const struct scene *scene, const struct brush *brush,
                      const struct scene_canvas *canvas, struct tile *tile, float x, float y,
                      int line, int from, int to)
{
    if (!narrow(tile->through + line * SCENE_TILE, &from, &to))
        return;
    const struct scene_leaf *leaf = brush->leaf;
    struct row row;
    int at = line * SCENE_TILE + from, blocks = (to - from) / SCENE_BLOCK;
    int first = 0, last = to - from;
    place_row(brush, (float)from + 0.5f - x, (float)line + 0.5f - y, &row, blocks);
    scene_outline_row(leaf, row.x, row.y, row.distance, blocks);
    if (cover_row(brush, tile->through + at, &row, blocks) >= unseen &&
        narrow(row.weight, &first, &last)) {
        int seen = (last - first) / SCENE_BLOCK;
        texture_row(scene, leaf, canvas->pixel, row.x + first, row.y + first, row.texture + first,
                    seen);
        shade_row(leaf, &row, tile->light + at, tile->red + at, tile->green + at, tile->blue + at,
                  first, seen);
        if (canvas->labels && leaf == &scene->leaf[scene->shape])
            label_row(leaf, row.weight,
                      canvas->labels + (size_t)(tile->top + line) * (size_t)canvas->width +
                          tile->left + from,
                      (to < tile->width ? to : tile->width) - from);
    }
    hide_row(brush, &row, tile->through + at, tile->light + at, blocks);
}

/* Pixels below `limit` that lie within `reach` of `centre`, or one more: [*from, *to). */
static bool span(float centre, float reach, int limit, int *from, int *to)
{
    *from = (int)clamp(centre - reach, 0, (float)limit);
    *to = (int)clamp(centre + reach + 1, 0, (float)limit);
    return *from < *to;
}

static void paint_leaf(const struct scene *scene, const struct scene_leaf *leaf,
                       const struct scene_canvas *canvas, struct tile *tile)
{
    struct brush brush = brush_of(leaf, canvas->pixel);
    float x = leaf->x / canvas->pixel - (float)tile->left;
    float y = leaf->y / canvas->pixel - (float)tile->top;
    int top, bottom, from, to;
    if (!span(x, brush.reach, tile->width, &from, &to) ||
        !span(y, brush.reach, tile->height, &top, &bottom))
        return;
    for (int line = top; line < bottom; line++) {
        float off = (float)line + 0.5f - y;
        float square = brush.reach * brush.reach - off * off;
        if (square > 0 && span(x, sqrtf(square), tile->width, &from, &to))
            paint_row(scene, &brush, canvas, tile, x, y, line, from, to);
    }
}

/* Linear light to bytes by a gamma of 2, with the light's slope over the picture. */
SCENE_KERNEL static void develop_row(const float *restrict red, const float *restrict green,
                                     const float *restrict blue, float light, float slope,
                                     uint8_t *restrict rgb, int count)
{
#pragma omp simd
    for (int i = 0; i < count; i++) {
        float exposure = light + slope * (float)i;
        rgb[3 * i] = (uint8_t)(255 * sqrtf(clamp(exposure * red[i], 0, 1)) + 0.5f);
        rgb[3 * i + 1] = (uint8_t)(255 * sqrtf(clamp(exposure * green[i], 0, 1)) + 0.5f);
        rgb[3 * i + 2] = (uint8_t)(255 * sqrtf(clamp(exposure * blue[i], 0, 1)) + 0.5f);
    }
}

static void develop(const struct scene *scene, const struct scene_canvas *canvas,
                    const struct tile *tile)
{
    float pixel = canvas->pixel;
    for (int line = 0; line < tile->height; line++) {
        float x = ((float)tile->left + 0.5f) * pixel - scene->width / 2;
        float y = ((float)(tile->top + line) + 0.5f) * pixel - scene->height / 2;
        float light = 1 + scene->light_x * x / scene->width + scene->light_y * y / scene->height;
        size_t at = (size_t)(tile->top + line) * (size_t)canvas->width + (size_t)tile->left;
        int start = line * SCENE_TILE;
        develop_row(tile->red + start, tile->green + start, tile->blue + start, light,
                    scene->light_x * pixel / scene->width, canvas->rgb + 3 * at, tile->width);
    }
}

static void clear(struct tile *tile)
{
    size_t pixels = (size_t)tile->height * SCENE_TILE;
    memset(tile->red, 0, pixels * sizeof *tile->red);
    memset(tile->green, 0, pixels * sizeof *tile->green);
    memset(tile->blue, 0, pixels * sizeof *tile->blue);
#pragma omp simd
    for (size_t i = 0; i < pixels; i++)
        tile->through[i] = tile->light[i] = 1;
}

void scene_paint_tile(const struct scene *scene, const struct scene_canvas *canvas, int left,
                      int top)
{
    struct tile tile;
    tile.left = left;
    tile.top = top;
    tile.width = canvas->width - left < SCENE_TILE ? canvas->width - left : SCENE_TILE;
    tile.height = canvas->height - top < SCENE_TILE ? canvas->height - top : SCENE_TILE;
    clear(&tile);
    for (int line = 0; canvas->labels && line < tile.height; line++)
        memset(canvas->labels + (size_t)(top + line) * (size_t)canvas->width + left, 0,
               (size_t)tile.width);
    for (int i = 0; i < scene->leaves; i++)
        paint_leaf(scene, &scene->leaf[i], canvas, &tile);
    develop(scene, canvas, &tile);
}
