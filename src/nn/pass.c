#include "nn/pass.h"

#include <stdlib.h>

#include "nn/attention.h"
#include "nn/gemm.h"

/* Hands out pieces of the block, or only counts their bytes. */
struct plan {
    struct block *block; /* null: count */
    size_t bytes;
};

static float *take(struct plan *plan, size_t count)
{
    plan->bytes += block_floats_size(count);
    return plan->block ? block_floats(plan->block, count) : NULL;
}

static struct block_memory plan_block(struct plan *plan, const struct block_size *size, size_t rows,
                                      size_t wanted, bool all_wanted)
{
    struct block_memory memory = {
        .norm1 = take(plan, rows * size->dim),
        .statistics1 = take(plan, rows * 2),
        .qkv = take(plan, rows * 3 * size->dim),
        .attended = take(plan, wanted * size->dim),
        .middle = take(plan, wanted * size->dim),
        .norm2 = take(plan, wanted * size->dim),
        .statistics2 = take(plan, wanted * 2),
        .before_gelu = take(plan, wanted * size->hidden),
        .hidden = take(plan, wanted * size->hidden),
        .out = take(plan, wanted * size->dim),
    };
    if (!all_wanted) {
        memory.wanted_in = take(plan, wanted * size->dim);
        memory.wanted_norm1 = take(plan, wanted * size->dim);
    }
    return memory;
}

/* Training keeps every block's activations. Otherwise all blocks share one's, their outputs too: a
 * block has read all of its input before it writes its output. The last block has its own where it
 * is asked for some rows only. blocks may be null when only counting. */
