#include "nn/pass.h"

#include <stdlib.h>

#include "nn/attention.h"
#include "base/parallel.h"
#include "nn/gemm.h"
#include "nn/sizes.h"

/* Enough groups of images to share out, of enough rows to make use of a panel of weights while it
 * is in the cache, but no more rows than the cache has room for in all of a block's layers. */
enum { GROUPS = 16, GROUP_LEAST = 64, GROUP_MOST = 128 };

/* Threads that may always work on a pass. */
enum { SLOTS_LEAST = 8 };

static size_t slot_count(void)
{
    int threads = parallel_threads(), cores = parallel_cores();
    int most = threads > cores ? threads : cores;
    return (size_t)(most > SLOTS_LEAST ? most : SLOTS_LEAST);
}

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

/* All but the output. */
static struct block_memory plan_block(struct plan *plan, const struct block_size *size, size_t rows,
                                      size_t wanted)
{
    return (struct block_memory){
        .statistics1 = take(plan, rows * 2),
        .qkv = take(plan, (rows * 2 + wanted) * size->dim),
        .attended = take(plan, wanted * size->dim),
        .middle = take(plan, wanted * size->dim),
        .statistics2 = take(plan, wanted * 2),
        .before_gelu = take(plan, wanted * size->hidden),
    };
}

/* Training keeps every block's activations; or every block's output, and all blocks work in the
 * memory given. Otherwise the blocks of a stack share one's, and its output too: a block has read
 * all of its input before it writes its output. The last block has an output of its own where it is
 * asked for some rows only; its other memory is part of that of a block with all rows. blocks may
 * be null when only counting. */
static void plan_stack(struct plan *plan, struct block_memory *blocks, struct block_memory memory,
                       const struct stack_layout *stack, enum mae_use use, size_t rows,
                       size_t last_wanted, bool last_all)
{
    for (size_t i = 0; i < stack->depth; i++) {
        bool all = last_all || i + 1 < stack->depth;
        size_t wanted = all ? rows : last_wanted;
        float *out = memory.out;
        if (use == MAE_TRAINING || (use == MAE_INFERENCE && i == 0))
            memory = plan_block(plan, &stack->size, rows, wanted);
        bool shared = use == MAE_INFERENCE && i > 0 && all;
        memory.out = shared ? out : take(plan, wanted * stack->size.dim);
        if (blocks)
            blocks[i] = memory;
    }
}

/* Rows of what is planned for: of the largest batch, or of the one at hand; and of their largest
 * groups. */
struct plan_rows {
    size_t images, encoder, decoder, predicted;
    size_t encoder_group, decoder_group;
};

static size_t largest(size_t a, size_t b, size_t c)
{
    return larger(a, larger(b, c));
}

/* Of a block, or of the layers between. */
static size_t panels(const struct mae_pass *pass)
{
    const struct product_kernels *kernels = product_kernels_best(PRODUCT_FLOATS);
    const struct block_size *encoder = &pass->layout.encoder.size;
    const struct block_size *decoder = &pass->layout.decoder.size;
    size_t values = (size_t)mae_patch_values(&pass->shape);
    return larger(larger(block_panels(kernels, encoder), block_panels(kernels, decoder)),
                  largest(linear_panels(kernels, values, encoder->dim),
                          linear_panels(kernels, encoder->dim, decoder->dim),
                          linear_panels(kernels, decoder->dim, values)));
}

static void plan_scratch(struct plan *plan, struct mae_pass *pass, const struct plan_rows *rows)
{
    const struct block_size *encoder = &pass->layout.encoder.size;
    const struct block_size *decoder = &pass->layout.decoder.size;
    struct linear_space *space = &pass->scratch.space;
    size_t longest = 1 + (size_t)mae_patches(&pass->shape);
    size_t wide = larger(rows->encoder * encoder->dim, rows->decoder * decoder->dim);
    space->panels = take(plan, panels(pass));
    space->slot_floats = larger(block_slot(encoder, rows->encoder_group, longest),
                                block_slot(decoder, rows->decoder_group, longest));
    space->slots = take(plan, space->slot_count * space->slot_floats);
    if (pass->use == MAE_INFERENCE)
        return;
    pass->scratch.norm =
        take(plan, larger(4 * rows->images * larger(encoder->dim, decoder->dim),
                          larger(layernorm_scratch(rows->encoder, encoder->dim),
                                 layernorm_scratch(rows->predicted, decoder->dim))));
    pass->scratch.hidden =
        take(plan, largest(rows->encoder * encoder->hidden, rows->decoder * decoder->hidden,
                           rows->predicted * (size_t)mae_patch_values(&pass->shape)));
    pass->scratch.qkv = take(plan, 3 * wide);
    pass->scratch.middle = take(plan, wide);
    pass->scratch.wanted_norm1 = take(plan, rows->predicted * decoder->dim);
    pass->pred_gradient = pass->scratch.hidden;
    pass->latent_gradient = pass->scratch.qkv;
    pass->embedded_gradient = pass->scratch.middle;
    for (int i = 0; i < 2; i++)
        pass->gradient[i] = take(plan, wide);
}

