#include "ui/window/view.h"

const struct view *const window_views[WINDOW_VIEWS] = {
    &window_view_images, &window_view_compare,   &window_view_curves, &window_view_statistics,
    &window_view_masks,  &window_view_attention, &window_view_paint,  &window_view_history,
};
