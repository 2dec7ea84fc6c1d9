#include "ui/panel/theme.h"

#include "base/memory.h"

/* clang-format off */
static const struct look dark[ROLE_COUNT] = {
    [ROLE_TEXT]       = { -1,  -1, -1, -1, 0, 0},
    [ROLE_DIM]        = {245,  -1, -1, -1, 0, 0},
    [ROLE_TITLE]      = {255,  24, 15,  4, LOOK_BOLD, LOOK_REVERSE},
    [ROLE_HEADING]    = { 110, -1,  6, -1, LOOK_BOLD, LOOK_BOLD},
    [ROLE_KEY]        = {215,  -1,  3, -1, 0, LOOK_BOLD},
    [ROLE_VALUE]      = {231,  -1, 15, -1, LOOK_BOLD, LOOK_BOLD},
    [ROLE_CHOSEN]     = {255, 238, 15,  4, LOOK_BOLD, LOOK_REVERSE},
    [ROLE_TAB]        = {215,  -1,  3, -1, LOOK_BOLD | LOOK_UNDERLINE, LOOK_BOLD | LOOK_UNDERLINE},
    [ROLE_GOOD]       = {114,  -1,  2, -1, 0, 0},
    [ROLE_WARNING]    = {221,  -1,  3, -1, LOOK_BOLD, LOOK_BOLD},
    [ROLE_ERROR]      = {210,  -1,  1, -1, LOOK_BOLD, LOOK_BOLD | LOOK_REVERSE},
    [ROLE_BAR]        = { 74,  -1,  6, -1, 0, 0},
    [ROLE_BORDER]     = {242,  -1,  6, -1, 0, 0},
    [ROLE_SERIES + 0] = { 81,  -1,  6, -1, 0, 0},
    [ROLE_SERIES + 1] = {215,  -1,  3, -1, 0, 0},
    [ROLE_SERIES + 2] = {120,  -1,  2, -1, 0, 0},
    [ROLE_SERIES + 3] = {213,  -1,  5, -1, 0, 0},
    [ROLE_SERIES + 4] = {228,  -1, 11, -1, 0, 0},
    [ROLE_SERIES + 5] = {210,  -1,  1, -1, 0, 0},
};

static const struct look light[ROLE_COUNT] = {
    [ROLE_TEXT]       = { -1,  -1, -1, -1, 0, 0},
    [ROLE_DIM]        = {242,  -1, -1, -1, 0, 0},
    [ROLE_TITLE]      = {255,  25, 15,  4, LOOK_BOLD, LOOK_REVERSE},
    [ROLE_HEADING]    = { 25,  -1,  4, -1, LOOK_BOLD, LOOK_BOLD},
    [ROLE_KEY]        = {130,  -1,  5, -1, 0, LOOK_BOLD},
    [ROLE_VALUE]      = {232,  -1,  0, -1, LOOK_BOLD, LOOK_BOLD},
    [ROLE_CHOSEN]     = {232, 153,  0,  6, LOOK_BOLD, LOOK_REVERSE},
    [ROLE_TAB]        = {130,  -1,  5, -1, LOOK_BOLD | LOOK_UNDERLINE, LOOK_BOLD | LOOK_UNDERLINE},
    [ROLE_GOOD]       = { 28,  -1,  2, -1, 0, 0},
    [ROLE_WARNING]    = {130,  -1,  1, -1, LOOK_BOLD, LOOK_BOLD},
    [ROLE_ERROR]      = {160,  -1,  1, -1, LOOK_BOLD, LOOK_BOLD | LOOK_REVERSE},
    [ROLE_BAR]        = { 25,  -1,  4, -1, 0, 0},
    [ROLE_BORDER]     = {245,  -1,  4, -1, 0, 0},
    [ROLE_SERIES + 0] = { 25,  -1,  4, -1, 0, 0},
    [ROLE_SERIES + 1] = {166,  -1,  1, -1, 0, 0},
    [ROLE_SERIES + 2] = { 28,  -1,  2, -1, 0, 0},
    [ROLE_SERIES + 3] = { 90,  -1,  5, -1, 0, 0},
    [ROLE_SERIES + 4] = { 94,  -1,  6, -1, 0, 0},
    [ROLE_SERIES + 5] = {160,  -1,  0, -1, 0, 0},
};

/* No colour: bold, reverse and underline only. */
static const struct look plain[ROLE_COUNT] = {
    [ROLE_TEXT]       = {-1, -1, -1, -1, 0, 0},
    [ROLE_DIM]        = {-1, -1, -1, -1, 0, 0},
    [ROLE_TITLE]      = {-1, -1, -1, -1, LOOK_REVERSE, LOOK_REVERSE},
    [ROLE_HEADING]    = {-1, -1, -1, -1, LOOK_BOLD, LOOK_BOLD},
    [ROLE_KEY]        = {-1, -1, -1, -1, LOOK_BOLD, LOOK_BOLD},
    [ROLE_VALUE]      = {-1, -1, -1, -1, LOOK_BOLD, LOOK_BOLD},
    [ROLE_CHOSEN]     = {-1, -1, -1, -1, LOOK_REVERSE, LOOK_REVERSE},
    [ROLE_TAB]        = {-1, -1, -1, -1, LOOK_BOLD | LOOK_UNDERLINE, LOOK_BOLD | LOOK_UNDERLINE},
    [ROLE_GOOD]       = {-1, -1, -1, -1, 0, 0},
    [ROLE_WARNING]    = {-1, -1, -1, -1, LOOK_BOLD, LOOK_BOLD},
    [ROLE_ERROR]      = {-1, -1, -1, -1, LOOK_BOLD | LOOK_REVERSE, LOOK_BOLD | LOOK_REVERSE},
    [ROLE_BAR ... ROLE_COUNT - 1] = {-1, -1, -1, -1, 0, 0},
};
/* clang-format on */

static const struct theme themes[] = {{"dark", dark}, {"light", light}, {"plain", plain}};

size_t theme_count(void)
{
    return ARRAY_LENGTH(themes);
}

const struct theme *theme_at(size_t index)
{
    return &themes[index];
}
