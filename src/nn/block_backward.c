/* The backward pass through a block, first through its MLP and then through its attention.
 *
 * In each, gradients flow from the output to the input, group by group; what the weights' gradients
 * need on their other side (norms, gelu) is computed once more on the way and takes the place of
 * what is not needed any longer. Then the weights' gradients are summed up, tile by tile, while
 * that is in the cache that cores share.
 */
#include "nn/block.h"

#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "nn/block_private.h"
#include "nn/gelu.h"
#include "nn/kernel.h"

struct job {
    struct block_job block;
    struct block_layers layers;
    float *in, *in_gradient, *weight_gradients, *gradient;
};

static void multiply(const struct job *job, float *to, const float *gradients,
                     enum block_layer layer, size_t rows, const struct block_slot *slot)
{
    const struct product_factor *weight = &job->layers.items[layer].weight;
    product_rows(job->block.scratch->space.kernels, to, weight->columns, false, gradients,
                 weight->depth, rows, weight, slot->product);
}

/* Where a group's sums of a norm's gradients go. */
static float *norm_sums(const struct block_job *block, int norm, size_t group)
{
    return block->scratch->norm +
           ((size_t)norm * block->rows->groups + group) * 2 * block->size->dim;
}

/* Gradient of out -> gradient of middle; middle becomes norm2, before_gelu its gelu. */
static void mlp_backward(const struct job *job, size_t number, const struct block_group *group,
                         const struct block_slot *slot)
{
    const struct block_job *block = &job->block;
    const float *weight = block->weights + block->layout->norm2.weight;
    const float *bias = block->weights + block->layout->norm2.bias;
    size_t dim = block->size->dim, hidden = block->size->hidden, rows = group->wanted;
    size_t at = group->first_wanted * dim, hidden_at = group->first_wanted * hidden;
    float *hidden_gradient = block->scratch->hidden + hidden_at;
    float *middle = block->memory->middle + at;
    const float *statistics = block->memory->statistics2 + 2 * group->first_wanted;
    multiply(job, hidden_gradient, job->gradient + at, BLOCK_FC2, rows, slot);
    gelu_backward_again(hidden_gradient, block->memory->before_gelu + hidden_at, rows * hidden);
    multiply(job, slot->norm, hidden_gradient, BLOCK_FC1, rows, slot);
    layernorm_rows_backward(block->scratch->middle + at, job->gradient + at,
                            norm_sums(block, 1, number), slot->norm, middle, statistics, weight,
                            rows, dim);
    layernorm_rows_again(middle, statistics, weight, bias, rows, dim);
}

/* Gradient of middle -> gradients of queries, keys and values. */
static void attend_backward(const struct job *job, const struct block_group *group,
                            const struct block_slot *slot)
{
    const struct block_job *block = &job->block;
    const float *qkv = block->memory->qkv;
    float *to = block->scratch->qkv;
    size_t dim = block->size->dim;
    struct attention_input input = block_attention_input(block);
    struct attention_size size =
        block_attention_size(block->size, block->rows, group->first_span, group->spans);
    struct attention_gradients gradients = {to + (input.queries - qkv), to + (input.keys - qkv),
                                            to + (input.values - qkv)};
    multiply(job, slot->norm, block->scratch->middle + group->first_wanted * dim, BLOCK_PROJ,
             group->wanted, slot);
    attention_backward(&gradients, slot->norm, &input, &size, slot->attention);
}

KERNEL static void add_row(float *restrict to, const float *restrict from, size_t dim)
{
#pragma omp simd
    for (size_t i = 0; i < dim; i++)
        to[i] += from[i];
}

/* rows [rows of the group, dim] += those that are wanted. */
static void scatter_add(float *rows, const float *wanted, const struct block_rows *all,
                        const struct block_group *group, size_t dim)
{
    for (size_t i = 0; i < group->wanted; i++)
        add_row(rows + (all->wanted[group->first_wanted + i] - group->first) * dim,
                wanted + i * dim, dim);
}

/* Gradients of queries, keys and values -> that of norm1, in slot->norm. */
static void project_backward(const struct job *job, const struct block_group *group,
                             const struct block_slot *slot)
{
    const struct block_rows *rows = job->block.rows;
    const float *qkv = job->block.scratch->qkv;
    size_t dim = job->block.size->dim, columns = job->layers.items[BLOCK_QKV].weight.depth;
    multiply(job, slot->norm, qkv + group->first * columns, BLOCK_QKV, group->rows, slot);
    if (!rows->wanted)
        return;
    multiply(job, slot->wanted, qkv + rows->count * columns + group->first_wanted * dim,
             BLOCK_QUERIES, group->wanted, slot);
    scatter_add(slot->norm, slot->wanted, rows, group, dim);
}

