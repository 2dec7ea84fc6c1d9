/* grid: a regular lattice of patches, the one picture of MAE's figure 6 made for every ratio.
 *
 * The lattice is that of the visible patches, or of the hidden ones where those are fewer. Its
 * points are (i * rows, i * skew + j * columns) for whole i, j: one patch in every rows * columns,
 * a number chosen nearest to L / min(V, M); among such lattices the one whose points keep furthest
 * apart, upright ones first. So .75 shows every second row and column, and .5 is a checkerboard.
 *
 * The lattice may hold a few patches more or fewer than asked for. A surplus is taken from the
 * points that stand closer together than the lattice has it, over the edge where it does not close;
 * what is missing is put where the lattice leaves the widest holes; both at random among equals.
 *
 * The grid counts as a torus and is at last turned by a random number of rows and columns, so that
 * every position is equally likely to be hidden, whatever the sizes.
 */
#include "mask/families.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mask/distance.h"

enum { PHASE };
enum { PHASE_RANDOM, PHASE_FIXED };
static const char *const phases[] = {
    [PHASE_RANDOM] = "random",
    [PHASE_FIXED] = "fixed",
    NULL,
};

static const struct setting parameters[] = {
    [PHASE] = {.name = "phase",
               .type = SETTING_CHOICE,
               .choices = phases,
               .fallback = "random",
               .help = "where the lattice begins: drawn for every image, or always the same"},
};

struct lattice {
    int rows, columns, skew;
    int shortest; /* squared distance between neighbouring points */
};

/* Squared length of the shortest vector of the lattice spanned by (0, columns) and (rows, skew):
 * Lagrange's reduction, two vectors at a time, always taking the shorter from the longer. */
static int shortest_vector(int rows, int columns, int skew)
{
    long short_y = 0, short_x = columns, long_y = rows, long_x = skew;
    for (;;) {
        long length = short_y * short_y + short_x * short_x;
        double share = (double)(short_y * long_y + short_x * long_x) / (double)length;
        long turns = lrint(share);
        long_y -= turns * short_y;
        long_x -= turns * short_x;
        if (long_y * long_y + long_x * long_x >= length)
            return (int)length;
        long held_y = short_y, held_x = short_x;
        short_y = long_y, short_x = long_x;
        long_y = held_y, long_x = held_x;
    }
}

/* The best lattice with one point in every `index` patches. */
static struct lattice best_lattice(int index)
{
    struct lattice best = {1, 1, 0, 0}; /* every patch */
    for (int rows = 1; rows <= index; rows++) {
        if (index % rows)
            continue;
        int columns = index / rows;
        for (int skew = 0; skew < columns; skew++) {
            int shortest = shortest_vector(rows, columns, skew);
            bool upright = skew == 0 && best.skew != 0;
            if (shortest > best.shortest || (shortest == best.shortest && upright))
                best = (struct lattice){rows, columns, skew, shortest};
        }
    }
    return best;
}

/* The whole number d for which patches / d comes nearest to `points`. */
static int nearest_index(int patches, int points)
{
    int below = patches / points;
    double over = (double)patches / below - points, under = points - patches / (below + 1.0);
    return under < over ? below + 1 : below;
}

/* What drawing one mask works on; all arrays have one entry a patch. */
struct workspace {
    int height, width;
    struct random *random;
    uint8_t *off; /* 0: a point of the pattern */
    int *score;   /* how little a patch fits where it is; below 0: it must stay */
    int *row;     /* scratch of distance_to_visible */
};

static int place_lattice(const struct lattice *lattice, struct workspace *work)
{
    int placed = 0;
    memset(work->off, 1, (size_t)(work->height * work->width));
    for (int y = 0; y < work->height; y += lattice->rows) {
        int first = y / lattice->rows * lattice->skew % lattice->columns;
        for (int x = first; x < work->width; x += lattice->columns) {
            work->off[y * work->width + x] = 0;
            placed++;
        }
    }
    return placed;
}

/* Squared distance over the torus from a point to the nearest other one, at most lattice->shortest.
 */
