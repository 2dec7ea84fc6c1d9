#include "ui/perform.h"

/* Actions that are not here are the faces'. */
static perform *const performers[ACTION_COUNT] = {
    [ACTION_PAUSE] = perform_pause,
    [ACTION_STEP] = perform_step,
    [ACTION_RATIO_DOWN] = perform_ratio_down,
    [ACTION_RATIO_UP] = perform_ratio_up,
    [ACTION_RATIO_DOWN_10] = perform_ratio_down_10,
    [ACTION_RATIO_UP_10] = perform_ratio_up_10,
    [ACTION_RATIO] = perform_ratio,
    [ACTION_STRATEGY] = perform_strategy,
    [ACTION_STRATEGY_NEXT] = perform_strategy_next,
    [ACTION_LAW] = perform_law,
    [ACTION_RATE_DOWN] = perform_rate_down,
    [ACTION_RATE_UP] = perform_rate_up,
    [ACTION_RATE] = perform_rate,
    [ACTION_ARM_NEXT] = perform_arm_next,
    [ACTION_ARM_ADD] = perform_arm,
    [ACTION_NEW_MASKS] = perform_new_masks,
    [ACTION_IMAGE_NEXT] = perform_image_next,
    [ACTION_IMAGE_PREVIOUS] = perform_image_previous,
    [ACTION_LOG_SCALE] = perform_log_scale,
    [ACTION_WINDOW] = perform_window,
    [ACTION_SCREENSHOT] = perform_screenshot,
    [ACTION_FIGURE] = perform_figure,
    [ACTION_PIXELS] = perform_pixels,
    [ACTION_SAVE_SCREEN] = perform_save_screen,
    [ACTION_CHECKPOINT] = perform_checkpoint,
    [ACTION_EVALUATE] = perform_evaluate,
    [ACTION_PROBE] = perform_probe,
    [ACTION_EXPORT] = perform_export,
    [ACTION_NOTE] = perform_note,
    [ACTION_GOTO_STEP] = perform_goto_step,
    [ACTION_SET] = perform_set,
    [ACTION_QUIT] = perform_quit,
};

bool ui_perform(struct ui_model *model, enum action action, const char *argument)
{
    if (action >= ACTION_COUNT || !performers[action])
        return false;
    return performers[action](model, argument);
}
