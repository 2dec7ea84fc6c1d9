/* What lies where: all random numbers of a scene are drawn here. */
#include <math.h>

#include "base/random.h"
#include "data/scene_parts.h"

enum { SWATCHES = 5, IN_FRONT_MAX = 2 };

static const float pi = 3.14159265f;

/* A colour in log luminance, from blue to yellow and from green to red: along these axes natural
 * colours vary nearly independently, most in the first and least in the last (D. L. Ruderman,
 * T. W. Cronin, C.-C. Chiao: Statistics of cone responses to natural images, JOSA A 15, 1998). */
struct tint {
    float luminance, yellow, red;
};

/* The choices that all leaves of a scene share. */
struct mood {
    struct tint swatches[SWATCHES];
    float haze[3];
    float radius_min, radius_max;
    float blur, haze_share; /* of the rearmost leaf */
    float light_angle, relief, shadow;
    float gain, contrast; /* of textures */
    float grain_angle;    /* of elongated leaves and textures: things grow and fall one way */
    float alignment;      /* 0: any way, 1: all along the grain */
    float round, stalks;  /* shares of kinds of leaves */
};

/* A cursor over a part's random numbers, sixteen bits at a time: enough for a picture. */
struct dice {
    struct random random;
    uint32_t held;
    int left; /* halves of held */
};

/* Each part has a range of blocks to itself, so that leaving one out changes no other. */
static struct dice dice_for(const struct random *scene, uint32_t part)
{
    const uint32_t blocks_of_part = 64, first = 1024;
    struct dice dice = {.random = *scene};
    dice.random.counter[0] = first + part * blocks_of_part;
    dice.random.left = 0;
    return dice;
}

static uint32_t throw(struct dice * dice)
{
    if (!dice->left) {
        dice->held = random_bits(&dice->random);
        dice->left = 2;
    }
    dice->left--;
    uint32_t bits = dice->held & 0xffff;
    dice->held >>= 16;
    return bits;
}

static float uniform(struct dice *dice, float low, float high)
{
    return low + (high - low) * ((float) throw(dice) + 0.5f) * 0x1p-16f;
}

/* Triangular on -1 .. 1, about 0.41 of standard deviation. */
static float spread(struct dice *dice)
{
    uint32_t bits = throw(dice);
    return (float)((bits >> 8) + (bits & 0xff) + 1) * 0x1p-8f - 1;
}

static int pick(struct dice *dice, int count)
{
    return (int)(throw(dice) * (uint32_t)count >> 16);
}

static bool chance(struct dice *dice, float share)
{
    return uniform(dice, 0, 1) < share;
}

static void tint_to_light(const struct tint *tint, float light[3])
{
    const float darkest = -4, brightest = -0.4f;
    float luminance = fminf(fmaxf(tint->luminance, darkest), brightest);
    light[0] = expf(luminance + 0.55f * tint->yellow + 0.75f * tint->red);
    light[1] = expf(luminance + 0.15f * tint->yellow - 0.35f * tint->red);
    light[2] = expf(luminance - 1.10f * tint->yellow + 0.05f * tint->red);
}

static struct tint tint_near(struct dice *dice, const struct tint *tint, float distance)
{
    return (struct tint){tint->luminance + distance * 1.0f * spread(dice),
                         tint->yellow + distance * 0.32f * spread(dice),
                         tint->red + distance * 0.15f * spread(dice)};
}

