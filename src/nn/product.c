#include "nn/product.h"

#include <string.h>

#include "nn/gemm.h"
#include "nn/kernel.h"
#include "nn/product_parts.h"
#include "nn/small.h"

enum { TURNED_AT_ONCE = 64 }; /* elements of the depth that are packed turned in one go */

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
    size_t for_sums = (size_t)PRODUCT_DEPTH * (PRODUCT_ROWS + PRODUCT_SUM_COLUMNS);
    return larger(for_rows, for_sums);
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
