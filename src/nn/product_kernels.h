/* What kernels of products are. Private to src/nn.
 *
 * Factors are made of elements of four bytes: a float, or two neighbours of the sum as bfloat16.
 * The innermost kernels multiply a few rows of A with a panel of B, which has PRODUCT_COLUMNS
 * columns side by side, over PRODUCT_DEPTH elements at most. A lies as rows, or turned, with rows
 * side by side. Floats are read as they lie in a matrix; what is rounded to bfloat16 is packed.
 */
#ifndef MASKSCOPE_NN_PRODUCT_KERNELS_H
#define MASKSCOPE_NN_PRODUCT_KERNELS_H

#include <stdint.h>

#include "config.h"
#include "nn/product.h"

enum {
    PRODUCT_ROWS = 192,
    PRODUCT_COLUMNS = 32,
    PRODUCT_DEPTH = 384,
    PRODUCT_STRIDE = PRODUCT_DEPTH + 16, /* of packed rows, so that they do not compete for places
                                            in the cache */
};

/* Strides in elements: of A from a row to the next or, turned, from an element of the depth to the
 * next; of B from an element of the depth to the next. B is read in whole vectors of 16 columns. */
struct product_operands {
    const void *a;
    size_t a_stride;
    const void *b;
    size_t b_stride;
};
/* c [rows, columns] = a b, or += if `add`; rows up to the kernels' block_rows, columns up to
 * PRODUCT_COLUMNS; depth in elements, 0 included. */
typedef void product_block(float *c, size_t c_stride, bool add, const struct product_operands *from,
                           size_t rows, size_t columns, size_t depth);

struct product_kernels {
    const char *name, *key; /* key: in the environment */
    enum product_type type;
    bool (*run_here)(void);
    size_t block_rows;
    size_t values; /* of the depth in an element; one that is a float needs no packing */
    product_block *of_rows, *of_turned;
    /* A row's `count` values into elements, filled up with zeros. */
    void (*pack_row)(void *out, const float *in, size_t count);
    /* `lines` of the depth, `stride` floats apart, into elements side by side: one out [elements,
     * width] after another from `width` values of each line, until `count` are in; the last one is
     * filled up with zeros. */
    void (*pack_lines)(void *out, size_t width, const float *in, size_t stride, size_t count,
                       size_t lines);
    /* Two lines, or one and zeros where `second` is null, into elements: out [count], which may be
     * one of the lines. Null where an element is one value. */
    void (*pair_lines)(void *out, const float *first, const float *second, size_t count);
    /* sums [columns] += the values of `elements` rows of pairs, `stride` elements apart. */
    void (*add_pairs)(float *sums, const void *pairs, size_t stride, size_t elements,
                      size_t columns);
};

/* The same of any number of rows. */
void product_panel(const struct product_kernels *kernels, bool turned, float *c, size_t c_stride,
                   bool add, const struct product_operands *from, size_t rows, size_t columns,
                   size_t depth);

extern const struct product_kernels product_avx512_halves, product_avx512, product_avx2;

#endif