/* What all blocks of both stacks work in, one after another, where activations are computed once
 * more. */
static struct block_memory plan_shared(struct plan *plan, const struct mae_pass *pass,
                                       const struct plan_rows *rows)
{
    const struct block_size *encoder = &pass->layout.encoder.size;
    const struct block_size *decoder = &pass->layout.decoder.size;
    if (pass->use != MAE_TRAINING_RECOMPUTE)
        return (struct block_memory){0};
    size_t most = larger(rows->encoder, rows->decoder);
    size_t wide = larger(rows->encoder * encoder->dim, rows->decoder * decoder->dim);
    return (struct block_memory){
        .statistics1 = take(plan, 2 * most),
        .qkv = take(plan, 3 * wide),
        .attended = take(plan, wide),
        .middle = take(plan, wide),
        .statistics2 = take(plan, 2 * most),
        .before_gelu =
            take(plan, larger(rows->encoder * encoder->hidden, rows->decoder * decoder->hidden)),
    };
}

static void plan_pass(struct plan *plan, struct mae_pass *pass, const struct plan_rows *rows)
{
    const struct mae_layout *layout = &pass->layout;
    size_t patch_values = (size_t)mae_patch_values(&pass->shape);
    size_t cells = rows->images * (size_t)mae_patches(&pass->shape);
    size_t dim = layout->encoder.size.dim, decoder_dim = layout->decoder.size.dim;

    pass->patches = take(plan, rows->encoder * patch_values);
    pass->encoder_in = take(plan, rows->encoder * dim);
    struct block_memory shared = plan_shared(plan, pass, rows);
    plan_stack(plan, pass->encoder, shared, &layout->encoder, pass->use, rows->encoder,
               rows->encoder, true);
    pass->latent = take(plan, rows->encoder * dim);
    pass->latent_statistics = take(plan, rows->encoder * 2);
    pass->embedded = take(plan, rows->encoder * decoder_dim);
    pass->decoder_in = take(plan, rows->decoder * decoder_dim);
    plan_stack(plan, pass->decoder, shared, &layout->decoder, pass->use, rows->decoder,
               rows->predicted, false);
    pass->decoded = take(plan, rows->predicted * decoder_dim);
    pass->decoded_statistics = take(plan, rows->predicted * 2);
    pass->pred = take(plan, rows->predicted * patch_values);
    pass->target = take(plan, rows->predicted * patch_values);
    pass->patch_error = take(plan, cells);
    pass->looked = take(plan, 2 * (1 + (size_t)mae_patches(&pass->shape)));
    plan_scratch(plan, pass, rows);
}

/* Behind all else: training never touches it. */
static void plan_pred_grid(struct plan *plan, struct mae_pass *pass, size_t images)
{
    size_t cells = images * (size_t)mae_patches(&pass->shape);
    pass->pred_grid = take(plan, cells * (size_t)mae_patch_values(&pass->shape));
}

static struct plan_rows most_rows(const struct mae_pass *pass)
{
    size_t images = (size_t)pass->images, patches = (size_t)mae_patches(&pass->shape);
    return (struct plan_rows){.images = images,
                              .encoder = images + pass->visible,
                              .decoder = images * (1 + patches),
                              .predicted = images * patches,
                              .encoder_group = GROUP_MOST + 1 + patches,
                              .decoder_group = GROUP_MOST + 1 + patches};
}

static bool allocate_indices(struct mae_pass *pass, struct error *error)
{
    size_t images = (size_t)pass->images, cells = images * (size_t)mae_patches(&pass->shape);
    pass->indices = memory_new(5 * (images + 1) + 2 * cells, sizeof *pass->indices, error);
    if (!pass->indices)
        return false;
    struct pass_rows *rows = &pass->rows;
    rows->encoder_offsets = pass->indices;
    rows->decoder_offsets = rows->encoder_offsets + images + 1;
    rows->predicted_offsets = rows->decoder_offsets + images + 1;
    rows->encoder_groups.offsets = rows->predicted_offsets + images + 1;
    rows->decoder_groups.offsets = rows->encoder_groups.offsets + images + 1;
    rows->source = rows->decoder_groups.offsets + images + 1;
    rows->predicted = rows->source + cells;
    return true;
}

