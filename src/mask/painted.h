/* Masks drawn by hand, as text: "8x8/0ff0..." is the grid, then one bit a patch in raster order,
 * 1 = hidden, four to a hexadecimal digit, the first patch being the highest bit of the first digit
 * (the last digit is filled up with zeros).
 */
#ifndef MASKSCOPE_MASK_PAINTED_H
#define MASKSCOPE_MASK_PAINTED_H

#include "base/error.h"
#include "base/text.h"
#include "mask/strategy.h"

/* The most patches that such a text may describe: it has to fit into a setting's value. */
enum { PAINTED_PATCH_LIMIT = 1024 };

/* Appends the text of mask [grid_height * grid_width], at most PAINTED_PATCH_LIMIT patches. */
void painted_write(const uint8_t *mask, int grid_height, int grid_width, struct text *text);
/* mask [grid_height * grid_width]. ERROR_DATA: of another grid, malformed, without a hidden or
 * without a visible patch. */
bool painted_read(const char *text, int grid_height, int grid_width, uint8_t *mask,
                  struct error *error);

#endif
