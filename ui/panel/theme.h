/* Themes: what each role looks like with many colours, with 16 or 8, and with none.
 *
 * Two are built in; others are files NAME.yaml of the program's or the user's folder `themes`, one
 * row a role:
 *     title: [bold 255 on 24, bold bright-white on blue, reverse]
 * A colour is a number of the 256-colour palette, "#rrggbb", a name (red, bright-red) or `default`;
 * attributes are bold, underline, reverse and dim. A role that a file leaves out looks as in
 * `dark`.
 */
#ifndef MASKSCOPE_UI_PANEL_THEME_H
#define MASKSCOPE_UI_PANEL_THEME_H

#include <stdbool.h>

#include "base/error.h"
#include "ui/panel/screen.h"

enum { THEME_LIMIT = 32, THEME_NAME_SIZE = 32 };

enum look_attribute { LOOK_BOLD = 1, LOOK_REVERSE = 2, LOOK_UNDERLINE = 4, LOOK_DIM = 8 };

struct look {
    int foreground, background; /* as in palette.h */
    int attributes;
};

enum look_depth { LOOK_MANY, LOOK_FEW, LOOK_PLAIN, LOOK_DEPTHS };

struct theme {
    char name[THEME_NAME_SIZE];
    struct look looks[ROLE_COUNT][LOOK_DEPTHS];
};

struct themes {
    int count;
    struct theme items[THEME_LIMIT];
};
/* The two that are built in: dark and plain. */
void themes_init(struct themes *themes);
/* Adds the files of a folder, by name; one that is there already is replaced. A folder that is not
 * there holds none. ERROR_DATA names file and line of the first bad file, which is left out; the
 * others are read all the same. */
bool themes_read(struct themes *themes, const char *folder, struct error *error);
/* `theme: NAME` of the user's file, "" where there is none. ERROR_DATA. */
bool theme_read_choice(char name[THEME_NAME_SIZE], struct error *error);
/* -1: none of that name. */
int themes_find(const struct themes *themes, const char *name);

#endif
