/* The built-in font: 5 x 7 dots a character, for machines without any font file. */
#ifndef MASKSCOPE_UI_WINDOW_FONT_BUILTIN_H
#define MASKSCOPE_UI_WINDOW_FONT_BUILTIN_H

#include <stdint.h>

enum {
    BUILTIN_WIDTH = 5,
    BUILTIN_HEIGHT = 7, /* capitals; the baseline lies under the last row */
    BUILTIN_ADVANCE = 6,
    BUILTIN_LINE = 10,
    BUILTIN_DROP = 2,
    BUILTIN_TOP = 1, /* empty rows above the first */
};

/* Rows from the top, the highest of the five low bits leftmost. Characters other than printable
 * ASCII come as a box. Never null. */
const uint8_t *font_builtin_rows(uint32_t code);

/* Rows that the character lies lower than capitals: letters with a descender. */
int font_builtin_drop(uint32_t code);

#endif
