/* The window's life cycle. */
#include "ui/window/window.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/window/display_guard.h"
#include "ui/window/window_private.h"

enum {
    START_WIDTH = 1280,
    START_HEIGHT = 800,
    LEAST_WIDTH = 640,
    LEAST_HEIGHT = 400,
    GL_RENDERER_NAME = 0x1f01, /* GL_RENDERER of the OpenGL registry */
};

static void set_hints(void)
{
    /* Ctrl-C is the program's, not SDL's; a second window is never made. */
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint(SDL_HINT_QUIT_ON_LAST_WINDOW_CLOSE, "0");
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "nearest");
}

/* OpenGL computed by the processor takes cores from the training and is slower than SDL's own
 * software renderer. */
static bool is_emulated(SDL_Renderer *renderer)
{
    static const char *const emulators[] = {"llvmpipe", "softpipe", "swrast",
                                            "Software Rasterizer"};
    SDL_RendererInfo info;
    if (SDL_GetRendererInfo(renderer, &info) != 0 || strncmp(info.name, "opengl", 6) != 0)
        return false;
    typedef const unsigned char *get_string(unsigned int name);
    union {
        void *object;
        get_string *function;
    } address = {SDL_GL_GetProcAddress("glGetString")};
    const char *name = address.object ? (const char *)address.function(GL_RENDERER_NAME) : NULL;
    for (size_t i = 0; name && i < ARRAY_LENGTH(emulators); i++)
        if (strstr(name, emulators[i]))
            return true;
    return false;
}

static void close_display(struct window *window)
{
    if (window->renderer)
        SDL_DestroyRenderer(window->renderer);
    if (window->handle)
        SDL_DestroyWindow(window->handle);
    window->renderer = NULL;
    window->handle = NULL;
}

static void start_size(int *width, int *height)
{
    SDL_Rect usable;
    *width = START_WIDTH;
    *height = START_HEIGHT;
    if (SDL_GetDisplayUsableBounds(0, &usable) != 0)
        return;
    *width = usable.w < *width && usable.w >= LEAST_WIDTH ? usable.w : *width;
    *height = usable.h < *height && usable.h >= LEAST_HEIGHT ? usable.h : *height;
}

static bool open_display(struct window *window, bool software, struct error *error)
{
    int width, height;
    start_size(&width, &height);
    /* The software renderer goes through the window's surface, which must not be OpenGL's again. */
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, software ? "0" : "1");
    window->handle =
        SDL_CreateWindow("maskscope", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, width,
                         height, SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (!window->handle)
        return error_set(error, ERROR_SYSTEM, "cannot open a window: %s", SDL_GetError());
    SDL_SetWindowMinimumSize(window->handle, LEAST_WIDTH, LEAST_HEIGHT);
    window->renderer = SDL_CreateRenderer(
        window->handle, -1, software ? SDL_RENDERER_SOFTWARE : SDL_RENDERER_ACCELERATED);
    if (window->renderer)
        return true;
    error_set(error, ERROR_SYSTEM, "cannot draw in the window: %s", SDL_GetError());
    close_display(window);
    return false;
}

/* Drivers that draw in memory, for tests and pictures. */
static bool has_no_screen(void)
{
    const char *driver = SDL_GetCurrentVideoDriver();
    return driver && (!strcmp(driver, "dummy") || !strcmp(driver, "offscreen"));
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && value[0];
}

/* Without any of these there is nothing to ask for a display, and Wayland's library, when it is
 * asked all the same, says so on stderr as an error. */
static bool may_have_display(void)
{
    return is_set("SDL_VIDEODRIVER") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") ||
           is_set("XDG_RUNTIME_DIR");
}

/* SDL takes a driver without a screen when there is no display, where nobody would see the window:
 * only when it was asked for. */
static bool start_video(struct error *error)
{
    bool may = may_have_display();
    if (may && SDL_InitSubSystem(SDL_INIT_VIDEO) != 0)
        return error_set(error, ERROR_SYSTEM, "no display: %s", SDL_GetError());
    if (may && (!has_no_screen() || is_set("SDL_VIDEODRIVER")))
        return true;
    if (may)
        SDL_QuitSubSystem(SDL_INIT_VIDEO);
    return error_set(error, ERROR_SYSTEM,
                     "no display: neither X11 (DISPLAY) nor Wayland (WAYLAND_DISPLAY) answers");
}

static bool open_best_display(struct window *window, struct error *error)
{
    if (!has_no_screen() && open_display(window, false, NULL)) {
        if (!is_emulated(window->renderer))
            return true;
        close_display(window);
    }
    return open_display(window, true, error);
}

static bool make_states(struct window *window, struct error *error)
{
    for (int i = 0; i < WINDOW_VIEWS; i++)
        if (!(window->states[i] = memory_new(1, window_views[i]->state_size, error)))
            return false;
    return true;
}

struct window *window_new(struct ui_model *model, struct keymap *keymap, struct error *error)
{
    /* window_free leaves SDL's video up only when its display was lost. */
    if (SDL_WasInit(SDL_INIT_VIDEO)) {
        error_set(error, ERROR_SYSTEM,
                  "the display was lost; a window can be opened by a new start");
        return NULL;
    }
    struct window *window = memory_new(1, sizeof *window, error);
    if (!window)
        return NULL;
    window->model = model;
    window->keymap = keymap;
    window->dirty = window->visible = true;
    window->scale = 1;
    window->refusals = model->snapshot ? model->snapshot->gallery.refusals : 0;
    set_hints();
    if (!start_video(error)) {
        free(window);
        return NULL;
    }
    if (!open_best_display(window, error) ||
        !canvas_init(&window->canvas, window->renderer, model->log, error) ||
        !make_states(window, error)) {
        window_free(window);
        return NULL;
    }
    SDL_EventState(SDL_DROPTEXT, SDL_DISABLE);
    SDL_StartTextInput();
    display_guard_set(window->handle, &window->lost);
    model->window_open = true;
    return window;
}

void window_release_textures(struct window *window)
{
    for (int i = 0; i < WINDOW_VIEWS; i++)
        if (window->states[i] && window_views[i]->release)
            window_views[i]->release(window->states[i]);
    canvas_reset(&window->canvas);
    window->dirty = true;
}

/* Files that were dropped and not looked at: their names are the receiver's to free. */
static void forget_drops(void)
{
    SDL_Event event;
    SDL_PumpEvents();
    while (SDL_PeepEvents(&event, 1, SDL_GETEVENT, SDL_DROPFILE, SDL_DROPFILE) > 0)
        SDL_free(event.drop.file);
}

void window_free(struct window *window)
{
    if (!window)
        return;
    window->model->window_open = false;
    /* SDL waits for ever for answers of a display that is gone. What it holds stays until the
     * process ends, and so does the window: the guard writes to it. */
    if (window->lost)
        return;
    for (int i = 0; i < WINDOW_VIEWS; i++) {
        if (window->states[i] && window_views[i]->release)
            window_views[i]->release(window->states[i]);
        if (window->states[i] && window_views[i]->close)
            window_views[i]->close(window->states[i]);
        free(window->states[i]);
    }
    forget_drops();
    canvas_release(&window->canvas);
    close_display(window);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
    free(window);
}

const struct view *window_view(const struct window *window)
{
    return window_views[window->view];
}
