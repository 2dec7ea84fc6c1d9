/* Moving a ratio law up or down as a whole. */
#ifndef MASKSCOPE_UI_SHIFT_H
#define MASKSCOPE_UI_SHIFT_H

#include <stdbool.h>

#include "base/error.h"
#include "mask/ratio.h"

/* Moves where the law lies by `change` and keeps its spread: value of constant, low and high of
 * uniform and beta, mean of truncnorm, both ends of schedules. The move is shortened where a
 * parameter would leave its range. ERROR_DATA: it is at the end already, or the law has nothing to
 * move. */
bool ratio_shift(struct ratio_choice *choice, double change, struct error *error);

#endif
