/* Text and numbers made to fit columns of a terminal. Pure functions. */
#ifndef MASKSCOPE_UI_PANEL_FORMAT_H
#define MASKSCOPE_UI_PANEL_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The character at text, its bytes and its columns. Malformed bytes and control characters count as
 * one
 * '?'. Columns follow wcwidth, so the locale must be a UTF-8 one for wide characters. */
struct character {
    uint32_t code;
    int bytes, columns;
};
struct character character_at(const char *text);

enum { FIT_ELLIPSIS = 1, FIT_ASCII = 2 };
/* Copies as much of text as fits into `columns`, and returns the columns used. FIT_ELLIPSIS: a cut
 * shows as an ellipsis in the last column. FIT_ASCII: what is not ASCII becomes '?' (the ellipsis
 * '~'). */
int text_fit(char *out, size_t size, const char *text, int columns, int flags);
/* The columns that text takes. */
int text_width(const char *text);
/* Bytes of the first line when text is broken to lines of `columns`, at a blank if there is one. */
size_t text_break(const char *text, int columns);

enum { NUMBER_SIZE = 32 };
/* At most `width` columns (7 hold any number), about four significant digits: "0.1234", "12.345",
 * "1.2e-05"; "-" for NaN. Right-align it and columns do not jump. */
void format_number(char out[NUMBER_SIZE], double value, int width);
/* About three significant digits, for speeds: "0.52", "82.3", "823", "12.3k". */
void format_rough(char out[NUMBER_SIZE], double value);
/* A share as "31.2%"; "-" for NaN. */
void format_share(char out[NUMBER_SIZE], double share);

#endif
