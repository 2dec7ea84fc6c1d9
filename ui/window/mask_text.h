/* An arm's mask settings in words, for headers and the text of screenshots. */
#ifndef MASKSCOPE_UI_WINDOW_MASK_TEXT_H
#define MASKSCOPE_UI_WINDOW_MASK_TEXT_H

#include "run/snapshot.h"

enum { MASK_TEXT_SIZE = 160 };

/* "block:min_area=4"; "-" when not known. */
void mask_text_strategy(char out[MASK_TEXT_SIZE], const struct snapshot_arm *arm);
/* "0.75", "uniform:low=.3,high=.9"; "-" when not known. */
void mask_text_ratio(char out[MASK_TEXT_SIZE], const struct snapshot_arm *arm);

#endif
