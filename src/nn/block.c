/* How a block's work is divided, and its forward pass. */
#include "nn/block.h"

#include <string.h>

#include "base/parallel.h"
#include "nn/block_private.h"
#include "nn/gelu.h"
#include "nn/kernel.h"

size_t block_panels(const struct product_kernels *kernels, const struct block_size *size)
{
    size_t dim = size->dim; /* keys and values apart from queries may take a panel more */
    return linear_panels(kernels, dim, 2 * dim) + 2 * linear_panels(kernels, dim, dim) +
           2 * linear_panels(kernels, dim, size->hidden) +
           linear_panels(kernels, size->hidden, dim);
}

static size_t slot_rows_floats(size_t rows, size_t columns)
{
    return kernel_padded(rows * columns);
}

size_t block_slot(const struct block_size *size, size_t most_rows, size_t longest)
{
    return kernel_padded(product_scratch()) +
           kernel_padded(attention_scratch(longest, size->dim / size->heads)) +
           2 * slot_rows_floats(most_rows, size->dim) + slot_rows_floats(most_rows, size->hidden);
}

struct block_slot block_slot_at(const struct block_job *job, size_t slot)
{
    const struct linear_space *space = &job->scratch->space;
    size_t dim = job->size->dim, rows = job->rows->group_rows;
    struct block_slot parts = {.product = space->slots + slot * space->slot_floats};
    parts.norm = parts.product + kernel_padded(product_scratch());
    parts.wanted = parts.norm + slot_rows_floats(rows, dim);
    parts.hidden = parts.wanted + slot_rows_floats(rows, dim);
    parts.attention = parts.hidden + slot_rows_floats(rows, job->size->hidden);
    return parts;
}

struct block_group block_group_at(const struct block_rows *rows, size_t group)
{
    size_t first = rows->group_offsets[group], end = rows->group_offsets[group + 1];
    const size_t *wanted = rows->wanted ? rows->wanted_offsets : rows->offsets;
    return (struct block_group){first,
                                end - first,
                                rows->offsets[first],
                                rows->offsets[end] - rows->offsets[first],
                                wanted[first],
                                wanted[end] - wanted[first]};
}

static struct linear_layer layer_at(const float *weights, struct linear_place place,
                                    size_t skipped_rows, size_t in_dim, size_t out_dim, bool turned)
{
    const float *weight = weights + place.weight + skipped_rows * in_dim;
    struct product_factor factor = {.weight = weight,
                                    .turned = turned,
                                    .depth = turned ? in_dim : out_dim,
                                    .columns = turned ? out_dim : in_dim};
    return (struct linear_layer){factor, weights + place.bias + skipped_rows};
}

struct pack_job {
    const struct product_kernels *kernels;
    const struct block_layers *layers;
};

static void pack_panel(void *context, size_t task)
{
    const struct pack_job *job = context;
    const struct linear_layer *layer = job->layers->items;
    while (task >= product_panels(layer->weight.columns))
        task -= product_panels(layer++->weight.columns);
    product_pack(job->kernels, &layer->weight, task);
}

/* The three projections lie in one weight [3 dim, dim]: queries first, then keys and values. */
void block_pack(struct block_layers *layers, const struct block_job *job, bool turned)
{
    const struct block_layout *layout = job->layout;
    const struct linear_space *space = &job->scratch->space;
    const float *weights = job->weights;
    size_t dim = job->size->dim, hidden = job->size->hidden, panels = 0;
    bool apart = job->rows->wanted;
    *layers = (struct block_layers){{
        [BLOCK_QKV] =
            layer_at(weights, layout->qkv, apart ? dim : 0, dim, (apart ? 2 : 3) * dim, turned),
        [BLOCK_PROJ] = layer_at(weights, layout->proj, 0, dim, dim, turned),
        [BLOCK_FC1] = layer_at(weights, layout->fc1, 0, dim, hidden, turned),
        [BLOCK_FC2] = layer_at(weights, layout->fc2, 0, hidden, dim, turned),
    }};
    if (apart)
        layers->items[BLOCK_QUERIES] = layer_at(weights, layout->qkv, 0, dim, dim, turned);
    float *at = space->panels;
    for (int i = 0; i < BLOCK_LAYERS; i++) {
        struct product_factor *factor = &layers->items[i].weight;
        factor->panels = at;
        panels += product_panels(factor->columns);
        at += product_panels(factor->columns) * product_panel_floats(space->kernels, factor->depth);
    }
    struct pack_job pack = {space->kernels, layers};
    if (space->kernels)
        parallel_for(panels, pack_panel, &pack);
}

struct attention_input block_attention_input(const struct block_job *job)
{
    const struct product_kernels *kernels = job->scratch->space.floats;
    const float *qkv = job->memory->qkv;
    size_t dim = job->size->dim;
    if (!job->rows->wanted)
        return (struct attention_input){qkv, qkv + dim, qkv + 2 * dim, 3 * dim, 3 * dim, kernels};
    return (struct attention_input){
        qkv + 2 * dim * job->rows->count, qkv, qkv + dim, dim, 2 * dim, kernels};
}

struct attention_size block_attention_size(const struct block_size *size,
                                           const struct block_rows *rows, size_t first_span,
                                           size_t spans)
{
    const size_t *queries = rows->wanted ? rows->wanted_offsets : rows->offsets;
    return (struct attention_size){size->dim, size->heads, spans, queries + first_span,
                                   rows->offsets + first_span};
}

