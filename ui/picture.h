/* The five pictures of an image: what the Images views show, as plain pixels.
 *
 * Pure functions of the gallery; no SDL. Pictures are [H, W, 3] with rows `pitch` bytes apart.
 */
#ifndef MASKSCOPE_UI_PICTURE_H
#define MASKSCOPE_UI_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/snapshot.h"
#include "ui/colormap.h"

enum picture_kind {
    PICTURE_ORIGINAL,
    PICTURE_MASKED,         /* hidden patches a hatched grey */
    PICTURE_RECONSTRUCTION, /* the model's output everywhere */
    PICTURE_PASTED,         /* the model's output on hidden patches, the image on visible ones */
    PICTURE_ERROR,          /* each hidden patch the colour of its MSE, visible ones hatched */
    PICTURE_KINDS
};

/* Where there is nothing to show (what is hidden, the error of what is visible): grey with diagonal
 * lines, so that nobody takes it for content or for a colour of the error map, which has no greys.
 */
enum { PICTURE_NOTHING = 0x68, PICTURE_NOTHING_LINE = 0x78, PICTURE_LINE_DISTANCE = 4 };

const char *picture_title(enum picture_kind kind);
/* The same for narrow places. */
const char *picture_short_title(enum picture_kind kind);
/* Draws image `image` as arm `arm` has it. `top` is the MSE at the high end of the colours. */
void picture_draw(const struct gallery *gallery, int arm, int image, enum picture_kind kind,
                  const struct colormap *map, double top, uint8_t *out, size_t pitch);

int picture_grid_width(const struct gallery *gallery);
/* Whether the patch is hidden, and its MSE (NaN if it is not). */
bool picture_hidden(const struct gallery *gallery, int arm, int image, int patch);
double picture_patch_mse(const struct gallery *gallery, int arm, int image, int patch);
int picture_hidden_count(const struct gallery *gallery, int arm, int image);
double picture_mse(const struct gallery *gallery, int arm, int image);
/* A round number that at most one hidden patch in fifty of the shown images, over all arms,
 * exceeds: the same scale for every arm, so that their maps compare. 1 when there is nothing to go
 * by. `scratch` holds arms * images * patches floats. */
double picture_error_top(const struct gallery *gallery, float *scratch);

#endif