/* Gradient of norm1 in slot->norm, and of middle -> gradient of in; in becomes norm1. */
static void norm1_backward(const struct job *job, size_t number, const struct block_group *group,
                           const struct block_slot *slot)
{
    const struct block_job *block = &job->block;
    const struct block_rows *rows = block->rows;
    const float *weight = block->weights + block->layout->norm1.weight;
    const float *bias = block->weights + block->layout->norm1.bias;
    size_t dim = block->size->dim, at = group->first * dim, at_wanted = group->first_wanted * dim;
    const float *statistics = block->memory->statistics1 + 2 * group->first;
    const float *middle = block->scratch->middle + at_wanted;
    float *in = job->in + at, *in_gradient = job->in_gradient + at;
    if (rows->wanted) {
        memset(in_gradient, 0, group->rows * dim * sizeof *in_gradient);
        scatter_add(in_gradient, middle, rows, group, dim);
    }
    layernorm_rows_backward(in_gradient, rows->wanted ? in_gradient : middle,
                            norm_sums(block, 0, number), slot->norm, in, statistics, weight,
                            group->rows, dim);
    layernorm_rows_again(in, statistics, weight, bias, group->rows, dim);
    float *wanted_norm1 = block->scratch->wanted_norm1;
    for (size_t i = 0; rows->wanted && i < group->wanted; i++)
        memcpy(wanted_norm1 + at_wanted + i * dim,
               job->in + rows->wanted[group->first_wanted + i] * dim, dim * sizeof *wanted_norm1);
}

static size_t wanted_rows(const struct job *job)
{
    const struct block_rows *rows = job->block.rows;
    return rows->wanted ? rows->wanted_count : rows->count;
}

/* What sums are made of, [W or M, columns] each. */
struct factors {
    size_t count;
    struct factor {
        float *rows;
        size_t columns;
        bool wanted; /* its rows are those that are wanted */
    } items[6];
};

static struct factors mlp_factors(const struct job *job)
{
    const struct block_job *block = &job->block;
    size_t dim = block->size->dim, hidden = block->size->hidden;
    return (struct factors){4,
                            {{block->scratch->hidden, hidden, true},
                             {block->memory->middle, dim, true},
                             {job->gradient, dim, true},
                             {block->memory->before_gelu, hidden, true}}};
}

/* Where not all rows are wanted, two more of queries. */
static struct factors attention_factors(const struct job *job)
{
    const struct block_job *block = &job->block;
    const struct block_rows *rows = block->rows;
    float *qkv = block->scratch->qkv;
    size_t dim = block->size->dim;
    return (struct factors){rows->wanted ? 6 : 4,
                            {{block->scratch->middle, dim, true},
                             {block->memory->attended, dim, true},
                             {qkv, job->layers.items[BLOCK_QKV].weight.depth, false},
                             {job->in, dim, false},
                             {qkv + 2 * dim * rows->count, dim, true},
                             {block->scratch->wanted_norm1, dim, true}}};
}

/* Makes a group's rows of the factors ready for the sums. */
static void pair_rows(const struct job *job, const struct factors *factors,
                      const struct block_group *group)
{
    for (size_t i = 0; i < factors->count; i++) {
        const struct factor *factor = &factors->items[i];
        size_t first = factor->wanted ? group->first_wanted : group->first;
        size_t rows = factor->wanted ? group->wanted : group->rows;
        product_pair(job->block.scratch->space.kernels, factor->rows, factor->columns, first,
                     first + rows);
    }
}

/* The rows next to where groups end: so few that waking threads for them would take longer. */
static void pair_ends(const struct job *job, const struct factors *factors)
{
    const struct block_rows *rows = job->block.rows;
    for (size_t number = 0; number < rows->groups; number++) {
        struct block_group group = block_group_at(rows, number);
        for (size_t i = 0; i < factors->count; i++) {
            const struct factor *factor = &factors->items[i];
            size_t own = factor->wanted ? group.wanted : group.rows;
            size_t end = (factor->wanted ? group.first_wanted : group.first) + own;
            size_t count = factor->wanted ? wanted_rows(job) : rows->count;
            if (own > 0)
                product_pair_at(job->block.scratch->space.kernels, factor->rows, factor->columns,
                                end, end == count);
        }
    }
}

static void mlp_group(void *context, size_t number, size_t slot_number)
{
    const struct job *job = context;
    struct block_slot slot = block_slot_at(&job->block, slot_number);
    struct block_group group = block_group_at(job->block.rows, number);
    struct factors factors = mlp_factors(job);
    mlp_backward(job, number, &group, &slot);
    pair_rows(job, &factors, &group);
}

static void attention_group(void *context, size_t number, size_t slot_number)
{
    const struct job *job = context;
    struct block_slot slot = block_slot_at(&job->block, slot_number);
    struct block_group group = block_group_at(job->block.rows, number);
    struct factors factors = attention_factors(job);
    attend_backward(job, &group, &slot);
    project_backward(job, &group, &slot);
    norm1_backward(job, number, &group, &slot);
    pair_rows(job, &factors, &group);
}

/* Sums of outer products, and those of a norm last. */
struct sums {
    const struct job *job;
    struct product_sum items[BLOCK_LAYERS];
    size_t tiles;
    int norm;
};

