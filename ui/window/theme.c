#include "ui/window/theme.h"

#include <stddef.h>

SDL_Color theme_on_paper(SDL_Color colour)
{
    static const struct {
        SDL_Color screen, paper;
    } pairs[] = {
        {THEME_BACKGROUND, {255, 255, 255, 255}},
        {THEME_BAR, {0xf2, 0xf2, 0xf2, 255}},
        {THEME_PLOT, {255, 255, 255, 255}},
        {THEME_RULE, {0x60, 0x60, 0x60, 255}},
        {THEME_GRID, {0xe2, 0xe2, 0xe2, 255}},
        {THEME_TEXT, {0x10, 0x10, 0x10, 255}},
        {THEME_MUTED, {0x50, 0x50, 0x50, 255}},
        {THEME_ACCENT, {0x00, 0x72, 0xb2, 255}},
        /* the lines of arms that are too light for white */
        {{0x56, 0xb4, 0xe9, 255}, {0x00, 0x72, 0xb2, 255}},
        {{0xe6, 0x9f, 0x00, 255}, {0xd5, 0x86, 0x00, 255}},
        {{0xf0, 0xe4, 0x42, 255}, {0xa8, 0x9a, 0x00, 255}},
        {{0x2f, 0x8f, 0xd8, 255}, {0x33, 0x33, 0x99, 255}},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        SDL_Color screen = pairs[i].screen, paper = pairs[i].paper;
        if (screen.r != colour.r || screen.g != colour.g || screen.b != colour.b)
            continue;
        paper.a = colour.a;
        return paper;
    }
    return colour;
}
