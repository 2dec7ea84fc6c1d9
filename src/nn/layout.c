#include "nn/layout.h"

#include <stdio.h>

#include "base/memory.h"

enum { ITEMS_PER_BLOCK = 12, ITEMS_OUTSIDE_BLOCKS = 14 };

struct walk {
    struct parameter_table *table; /* or null */
    size_t at;                     /* floats handed out so far */
    char prefix[32];               /* of the names that follow */
};

/* Appends a tensor of up to four dimensions (0 ends them) and returns where it lies. */
static size_t add(struct walk *walk, const char *name, enum parameter_init init,
                  const int shape[PARAMETER_DIMENSIONS])
{
    struct parameter item = {.offset = walk->at, .count = 1, .init = init};
    while (item.dimensions < PARAMETER_DIMENSIONS && shape[item.dimensions]) {
        item.shape[item.dimensions] = shape[item.dimensions];
        item.count *= (size_t)shape[item.dimensions++];
    }
    item.decay = item.dimensions > 1 && init != PARAMETER_FIXED;
    snprintf(item.name, sizeof item.name, "%s%s", walk->prefix, name);
    if (walk->table)
        walk->table->items[walk->table->count++] = item;
    walk->at += item.count;
    return item.offset;
}

static size_t add_tensor(struct walk *walk, const char *layer, const char *part,
                         enum parameter_init init, const int shape[PARAMETER_DIMENSIONS])
{
    char name[PARAMETER_NAME_SIZE];
    snprintf(name, sizeof name, "%s.%s", layer, part);
    return add(walk, name, init, shape);
}

static struct linear_place add_linear(struct walk *walk, const char *layer, size_t in, size_t out)
{
    const int weight[PARAMETER_DIMENSIONS] = {(int)out, (int)in};
    const int bias[PARAMETER_DIMENSIONS] = {(int)out};
    struct linear_place place;
    place.weight = add_tensor(walk, layer, "weight", PARAMETER_XAVIER, weight);
    place.bias = add_tensor(walk, layer, "bias", PARAMETER_ZERO, bias);
    return place;
}

static struct norm_place add_norm(struct walk *walk, const char *layer, size_t dim)
{
    const int shape[PARAMETER_DIMENSIONS] = {(int)dim};
    struct norm_place place;
    place.weight = add_tensor(walk, layer, "weight", PARAMETER_ONE, shape);
    place.bias = add_tensor(walk, layer, "bias", PARAMETER_ZERO, shape);
    return place;
}

static struct block_layout add_block(struct walk *walk, const struct block_size *size)
{
    struct block_layout block;
    block.norm1 = add_norm(walk, "norm1", size->dim);
    block.qkv = add_linear(walk, "attn.qkv", size->dim, 3 * size->dim);
    block.proj = add_linear(walk, "attn.proj", size->dim, size->dim);
    block.norm2 = add_norm(walk, "norm2", size->dim);
    block.fc1 = add_linear(walk, "mlp.fc1", size->dim, size->hidden);
    block.fc2 = add_linear(walk, "mlp.fc2", size->hidden, size->dim);
    return block;
}

/* From places in the whole block to places in the transformer block's own part. */
static struct block_layout relative(struct block_layout block, size_t first)
{
    size_t *const places[] = {&block.norm1.weight, &block.norm1.bias,  &block.qkv.weight,
                              &block.qkv.bias,     &block.proj.weight, &block.proj.bias,
                              &block.norm2.weight, &block.norm2.bias,  &block.fc1.weight,
                              &block.fc1.bias,     &block.fc2.weight,  &block.fc2.bias};
    _Static_assert(ARRAY_LENGTH(places) == ITEMS_PER_BLOCK, "every tensor of a block");
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
        *places[i] -= first;
    return block;
}

static struct stack_layout add_stack(struct walk *walk, const char *blocks, const char *norm,
                                     size_t depth, const struct block_size *size)
{
    struct stack_layout stack = {.size = *size, .depth = depth, .first = walk->at};
    for (size_t i = 0; i < depth; i++) {
        size_t first = walk->at;
        snprintf(walk->prefix, sizeof walk->prefix, "%s.%zu.", blocks, i);
        stack.block = relative(add_block(walk, size), first);
        stack.stride = walk->at - first;
    }
    walk->prefix[0] = '\0';
    stack.norm = add_norm(walk, norm, size->dim);
    return stack;
}

static struct block_size block_size(int dim, int heads, double mlp_ratio)
{
    return (struct block_size){(size_t)dim, (size_t)heads, (size_t)(dim * mlp_ratio)};
}

bool mae_layout_init(struct mae_layout *layout, struct parameter_table *table,
                     const struct mae_shape *shape, struct error *error)
{
    struct walk walk = {.table = table};
    if (table) {
        int blocks = shape->depth + shape->decoder_depth;
        *table = (struct parameter_table){0};
        table->items = memory_new((size_t)(ITEMS_OUTSIDE_BLOCKS + ITEMS_PER_BLOCK * blocks),
                                  sizeof *table->items, error);
        if (!table->items)
            return false;
    }
    int tokens = 1 + mae_patches(shape), dim = shape->embed_dim, decoder_dim = shape->decoder_dim;
    struct block_size encoder = block_size(dim, shape->heads, shape->mlp_ratio);
    struct block_size decoder = block_size(decoder_dim, shape->decoder_heads, shape->mlp_ratio);
    layout->cls_token = add(&walk, "cls_token", PARAMETER_NORMAL, (int[4]){1, 1, dim});
    layout->patch_embed.weight = add(&walk, "patch_embed.proj.weight", PARAMETER_XAVIER,
                                     (int[4]){dim, shape->channels, shape->patch, shape->patch});
    layout->patch_embed.bias = add(&walk, "patch_embed.proj.bias", PARAMETER_ZERO, (int[4]){dim});
    layout->encoder = add_stack(&walk, "blocks", "norm", (size_t)shape->depth, &encoder);
    layout->decoder_embed = add_linear(&walk, "decoder_embed", encoder.dim, decoder.dim);
    layout->mask_token = add(&walk, "mask_token", PARAMETER_NORMAL, (int[4]){1, 1, decoder_dim});
    layout->decoder =
        add_stack(&walk, "decoder_blocks", "decoder_norm", (size_t)shape->decoder_depth, &decoder);
    layout->decoder_pred =
        add_linear(&walk, "decoder_pred", decoder.dim, (size_t)mae_patch_values(shape));
    size_t trained = walk.at;
    layout->pos_embed = add(&walk, "pos_embed", PARAMETER_FIXED, (int[4]){1, tokens, dim});
    layout->decoder_pos_embed =
        add(&walk, "decoder_pos_embed", PARAMETER_FIXED, (int[4]){1, tokens, decoder_dim});
    if (table) {
        table->trained = trained;
        table->total = walk.at;
    }
    return true;
}
