/* file: masks read from an npy file, drawn at random or taken in order. Each hides what it hides:
 * the ratio law is not heeded.
 */
#include <stdlib.h>
#include <string.h>

#include "mask/families.h"
#include "mask/npy.h"

enum { PATH, ORDER };
enum { ORDER_DRAW, ORDER_SEQUENCE };
static const char *const orders[] = {
    [ORDER_DRAW] = "draw",
    [ORDER_SEQUENCE] = "sequence",
    NULL,
};

static const struct setting parameters[] = {
    [PATH] = {.name = "path",
              .type = SETTING_TEXT,
              .fallback = "",
              .help = "npy file [K, L] or [K, grid height, grid width] of 0 and 1 (hidden)"},
    [ORDER] = {.name = "order",
               .type = SETTING_CHOICE,
               .choices = orders,
               .fallback = "draw",
               .help = "draw: any of the file's masks; sequence: image i has number i modulo K"},
};

static bool read(struct strategy_choice *choice, const struct node *map, struct error *error)
{
    const char *path = node_child_text(map, parameters[PATH].name);
    if (!path || !path[0])
        return error_set(error, ERROR_DATA, "needs path=FILE.npy");
    if (!text_copy(choice->given, sizeof choice->given, path))
        return error_set(error, ERROR_DATA, "a path of more than %d bytes", MASK_GIVEN_SIZE - 1);
    return true;
}

static void write(const struct strategy_choice *choice, const char *separator, struct text *text)
{
    text_append(text, "%s%s=", separator, parameters[PATH].name);
    node_write_scalar(choice->given, text);
}

static bool load(const struct strategy_choice *choice, int grid_height, int grid_width,
                 struct mask_rows *rows, struct error *error)
{
    return npy_read_masks(choice->given, grid_height, grid_width, rows, error);
}

static void draw(const struct mask_request *request, uint8_t *mask)
{
    const struct mask_rows *rows = request->rows;
    if (!rows) /* mask_drawer_prepare was not called: a mistake in the program */
        abort();
    bool sequence = (int)request->parameters[ORDER] == ORDER_SEQUENCE;
    uint32_t row =
        sequence ? request->image % rows->count : random_below(request->random, rows->count);
    size_t patches = (size_t)request->grid_height * (size_t)request->grid_width;
    memcpy(mask, rows->masks + row * patches, patches);
}

const struct strategy strategy_file = {
    .name = "file",
    .help = "masks from an npy file",
    .source = "ours",
    .parameters = parameters,
    .parameter_count = ARRAY_LENGTH(parameters),
    .draw = draw,
    .own_count = true,
    .read = read,
    .write = write,
    .load = load,
};
