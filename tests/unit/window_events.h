/* Events put to a window as SDL would, and what it shows. */
#ifndef MASKSCOPE_TESTS_UNIT_WINDOW_EVENTS_H
#define MASKSCOPE_TESTS_UNIT_WINDOW_EVENTS_H

#include "tests/unit/test.h"

#include <SDL.h>

#include "ui/window/window.h"
#include "ui/window/window_private.h"

static inline void put(struct window *window, SDL_Event event)
{
    SDL_PushEvent(&event);
    window_input(window);
}

static inline void resize(struct window *window, int width, int height)
{
    SDL_SetWindowSize(window->handle, width, height);
    window_input(window);
}

static inline void type(struct window *window, const char *characters)
{
    for (; *characters; characters++)
        put(window, (SDL_Event){.text = {.type = SDL_TEXTINPUT, .text = {*characters}}});
}

static inline void press_key(struct window *window, SDL_Keycode key)
{
    put(window, (SDL_Event){.key = {.type = SDL_KEYDOWN, .keysym = {.sym = key}}});
}

static inline void point(struct window *window, float x, float y)
{
    put(window, (SDL_Event){.motion = {.type = SDL_MOUSEMOTION, .x = (int)x, .y = (int)y}});
}

static inline void wheel(struct window *window, float amount)
{
    put(window, (SDL_Event){.wheel = {.type = SDL_MOUSEWHEEL, .preciseY = amount}});
}

static inline void button(struct window *window, uint32_t kind, uint8_t which, float x, float y)
{
    put(window, (SDL_Event){.button = {.type = kind, .button = which, .x = (int)x, .y = (int)y}});
}

static inline void click_at(struct window *window, float x, float y)
{
    point(window, x, y);
    button(window, SDL_MOUSEBUTTONDOWN, SDL_BUTTON_LEFT, x, y);
    button(window, SDL_MOUSEBUTTONUP, SDL_BUTTON_LEFT, x, y);
}

static inline void click(struct window *window, SDL_FRect place)
{
    click_at(window, place.x + place.w / 2, place.y + place.h / 2);
}

/* The mouse leaves. */
static inline void away(struct window *window)
{
    put(window, (SDL_Event){.window = {.type = SDL_WINDOWEVENT, .event = SDL_WINDOWEVENT_LEAVE}});
}

/* What the window shows, [height, width, 3]; the caller frees it. */
static inline uint8_t *read_window(struct window *window, int *width, int *height)
{
    window_draw(window);
    SDL_GetRendererOutputSize(window->renderer, width, height);
    uint8_t *pixels = malloc((size_t)(3 * *width * *height));
    assert_non_null(pixels);
    assert_int_equal(
        SDL_RenderReadPixels(window->renderer, NULL, SDL_PIXELFORMAT_RGB24, pixels, 3 * *width), 0);
    return pixels;
}

#endif
