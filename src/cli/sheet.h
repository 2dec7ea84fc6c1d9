/* A contact sheet: a row for each image of a gallery and arm; columns original, masked,
 * reconstruction, reconstruction with the visible patches, error; below it the arm (where there are
 * several), the image's name and its MSE.
 */
#ifndef MASKSCOPE_CLI_SHEET_H
#define MASKSCOPE_CLI_SHEET_H

#include "data/image.h"
#include "run/snapshot.h"

/* Draws all arms' rows, arm by arm, into `sheet` (RGB); arms[gallery->arms] are their names.
 * ERROR_SYSTEM. */
bool sheet_draw(struct image *sheet, const struct gallery *gallery, const char *const *arms,
                struct error *error);

#endif
