/* The gradients of weights: sums over rows of outer products. */
#include <string.h>

#include "nn/gemm.h"
#include "nn/kernel.h"
#include "nn/product_parts.h"

enum {
    TILES_WANTED = 8, /* where the weight is large enough */
    TILE_ROWS_MOST = 2 * PRODUCT_ROWS,
    TILE_ROWS_LEAST = PRODUCT_ROWS / 2,
    TILE_ROWS_STEP = 16, /* rows of a tile are a multiple of it: whole lines of the cache */
};

static bool pairs_rows(const struct product_kernels *kernels)
{
    return kernels && kernels->pair_lines;
}

void product_pair(const struct product_kernels *kernels, float *matrix, size_t columns,
                  size_t first, size_t end)
{
    if (!pairs_rows(kernels))
        return;
    for (size_t row = first + first % 2; row + 1 < end; row += 2) {
        float *at = matrix + row * columns;
        kernels->pair_lines(at, at, at + columns, columns);
    }
}

void product_pair_at(const struct product_kernels *kernels, float *matrix, size_t columns,
                     size_t end, bool last)
{
    if (!pairs_rows(kernels) || end % 2 == 0)
        return;
    float *at = matrix + (end - 1) * columns;
    kernels->pair_lines(at, at, last ? NULL : at + columns, columns);
}

/* A tile of a weight's gradient: rows of it, and panels of its columns. */
struct sum_tile {
    size_t row, rows, column, columns;
};

static size_t column_parts(const struct product_sum *sum)
{
    return parts_of(sum->in_dim, PRODUCT_SUM_COLUMNS);
}

/* Large tiles read less; of a small weight they would be too few to share out. */
static size_t row_parts(const struct product_sum *sum)
{
    size_t rows = TILE_ROWS_MOST;
    while (rows > TILE_ROWS_LEAST &&
           parts_of(sum->out_dim, rows) * column_parts(sum) < TILES_WANTED)
        rows /= 2;
    return parts_of(sum->out_dim, rows);
}

size_t product_sum_tiles(const struct product_sum *sum)
{
    return row_parts(sum) * column_parts(sum);
}

static struct sum_tile tile_at(const struct product_sum *sum, size_t number)
{
    size_t down = number / column_parts(sum), across = number % column_parts(sum);
    size_t panels = product_panels(sum->in_dim), steps = parts_of(sum->out_dim, TILE_ROWS_STEP);
    struct sum_tile tile = {.row = part_start(steps, row_parts(sum), down) * TILE_ROWS_STEP};
    size_t row_end = part_start(steps, row_parts(sum), down + 1) * TILE_ROWS_STEP;
    tile.rows = smaller(row_end, sum->out_dim) - tile.row;
    tile.column = part_start(panels, column_parts(sum), across) * PRODUCT_COLUMNS;
    size_t end = part_start(panels, column_parts(sum), across + 1) * PRODUCT_COLUMNS;
    tile.columns = smaller(end, sum->in_dim) - tile.column;
    return tile;
}

/* A part of a tile's sum: some rows of the factors. */
struct sum_part {
    const struct product_kernels *kernels;
    const struct product_sum *sum;
    struct sum_tile tile;
    size_t first, count;
    float *left, *right; /* room for packed columns of the gradient (PRODUCT_ROWS), of the input */
};

/* Whether the factors lie as the kernels read them. */
static bool in_place(const struct sum_part *part)
{
    return part->sum->paired || read_in_place(part->kernels);
}

/* From an element of a factor to the next one below. */
static size_t stride_of(const struct sum_part *part, size_t columns)
{
    return part->sum->paired ? part->kernels->values * columns : columns;
}

/* sums [columns] += the rows. */
KERNEL static void add_rows(float *restrict sums, const float *restrict rows_at, size_t stride,
                            size_t rows, size_t columns)
{
    for (size_t row = 0; row < rows; row++, rows_at += stride)
#pragma omp simd
        for (size_t i = 0; i < columns; i++)
            sums[i] += rows_at[i];
}

/* The first tile in each row of tiles does it, while the gradients are in the cache. */
static void sum_bias(const struct sum_part *part)
{
    const struct product_sum *sum = part->sum;
    const struct sum_tile *tile = &part->tile;
    const float *gradient = sum->gradient + part->first * sum->out_dim + tile->row;
    size_t stride = stride_of(part, sum->out_dim);
    if (tile->column > 0)
        return;
    if (sum->paired && part->kernels->add_pairs)
        part->kernels->add_pairs(sum->bias + tile->row, gradient, stride,
                                 elements_of(part->kernels, part->count), tile->rows);
    else
        add_rows(sum->bias + tile->row, gradient, stride, part->count, tile->rows);
}

