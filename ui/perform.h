/* What each action does, as far as it does not need a face. ui_perform() finds them by a table. */
#ifndef MASKSCOPE_UI_PERFORM_H
#define MASKSCOPE_UI_PERFORM_H

#include <stdbool.h>

#include "ui/model.h"

/* Carries out an action with its argument ("" for none). True: done, or refused with the reason
 * said; false: without this argument it is the face's. */
typedef bool perform(struct ui_model *model, const char *argument);

perform perform_pause, perform_step, perform_ratio_down, perform_ratio_up, perform_ratio_down_10,
    perform_ratio_up_10, perform_ratio, perform_strategy, perform_strategy_next, perform_law,
    perform_rate_down, perform_rate_up, perform_rate, perform_arm_next, perform_arm,
    perform_new_masks, perform_image_next, perform_image_previous, perform_log_scale,
    perform_window, perform_screenshot, perform_figure, perform_pixels, perform_save_screen,
    perform_checkpoint, perform_evaluate, perform_probe, perform_export, perform_note, perform_set,
    perform_goto_step, perform_quit;

/* Moves the chosen arm's ratio law so that its mean is `mean` now, as far as it goes. */
void perform_ratio_mean(struct ui_model *model, double mean);
/* Sets a part of every arm's mask ("strategy" or "ratio"); true if all were sent. */
bool perform_set_all_arms(struct ui_model *model, const char *part, const char *value);

#endif
