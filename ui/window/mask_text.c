#include "ui/window/mask_text.h"

void mask_text_strategy(char out[MASK_TEXT_SIZE], const struct snapshot_arm *arm)
{
    struct text text = {0};
    if (arm->mask.strategy.strategy)
        strategy_choice_write(&arm->mask.strategy, &text);
    text_copy(out, MASK_TEXT_SIZE, text.length ? text_of(&text) : "-");
    text_release(&text);
}

void mask_text_ratio(char out[MASK_TEXT_SIZE], const struct snapshot_arm *arm)
{
    struct text text = {0};
    if (arm->mask.ratio.law && arm->mask.strategy.strategy)
        mask_choice_write_ratio(&arm->mask, &text);
    text_copy(out, MASK_TEXT_SIZE, text.length ? text_of(&text) : "-");
    text_release(&text);
}