/* The columns behind the last whole panel, as a panel. */
static void copy_elements(float *to, const float *from, size_t stride, size_t columns,
                          size_t elements)
{
    for (size_t i = 0; i < elements; i++, to += PRODUCT_COLUMNS, from += stride) {
        memcpy(to, from, columns * sizeof *to);
        memset(to + columns, 0, (PRODUCT_COLUMNS - columns) * sizeof *to);
    }
}

/* The input's columns of the tile: returns how many of them are read as they lie; the others are
 * packed. */
static size_t right_columns(const struct sum_part *part)
{
    const struct product_sum *sum = part->sum;
    const float *in = sum->in + part->first * sum->in_dim + part->tile.column;
    size_t columns = part->tile.columns, whole = columns - columns % PRODUCT_COLUMNS;
    if (!in_place(part)) {
        part->kernels->pack_lines(part->right, PRODUCT_COLUMNS, in, sum->in_dim, columns,
                                  part->count);
        return 0;
    }
    if (columns > whole)
        copy_elements(part->right, in + whole, stride_of(part, sum->in_dim), columns - whole,
                      elements_of(part->kernels, part->count));
    return whole;
}

/* `rows` columns of the gradient from the tile's column `first` on. */
static struct product_operands left_columns(const struct sum_part *part, size_t first, size_t rows)
{
    const struct product_sum *sum = part->sum;
    const float *gradient = sum->gradient + part->first * sum->out_dim + part->tile.row + first;
    if (in_place(part))
        return (struct product_operands){.a = gradient, .a_stride = stride_of(part, sum->out_dim)};
    part->kernels->pack_lines(part->left, PRODUCT_ROWS, gradient, sum->out_dim, rows, part->count);
    return (struct product_operands){.a = part->left, .a_stride = PRODUCT_ROWS};
}

/* Up to PRODUCT_ROWS rows of the tile. */
static void sum_rows(const struct sum_part *part, size_t first, size_t rows, size_t whole)
{
    const struct product_sum *sum = part->sum;
    const struct sum_tile *tile = &part->tile;
    const float *in = sum->in + part->first * sum->in_dim + tile->column;
    size_t elements = elements_of(part->kernels, part->count);
    float *to = sum->weight + (tile->row + first) * sum->in_dim + tile->column;
    struct product_operands from = left_columns(part, first, rows);
    for (size_t column = 0; column < tile->columns; column += PRODUCT_COLUMNS) {
        bool lies = column < whole;
        from.b = lies ? in + column : part->right + (column - whole) * elements;
        from.b_stride = lies ? stride_of(part, sum->in_dim) : PRODUCT_COLUMNS;
        product_panel(part->kernels, true, to + column, sum->in_dim, part->first > 0, &from, rows,
                      smaller(PRODUCT_COLUMNS, tile->columns - column), elements);
    }
}

static void sum_part(const struct sum_part *part)
{
    size_t whole = right_columns(part), chunks = parts_of(part->tile.rows, PRODUCT_ROWS);
    sum_bias(part);
    for (size_t chunk = 0; chunk < chunks; chunk++) {
        size_t first = part_start(part->tile.rows, chunks, chunk);
        sum_rows(part, first, part_start(part->tile.rows, chunks, chunk + 1) - first, whole);
    }
}

static void sum_blas(const struct product_sum *sum, const struct sum_tile *tile)
{
    gemm(GEMM_AT_B, false, sum->weight + tile->row * sum->in_dim + tile->column, sum->in_dim,
         (struct gemm_matrix){sum->gradient + tile->row, sum->out_dim},
         (struct gemm_matrix){sum->in + tile->column, sum->in_dim}, tile->rows, tile->columns,
         sum->rows);
    if (tile->column == 0)
        add_rows(sum->bias + tile->row, sum->gradient + tile->row, sum->out_dim, sum->rows,
                 tile->rows);
}

void product_sum_tile(const struct product_kernels *kernels, const struct product_sum *sum,
                      size_t number, float *scratch)
{
    struct sum_part part = {.kernels = kernels,
                            .sum = sum,
                            .tile = tile_at(sum, number),
                            .left = scratch,
                            .right = scratch + (size_t)PRODUCT_DEPTH * PRODUCT_ROWS};
    if (part.tile.column == 0)
        memset(sum->bias + part.tile.row, 0, part.tile.rows * sizeof *sum->bias);
    if (!kernels) {
        sum_blas(sum, &part.tile);
        return;
    }
    size_t elements = elements_of(kernels, sum->rows), parts = parts_of(elements, PRODUCT_DEPTH);
    parts = parts > 0 ? parts : 1; /* without rows the sums are zero */
    for (size_t i = 0; i < parts; i++) {
        size_t end = part_start(elements, parts, i + 1) * kernels->values;
        part.first = part_start(elements, parts, i) * kernels->values;
        part.count = smaller(end, sum->rows) - part.first;
        sum_part(&part);
    }
}
