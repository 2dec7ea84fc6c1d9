#include "data/resample.h"

#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#if defined HAVE_TARGET_CLONES && !defined SANITIZED
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CLONES
#endif

enum {
    FRACTION_BITS = 22, /* 8 bits of pixel and 2 bits of headroom fill the rest of an int32_t */
    HALF = 1 << (FRACTION_BITS - 1),
    ROWS = 4,    /* worked on together in the first pass */
    BLOCK = 32,  /* values worked on together in the second */
    SUPPORT = 2, /* the cubic is zero beyond two pixels */
};

/* What each output pixel of one axis is made of: taps[i * tap_limit ...] weigh the source pixels
 * first[i] .. first[i] + count[i] - 1. */
struct axis {
    int tap_limit;
    int *first, *count;
    int32_t *taps;
};

static double cubic(double x)
{
    const double a = -0.5;
    x = fabs(x);
    if (x < 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    if (x < SUPPORT)
        return (((x - 5) * x + 8) * x - 4) * a;
    return 0;
}

static int tap_limit_of(double low, double high, int size)
{
    double scale = fmax((high - low) / size, 1);
    return (int)ceil(SUPPORT * scale) * 2 + 1;
}

/* weights[tap_limit] is room for one output pixel's. */
static void axis_fill(struct axis *axis, double low, double high, int size, double *weights)
{
    double step = (high - low) / size, scale = fmax(step, 1), inverse = 1 / scale;
    int left_edge = (int)floor(low), right_edge = (int)ceil(high);
    for (int i = 0; i < size; i++) {
        double center = low + (i + 0.5) * step;
        int from = (int)(center - SUPPORT * scale + 0.5),
            to = (int)(center + SUPPORT * scale + 0.5);
        from = from < left_edge ? left_edge : from;
        to = to > right_edge ? right_edge : to;
        double sum = 0;
        for (int x = from; x < to; x++)
            sum += weights[x - from] = cubic((x - center + 0.5) * inverse);
        for (int x = 0; x < to - from; x++) {
            double tap = (sum != 0 ? weights[x] / sum : weights[x]) * (1 << FRACTION_BITS);
            axis->taps[(size_t)i * (size_t)axis->tap_limit + (size_t)x] =
                (int32_t)(tap < 0 ? tap - 0.5 : tap + 0.5);
        }
        axis->first[i] = from;
        axis->count[i] = to - from;
    }
}

static inline uint8_t to_byte(int32_t sum)
{
    sum >>= FRACTION_BITS;
    return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

/* A pixel of four bytes in each of the rows that are worked on together. */
enum { PIXEL = 4, LANES = ROWS * PIXEL };
typedef int32_t lanes __attribute__((vector_size(LANES * sizeof(int32_t))));
typedef uint16_t lane_words __attribute__((vector_size(LANES * sizeof(uint16_t))));
typedef uint8_t lane_bytes __attribute__((vector_size(LANES)));
typedef uint32_t lane_pixels __attribute__((vector_size(LANES)));

/* For three channels the fourth byte belongs to the next pixel and is ignored. Vectors go by
 * address: by value their width would change the calling convention. */
__attribute__((always_inline)) static inline void
load_pixels(lanes *values, const uint8_t *const rows[ROWS], size_t offset)
{
    uint32_t pixels[ROWS];
#pragma GCC unroll ROWS
    for (int r = 0; r < ROWS; r++)
        memcpy(&pixels[r], rows[r] + offset, PIXEL);
    lane_pixels together = {pixels[0], pixels[1], pixels[2], pixels[3]};
    /* in two steps, each of which is one instruction */
    lane_words words = __builtin_convertvector((lane_bytes)together, lane_words);
    *values = __builtin_convertvector(words, lanes);
}

__attribute__((always_inline)) static inline void
store_pixels(uint8_t *const out[ROWS], size_t offset, const lanes *sums, size_t channels)
{
    lanes sum = *sums >> FRACTION_BITS;
    sum &= sum > 0;
    lanes over = sum > 255;
    lane_words words = __builtin_convertvector((sum & ~over) | (over & 255), lane_words);
    lane_bytes bytes = __builtin_convertvector(words, lane_bytes);
    uint8_t values[LANES];
    memcpy(values, &bytes, sizeof values);
#pragma GCC unroll ROWS
    for (int r = 0; r < ROWS; r++)
        memcpy(out[r] + offset, values + r * PIXEL, channels);
}

/* rows: ROWS source rows, some perhaps the same; out[ROWS]: where each row's result goes. */
__attribute__((always_inline)) static inline void along_rows(const struct axis *axis, int width,
                                                             size_t channels,
                                                             const uint8_t *const rows[ROWS],
                                                             uint8_t *const out[ROWS])
{
    for (int i = 0; i < width; i++) {
        const int32_t *taps = axis->taps + (size_t)i * (size_t)axis->tap_limit;
        size_t offset = (size_t)axis->first[i] * channels;
        lanes sums = (lanes){0} + HALF;
        for (int t = 0; t < axis->count[i]; t++, offset += channels) {
            lanes pixels;
            load_pixels(&pixels, rows, offset);
            sums += pixels * taps[t];
        }
        store_pixels(out, (size_t)i * channels, &sums, channels);
    }
}

/* The number of channels is a constant in each. */
CLONES static void pass_along_rows(const struct axis *axis, int width, int channels,
                                   const uint8_t *const rows[ROWS], uint8_t *const out[ROWS])
{
    if (channels == 3)
        along_rows(axis, width, 3, rows, out);
    else
        along_rows(axis, width, 4, rows, out);
}

CLONES static void pass_along_gray_row(const struct axis *axis, int width, const uint8_t *row,
                                       uint8_t *out)
{
    for (int i = 0; i < width; i++) {
        const int32_t *taps = axis->taps + (size_t)i * (size_t)axis->tap_limit;
        const uint8_t *from = row + axis->first[i];
        int32_t sum = HALF;
#pragma omp simd reduction(+ : sum)
        for (int t = 0; t < axis->count[i]; t++)
            sum += from[t] * taps[t];
        out[i] = to_byte(sum);
    }
}

/* One output row from count rows below each other, `stride` values each. */
CLONES static void pass_down_columns(const int32_t *taps, int count, const uint8_t *from,
                                     size_t stride, uint8_t *restrict out)
{
    size_t x = 0;
    for (; x + BLOCK <= stride; x += BLOCK) {
        int32_t sums[BLOCK];
        for (int b = 0; b < BLOCK; b++)
            sums[b] = HALF;
        for (int t = 0; t < count; t++) {
            const uint8_t *row = from + (size_t)t * stride + x;
            int32_t tap = taps[t];
#pragma omp simd
            for (int b = 0; b < BLOCK; b++)
                sums[b] += row[b] * tap;
        }
#pragma omp simd
        for (int b = 0; b < BLOCK; b++)
            out[x + (size_t)b] = to_byte(sums[b]);
    }
    for (; x < stride; x++) {
        int32_t sum = HALF;
        for (int t = 0; t < count; t++)
            sum += from[(size_t)t * stride + x] * taps[t];
        out[x] = to_byte(sum);
    }
}

static void first_pass(const struct image *source, const struct axis *axis, int top, int rows,
                       int width, uint8_t *middle)
{
    size_t channels = (size_t)source->channels;
    size_t from_stride = (size_t)source->width * channels, to_stride = (size_t)width * channels;
    const uint8_t *from = source->pixels + (size_t)top * from_stride;
    if (channels == 1) {
        for (int y = 0; y < rows; y++)
            pass_along_gray_row(axis, width, from + (size_t)y * from_stride,
                                middle + (size_t)y * to_stride);
        return;
    }
    for (int y = 0; y < rows; y += ROWS) {
        const uint8_t *ins[ROWS];
        uint8_t *outs[ROWS];
        for (int r = 0; r < ROWS; r++) {
            size_t row = (size_t)(y + r < rows ? y + r : rows - 1);
            ins[r] = from + row * from_stride;
            outs[r] = middle + row * to_stride;
        }
        pass_along_rows(axis, width, source->channels, ins, outs);
    }
}

/* The pieces of memory that one call needs, cut from one reservation. */
struct pieces {
    struct axis across, down;
    double *weights;
    uint8_t *middle;
};

static size_t rounded(size_t size)
{
    return (size + MEMORY_ALIGNMENT - 1) / MEMORY_ALIGNMENT * MEMORY_ALIGNMENT;
}

/* Hands out pieces of `base` one after another; with a null base only counts. */
struct cutter {
    char *base;
    size_t used;
};

static void *cut(struct cutter *cutter, size_t size)
{
    void *piece = cutter->base ? cutter->base + cutter->used : NULL;
    cutter->used += rounded(size);
    return piece;
}

static void axis_cut(struct axis *axis, int size, struct cutter *cutter)
{
    axis->first = cut(cutter, (size_t)size * sizeof *axis->first);
    axis->count = cut(cutter, (size_t)size * sizeof *axis->count);
    axis->taps = cut(cutter, (size_t)size * (size_t)axis->tap_limit * sizeof *axis->taps);
}

static size_t pieces_cut(struct pieces *pieces, int width, int height, size_t middle_size,
                         void *base)
{
    struct cutter cutter = {.base = base};
    int across = pieces->across.tap_limit, down = pieces->down.tap_limit;
    axis_cut(&pieces->across, width, &cutter);
    axis_cut(&pieces->down, height, &cutter);
    pieces->weights = cut(&cutter, (size_t)(across > down ? across : down) * sizeof(double));
    pieces->middle = cut(&cutter, middle_size);
    return cutter.used;
}

static bool memory_reserve(struct resample_memory *memory, size_t size, struct error *error)
{
    if (size <= memory->size)
        return true;
    resample_memory_release(memory);
    memory->bytes = malloc(size);
    if (!memory->bytes)
        return error_set(error, ERROR_SYSTEM, "out of memory for resizing a picture");
    memory->size = size;
    return true;
}

bool resample(const struct image *source, const struct resample_box *box, int width, int height,
              struct image *target, struct resample_memory *memory, struct error *error)
{
    int top = (int)floor(box->y0), rows = (int)ceil(box->y1) - top;
    size_t stride = (size_t)width * (size_t)source->channels;
    struct pieces pieces = {.across.tap_limit = tap_limit_of(box->x0, box->x1, width),
                            .down.tap_limit = tap_limit_of(box->y0, box->y1, height)};
    size_t middle_size = stride * (size_t)rows;
    if (!memory_reserve(memory, pieces_cut(&pieces, width, height, middle_size, NULL), error) ||
        !image_resize(target, width, height, source->channels, error))
        return false;
    pieces_cut(&pieces, width, height, middle_size, memory->bytes);
    axis_fill(&pieces.across, box->x0, box->x1, width, pieces.weights);
    axis_fill(&pieces.down, box->y0, box->y1, height, pieces.weights);
    first_pass(source, &pieces.across, top, rows, width, pieces.middle);
    for (int y = 0; y < height; y++)
        pass_down_columns(pieces.down.taps + (size_t)y * (size_t)pieces.down.tap_limit,
                          pieces.down.count[y],
                          pieces.middle + (size_t)(pieces.down.first[y] - top) * stride, stride,
                          target->pixels + (size_t)y * stride);
    return true;
}

void resample_memory_release(struct resample_memory *memory)
{
    free(memory->bytes);
    *memory = (struct resample_memory){0};
}
