/* The window's colours by role, and its measures in logical pixels. */
#ifndef MASKSCOPE_UI_WINDOW_THEME_H
#define MASKSCOPE_UI_WINDOW_THEME_H

#include <SDL.h>

/* A dark neutral surround: colours of photographs are judged best against grey. */
#define THEME_BACKGROUND ((SDL_Color){0x16, 0x17, 0x1a, 255})
#define THEME_BAR        ((SDL_Color){0x1f, 0x21, 0x25, 255})
#define THEME_PLOT       ((SDL_Color){0x1b, 0x1c, 0x20, 255})
#define THEME_RULE       ((SDL_Color){0x34, 0x37, 0x3d, 255})
#define THEME_GRID       ((SDL_Color){0x2b, 0x2d, 0x33, 255})
#define THEME_TEXT       ((SDL_Color){0xe6, 0xe7, 0xea, 255})
#define THEME_MUTED      ((SDL_Color){0x9b, 0xa0, 0xa9, 255})
#define THEME_ACCENT     ((SDL_Color){0x56, 0xb4, 0xe9, 255})
#define THEME_WARNING    ((SDL_Color){0xf0, 0xb4, 0x3c, 255})
#define THEME_ERROR      ((SDL_Color){0xf0, 0x6a, 0x5a, 255})
#define THEME_TIP        ((SDL_Color){0x2a, 0x2d, 0x33, 246})

/* What stands for a colour of the window in a figure for print, on white; colours that are none of
 * the window's (those of pictures and colour maps) stay. */
SDL_Color theme_on_paper(SDL_Color colour);

enum {
    THEME_MARGIN = 14,
    THEME_GAP = 8,
    THEME_BAR_HEIGHT = 30,
    THEME_STATUS_HEIGHT = 24,
};

#endif
