#include "nn/product.h"

#include <string.h>

#include "nn/gemm.h"
#include "nn/kernel.h"
#include "nn/product_kernels.h"
#include "nn/small.h"

enum {
    TURNED_AT_ONCE = 64, /* elements of the depth that are packed turned in one go */
    TILE_PANELS = 6,     /* of a tile of a weight's gradient, beside PRODUCT_ROWS */
    TILES_WANTED = 8,    /* where the weight is large enough */
    TILE_ROWS_MOST = 2 * PRODUCT_ROWS,
    TILE_ROWS_LEAST = PRODUCT_ROWS / 2,
    TILE_ROWS_STEP = 16, /* rows of a tile are a multiple of it: whole lines of the cache */
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t parts_of(size_t count, size_t most)
{
    return (count + most - 1) / most;
}

static size_t at_least_one(size_t count)
{
    return count > 0 ? count : 1;
}

/* Where part `part` of `count` things begins, when they are divided evenly. */
static size_t part_start(size_t count, size_t parts, size_t part)
{
    return count * part / parts;
}

static size_t elements_of(const struct product_kernels *kernels, size_t depth)
{
    return parts_of(depth, kernels->values);
}

size_t product_panels(size_t columns)
{
    return parts_of(columns, PRODUCT_COLUMNS);
}

size_t product_panel_floats(const struct product_kernels *kernels, size_t depth)
{
    return kernels ? elements_of(kernels, depth) * PRODUCT_COLUMNS : 0;
}

/* `columns` rows of the weight, as columns of the panel. */
static void pack_turned(const struct product_kernels *kernels, float *panel, const float *weight,
                        size_t depth, size_t columns)
{
    float rows[PRODUCT_COLUMNS * TURNED_AT_ONCE] = {0};
    const size_t step = TURNED_AT_ONCE * kernels->values;
    for (size_t first = 0; first < depth; first += step) {
        size_t count = smaller(step, depth - first), elements = elements_of(kernels, count);
        for (size_t column = 0; column < columns; column++)
            kernels->pack_row(rows + column * TURNED_AT_ONCE, weight + column * depth + first,
                              count);
        small_transpose(panel, rows, TURNED_AT_ONCE, PRODUCT_COLUMNS, elements);
        panel += elements * PRODUCT_COLUMNS;
    }
}

void product_pack(const struct product_kernels *kernels, const struct product_factor *factor,
                  size_t panel)
{
    if (!kernels)
        return;
    size_t first = panel * PRODUCT_COLUMNS;
    size_t columns = smaller(PRODUCT_COLUMNS, factor->columns - first);
    float *to = factor->panels + panel * product_panel_floats(kernels, factor->depth);
    if (factor->turned)
        pack_turned(kernels, to, factor->weight + first * factor->depth, factor->depth, columns);
    else
        kernels->pack_lines(to, PRODUCT_COLUMNS, factor->weight + first, factor->columns, columns,
                            factor->depth);
}

size_t product_scratch(void)
{
    size_t for_rows = (size_t)PRODUCT_ROWS * PRODUCT_STRIDE;
    size_t for_sums = (size_t)PRODUCT_DEPTH * (PRODUCT_ROWS + TILE_PANELS * PRODUCT_COLUMNS);
    return for_rows > for_sums ? for_rows : for_sums;
}

/* Whether the kernels read floats as they lie in a matrix. */
static bool read_in_place(const struct product_kernels *kernels)
{
    return kernels->values == 1;
}

void product_panel(const struct product_kernels *kernels, bool turned, float *c, size_t c_stride,
                   bool add, const struct product_operands *from, size_t rows, size_t columns,
                   size_t depth)
{
    product_block *block = turned ? kernels->of_turned : kernels->of_rows;
    struct product_operands some = *from;
    size_t parts = parts_of(rows, kernels->block_rows);
    for (size_t part = 0; part < parts; part++) {
        size_t first = part_start(rows, parts, part);
        some.a = (const float *)from->a + first * (turned ? 1 : from->a_stride);
        block(c + first * c_stride, c_stride, add, &some, part_start(rows, parts, part + 1) - first,
              columns, depth);
    }
}

/* Up to PRODUCT_ROWS rows of A, of which `count` values from `first` on are wanted. */
static struct product_operands left_rows(const struct product_kernels *kernels, const float *a,
                                         size_t a_stride, size_t rows, size_t first, size_t count,
                                         float *scratch)
{
    if (read_in_place(kernels))
        return (struct product_operands){.a = a + first, .a_stride = a_stride};
    for (size_t row = 0; row < rows; row++)
        kernels->pack_row(scratch + row * PRODUCT_STRIDE, a + row * a_stride + first, count);
    return (struct product_operands){.a = scratch, .a_stride = PRODUCT_STRIDE};
}

/* Up to PRODUCT_ROWS rows. */
static void multiply_rows(const struct product_kernels *kernels, float *c, size_t c_stride,
                          bool add, const float *a, size_t a_stride, size_t rows,
                          const struct product_factor *factor, float *scratch)
{
    size_t elements = elements_of(kernels, factor->depth), panel_size = elements * PRODUCT_COLUMNS;
    size_t parts = parts_of(elements, PRODUCT_DEPTH);
    for (size_t part = 0; part < parts; part++) {
        size_t first = part_start(elements, parts, part);
        size_t count = part_start(elements, parts, part + 1) - first;
        size_t value = first * kernels->values;
        struct product_operands from =
            left_rows(kernels, a, a_stride, rows, value,
                      smaller(count * kernels->values, factor->depth - value), scratch);
        from.b_stride = PRODUCT_COLUMNS;
        for (size_t column = 0; column < factor->columns; column += PRODUCT_COLUMNS) {
            from.b =
                factor->panels + column / PRODUCT_COLUMNS * panel_size + first * PRODUCT_COLUMNS;
            product_panel(kernels, false, c + column, c_stride, add || part > 0, &from, rows,
                          smaller(PRODUCT_COLUMNS, factor->columns - column), count);
        }
    }
}

void product_rows(const struct product_kernels *kernels, float *c, size_t c_stride, bool add,
                  const float *a, size_t a_stride, size_t rows, const struct product_factor *factor,
                  float *scratch)
{
    if (!kernels) {
        gemm(factor->turned ? GEMM_A_BT : GEMM_A_B, add, c, c_stride,
             (struct gemm_matrix){a, a_stride},
             (struct gemm_matrix){factor->weight, factor->turned ? factor->depth : factor->columns},
             rows, factor->columns, factor->depth);
        return;
    }
    size_t parts = parts_of(rows, PRODUCT_ROWS);
    for (size_t part = 0; part < parts; part++) {
        size_t first = part_start(rows, parts, part);
        multiply_rows(kernels, c + first * c_stride, c_stride, add, a + first * a_stride, a_stride,
                      part_start(rows, parts, part + 1) - first, factor, scratch);
    }
}

/* A tile of a weight's gradient: rows of it, and panels of its columns. */
struct sum_tile {
    size_t row, rows, column, columns;
};

static size_t column_parts(const struct product_sum *sum)
{
    return parts_of(product_panels(sum->in_dim), TILE_PANELS);
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

static void sum_blas(const struct product_sum *sum, const struct sum_tile *tile)
{
    gemm(GEMM_AT_B, false, sum->weight + tile->row * sum->in_dim + tile->column, sum->in_dim,
         (struct gemm_matrix){sum->gradient + tile->row, sum->out_dim},
         (struct gemm_matrix){sum->in + tile->column, sum->in_dim}, tile->rows, tile->columns,
         sum->rows);
}

/* The first tile in each row of tiles does it, while the gradients are in the cache. */
KERNEL static void sum_bias(const struct product_sum *sum, const struct sum_tile *tile,
                            size_t first, size_t count)
{
    float *restrict bias = sum->bias + tile->row;
    const float *restrict gradient = sum->gradient + first * sum->out_dim + tile->row;
    if (tile->column > 0)
        return;
    for (size_t row = 0; row < count; row++, gradient += sum->out_dim)
#pragma omp simd
        for (size_t i = 0; i < tile->rows; i++)
            bias[i] += gradient[i];
}

/* B's panels of a part of a sum: as they lie or, behind the first `whole` columns, packed. */
struct sum_panels {
    const float *in, *packed; /* of the tile's first column */
    size_t stride, whole;
};

/* Some rows of a tile: `rows` columns of the gradient from `gradient` on, times the panels. */
static void sum_rows(const struct product_kernels *kernels, const struct product_sum *sum,
                     const struct sum_tile *tile, const float *gradient, size_t rows, size_t count,
                     const struct sum_panels *panels, float *to, bool add, float *packed)
{
    size_t elements = elements_of(kernels, count);
    struct product_operands from = {.a = gradient, .a_stride = sum->out_dim};
    if (!read_in_place(kernels)) {
        kernels->pack_lines(packed, PRODUCT_ROWS, gradient, sum->out_dim, rows, count);
        from = (struct product_operands){.a = packed, .a_stride = PRODUCT_ROWS};
    }
    for (size_t column = 0; column < tile->columns; column += PRODUCT_COLUMNS) {
        bool in_place = column < panels->whole;
        from.b =
            in_place ? panels->in + column : panels->packed + (column - panels->whole) * elements;
        from.b_stride = in_place ? panels->stride : PRODUCT_COLUMNS;
        product_panel(kernels, true, to + column, sum->in_dim, add, &from, rows,
                      smaller(PRODUCT_COLUMNS, tile->columns - column), elements);
    }
}

/* The share of `count` rows from `first` on. */
static void sum_part(const struct product_kernels *kernels, const struct product_sum *sum,
                     const struct sum_tile *tile, size_t first, size_t count, float *scratch)
{
    const float *gradient = sum->gradient + first * sum->out_dim + tile->row;
    float *to = sum->weight + tile->row * sum->in_dim + tile->column;
    float *packed = scratch + (size_t)PRODUCT_DEPTH * PRODUCT_ROWS;
    struct sum_panels panels = {.in = sum->in + first * sum->in_dim + tile->column,
                                .packed = packed,
                                .stride = sum->in_dim};
    if (read_in_place(kernels))
        panels.whole = tile->columns - tile->columns % PRODUCT_COLUMNS;
    kernels->pack_lines(packed, PRODUCT_COLUMNS, panels.in + panels.whole, sum->in_dim,
                        tile->columns - panels.whole, count);
    sum_bias(sum, tile, first, count);
    size_t parts = parts_of(tile->rows, PRODUCT_ROWS);
    for (size_t part = 0; part < parts; part++) {
        size_t row = part_start(tile->rows, parts, part);
        sum_rows(kernels, sum, tile, gradient + row, part_start(tile->rows, parts, part + 1) - row,
                 count, &panels, to + row * sum->in_dim, first > 0, scratch);
    }
}

void product_sum_tile(const struct product_kernels *kernels, const struct product_sum *sum,
                      size_t number, float *scratch)
{
    struct sum_tile tile = tile_at(sum, number);
    if (tile.column == 0)
        memset(sum->bias + tile.row, 0, tile.rows * sizeof *sum->bias);
    if (!kernels) {
        sum_blas(sum, &tile);
        sum_bias(sum, &tile, 0, sum->rows);
        return;
    }
    size_t elements = elements_of(kernels, sum->rows);
    size_t parts = at_least_one(parts_of(elements, PRODUCT_DEPTH));
    for (size_t part = 0; part < parts; part++) {
        size_t first = part_start(elements, parts, part) * kernels->values;
        size_t end = smaller(part_start(elements, parts, part + 1) * kernels->values, sum->rows);
        sum_part(kernels, sum, &tile, first, end - first, scratch);
    }
}
