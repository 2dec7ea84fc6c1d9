noinst_LIBRARIES += libui.a libpanel.a libwindow.a
libui_a_SOURCES = ui/action.h ui/key.h ui/model.h
libpanel_a_CFLAGS = $(AM_CFLAGS) $(NCURSES_CFLAGS)
libpanel_a_SOURCES = ui/panel/panel.h
libwindow_a_CFLAGS = $(AM_CFLAGS) $(SDL_CFLAGS)
libwindow_a_SOURCES = ui/window/window.h
ui_libraries = libpanel.a libwindow.a libui.a $(NCURSES_LIBS) $(SDL_LIBS)
