#include "ui/window/view.h"

const struct view *const window_views[WINDOW_VIEWS] = {
    &view_images, &view_compare,   &view_curves, &view_statistics,
    &view_masks,  &view_attention, &view_paint,  &view_history,
};
