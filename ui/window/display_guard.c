#include "ui/window/display_guard.h"

#include <dlfcn.h>

#include <SDL_syswm.h>

#ifdef SDL_VIDEO_DRIVER_X11

/* Called by Xlib in place of exit(); when it returns, calls on this display do nothing any more. */
static void note_loss(Display *display, void *lost)
{
    (void)display;
    *(bool *)lost = true;
}

/* In place of Xlib's own, which says so on stderr and exits. */
static int stay(Display *display)
{
    (void)display;
    return 0;
}

typedef XIOErrorHandler set_handler(XIOErrorHandler handler);
typedef void set_exit_handler(Display *display, XIOErrorExitHandler handler, void *data);

/* Both are needed: since libX11 1.7 the process ends when the first returns, unless the second is
 * set; before, there is no second, and nothing can be done. */
static void set_handlers(void *library, Display *display, bool *lost)
{
    union {
        void *object;
        set_handler *function;
    } handler = {dlsym(library, "XSetIOErrorHandler")};
    union {
        void *object;
        set_exit_handler *function;
    } exit_handler = {dlsym(library, "XSetIOErrorExitHandler")};
    if (!handler.object || !exit_handler.object)
        return;
    handler.function(stay);
    exit_handler.function(display, note_loss, lost);
}

/* SDL opens libX11 itself when it needs it; so the program does not link it, and looks where SDL
 * put it. */
void display_guard_set(SDL_Window *window, bool *lost)
{
    SDL_SysWMinfo info;
    SDL_VERSION(&info.version);
    if (!SDL_GetWindowWMInfo(window, &info) || info.subsystem != SDL_SYSWM_X11)
        return;
    void *library = dlopen("libX11.so.6", RTLD_NOW | RTLD_NOLOAD);
    if (!library)
        return;
    set_handlers(library, info.info.x11.display, lost);
    dlclose(library);
}

#else

void display_guard_set(SDL_Window *window, bool *lost)
{
    (void)window;
    (void)lost;
}

#endif