struct mae_pass *mae_pass_new(const struct mae_shape *shape, int images, size_t visible,
                              enum mae_use use, struct error *error)
{
    struct mae_pass *pass = memory_new(1, sizeof *pass, error);
    if (!pass)
        return NULL;
    pass->shape = *shape;
    pass->images = images;
    pass->visible = visible;
    pass->use = use;
    pass->scratch.space.kernels = pass->scratch.space.floats = product_kernels_best(PRODUCT_FLOATS);
    pass->scratch.space.slot_count = slot_count();
    mae_layout_init(&pass->layout, NULL, shape, error);
    pass->encoder = memory_new(pass->layout.encoder.depth, sizeof *pass->encoder, error);
    pass->decoder = memory_new(pass->layout.decoder.depth, sizeof *pass->decoder, error);
    if (!pass->encoder || !pass->decoder || !allocate_indices(pass, error) ||
        !block_init(&pass->memory, mae_pass_size(shape, images, visible, use), error) ||
        !(pass->scratch.space.kernels || gemm_prepare(error))) {
        mae_pass_free(pass);
        return NULL;
    }
    return pass;
}

void mae_pass_free(struct mae_pass *pass)
{
    if (!pass)
        return;
    block_release(&pass->memory);
    free(pass->indices);
    free(pass->encoder);
    free(pass->decoder);
    free(pass);
}

bool mae_pass_set_precision(struct mae_pass *pass, enum mae_precision precision,
                            struct error *error)
{
    const struct product_kernels *kernels =
        product_kernels_best(precision == MAE_BF16 ? PRODUCT_HALVES : PRODUCT_FLOATS);
    if (precision == MAE_BF16 && !kernels)
        return error_set(error, ERROR_DATA,
                         "train.precision: bf16: this processor has no such products "
                         "(AVX512_BF16), or this program was built without them; use f32");
    pass->scratch.space.kernels = kernels;
    return true;
}

void mae_pass_set_interlude(struct mae_pass *pass, mae_interlude *interlude, void *context)
{
    pass->interlude = interlude;
    pass->interlude_context = context;
}

size_t mae_pass_size(const struct mae_shape *shape, int images, size_t visible, enum mae_use use)
{
    struct mae_pass pass = {.shape = *shape, .images = images, .visible = visible, .use = use};
    struct plan plan = {0};
    pass.scratch.space.slot_count = slot_count();
    mae_layout_init(&pass.layout, NULL, shape, NULL);
    struct plan_rows rows = most_rows(&pass);
    plan_pass(&plan, &pass, &rows);
    plan_pred_grid(&plan, &pass, rows.images);
    return plan.bytes;
}

size_t mae_pass_needs(const struct mae_shape *shape, int images, size_t visible, enum mae_use use)
{
    struct mae_pass pass = {.shape = *shape, .images = images, .visible = visible, .use = use};
    struct plan plan = {0};
    pass.scratch.space.slot_count = (size_t)parallel_threads();
    mae_layout_init(&pass.layout, NULL, shape, NULL);
    struct plan_rows rows = most_rows(&pass);
    rows.predicted -= visible;
    plan_pass(&plan, &pass, &rows);
    return plan.bytes;
}

/* Groups of consecutive images whose rows are about as many as make good use of a core: see
 * GROUPS. */
static void group_images(struct pass_groups *groups, const size_t *offsets, size_t images)
{
    size_t target = offsets[images] / GROUPS;
    target = target < GROUP_LEAST ? GROUP_LEAST : target > GROUP_MOST ? GROUP_MOST : target;
    groups->count = groups->rows = 0;
    for (size_t first = 0, end; first < images; first = end) {
        for (end = first + 1; end < images && offsets[end] - offsets[first] < target;)
            end++;
        groups->offsets[groups->count++] = first;
        groups->rows = larger(groups->rows, offsets[end] - offsets[first]);
    }
    groups->offsets[groups->count] = images;
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
    group_images(&rows->encoder_groups, rows->encoder_offsets, images);
    group_images(&rows->decoder_groups, rows->decoder_offsets, images);
    struct plan_rows planned = {.images = images,
                                .encoder = rows->encoder_offsets[images],
                                .decoder = rows->decoder_offsets[images],
                                .predicted = rows->predicted_count,
                                .encoder_group = rows->encoder_groups.rows,
                                .decoder_group = rows->decoder_groups.rows};
    struct plan plan = {.block = &pass->memory};
    block_clear(&pass->memory);
    plan_pass(&plan, pass, &planned);
    plan_pred_grid(&plan, pass, images);
}
