/* What a scene is made of: the contract between those who lay it out, outline it and paint it.
 * Private to the scenes.
 *
 * Positions are in units of the square root of the picture's area, x to the right and y down; a
 * leaf's own coordinates are turned with it and in units of its radius. Colours are linear light.
 */
#ifndef MASKSCOPE_DATA_SCENE_PARTS_H
#define MASKSCOPE_DATA_SCENE_PARTS_H

#include "config.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"

/* The variant is chosen when the program starts (ifunc), which sanitizers do not survive. All give
 * the same bits, as contraction to fused multiply-add is off in this folder. */
#if defined HAVE_TARGET_CLONES && !defined SANITIZED
#define SCENE_KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define SCENE_KERNEL
#endif
/* Inlined into a kernel, and so compiled for its level. */
#define SCENE_INLINE static inline __attribute__((always_inline))

enum {
    SCENE_TILE = 64,        /* pixels of a side: what is painted at a time */
    SCENE_BLOCK = 8,        /* pixels: rows are worked on in whole blocks, with no scalar tails */
    SCENE_LEAVES_MAX = 400, /* the shape and the backdrop included */
    SCENE_LATTICE = 32,     /* side of the torus of random values that textures are made of */
    SCENE_CORNERS = 5,      /* of a polygon */
    SCENE_OCTAVES_MAX = 8,  /* of a texture */
};

/* The classes come first: an outline below OUTLINE_CLASSES is a class. */
enum outline {
    OUTLINE_DISC,
    OUTLINE_SQUARE,
    OUTLINE_TRIANGLE,
    OUTLINE_STAR,
    OUTLINE_RING,
    OUTLINE_CROSS,
    OUTLINE_CRESCENT,
    OUTLINE_HEART,
    OUTLINE_FLOWER,
    OUTLINE_ARROW,
    OUTLINE_CLASSES,
    OUTLINE_ELLIPSE = OUTLINE_CLASSES,
    OUTLINE_LENS,
    OUTLINE_POLYGON,
    OUTLINE_BLOB,
    OUTLINE_STALK,
    OUTLINE_EVERYWHERE, /* the backdrop */
};

/* Clouds: octaves of smooth noise, turned and twice as fine each; or bands that clouds bend. */
struct scene_texture {
    float scale_x, scale_y; /* cells of the coarsest octave a radius, in the leaf's axes; 0: none */
    float origin_x, origin_y; /* on the lattice, in cells */
    float gain;               /* amplitude of an octave relative to the one twice as coarse */
    float stripes;            /* 0 .. 1: share of bands against clouds */
    float stripe_frequency;   /* bands a radius */
    float stripe_warp;        /* bands that a cloud shifts by */
};

struct scene_leaf {
    enum outline outline;
    float x, y, radius;
    float cosine, sine;           /* of its turn */
    float aspect;                 /* width by length of those outlines that have one */
    float offsets[SCENE_CORNERS]; /* of a polygon's sides from its centre */
    float blur;                   /* width of its edge, of things out of focus */
    float colour[3], accent[3];   /* colour + texture * accent */
    float light_x, light_y;       /* slope of the light over it, in its own axes */
    float shadow, shadow_reach;   /* share of light taken from what is just beside and behind */
    struct scene_texture texture;
};

struct scene {
    float width, height;                          /* of the picture, in units */
    float light_x, light_y;                       /* slope of the light over the picture */
    int leaves, shape;                            /* how many; which one has the class */
    struct scene_leaf leaf[SCENE_LEAVES_MAX];     /* foremost first, the backdrop last */
    float lattice[SCENE_LATTICE * SCENE_LATTICE]; /* -1 .. 1 */
};

/* A scene's first draw. */
enum outline scene_draw_class(struct random *random);

/* Draws all of the scene's random numbers; aspect is width by height. Leaves of a radius below
 * `smallest` units are left out (the others stay the same). */
void scene_lay_out(struct scene *scene, uint64_t seed, uint32_t split, uint32_t index, float aspect,
                   float smallest);

/* Signed distances (negative inside, roughly: exact near the edge) of points (x[i], y[i]) in the
 * leaf's own coordinates. Outlines lie within the unit circle. */
void scene_outline_row(const struct scene_leaf *leaf, const float *x, const float *y,
                       float *distance, int blocks);

/* Paints one tile; labels may be null. Strides are the picture's width. */
struct scene_canvas {
    int width, height;
    float pixel; /* units */
    uint8_t *rgb, *labels;
};
void scene_paint_tile(const struct scene *scene, const struct scene_canvas *canvas, int left,
                      int top);

#endif
