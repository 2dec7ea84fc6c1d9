#include "ui/window/screenshot.h"

#include <inttypes.h>
#include <stdio.h>

#include "data/image.h"
#include "ui/window/mask_text.h"

static bool read_pixels(SDL_Renderer *renderer, struct image *image, struct error *error)
{
    int width = 0, height = 0;
    SDL_GetRendererOutputSize(renderer, &width, &height);
    if (!image_resize(image, width, height, 3, error))
        return false;
    if (SDL_RenderReadPixels(renderer, NULL, SDL_PIXELFORMAT_RGB24, image->pixels, 3 * width) == 0)
        return true;
    return error_set(error, ERROR_SYSTEM, "cannot read the window's pixels: %s", SDL_GetError());
}

static bool write_described(const struct image *image, const struct ui_model *model,
                            const char *view, const char *path, struct error *error)
{
    const struct snapshot *snapshot = model->snapshot;
    char step[32], strategy[MASK_TEXT_SIZE] = "-", ratio[MASK_TEXT_SIZE] = "-";
    const char *arm = "-";
    snprintf(step, sizeof step, "%" PRId64, snapshot->step);
    if (snapshot->arm_count > 0) {
        const struct snapshot_arm *chosen = ui_chosen_arm(model);
        arm = chosen->name;
        mask_text_strategy(strategy, chosen);
        mask_text_ratio(ratio, chosen);
    }
    const char *const text[] = {
        "Software", "maskscope", "View",  view,  "Run", snapshot->folder, "Step", step, "Arm", arm,
        "Strategy", strategy,    "Ratio", ratio, NULL,
    };
    return image_write_png(image, path, text, error);
}

bool screenshot_write(SDL_Renderer *renderer, const struct ui_model *model, const char *view,
                      const char *path, struct error *error)
{
    struct image image = {0};
    bool good =
        read_pixels(renderer, &image, error) && write_described(&image, model, view, path, error);
    image_release(&image);
    return good;
}