static void sum_norm(const struct job *job, int norm)
{
    const struct block_job *block = &job->block;
    struct norm_place place = norm ? block->layout->norm2 : block->layout->norm1;
    size_t dim = block->size->dim, groups = block->rows->groups;
    const float *sums = norm_sums(block, norm, 0);
    column_sums(job->weight_gradients + place.weight, sums, 2 * dim, groups, dim);
    column_sums(job->weight_gradients + place.bias, sums + dim, 2 * dim, groups, dim);
}

static void sum_task(void *context, size_t task, size_t slot)
{
    const struct sums *sums = context;
    const struct block_job *block = &sums->job->block;
    if (task >= sums->tiles) {
        sum_norm(sums->job, sums->norm);
        return;
    }
    const struct product_sum *sum = sums->items;
    while (task >= product_sum_tiles(sum))
        task -= product_sum_tiles(sum++);
    product_sum_tile(block->scratch->space.kernels, sum, task, block_slot_at(block, slot).product);
}

static struct product_sum sum_of(const struct job *job, struct linear_place place,
                                 const float *gradient, const float *in, size_t rows,
                                 size_t out_dim, size_t in_dim)
{
    float *gradients = job->weight_gradients;
    return (struct product_sum){gradients + place.weight,
                                gradients + place.bias,
                                gradient,
                                in,
                                rows,
                                out_dim,
                                in_dim,
                                true};
}

/* Queries are the first rows of the projections, keys and values the others. */
static void sum_qkv(struct sums *sums)
{
    const struct job *job = sums->job;
    const struct block_rows *rows = job->block.rows;
    const float *qkv = job->block.scratch->qkv;
    struct linear_place place = job->block.layout->qkv, keys_values = place;
    size_t dim = job->block.size->dim;
    keys_values.weight += dim * dim;
    keys_values.bias += dim;
    if (!rows->wanted) {
        sums->items[BLOCK_QKV] = sum_of(job, place, qkv, job->in, rows->count, 3 * dim, dim);
        return;
    }
    sums->items[BLOCK_QKV] = sum_of(job, keys_values, qkv, job->in, rows->count, 2 * dim, dim);
    sums->items[BLOCK_QUERIES] =
        sum_of(job, place, qkv + 2 * dim * rows->count, job->block.scratch->wanted_norm1,
               rows->wanted_count, dim, dim);
}

static void run_sums(struct sums *sums)
{
    for (int i = 0; i < BLOCK_LAYERS; i++)
        sums->tiles += product_sum_tiles(&sums->items[i]);
    parallel_for_slots(sums->tiles + 1, sums->job->block.scratch->space.slot_count, sum_task, sums);
}

static void sum_mlp(const struct job *job)
{
    const struct block_job *block = &job->block;
    size_t dim = block->size->dim, hidden = block->size->hidden, rows = wanted_rows(job);
    struct sums sums = {.job = job, .norm = 1};
    sums.items[BLOCK_FC1] = sum_of(job, block->layout->fc1, block->scratch->hidden,
                                   block->memory->middle, rows, hidden, dim);
    sums.items[BLOCK_FC2] = sum_of(job, block->layout->fc2, job->gradient,
                                   block->memory->before_gelu, rows, dim, hidden);
    run_sums(&sums);
}

static void sum_attention(const struct job *job)
{
    const struct block_job *block = &job->block;
    size_t dim = block->size->dim;
    struct sums sums = {.job = job, .norm = 0};
    sums.items[BLOCK_PROJ] = sum_of(job, block->layout->proj, block->scratch->middle,
                                    block->memory->attended, wanted_rows(job), dim, dim);
    sum_qkv(&sums);
    run_sums(&sums);
}

void block_backward(float *in_gradient, float *weight_gradients, float *gradient,
                    const struct block_memory *memory, float *in, const float *weights,
                    const struct block_layout *layout, const struct block_size *size,
                    const struct block_rows *rows, const struct block_scratch *scratch)
{
    struct job job = {.block = {memory, weights, layout, size, rows, scratch},
                      .in = in,
                      .in_gradient = in_gradient,
                      .weight_gradients = weight_gradients,
                      .gradient = gradient};
    block_pack(&job.layers, &job.block, false);
    parallel_for_slots(rows->groups, scratch->space.slot_count, mlp_group, &job);
    struct factors factors = mlp_factors(&job);
    pair_ends(&job, &factors);
    sum_mlp(&job);
    parallel_for_slots(rows->groups, scratch->space.slot_count, attention_group, &job);
    factors = attention_factors(&job);
    pair_ends(&job, &factors);
    sum_attention(&job);
    /* A key's bias shifts all scores of a query alike, which softmax does not see. Its gradient is
     * zero; what was summed is rounding error, which Adam would blow up to full-sized steps. */
    memset(weight_gradients + layout->qkv.bias + size->dim, 0, size->dim * sizeof(float));
}