static int nearest_point(const struct lattice *lattice, const struct workspace *work, int y, int x)
{
    int best = lattice->shortest, reach = (int)sqrt(best);
    for (int dy = -reach; dy <= reach; dy++)
        for (int dx = -reach; dx <= reach; dx++) {
            int squared = dy * dy + dx * dx;
            if (squared >= best)
                continue;
            int other_y = ((y + dy) % work->height + work->height) % work->height;
            int other_x = ((x + dx) % work->width + work->width) % work->width;
            bool same = other_y == y && other_x == x;
            if (!same && !work->off[other_y * work->width + other_x])
                best = squared;
        }
    return best;
}

static void score_crowding(const struct lattice *lattice, struct workspace *work)
{
    for (int y = 0; y < work->height; y++)
        for (int x = 0; x < work->width; x++) {
            int patch = y * work->width + x;
            work->score[patch] =
                work->off[patch] ? -1 : lattice->shortest - nearest_point(lattice, work, y, x);
        }
}

static void score_holes(struct workspace *work)
{
    distance_to_visible(work->height, work->width, true, work->off, work->score, work->row);
    for (int patch = 0; patch < work->height * work->width; patch++)
        if (!work->off[patch])
            work->score[patch] = -1;
}

/* Turns `count` patches on or off: those with the highest scores, at random among equals. */
static void settle(struct workspace *work, int count, uint8_t off)
{
    int patches = work->height * work->width;
    for (int limit = INT_MAX; count > 0;) {
        int highest = -1, equals = 0;
        for (int patch = 0; patch < patches; patch++) {
            int score = work->score[patch];
            if (score >= limit || score < highest)
                continue;
            equals = score == highest ? equals + 1 : 1;
            highest = score;
        }
        for (int patch = 0; equals > 0; patch++) {
            if (work->score[patch] != highest)
                continue;
            bool chosen = (int)random_below(work->random, (uint32_t)equals--) < count;
            if (chosen) {
                work->off[patch] = off;
                count--;
            }
        }
        limit = highest;
    }
}

/* mask[y + dy, x + dx] = hidden where the pattern has a point, over the torus. */
static void write_turned(const struct workspace *work, int dy, int dx, uint8_t at_point,
                         uint8_t *mask)
{
    for (int y = 0; y < work->height; y++) {
        const uint8_t *from = work->off + y * work->width;
        uint8_t *to = mask + (y + dy) % work->height * work->width;
        for (int x = 0; x < work->width; x++)
            to[(x + dx) % work->width] = from[x] ? !at_point : at_point;
    }
}

static struct workspace workspace_of(const struct mask_request *request)
{
    size_t patches = (size_t)request->grid_height * (size_t)request->grid_width;
    int *score = (int *)(void *)request->scratch;
    return (struct workspace){.height = request->grid_height,
                              .width = request->grid_width,
                              .random = request->random,
                              .score = score,
                              .row = score + patches,
                              .off = (uint8_t *)(score + 2 * patches)};
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    struct workspace work = workspace_of(request);
    int patches = work.height * work.width;
    bool hidden_lattice = request->hidden < patches - request->hidden;
    int points = hidden_lattice ? request->hidden : patches - request->hidden;
    struct lattice lattice = best_lattice(nearest_index(patches, points));
    int placed = place_lattice(&lattice, &work);
    if (placed > points)
        score_crowding(&lattice, &work);
    else if (placed < points)
        score_holes(&work);
    settle(&work, abs(placed - points), placed > points);
    bool fixed = (int)request->parameters[PHASE] == PHASE_FIXED;
    int dy = fixed ? 0 : (int)random_below(work.random, (uint32_t)work.height);
    int dx = fixed ? 0 : (int)random_below(work.random, (uint32_t)work.width);
    write_turned(&work, dy, dx, hidden_lattice, mask);
}

static size_t scratch_size(int patches)
{
    return (size_t)patches * (2 * sizeof(int) + 1);
}

const struct strategy strategy_grid = {
    .name = "grid",
    .help = "a regular lattice, the rest settled at random",
    .source = "He et al. 2022, Masked Autoencoders Are Scalable Vision Learners, figure 6",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .scratch_size = scratch_size,
    .draw = draw,
};
