#include "ui/window/view.h"

const struct view *const window_views[WINDOW_VIEWS] = {&view_images, &view_curves};