static void draw_mood(struct dice *dice, struct mood *mood)
{
    struct tint base = {-1.6f + 0.6f * spread(dice), 0.2f + 0.4f * spread(dice),
                        0.2f * spread(dice)};
    float variety = uniform(dice, 1.0f, 2.2f);
    for (int i = 0; i < SWATCHES; i++)
        mood->swatches[i] = tint_near(dice, &base, variety);
    struct tint haze = {uniform(dice, -1.3f, -0.6f), 0.25f * spread(dice) - 0.05f,
                        0.06f * spread(dice)};
    tint_to_light(&haze, mood->haze);
    mood->radius_min = 0.026f * exp2f(uniform(dice, 0, 1.5f));
    mood->radius_max = uniform(dice, 0.35f, 0.6f);
    mood->blur = chance(dice, 0.33f) ? uniform(dice, 0.004f, 0.02f) : 0;
    mood->haze_share = uniform(dice, 0, 0.5f) * uniform(dice, 0, 1);
    mood->light_angle = -pi / 2 + 0.9f * spread(dice);
    mood->relief = uniform(dice, 0.15f, 0.55f);
    mood->shadow = uniform(dice, 0.3f, 0.75f);
    mood->gain = uniform(dice, 0.8f, 0.95f);
    mood->contrast = uniform(dice, 0.2f, 0.6f);
    mood->grain_angle = uniform(dice, 0, pi);
    mood->alignment = uniform(dice, 0, 1);
    mood->alignment *= mood->alignment;
    mood->round = uniform(dice, 0, 1);
    mood->stalks = chance(dice, 0.4f) ? uniform(dice, 0.1f, 0.5f) : 0;
}

/* What the texture adds: a brighter colour of a hue near to the leaf's. */
static void draw_accent(struct dice *dice, const struct mood *mood, struct scene_leaf *leaf,
                        const struct tint *tint, float depth)
{
    struct tint other = tint_near(dice, tint, 0.6f);
    other.luminance = tint->luminance + mood->contrast * uniform(dice, 0.6f, 1.4f);
    float plain[3], bright[3];
    tint_to_light(tint, plain);
    tint_to_light(&other, bright);
    for (int c = 0; c < 3; c++)
        leaf->accent[c] = (bright[c] - plain[c]) * (1 - mood->haze_share * depth);
}

static void draw_texture(struct dice *dice, const struct mood *mood, struct scene_leaf *leaf,
                         const struct tint *tint, float depth)
{
    struct scene_texture *texture = &leaf->texture;
    draw_accent(dice, mood, leaf, tint, depth);
    float cells = uniform(dice, 0.7f, 2.2f); /* a radius */
    float stretch = chance(dice, 0.3f) ? uniform(dice, 2.5f, 6) : 1;
    texture->scale_x = cells;
    texture->scale_y = cells * stretch;
    texture->origin_x = uniform(dice, 0, SCENE_LATTICE);
    texture->origin_y = uniform(dice, 0, SCENE_LATTICE);
    texture->gain = mood->gain * uniform(dice, 0.9f, 1.02f);
    bool banded = chance(dice, 0.14f);
    texture->stripes = banded ? uniform(dice, 0.4f, 0.9f) : 0;
    texture->stripe_frequency = uniform(dice, 1.2f, 3.5f);
    texture->stripe_warp = uniform(dice, 0.02f, 0.6f);
}

/* Colour, light and shadow of a leaf at a depth from 0 (foremost) to 1. */
static void draw_surface(struct dice *dice, const struct mood *mood, struct scene_leaf *leaf,
                         const struct tint *tint, float depth)
{
    tint_to_light(tint, leaf->colour);
    for (int c = 0; c < 3; c++)
        leaf->colour[c] += (mood->haze[c] - leaf->colour[c]) * mood->haze_share * depth;
    float towards_x = cosf(mood->light_angle), towards_y = sinf(mood->light_angle);
    float relief = mood->relief * uniform(dice, 0.4f, 1.3f);
    leaf->light_x = relief * (leaf->cosine * towards_x + leaf->sine * towards_y);
    leaf->light_y = relief * (leaf->cosine * towards_y - leaf->sine * towards_x);
    leaf->shadow = mood->shadow;
    leaf->shadow_reach = 0.012f + 0.25f * leaf->radius;
    if (leaf->shadow_reach > 0.05f)
        leaf->shadow_reach = 0.05f;
}

