/* Figures for print: the view in front on white at 300 dots per inch, with a title above, a line
 * below that says where it comes from, its size in the file, and in the file's text chunks all
 * settings that made it. Main thread only.
 */
#ifndef MASKSCOPE_UI_WINDOW_FIGURE_H
#define MASKSCOPE_UI_WINDOW_FIGURE_H

#include "ui/window/view.h"

/* The view's textures are released: they belong to another renderer. ERROR_SYSTEM, ERROR_CREATE,
 * ERROR_IO. */
bool figure_write(const struct view *view, void *state, struct ui_model *model, double aspect,
                  const char *path, double width_mm, struct error *error);

#endif
