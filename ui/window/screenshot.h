/* The window as a PNG, with what it shows in the file's text chunks. Main thread only. */
#ifndef MASKSCOPE_UI_WINDOW_SCREENSHOT_H
#define MASKSCOPE_UI_WINDOW_SCREENSHOT_H

#include <SDL.h>

#include "base/error.h"
#include "ui/model.h"

/* What the renderer has drawn since it was last presented goes to path. ERROR_SYSTEM (the pixels
 * cannot be read), ERROR_CREATE, ERROR_IO. */
bool screenshot_write(SDL_Renderer *renderer, const struct ui_model *model, const char *view,
                      const char *path, struct error *error);

#endif
