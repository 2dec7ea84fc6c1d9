/* Outlines as signed distances, a row at a time. */
#include "data/scene_parts.h"

#include <math.h>

/* Plain comparisons become one instruction; fminf and its kin must mind NaN. */
SCENE_INLINE float least(float a, float b)
{
    return a < b ? a : b;
}

SCENE_INLINE float most(float a, float b)
{
    return a > b ? a : b;
}

SCENE_INLINE float length(float x, float y)
{
    return sqrtf(x * x + y * y);
}

SCENE_INLINE float square_of(float x, float y)
{
    return most(fabsf(x), fabsf(y)) - 0.7f;
}

/* The largest of the distances to the sides' lines, as of any convex polygon. */
SCENE_INLINE float triangle_of(float x, float y)
{
    return most(y - 0.5f, 0.8660254f * fabsf(x) - 0.5f * y - 0.5f);
}

/* Mirrors a point into the sector of one fifth around the axis that points up (-y), so that one
 * half of one point of a five-fold figure is left to outline: x >= 0, |angle| <= 36 degrees. */
SCENE_INLINE void fold_fifth(float *x, float *y)
{
    const float cosine = 0.8090170f, sine = 0.5877853f; /* of 36 degrees */
    float across = fabsf(*x), up = -*y;
    for (int fold = 0; fold < 2; fold++) {
        /* The mirror runs from the centre at 36 degrees. */
        float beyond = 2.0f * most(across * cosine - up * sine, 0);
        across = fabsf(across - beyond * cosine);
        up = up + beyond * sine;
    }
    *x = across;
    *y = up;
}

/* The line from the tip at (0, 1) to the inner corner at 36 degrees and 0.42 of the radius. */
SCENE_INLINE float star_of(float x, float y)
{
    const float corner_x = 0.42f * 0.5877853f, corner_y = 0.42f * 0.8090170f;
    const float scale = 1.4187f; /* 1 / distance of tip and corner */
    fold_fifth(&x, &y);
    return scale * (x * (1 - corner_y) + (y - 1) * corner_x);
}

SCENE_INLINE float flower_of(float x, float y)
{
    fold_fifth(&x, &y);
    return least(length(x, y - 0.62f) - 0.37f, length(x, y) - 0.5f);
}

SCENE_INLINE float cross_of(float x, float y)
{
    const float arm = 0.3f, reach = 0.94f;
    x = fabsf(x);
    y = fabsf(y);
    return least(most(x - reach, y - arm), most(y - reach, x - arm));
}

/* A square that stands on its corner, with half discs on its two upper sides. */
SCENE_INLINE float heart_of(float x, float y)
{
    const float half = 0.76f, down = 0.15f, root_half = 0.7071068f;
    x = fabsf(x);
    y = down - y;
    float diamond = (x + fabsf(y) - half) * root_half;
    return least(diamond, length(x - half / 2, y - half / 2) - half * root_half);
}

SCENE_INLINE float arrow_of(float x, float y)
{
    float head = most(-x, 0.7071068f * (x + fabsf(y)) - 0.6717514f);
    float shaft = most(fabsf(x + 0.45f) - 0.47f, fabsf(y) - 0.27f);
    return least(head, shaft);
}

/* First-order distance to the ellipse x^2 + (y / aspect)^2 = 1: value over gradient. */
SCENE_INLINE float ellipse_of(float x, float y, float aspect)
{
    float v = y / aspect, norm = length(x, v);
    return norm * (norm - 1) / (length(x, v / aspect) + 1e-6f);
}

/* What two discs whose centres lie apart on the y axis have in common. */
SCENE_INLINE float lens_of(float x, float y, float aspect)
{
    float radius = (1 + aspect * aspect) / (2 * aspect);
    return length(x, fabsf(y) + radius - aspect) - radius;
}

/* Radius modulated by the cosine of three times the angle, which is (x^3 - 3 x y^2) / r^3. */
SCENE_INLINE float blob_of(float x, float y, float aspect)
{
    y /= aspect;
    float radius = length(x, y) + 1e-3f;
    float wave = x * (x * x - 3 * y * y) / (radius * radius * radius);
    return (radius - 0.83f - 0.15f * wave) * aspect;
}

SCENE_INLINE float stalk_of(float x, float y, float aspect)
{
    float along = least(most(x, aspect - 1), 1 - aspect);
    return length(x - along, y) - aspect * (0.75f + 0.25f * along);
}

SCENE_INLINE float polygon_of(const float *offsets, float x, float y)
{
    static const float cosines[] = {1, 0.3090170f, -0.8090170f, -0.8090170f, 0.3090170f};
    static const float sines[] = {0, 0.9510565f, 0.5877853f, -0.5877853f, -0.9510565f};
    float distance = length(x, y) - 1;
    for (int side = 0; side < SCENE_CORNERS; side++)
        distance = most(distance, x * cosines[side] + y * sines[side] - offsets[side]);
    return distance;
}

#define ROW(expression)                                                                            \
    do {                                                                                           \
        _Pragma("omp simd") for (int i = 0; i < blocks * SCENE_BLOCK; i++) distance[i] =           \
            (expression);                                                                          \
    } while (0)

SCENE_KERNEL void scene_outline_row(const struct scene_leaf *leaf, const float *restrict x,
                                    const float *restrict y, float *restrict distance, int blocks)
{
    const float aspect = leaf->aspect;
    const float *offsets = leaf->offsets;
    switch (leaf->outline) {
    case OUTLINE_DISC:
        ROW(length(x[i], y[i]) - 0.9f);
        break;
    case OUTLINE_SQUARE:
        ROW(square_of(x[i], y[i]));
        break;
    case OUTLINE_TRIANGLE:
        ROW(triangle_of(x[i], y[i]));
        break;
    case OUTLINE_STAR:
        ROW(star_of(x[i], y[i]));
        break;
    case OUTLINE_RING:
        ROW(fabsf(length(x[i], y[i]) - 0.7f) - 0.22f);
        break;
    case OUTLINE_CROSS:
        ROW(cross_of(x[i], y[i]));
        break;
    case OUTLINE_CRESCENT:
        ROW(most(length(x[i], y[i]) - 0.95f, 0.75f - length(x[i] - 0.45f, y[i])));
        break;
    case OUTLINE_HEART:
        ROW(heart_of(x[i], y[i]));
        break;
    case OUTLINE_FLOWER:
        ROW(flower_of(x[i], y[i]));
        break;
    case OUTLINE_ARROW:
        ROW(arrow_of(x[i], y[i]));
        break;
    case OUTLINE_ELLIPSE:
        ROW(ellipse_of(x[i], y[i], aspect));
        break;
    case OUTLINE_LENS:
        ROW(lens_of(x[i], y[i], aspect));
        break;
    case OUTLINE_POLYGON:
        ROW(polygon_of(offsets, x[i], y[i]));
        break;
    case OUTLINE_BLOB:
        ROW(blob_of(x[i], y[i], aspect));
        break;
    case OUTLINE_STALK:
        ROW(stalk_of(x[i], y[i], aspect));
        break;
    case OUTLINE_EVERYWHERE:
        ROW(-1e6f);
        break;
    }
}
