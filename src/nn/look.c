#include "nn/look.h"

#include <string.h>

#include "nn/pass.h"

/* The block that can be asked, and its rows. */
struct asked {
    const struct block_memory *memory;
    const struct block_size *size;
    struct block_rows rows;
};

static struct asked asked_block(const struct mae_pass *pass)
{
    const struct mae_layout *layout = &pass->layout;
    size_t block = pass->attended.block;
    if (!pass->attended.decoder)
        return (struct asked){&pass->encoder[block], &layout->encoder.size,
                              pass_encoder_rows(pass)};
    return (struct asked){&pass->decoder[block], &layout->decoder.size,
                          pass_decoder_rows(pass, block + 1 == layout->decoder.depth)};
}

/* The row of the encoder that holds a token, counted in its image's span; false: hidden. */
static bool encoder_row(const struct mae_pass *pass, size_t image, size_t token, size_t *row)
{
    size_t patches = (size_t)mae_patches(&pass->shape);
    *row = 0;
    if (token == 0)
        return true;
    size_t source = pass->rows.source[image * patches + token - 1];
    if (source == PATCH_HIDDEN)
        return false;
    *row = source - pass->rows.encoder_offsets[image];
    return true;
}

/* The query that belongs to a token, counted in its image's span; false: there is none. */
static bool query_of(const struct mae_pass *pass, const struct block_rows *rows, size_t image,
                     size_t token, size_t *query)
{
    if (!pass->attended.decoder)
        return encoder_row(pass, image, token, query);
    *query = token;
    if (!rows->wanted)
        return true;
    const size_t *first = rows->wanted + rows->wanted_offsets[image];
    size_t count = rows->wanted_offsets[image + 1] - rows->wanted_offsets[image];
    for (*query = 0; *query < count; ++*query)
        if (first[*query] == rows->offsets[image] + token)
            return true;
    return false;
}

/* From the order of the encoder's rows to that of the position table. */
static void spread(const struct mae_pass *pass, size_t image, float *weights, const float *packed)
{
    size_t tokens = 1 + (size_t)mae_patches(&pass->shape), row;
    for (size_t token = 0; token < tokens; token++)
        weights[token] = encoder_row(pass, image, token, &row) ? packed[row] : 0;
}

bool mae_pass_attention(struct mae_pass *pass, float *weights, int image, int head, int token)
{
    struct asked asked = asked_block(pass);
    size_t query, span = (size_t)image, tokens = 1 + (size_t)mae_patches(&pass->shape);
    memset(weights, 0, tokens * sizeof *weights);
    if (!query_of(pass, &asked.rows, span, (size_t)token, &query))
        return false;
    float *packed = pass->attended.decoder ? weights : pass->looked;
    block_attention(packed, asked.memory, asked.size, &asked.rows, span, (size_t)head, query,
                    &pass->scratch);
    if (!pass->attended.decoder)
        spread(pass, span, weights, packed);
    return true;
}

static void add_patches(float *sum, const float *weights, size_t patches, float share)
{
    for (size_t patch = 0; patch < patches; patch++)
        sum[patch] += share * weights[1 + patch];
}

void mae_pass_class_attention(struct mae_pass *pass, float *weights)
{
    size_t patches = (size_t)mae_patches(&pass->shape), heads = pass->layout.encoder.size.heads;
    float *one = pass->looked + 1 + patches;
    memset(weights, 0, pass->rows.images * patches * sizeof *weights);
    for (size_t image = 0; image < pass->rows.images; image++)
        for (size_t head = 0; head < heads; head++) {
            mae_pass_attention(pass, one, (int)image, (int)head, 0);
            add_patches(weights + image * patches, one, patches, 1 / (float)heads);
        }
}
