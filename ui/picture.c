#include "ui/picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ui/ticks.h"

static const char *const titles[PICTURE_KINDS][2] = {
    [PICTURE_ORIGINAL] = {"Original", "Original"},
    [PICTURE_MASKED] = {"Masked", "Masked"},
    [PICTURE_RECONSTRUCTION] = {"Reconstruction", "Output"},
    [PICTURE_PASTED] = {"With visible", "Pasted"},
    [PICTURE_ERROR] = {"Error per patch", "Error"},
};

const char *picture_title(enum picture_kind kind)
{
    return titles[kind][0];
}

const char *picture_short_title(enum picture_kind kind)
{
    return titles[kind][1];
}

int picture_grid_width(const struct gallery *gallery)
{
    return gallery->width / gallery->patch;
}

/* Row of the [arms, images, ...] arrays. */
static size_t cell_of(const struct gallery *gallery, int arm, int image)
{
    return (size_t)arm * (size_t)gallery->images + (size_t)image;
}

bool picture_hidden(const struct gallery *gallery, int arm, int image, int patch)
{
    return gallery->mask[cell_of(gallery, arm, image) * (size_t)gallery->patches + (size_t)patch];
}

double picture_patch_mse(const struct gallery *gallery, int arm, int image, int patch)
{
    size_t first = cell_of(gallery, arm, image) * (size_t)gallery->patches;
    return (double)gallery->patch_mse[first + (size_t)patch];
}

int picture_hidden_count(const struct gallery *gallery, int arm, int image)
{
    int count = 0;
    for (int patch = 0; patch < gallery->patches; patch++)
        count += picture_hidden(gallery, arm, image, patch);
    return count;
}

double picture_mse(const struct gallery *gallery, int arm, int image)
{
    return (double)gallery->mse[cell_of(gallery, arm, image)];
}

static void fill_hatched(uint8_t *out, size_t pitch, int x0, int y0, int side)
{
    for (int y = y0; y < y0 + side; y++)
        for (int x = x0; x < x0 + side; x++) {
            bool line = (x + y) % PICTURE_LINE_DISTANCE == 0;
            memset(out + (size_t)y * pitch + 3 * (size_t)x,
                   line ? PICTURE_NOTHING_LINE : PICTURE_NOTHING, 3);
        }
}

static void fill_flat(uint8_t *out, size_t pitch, int x0, int y0, int side, const uint8_t rgb[3])
{
    for (int y = y0; y < y0 + side; y++)
        for (int x = x0; x < x0 + side; x++)
            memcpy(out + (size_t)y * pitch + 3 * (size_t)x, rgb, 3);
}

static void copy_patch(const struct gallery *gallery, const uint8_t *from, uint8_t *out,
                       size_t pitch, int x0, int y0)
{
    size_t row = 3 * (size_t)gallery->width, length = 3 * (size_t)gallery->patch;
    for (int y = y0; y < y0 + gallery->patch; y++)
        memcpy(out + (size_t)y * pitch + 3 * (size_t)x0, from + (size_t)y * row + 3 * (size_t)x0,
               length);
}

void picture_draw(const struct gallery *gallery, int arm, int image, enum picture_kind kind,
                  const struct colormap *map, double top, uint8_t *out, size_t pitch)
{
    size_t picture = 3 * (size_t)gallery->width * (size_t)gallery->height;
    const uint8_t *original = gallery->original + (size_t)image * picture;
    const uint8_t *prediction = gallery->prediction + cell_of(gallery, arm, image) * picture;
    int side = gallery->patch, columns = picture_grid_width(gallery);

    for (int patch = 0; patch < gallery->patches; patch++) {
        int x = patch % columns * side, y = patch / columns * side;
        bool hidden = picture_hidden(gallery, arm, image, patch);
        if (kind == PICTURE_ERROR && hidden)
            fill_flat(out, pitch, x, y, side,
                      colormap_at(map, picture_patch_mse(gallery, arm, image, patch), top));
        else if (kind == PICTURE_ERROR || (kind == PICTURE_MASKED && hidden))
            fill_hatched(out, pitch, x, y, side);
        else if (kind == PICTURE_RECONSTRUCTION || (kind == PICTURE_PASTED && hidden))
            copy_patch(gallery, prediction, out, pitch, x, y);
        else
            copy_patch(gallery, original, out, pitch, x, y);
    }
}

static int compare_floats(const void *left, const void *right)
{
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

double picture_error_top(const struct gallery *gallery, float *scratch)
{
    size_t total = (size_t)gallery->arms * (size_t)gallery->images * (size_t)gallery->patches;
    size_t count = 0;
    for (size_t i = 0; i < total; i++)
        if (gallery->mask[i] && isfinite(gallery->patch_mse[i]))
            scratch[count++] = gallery->patch_mse[i];
    if (count == 0)
        return 1;
    qsort(scratch, count, sizeof *scratch, compare_floats);
    float high = scratch[count - 1 - count / 50];
    return high > 0 ? ticks_round_above((double)high) : 1;
}
