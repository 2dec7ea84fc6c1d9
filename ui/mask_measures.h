/* What an arm's masks are like, in words: the rows that the Masks views of both faces show. */
#ifndef MASKSCOPE_UI_MASK_MEASURES_H
#define MASKSCOPE_UI_MASK_MEASURES_H

#include "run/mask_display.h"

enum { MASK_MEASURES = 6, MEASURE_SIZE = 40 };

struct mask_measure {
    const char *name;
    char value[MEASURE_SIZE];
    char note[MEASURE_SIZE]; /* what it is held against; may be "" */
};

/* Values that are not known yet are "-". */
void mask_measures_write(const struct mask_display *display,
                         struct mask_measure rows[MASK_MEASURES]);

#endif
