/* What views say of the shown pictures. */
#ifndef MASKSCOPE_UI_WINDOW_SHOWN_H
#define MASKSCOPE_UI_WINDOW_SHOWN_H

#include "ui/window/view.h"

enum { SHOWN_TEXT_SIZE = 640 };

/* Why there is nothing to draw of the chosen arm, or null. */
const char *shown_nothing(const struct view_frame *frame);
void shown_draw_nothing(const struct view_frame *frame, const char *why);
/* "block, ratio 0.6   step 1,200   LABEL", the label where pixels are normalised. */
void shown_arm_text(char out[SHOWN_TEXT_SIZE], const struct snapshot_arm *arm,
                    const struct gallery *gallery);
/* "patch MSE", and in which units where that may be doubted: for the legend of errors. */
const char *shown_error_label(const struct gallery *gallery);
/* "tench: n01_0.JPEG" */
void shown_image_name(char out[SHOWN_TEXT_SIZE], const struct gallery *gallery, int image);

#endif
