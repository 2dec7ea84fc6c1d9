noinst_LIBRARIES += libui.a libpanel.a libwindow.a
libui_a_SOURCES = \
	ui/action.c ui/action.h \
	ui/command_line.c \
	ui/key.c ui/key.h ui/key_file.c \
	ui/model.c ui/model.h \
	ui/pending.c ui/pending.h \
	ui/perform.c ui/perform.h ui/perform_display.c ui/perform_mask.c ui/perform_training.c \
	ui/shift.c ui/shift.h \
	ui/words.c ui/words.h
libpanel_a_CFLAGS = $(AM_CFLAGS) $(NCURSES_CFLAGS)
libpanel_a_SOURCES = ui/panel/panel.h
libwindow_a_CFLAGS = $(AM_CFLAGS) $(SDL_CFLAGS)
libwindow_a_SOURCES = ui/window/window.h
ui_libraries = libpanel.a libwindow.a libui.a $(NCURSES_LIBS) $(SDL_LIBS)
