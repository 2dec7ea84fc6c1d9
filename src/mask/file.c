/* file: masks read from an npy file, drawn at random or taken in order. Each hides what it hides:
 * the ratio law is not heeded.
 */
#include <stdlib.h>
#include <string.h>

#include "mask/families.h"
#include "mask/npy.h"

enum { PATH, ORDER, DIGEST };
enum { DIGEST_DIGITS = 16 };
enum { ORDER_DRAW, ORDER_SEQUENCE };
static const char *const orders[] = {
    [ORDER_DRAW] = "draw",
    [ORDER_SEQUENCE] = "sequence",
    NULL,
};

static const struct setting parameters[] = {
    [PATH] =
        {.name = "path",
         .type = SETTING_TEXT,
         .fallback = "",
         .help =
             "npy file [K, L] or [K, grid height, grid width] of 0 and 1 (hidden); must be given"},
    [ORDER] = {.name = "order",
               .type = SETTING_CHOICE,
               .choices = orders,
               .fallback = "draw",
               .help = "draw: any of the file's masks; sequence: image i has number i modulo K"},
    [DIGEST] = {.name = "digest",
                .type = SETTING_TEXT,
                .fallback = "",
                .help = "of the masks meant, so that others are refused; a run adds it"},
};

static bool read(struct strategy_choice *choice, const struct node *map, struct error *error)
{
    const char *path = node_child_text(map, parameters[PATH].name);
    if (!path || !path[0])
        return error_set(error, ERROR_DATA, "needs path=FILE.npy");
    if (!text_copy(choice->given, sizeof choice->given, path))
        return error_set(error, ERROR_DATA, "a path of more than %d bytes", MASK_GIVEN_SIZE - 1);
    const char *digest = node_child_text(map, parameters[DIGEST].name);
    char *end = NULL;
    if (digest && digest[0])
        choice->digest = strtoull(digest, &end, 16);
    if (end && (*end || strlen(digest) != DIGEST_DIGITS))
        return error_set(error, ERROR_DATA, "digest: '%.40s' is not %d hexadecimal digits", digest,
                         DIGEST_DIGITS);
    return true;
}

static void write(const struct strategy_choice *choice, const char *separator, struct text *text)
{
    text_append(text, "%s%s=", separator, parameters[PATH].name);
    node_write_scalar(choice->given, text);
    if (choice->digest)
        text_append(text, ",%s=%0*llx", parameters[DIGEST].name, DIGEST_DIGITS,
                    (unsigned long long)choice->digest);
}

/* FNV-1a of the masks; never 0. */
static uint64_t digest_of(const struct mask_rows *rows, size_t patches)
{
    uint64_t digest = 0xcbf29ce484222325u;
    for (size_t i = 0; i < rows->count * patches; i++)
        digest = (digest ^ rows->masks[i]) * 0x100000001b3u;
    return digest ? digest : 1;
}

static bool load(const struct strategy_choice *choice, int grid_height, int grid_width,
                 struct mask_rows *rows, struct error *error)
{
    if (!npy_read_masks(choice->given, grid_height, grid_width, rows, error))
        return false;
    size_t patches = (size_t)grid_height * (size_t)grid_width;
    if (!choice->digest || digest_of(rows, patches) == choice->digest)
        return true;
    free(rows->masks);
    *rows = (struct mask_rows){0};
    return error_set(error, ERROR_DATA, "%s: holds other masks than those meant (digest %0*llx)",
                     choice->given, DIGEST_DIGITS, (unsigned long long)choice->digest);
}

static bool resolve(struct strategy_choice *choice, int grid_height, int grid_width,
                    struct error *error)
{
    struct mask_rows rows;
    file_make_absolute(choice->given, sizeof choice->given);
    if (choice->digest)
        return true;
    if (!load(choice, grid_height, grid_width, &rows, error))
        return false;
    choice->digest = digest_of(&rows, (size_t)grid_height * (size_t)grid_width);
    free(rows.masks);
    return true;
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
    .parameters = {parameters, ARRAY_LENGTH(parameters)},
    .draw = draw,
    .own_count = true,
    .needs_given = true,
    .read = read,
    .write = write,
    .load = load,
    .resolve = resolve,
};
