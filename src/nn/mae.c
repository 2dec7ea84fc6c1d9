#include "nn/mae.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "nn/layout.h"
#include "nn/positions.h"

static void fill_positions(struct mae *mae, const struct mae_layout *layout)
{
    size_t height = (size_t)mae_grid_height(&mae->shape),
           width = (size_t)mae_grid_width(&mae->shape);
    positions_fill(mae->weights + layout->pos_embed, height, width, layout->encoder.size.dim);
    positions_fill(mae->weights + layout->decoder_pos_embed, height, width,
                   layout->decoder.size.dim);
}

struct mae *mae_new(const struct mae_shape *shape, struct error *error)
{
    struct mae_layout layout;
    if (!mae_shape_check(shape, error))
        return NULL;
    struct mae *mae = memory_new(1, sizeof *mae, error);
    if (!mae)
        return NULL;
    mae->shape = *shape;
    if (mae_layout_init(&layout, &mae->table, shape, error))
        mae->weights = memory_new(mae->table.total, sizeof *mae->weights, error);
    if (!mae->weights) {
        mae_free(mae);
        return NULL;
    }
    fill_positions(mae, &layout);
    return mae;
}

bool mae_is_of_decoder(const char *name)
{
    return !strncmp(name, "decoder", strlen("decoder")) || !strcmp(name, "mask_token");
}

void mae_free(struct mae *mae)
{
    if (!mae)
        return;
    free(mae->table.items);
    free(mae->weights);
    free(mae);
}

void mae_initialise(struct mae *mae, uint64_t seed)
{
    parameters_initialise(&mae->table, seed, mae->weights);
}
