/* Themes: what each role looks like in 256 colours, in 16, and in none. */
#ifndef MASKSCOPE_UI_PANEL_THEME_H
#define MASKSCOPE_UI_PANEL_THEME_H

#include <stddef.h>

#include "ui/panel/screen.h"

enum look_attribute { LOOK_BOLD = 1, LOOK_REVERSE = 2, LOOK_UNDERLINE = 4, LOOK_DIM = 8 };

/* Colours are terminal colour numbers; -1 is the terminal's own. */
struct look {
    short colour_256, background_256;
    short colour_16, background_16;
    int attributes;       /* with colours */
    int plain_attributes; /* without */
};

struct theme {
    const char *name;
    const struct look *looks; /* [ROLE_COUNT] */
};

const struct theme *theme_at(size_t index);
size_t theme_count(void);

#endif
