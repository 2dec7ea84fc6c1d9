#include "mask/rectangle.h"

#include <math.h>
#include <string.h>

static int held(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

struct rectangle rectangle_shaped(double area, double aspect)
{
    return (struct rectangle){.height = (int)fmax(1.0, rint(sqrt(area * aspect))),
                              .width = (int)fmax(1.0, rint(sqrt(area / aspect)))};
}

static int divided_up(int a, int b)
{
    return (a + b - 1) / b;
}

struct rectangle rectangle_holding(const struct mask_request *request, int count, double aspect)
{
    int height = held((int)rint(sqrt(count * aspect)), 1, request->grid_height);
    int width = held(divided_up(count, height), 1, request->grid_width);
    return (struct rectangle){.height = divided_up(count, width), .width = width};
}

void rectangle_place(const struct mask_request *request, struct rectangle *rectangle)
{
    uint32_t tops = (uint32_t)(request->grid_height - rectangle->height + 1);
    uint32_t lefts = (uint32_t)(request->grid_width - rectangle->width + 1);
    rectangle->top = (int)random_below(request->random, tops);
    rectangle->left = (int)random_below(request->random, lefts);
}

void rectangle_fill(const struct mask_request *request, const struct rectangle *rectangle,
                    uint8_t value, uint8_t *mask)
{
    for (int y = rectangle->top; y < rectangle->top + rectangle->height; y++)
        memset(mask + y * request->grid_width + rectangle->left, value, (size_t)rectangle->width);
}

void rectangle_show(const struct mask_request *request, const struct rectangle *rectangle,
                    int count, uint8_t *mask)
{
    uint32_t corner = random_below(request->random, 4);
    bool from_below = corner & 1, from_right = corner & 2;
    memset(mask, 1, (size_t)(request->grid_height * request->grid_width));
    for (int i = 0; i < count; i++) {
        int y = i / rectangle->width, x = i % rectangle->width;
        y = rectangle->top + (from_below ? rectangle->height - 1 - y : y);
        x = rectangle->left + (from_right ? rectangle->width - 1 - x : x);
        mask[y % request->grid_height * request->grid_width + x % request->grid_width] = 0;
    }
}
