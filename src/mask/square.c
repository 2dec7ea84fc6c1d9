/* square: one visible square, as near as V allows, anywhere on the grid; everything else hidden. */
#include "mask/families.h"
#include "mask/rectangle.h"

static void draw(const struct mask_request *request, uint8_t *mask)
{
    int visible = request->grid_height * request->grid_width - request->hidden;
    struct rectangle rectangle = rectangle_holding(request, visible, 1.0);
    rectangle_place(request, &rectangle);
    rectangle_show(request, &rectangle, visible, mask);
}

const struct strategy strategy_square = {
    .name = "square",
    .help = "everything but one square",
    .source = "Wang et al. 2023, Hard Patches Mining for Masked Image Modeling",
    .draw = draw,
};
