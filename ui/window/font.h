/* Fonts of the window: glyphs as coverage bitmaps, from a font that fontconfig finds, or from a
 * small built-in one when there is none. Main thread only.
 */
#ifndef MASKSCOPE_UI_WINDOW_FONT_H
#define MASKSCOPE_UI_WINDOW_FONT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"

enum font_role {
    FONT_TEXT,   /* sans */
    FONT_STRONG, /* sans, bold */
    FONT_SMALL,  /* sans, for captions and axes */
    FONT_NUMBER, /* monospaced, small */
    FONT_ROLES
};

/* One glyph: coverage [height, width], 0 to 255, placed `left` of the pen and `top` below the top
 * of the line. */
struct font_glyph {
    int width, height, left, top, advance;
    uint8_t *coverage; /* owned; null for an empty glyph. font_glyph_release frees it */
};

struct font_set;
/* Finds and opens the fonts for `scale` physical pixels per logical one. What is missing is logged
 * and replaced by the built-in font; null only when out of memory. */
struct font_set *font_set_new(double scale, struct log *log, struct error *error);
void font_set_free(struct font_set *fonts);
/* Whether a role had to take the built-in font. */
bool font_is_builtin(const struct font_set *fonts, enum font_role role);

/* In physical pixels. */
int font_line_height(const struct font_set *fonts, enum font_role role);
/* How much the pen moves between two characters beyond the advance of the first. */
int font_kerning(const struct font_set *fonts, enum font_role role, uint32_t first,
                 uint32_t second);
/* False when out of memory. A character that the font lacks comes as its replacement mark. */
bool font_glyph_init(const struct font_set *fonts, enum font_role role, uint32_t code,
                     struct font_glyph *glyph);
void font_glyph_release(struct font_glyph *glyph);

#endif
