#include "mask/edge.h"

#include <string.h>

/* The patches without the value that touch one with it, and whether a patch ever was among them. */
struct edge {
    int grid_height, grid_width;
    uint8_t value;
    uint8_t *known; /* [L] */
    uint32_t *patches, count;
};

static void add(struct edge *edge, const uint8_t *mask, int y, int x)
{
    if (y < 0 || x < 0 || y >= edge->grid_height || x >= edge->grid_width)
        return;
    int patch = y * edge->grid_width + x;
    if (mask[patch] == edge->value || edge->known[patch])
        return;
    edge->known[patch] = 1;
    edge->patches[edge->count++] = (uint32_t)patch;
}

static void add_around(struct edge *edge, const uint8_t *mask, int patch)
{
    int y = patch / edge->grid_width, x = patch % edge->grid_width;
    add(edge, mask, y - 1, x);
    add(edge, mask, y + 1, x);
    add(edge, mask, y, x - 1);
    add(edge, mask, y, x + 1);
}

void edge_grow(const struct mask_request *request, uint8_t value, int count, uint8_t *mask)
{
    int patches = request->grid_height * request->grid_width;
    struct edge edge = {request->grid_height,
                        request->grid_width,
                        value,
                        request->scratch + (size_t)patches * sizeof(uint32_t),
                        (uint32_t *)(void *)request->scratch,
                        0};
    memset(edge.known, 0, (size_t)patches);
    for (int patch = 0; patch < patches; patch++)
        if (mask[patch] == value)
            add_around(&edge, mask, patch);
    if (edge.count == 0)
        edge.patches[edge.count++] = random_below(request->random, (uint32_t)patches);
    for (; count > 0; count--) {
        uint32_t chosen = random_below(request->random, edge.count);
        int patch = (int)edge.patches[chosen];
        edge.patches[chosen] = edge.patches[--edge.count];
        mask[patch] = value;
        add_around(&edge, mask, patch);
    }
}

size_t edge_scratch_size(int patches)
{
    return (size_t)patches * (sizeof(uint32_t) + 1);
}
