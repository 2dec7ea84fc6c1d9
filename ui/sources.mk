noinst_LIBRARIES += libui.a libpanel.a libwindow.a
libui_a_SOURCES =
libpanel_a_CFLAGS = $(AM_CFLAGS) $(NCURSES_CFLAGS)
libpanel_a_SOURCES =
libwindow_a_CFLAGS = $(AM_CFLAGS) $(SDL_CFLAGS)
libwindow_a_SOURCES =
ui_libraries = libpanel.a libwindow.a libui.a $(NCURSES_LIBS) $(SDL_LIBS)