static void turn(struct scene_leaf *leaf, float angle)
{
    leaf->cosine = cosf(angle);
    leaf->sine = sinf(angle);
}

static void draw_outline(struct dice *dice, const struct mood *mood, struct scene_leaf *leaf)
{
    float angle = mood->grain_angle + (1 - mood->alignment) * pi * uniform(dice, -0.5f, 0.5f);
    leaf->aspect = uniform(dice, 0.35f, 0.8f);
    if (chance(dice, mood->stalks)) {
        leaf->outline = OUTLINE_STALK;
        leaf->aspect *= 0.25f;
    } else if (chance(dice, mood->round)) {
        static const enum outline kinds[] = {OUTLINE_ELLIPSE, OUTLINE_BLOB, OUTLINE_LENS};
        leaf->outline = kinds[pick(dice, 3)];
    } else {
        leaf->outline = OUTLINE_POLYGON;
        for (int i = 0; i < SCENE_CORNERS; i++)
            leaf->offsets[i] = uniform(dice, 0.4f, 0.95f);
    }
    turn(leaf, angle);
}

/* Inverse of the distribution function of density r^-3 between the bounds. */
static float draw_radius(struct dice *dice, const struct mood *mood)
{
    float most = 1 / (mood->radius_min * mood->radius_min);
    float least = 1 / (mood->radius_max * mood->radius_max);
    return 1 / sqrtf(uniform(dice, least, most));
}

static void draw_leaf(struct dice *dice, const struct mood *mood, const struct scene *scene,
                      struct scene_leaf *leaf, float radius, float depth, bool textured)
{
    *leaf = (struct scene_leaf){.radius = radius};
    leaf->x = uniform(dice, -leaf->radius, scene->width + leaf->radius);
    leaf->y = uniform(dice, -leaf->radius, scene->height + leaf->radius);
    leaf->blur = mood->blur * depth;
    draw_outline(dice, mood, leaf);
    struct tint tint = tint_near(dice, &mood->swatches[pick(dice, SWATCHES)], 0.35f);
    draw_surface(dice, mood, leaf, &tint, depth);
    if (textured)
        draw_texture(dice, mood, leaf, &tint, depth);
}

/* The shape that has a class: whole within the picture or nearly, and of another luminance than the
 * mean of the leaves. */
static void draw_shape(struct dice *dice, const struct mood *mood, const struct scene *scene,
                       struct scene_leaf *leaf, enum outline outline)
{
    float side = scene->width < scene->height ? scene->width : scene->height;
    *leaf = (struct scene_leaf){.outline = outline, .aspect = 1};
    leaf->radius = side * uniform(dice, 0.19f, 0.36f);
    float margin = 0.9f * leaf->radius;
    leaf->x = uniform(dice, margin, scene->width - margin);
    leaf->y = uniform(dice, margin, scene->height - margin);
    turn(leaf, uniform(dice, -pi, pi));
    struct tint tint = mood->swatches[0];
    tint.luminance += (chance(dice, 0.5f) ? 1 : -1) * uniform(dice, 0.5f, 1.1f);
    tint.luminance = fminf(fmaxf(tint.luminance, -3.2f), -0.5f);
    tint.yellow += 0.6f * spread(dice);
    tint.red += 0.45f * spread(dice);
    draw_surface(dice, mood, leaf, &tint, 0);
    draw_texture(dice, mood, leaf, &tint, 0);
    leaf->shadow_reach *= 1.3f;
}

/* Moves a leaf to the rim of the shape, of which it may hide a little. */
static void put_in_front(struct dice *dice, struct scene_leaf *leaf, const struct scene_leaf *shape)
{
    float angle = uniform(dice, -pi, pi);
    leaf->radius = shape->radius * uniform(dice, 0.3f, 0.5f);
    leaf->x = shape->x + shape->radius * cosf(angle);
    leaf->y = shape->y + shape->radius * sinf(angle);
}

