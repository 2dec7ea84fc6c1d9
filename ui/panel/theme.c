#include "ui/panel/theme.h"

#include <string.h>

#include "base/text.h"
#include "ui/panel/palette.h"

enum {
    NONE = PALETTE_NONE,
    BOLD = LOOK_BOLD,
    REVERSE = LOOK_REVERSE,
    UNDERLINE = LOOK_UNDERLINE,
};

/* clang-format off */
static const struct theme dark = {"dark", {
    [ROLE_TEXT]       = {{ NONE, NONE, 0}, {NONE, NONE, 0}, {NONE, NONE, 0}},
    [ROLE_DIM]        = {{  245, NONE, 0}, {NONE, NONE, 0}, {NONE, NONE, 0}},
    [ROLE_TITLE]      = {{  255,   24, BOLD}, {15, 4, BOLD}, {NONE, NONE, REVERSE}},
    [ROLE_HEADING]    = {{  110, NONE, BOLD}, {6, NONE, BOLD}, {NONE, NONE, BOLD}},
    [ROLE_KEY]        = {{  215, NONE, 0}, {3, NONE, 0}, {NONE, NONE, BOLD}},
    [ROLE_VALUE]      = {{  231, NONE, BOLD}, {15, NONE, BOLD}, {NONE, NONE, BOLD}},
    [ROLE_CHOSEN]     = {{  255,  238, BOLD}, {15, 4, BOLD}, {NONE, NONE, REVERSE}},
    [ROLE_TAB]        = {{  215, NONE, BOLD | UNDERLINE}, {3, NONE, BOLD | UNDERLINE},
                         {NONE, NONE, BOLD | UNDERLINE}},
    [ROLE_GOOD]       = {{  114, NONE, 0}, {2, NONE, 0}, {NONE, NONE, 0}},
    [ROLE_WARNING]    = {{  221, NONE, BOLD}, {3, NONE, BOLD}, {NONE, NONE, BOLD}},
    [ROLE_ERROR]      = {{  210, NONE, BOLD}, {1, NONE, BOLD}, {NONE, NONE, BOLD | REVERSE}},
    [ROLE_BAR]        = {{   74, NONE, 0}, {6, NONE, 0}, {NONE, NONE, 0}},
    [ROLE_BORDER]     = {{  242, NONE, 0}, {6, NONE, 0}, {NONE, NONE, 0}},
    [ROLE_SERIES + 0] = {{   81, NONE, 0}, {6, NONE, 0}, {NONE, NONE, 0}},
    [ROLE_SERIES + 1] = {{  215, NONE, 0}, {3, NONE, 0}, {NONE, NONE, 0}},
    [ROLE_SERIES + 2] = {{  120, NONE, 0}, {2, NONE, 0}, {NONE, NONE, 0}},
    [ROLE_SERIES + 3] = {{  213, NONE, 0}, {5, NONE, 0}, {NONE, NONE, 0}},
    [ROLE_SERIES + 4] = {{  228, NONE, 0}, {11, NONE, 0}, {NONE, NONE, 0}},
    [ROLE_SERIES + 5] = {{  210, NONE, 0}, {1, NONE, 0}, {NONE, NONE, 0}},
}};
/* clang-format on */

/* As dark looks without colours. */
static struct theme plain(void)
{
    struct theme theme = dark;
    text_copy(theme.name, sizeof theme.name, "plain");
    for (int role = 0; role < ROLE_COUNT; role++)
        theme.looks[role][LOOK_MANY] = theme.looks[role][LOOK_FEW] = theme.looks[role][LOOK_PLAIN];
    return theme;
}

void themes_init(struct themes *themes)
{
    themes->count = 2;
    themes->items[0] = dark;
    themes->items[1] = plain();
}

int themes_find(const struct themes *themes, const char *name)
{
    for (int i = 0; i < themes->count; i++)
        if (!strcmp(themes->items[i].name, name))
            return i;
    return -1;
}
