/* A contact sheet of masks: examples, inclusion maps, realised ratios, spectra. */
#ifndef MASKSCOPE_CLI_MASK_SHEET_H
#define MASKSCOPE_CLI_MASK_SHEET_H

#include "cli/mask_study.h"
#include "data/image.h"

/* studies [strategies, laws]. With one law a row for each strategy: examples (hidden dark), the
 * inclusion map, the histogram of realised ratios, neighbour correlation and the like in numbers,
 * the radial power spectrum. With several, a row for each strategy and beside each other, law by
 * law, two examples, the inclusion map and the histogram of realised ratios. ERROR_SYSTEM. */
bool mask_sheet_draw(struct image *sheet, const struct mask_study *studies, int strategies,
                     int laws, struct error *error);

#endif