static void plan_stack(struct plan *plan, struct block_memory *blocks,
                       const struct stack_layout *stack, bool training, size_t rows,
                       size_t last_wanted, bool last_all)
{
    struct block_memory memory = {0};
    for (size_t i = 0; i < stack->depth; i++) {
        bool all = last_all || i + 1 < stack->depth;
        if (training || i == 0 || !all)
            memory = plan_block(plan, &stack->size, rows, all ? rows : last_wanted, all);
        if (blocks)
            blocks[i] = memory;
    }
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Rows of what is planned for: of the largest batch, or of the one at hand. */
struct plan_rows {
    size_t images, encoder, decoder, predicted;
};

static void plan_scratch(struct plan *plan, struct mae_pass *pass, const struct plan_rows *rows)
{
    const struct block_size *encoder = &pass->layout.encoder.size;
    const struct block_size *decoder = &pass->layout.decoder.size;
    size_t longest = 1 + (size_t)mae_patches(&pass->shape);
    size_t wide = larger(rows->encoder * encoder->dim, rows->decoder * decoder->dim);
    pass->scratch.attention =
        take(plan, larger(attention_scratch(longest, encoder->dim / encoder->heads),
                          attention_scratch(longest, decoder->dim / decoder->heads)));
    if (!pass->training)
        return;
    pass->scratch.norm = take(plan, larger(layernorm_scratch(rows->encoder, encoder->dim),
                                           layernorm_scratch(rows->decoder, decoder->dim)));
    pass->scratch.hidden =
        take(plan, larger(rows->encoder * encoder->hidden, rows->decoder * decoder->hidden));
    pass->scratch.qkv = take(plan, 3 * wide);
    pass->scratch.wide = take(plan, wide);
    pass->scratch.wide2 = take(plan, rows->predicted * decoder->dim);
    pass->gradient = take(plan, wide);
    pass->pred_gradient = take(plan, rows->predicted * (size_t)mae_patch_values(&pass->shape));
    pass->wanted_gradient = take(plan, rows->predicted * decoder->dim);
    pass->embedded_gradient = take(plan, rows->encoder * decoder->dim);
    pass->latent_gradient = take(plan, wide);
}

static size_t largest(size_t a, size_t b, size_t c)
{
    return larger(a, larger(b, c));
}

/* Two bfloat16 in the place of a float. */
static uint16_t *take_half(struct plan *plan, size_t count)
{
    return (uint16_t *)(void *)take(plan, (count + 1) / 2);
}

/* For the widest of the layers. */
static void plan_half(struct plan *plan, struct mae_pass *pass, const struct plan_rows *rows)
{
    const struct block_size *encoder = &pass->layout.encoder.size;
    const struct block_size *decoder = &pass->layout.decoder.size;
    size_t values = (size_t)mae_patch_values(&pass->shape);
    size_t encoder_in = largest(encoder->dim, encoder->hidden, values);
    size_t encoder_out = largest(3 * encoder->dim, encoder->hidden, decoder->dim);
    size_t decoder_out = larger(3 * decoder->dim, decoder->hidden);
    pass->half.in = take_half(plan, larger(rows->encoder * encoder_in,
                                           rows->decoder * larger(decoder->dim, decoder->hidden)));
    pass->half.gradient =
        take_half(plan, largest(rows->encoder * encoder_out, rows->decoder * decoder_out,
                                rows->predicted * values));
    pass->half.weight = take_half(plan, larger(encoder->dim * larger(encoder_out, encoder_in),
                                               decoder->dim * larger(decoder_out, values)));
}

static void plan_pass(struct plan *plan, struct mae_pass *pass, const struct plan_rows *rows)
{
    const struct mae_layout *layout = &pass->layout;
    size_t patch_values = (size_t)mae_patch_values(&pass->shape);
    size_t cells = rows->images * (size_t)mae_patches(&pass->shape);
    size_t dim = layout->encoder.size.dim, decoder_dim = layout->decoder.size.dim;

    pass->patches = take(plan, rows->encoder * patch_values);
    pass->encoder_in = take(plan, rows->encoder * dim);
    plan_stack(plan, pass->encoder, &layout->encoder, pass->training, rows->encoder, rows->encoder,
               true);
    pass->latent = take(plan, rows->encoder * dim);
    pass->latent_statistics = take(plan, rows->encoder * 2);
    pass->embedded = take(plan, rows->encoder * decoder_dim);
    pass->decoder_in = take(plan, rows->decoder * decoder_dim);
    plan_stack(plan, pass->decoder, &layout->decoder, pass->training, rows->decoder,
               rows->predicted, false);
    pass->decoded = take(plan, rows->predicted * decoder_dim);
    pass->decoded_statistics = take(plan, rows->predicted * 2);
    pass->pred = take(plan, rows->predicted * patch_values);
    pass->target = take(plan, rows->predicted * patch_values);
    pass->patch_error = take(plan, cells);
    pass->looked = take(plan, 2 * (1 + (size_t)mae_patches(&pass->shape)));
    plan_scratch(plan, pass, rows);
    if (pass->training)
        plan_half(plan, pass, rows);
    pass->pred_grid = take(plan, cells * patch_values); /* last: training never touches it */
}

static struct plan_rows most_rows(const struct mae_pass *pass)
{
    size_t images = (size_t)pass->images, patches = (size_t)mae_patches(&pass->shape);
    return (struct plan_rows){.images = images,
                              .encoder = images + pass->visible,
                              .decoder = images * (1 + patches),
                              .predicted = images * patches};
}

static bool allocate_indices(struct mae_pass *pass, struct error *error)
{
    size_t images = (size_t)pass->images, cells = images * (size_t)mae_patches(&pass->shape);
    pass->indices = memory_new(3 * (images + 1) + 2 * cells, sizeof *pass->indices, error);
    if (!pass->indices)
        return false;
    struct pass_rows *rows = &pass->rows;
    rows->encoder_offsets = pass->indices;
    rows->decoder_offsets = rows->encoder_offsets + images + 1;
    rows->predicted_offsets = rows->decoder_offsets + images + 1;
    rows->source = rows->predicted_offsets + images + 1;
    rows->predicted = rows->source + cells;
    return true;
}

struct mae_pass *mae_pass_new(const struct mae_shape *shape, int images, size_t visible,
                              bool training, struct error *error)
{
    gemm_prepare();
    struct mae_pass *pass = memory_new(1, sizeof *pass, error);
    if (!pass)
        return NULL;
    pass->shape = *shape;
    pass->images = images;
    pass->visible = visible;
    pass->training = training;
    mae_layout_init(&pass->layout, NULL, shape, error);
    pass->encoder = memory_new(pass->layout.encoder.depth, sizeof *pass->encoder, error);
    pass->decoder = memory_new(pass->layout.decoder.depth, sizeof *pass->decoder, error);
    if (!pass->encoder || !pass->decoder || !allocate_indices(pass, error) ||
        !block_init(&pass->memory, mae_pass_size(shape, images, visible, training), error)) {
        mae_pass_free(pass);
        return NULL;
    }
    return pass;
}

void mae_pass_free(struct mae_pass *pass)
{
    if (!pass)
        return;
    half_free(pass->products);
    block_release(&pass->memory);
    free(pass->indices);
    free(pass->encoder);
    free(pass->decoder);
    free(pass);
}

bool mae_pass_set_precision(struct mae_pass *pass, enum mae_precision precision,
                            struct error *error)
{
    if (precision == MAE_BF16 && !pass->products) {
        pass->products = half_new(error);
        if (!pass->products)
            return error_prefix(error, "train.precision: bf16");
    }
    pass->half.products = pass->products;
    pass->scratch.half = precision == MAE_BF16 ? &pass->half : NULL;
    return true;
}

void mae_pass_set_interlude(struct mae_pass *pass, mae_interlude *interlude, void *context)
{
    pass->interlude = interlude;
    pass->interlude_context = context;
}

size_t mae_pass_size(const struct mae_shape *shape, int images, size_t visible, bool training)
{
    struct mae_pass pass = {
        .shape = *shape, .images = images, .visible = visible, .training = training};
    struct plan plan = {0};
    mae_layout_init(&pass.layout, NULL, shape, NULL);
    struct plan_rows rows = most_rows(&pass);
    plan_pass(&plan, &pass, &rows);
    return plan.bytes;
}

static void pack_image(struct pass_rows *rows, const struct mae_batch *batch, size_t image,
                       size_t patches, enum mae_extent extent)
{
    size_t *source = rows->source + image * patches, first_row = rows->encoder_offsets[image] + 1;
    int first = batch->offsets[image], count = batch->offsets[image + 1] - first;
    for (size_t patch = 0; patch < patches; patch++)
        source[patch] = PATCH_HIDDEN;
    for (int i = 0; i < count; i++)
        source[batch->visible[first + i]] = first_row + (size_t)i;
    for (size_t patch = 0; patch < patches; patch++) {
        rows->hidden += source[patch] == PATCH_HIDDEN;
        if (source[patch] == PATCH_HIDDEN || extent == MAE_ALL_PATCHES)
            rows->predicted[rows->predicted_count++] = image * (1 + patches) + 1 + patch;
    }
    rows->encoder_offsets[image + 1] = rows->encoder_offsets[image] + 1 + (size_t)count;
    rows->decoder_offsets[image + 1] = rows->decoder_offsets[image] + 1 + patches;
    rows->predicted_offsets[image + 1] = rows->predicted_count;
}

void pass_pack(struct mae_pass *pass, const struct mae_batch *batch, enum mae_extent extent)
{
    struct pass_rows *rows = &pass->rows;
    size_t images = (size_t)batch->images;
    if (batch->images > pass->images ||
        (size_t)(batch->offsets[images] - batch->offsets[0]) > pass->visible)
        abort(); /* a programming error, as running over a block is */
    rows->images = images;
    rows->hidden = rows->predicted_count = 0;
    rows->encoder_offsets[0] = rows->decoder_offsets[0] = rows->predicted_offsets[0] = 0;
    for (size_t image = 0; image < images; image++)
        pack_image(rows, batch, image, (size_t)mae_patches(&pass->shape), extent);
    if (batch->loss_hidden > 0)
        rows->hidden = batch->loss_hidden;
    struct plan_rows planned = {images, rows->encoder_offsets[images],
                                rows->decoder_offsets[images], rows->predicted_count};
    block_clear(&pass->memory);
    plan_pass(&(struct plan){.block = &pass->memory}, pass, &planned);
}