struct forward_job {
    struct block_job block;
    struct block_layers layers;
    const float *in;
    enum block_extent extent;
};

/* The wanted of a group's rows, [W, dim]. */
static const float *gather(float *to, const float *rows, const struct block_rows *all,
                           const struct block_group *group, size_t dim)
{
    for (size_t i = 0; i < group->wanted; i++)
        memcpy(to + i * dim, rows + (all->wanted[group->first_wanted + i] - group->first) * dim,
               dim * sizeof *to);
    return to;
}

static void project_qkv(const struct forward_job *job, const struct block_group *group,
                        const struct block_slot *slot)
{
    const struct block_rows *rows = job->block.rows;
    const struct product_kernels *kernels = job->block.scratch->space.kernels;
    const struct linear_layer *qkv = &job->layers.items[BLOCK_QKV];
    size_t dim = job->block.size->dim, columns = qkv->weight.columns;
    float *to = job->block.memory->qkv;
    linear_rows(kernels, to + group->first * columns, NULL, slot->norm, qkv, group->rows,
                slot->product);
    if (!rows->wanted)
        return;
    linear_rows(kernels, to + rows->count * columns + group->first_wanted * dim, NULL,
                gather(slot->wanted, slot->norm, rows, group, dim),
                &job->layers.items[BLOCK_QUERIES], group->wanted, slot->product);
}

static void attend(const struct forward_job *job, const struct block_group *group,
                   const struct block_slot *slot)
{
    const struct block_job *block = &job->block;
    size_t dim = block->size->dim, at = group->first_wanted * dim;
    const float *in = job->in + group->first * dim;
    struct attention_input input = block_attention_input(block);
    struct attention_size size =
        block_attention_size(block->size, block->rows, group->first_span, group->spans);
    attention_forward(block->memory->attended + at, &input, &size, slot->attention);
    if (block->rows->wanted)
        in = gather(slot->wanted, in, block->rows, group, dim);
    linear_rows(block->scratch->space.kernels, block->memory->middle + at, in,
                block->memory->attended + at, &job->layers.items[BLOCK_PROJ], group->wanted,
                slot->product);
}

static void mlp(const struct forward_job *job, const struct block_group *group,
                const struct block_slot *slot)
{
    const struct block_memory *memory = job->block.memory;
    const struct product_kernels *kernels = job->block.scratch->space.kernels;
    const float *norm_weight = job->block.weights + job->block.layout->norm2.weight;
    const float *norm_bias = job->block.weights + job->block.layout->norm2.bias;
    size_t dim = job->block.size->dim, hidden = job->block.size->hidden, rows = group->wanted;
    float *middle = memory->middle + group->first_wanted * dim;
    float *before_gelu = memory->before_gelu + group->first_wanted * hidden;
    layernorm_rows(slot->norm, memory->statistics2 + 2 * group->first_wanted, middle, norm_weight,
                   norm_bias, rows, dim);
    linear_rows(kernels, before_gelu, NULL, slot->norm, &job->layers.items[BLOCK_FC1], rows,
                slot->product);
    if (job->extent == BLOCK_MEMORY)
        return;
    gelu_forward(slot->hidden, before_gelu, rows * hidden);
    linear_rows(kernels, memory->out + group->first_wanted * dim, middle, slot->hidden,
                &job->layers.items[BLOCK_FC2], rows, slot->product);
}

static void forward_group(void *context, size_t number, size_t slot_number)
{
    const struct forward_job *job = context;
    const struct block_job *block = &job->block;
    struct block_slot slot = block_slot_at(block, slot_number);
    struct block_group group = block_group_at(block->rows, number);
    size_t dim = block->size->dim;
    layernorm_rows(slot.norm, block->memory->statistics1 + 2 * group.first,
                   job->in + group.first * dim, block->weights + block->layout->norm1.weight,
                   block->weights + block->layout->norm1.bias, group.rows, dim);
    project_qkv(job, &group, &slot);
    attend(job, &group, &slot);
    mlp(job, &group, &slot);
}

void block_forward(const struct block_memory *memory, const float *in, const float *weights,
                   const struct block_layout *layout, const struct block_size *size,
                   const struct block_rows *rows, const struct block_scratch *scratch,
                   enum block_extent extent)
{
    struct forward_job job = {
        .block = {memory, weights, layout, size, rows, scratch}, .in = in, .extent = extent};
    block_pack(&job.layers, &job.block, true);
    parallel_for_slots(rows->groups, scratch->space.slot_count, forward_group, &job);
}

void block_attention(float *weights, const struct block_memory *memory,
                     const struct block_size *size, const struct block_rows *rows, size_t span,
                     size_t head, size_t query, const struct block_scratch *scratch)
{
    struct block_job job = {memory, NULL, NULL, size, rows, scratch};
    struct attention_input input = block_attention_input(&job);
    struct attention_size spans = block_attention_size(size, rows, span, 1);
    size_t first_key = spans.key_offsets[0];
    const size_t one_query[] = {0, 1}, keys[] = {0, spans.key_offsets[1] - first_key};
    input.queries += (spans.query_offsets[0] + query) * input.query_stride;
    input.keys += first_key * input.key_stride;
    input.values += first_key * input.key_stride;
    struct attention_size one = {size->dim, size->heads, 1, one_query, keys};
    attention_weights(weights, &input, &one, 0, head, block_slot_at(&job, 0).attention);
}
