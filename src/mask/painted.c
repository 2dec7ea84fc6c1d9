/* painted: one mask drawn by hand, the same for every image. It hides what it hides: the ratio law
 * is not heeded.
 */
#include "mask/painted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "mask/families.h"

enum { MASK };
enum { BITS = 4 };
static const char digits[] = "0123456789abcdef";

static const struct setting parameters[] = {
    [MASK] = {.name = "mask",
              .type = SETTING_TEXT,
              .fallback = "",
              .help = "as the window's Paint view writes it: HEIGHTxWIDTH/DIGITS, a bit a patch in "
                      "raster order, 1 = hidden, in hexadecimal; must be given"},
};

void painted_write(const uint8_t *mask, int grid_height, int grid_width, struct text *text)
{
    int patches = grid_height * grid_width;
    text_append(text, "%dx%d/", grid_height, grid_width);
    for (int first = 0; first < patches; first += BITS) {
        unsigned digit = 0;
        for (int bit = 0; bit < BITS; bit++)
            digit = digit << 1 | (first + bit < patches && mask[first + bit]);
        text_append(text, "%c", digits[digit]);
    }
}

/* The value of the digit that describes the patch, or -1. */
static int digit_at(const char *given, int patch)
{
    char digit = given[patch / BITS];
    const char *found =
        digit ? strchr(digits, digit >= 'A' && digit <= 'F' ? digit | 0x20 : digit) : NULL;
    return found ? (int)(found - digits) : -1;
}

bool painted_read(const char *text, int grid_height, int grid_width, uint8_t *mask,
                  struct error *error)
{
    int height, width, length = 0, hidden = 0, patches = grid_height * grid_width;
    if (sscanf(text, "%5dx%5d/%n", &height, &width, &length) != 2 || length == 0)
        return error_set(error, ERROR_DATA, "mask: '%.40s' is not HEIGHTxWIDTH/DIGITS", text);
    if (height != grid_height || width != grid_width)
        return error_set(error, ERROR_DATA,
                         "mask: drawn on %d x %d patches; the images here have %d x %d", height,
                         width, grid_height, grid_width);
    const char *given = text + length;
    size_t expected = (size_t)(patches + BITS - 1) / BITS;
    if (strlen(given) != expected)
        return error_set(error, ERROR_DATA, "mask: %zu digits; %d patches take %zu", strlen(given),
                         patches, expected);
    for (int patch = 0; patch < patches; patch++) {
        int digit = digit_at(given, patch);
        if (digit < 0)
            return error_set(error, ERROR_DATA, "mask: '%c' is no hexadecimal digit",
                             given[patch / BITS]);
        mask[patch] = digit >> (BITS - 1 - patch % BITS) & 1;
        hidden += mask[patch];
    }
    if (hidden == 0 || hidden == patches)
        return error_set(error, ERROR_DATA, "mask: it has no %s patch",
                         hidden == 0 ? "hidden" : "visible");
    return true;
}

static bool read(struct strategy_choice *choice, const struct node *map, struct error *error)
{
    const char *mask = node_child_text(map, parameters[MASK].name);
    if (!mask || !mask[0])
        return error_set(error, ERROR_DATA, "needs mask=HEIGHTxWIDTH/DIGITS");
    if (!text_copy(choice->given, sizeof choice->given, mask))
        return error_set(error, ERROR_DATA, "a mask of more than %d patches: use file:path=M.npy",
                         PAINTED_PATCH_LIMIT);
    return true;
}

static void write(const struct strategy_choice *choice, const char *separator, struct text *text)
{
    text_append(text, "%s%s=", separator, parameters[MASK].name);
    node_write_scalar(choice->given, text);
}

static bool load(const struct strategy_choice *choice, int grid_height, int grid_width,
                 struct mask_rows *rows, struct error *error)
{
    size_t patches = (size_t)grid_height * (size_t)grid_width;
    *rows = (struct mask_rows){.count = 1, .masks = memory_new(patches, 1, error)};
    if (rows->masks && painted_read(choice->given, grid_height, grid_width, rows->masks, error))
        return true;
    free(rows->masks);
    rows->masks = NULL;
    return false;
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    if (!request->rows) /* mask_drawer_prepare was not called: a mistake in the program */
        abort();
    memcpy(mask, request->rows->masks, (size_t)request->grid_height * (size_t)request->grid_width);
}

const struct strategy strategy_painted = {
    .name = "painted",
    .help = "one mask drawn by hand",
    .source = "ours",
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .draw = draw,
    .own_count = true,
    .needs_given = true,
    .read = read,
    .write = write,
    .load = load,
};
