#include "ui/window/shown.h"

#include <stdio.h>

#include "ui/window/mask_text.h"
#include "ui/window/theme.h"

const char *shown_nothing(const struct view_frame *frame)
{
    const struct gallery *gallery = &frame->model->snapshot->gallery;
    if (gallery->images < 1 || gallery->step < 0 || gallery->arms < 1)
        return "No pictures yet: they come with the first training steps.";
    if (frame->model->arm >= gallery->arms)
        return "No pictures of this arm yet: they come with the next round.";
    return NULL;
}

void shown_draw_nothing(const struct view_frame *frame, const char *why)
{
    canvas_text_in(frame->canvas, FONT_TEXT, frame->area, ALIGN_CENTER, THEME_MUTED, why);
}

void shown_arm_text(char out[SHOWN_TEXT_SIZE], const struct snapshot_arm *arm,
                    const struct gallery *gallery)
{
    char strategy[MASK_TEXT_SIZE], ratio[MASK_TEXT_SIZE], step[32];
    mask_text_strategy(strategy, arm);
    mask_text_ratio(ratio, arm);
    text_from_grouped(step, gallery->step);
    bool labelled = gallery->norm_pix;
    snprintf(out, SHOWN_TEXT_SIZE, "%s, ratio %s   step %s%s%s", strategy, ratio, step,
             labelled ? "   " : "", labelled ? pixel_display_label(gallery->display) : "");
}

void shown_image_name(char out[SHOWN_TEXT_SIZE], const struct gallery *gallery, int image)
{
    const char *class_name = gallery->classes[image];
    snprintf(out, SHOWN_TEXT_SIZE, "%s%s%s", class_name, class_name[0] ? ": " : "",
             gallery->names[image]);
}

const char *shown_error_label(const struct gallery *gallery)
{
    bool raw = gallery->norm_pix && gallery->display == PIXELS_RAW;
    return raw ? "patch MSE, normalised" : "patch MSE";
}