static void draw_backdrop(struct dice *dice, const struct mood *mood, const struct scene *scene,
                          struct scene_leaf *leaf)
{
    *leaf = (struct scene_leaf){.outline = OUTLINE_EVERYWHERE, .radius = 0.5f, .aspect = 1};
    leaf->x = scene->width / 2;
    leaf->y = scene->height / 2;
    turn(leaf, 0);
    struct tint tint = tint_near(dice, &mood->swatches[0], 0.4f);
    draw_surface(dice, mood, leaf, &tint, 1);
    draw_texture(dice, mood, leaf, &tint, 1);
    leaf->texture.stripes = 0;
}

/* As many leaves as cover the picture twice over, counted with the mean area of a leaf. */
static int leaf_count(const struct mood *mood, const struct scene *scene)
{
    const float cover = 2.2f, area_of_radius = 1.6f;
    float low = mood->radius_min, high = mood->radius_max;
    float mean_square = 2 * logf(high / low) / (1 / (low * low) - 1 / (high * high));
    float field = (scene->width + 2 * low) * (scene->height + 2 * low);
    float count = cover * field / (area_of_radius * mean_square);
    return count < SCENE_LEAVES_MAX - 2 ? (int)count : SCENE_LEAVES_MAX - 2;
}

static void draw_lattice(struct random *random, float *lattice)
{
    for (int i = 0; i < SCENE_LATTICE * SCENE_LATTICE; i += 2) {
        uint32_t bits = random_bits(random);
        lattice[i] = (float)(bits >> 16) * 0x1p-15f - 1;
        lattice[i + 1] = (float)(bits & 0xffff) * 0x1p-15f - 1;
    }
}

/* The first draw of a scene. */
enum outline scene_draw_class(struct random *random)
{
    return (enum outline)random_below(random, OUTLINE_CLASSES);
}

/* The parts that have dice of their own. */
enum { PART_MOOD, PART_SHAPE, PART_BACKDROP, PART_LEAVES };

static void lay_leaves(struct scene *scene, const struct random *random, const struct mood *mood,
                       const struct scene_leaf *shape, int in_front, float smallest)
{
    const float plain = 2.5f; /* the smallest leaves are too small to show a texture */
    int count = leaf_count(mood, scene), kept = 0;
    for (int i = 0; i < count; i++) {
        if (i == in_front) {
            scene->shape = kept;
            scene->leaf[kept++] = *shape;
        }
        struct dice dice = dice_for(random, PART_LEAVES + (uint32_t)i);
        float radius = draw_radius(&dice, mood);
        if (radius < smallest && i >= in_front)
            continue;
        struct scene_leaf *leaf = &scene->leaf[kept++];
        draw_leaf(&dice, mood, scene, leaf, radius, (float)i / (float)count,
                  i < in_front || radius > plain * smallest);
        if (i < in_front)
            put_in_front(&dice, leaf, shape);
    }
    struct dice dice = dice_for(random, PART_BACKDROP);
    draw_backdrop(&dice, mood, scene, &scene->leaf[kept]);
    scene->leaves = kept + 1;
}

void scene_lay_out(struct scene *scene, uint64_t seed, uint32_t split, uint32_t index, float aspect,
                   float smallest)
{
    struct random random = random_begin(seed, RANDOM_SCENE, split, index);
    enum outline outline = scene_draw_class(&random);
    scene->width = sqrtf(aspect);
    scene->height = 1 / scene->width;
    draw_lattice(&random, scene->lattice);
    struct mood mood;
    struct dice dice = dice_for(&random, PART_MOOD);
    draw_mood(&dice, &mood);
    scene->light_x = 0.35f * spread(&dice);
    scene->light_y = 0.45f * spread(&dice) - 0.1f;
    dice = dice_for(&random, PART_SHAPE);
    struct scene_leaf shape;
    draw_shape(&dice, &mood, scene, &shape, outline);
    lay_leaves(scene, &random, &mood, &shape, pick(&dice, IN_FRONT_MAX + 1), smallest);
}
