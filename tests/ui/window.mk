# The window on a made-up run: `make window_fixture`, then tests/ui/window_fixture --help.
EXTRA_PROGRAMS += tests/ui/window_fixture
tests_ui_window_fixture_SOURCES = tests/ui/window_fixture.c \
	tests/ui/made_up_run.c tests/ui/made_up_run.h
tests_ui_window_fixture_CFLAGS = $(AM_CFLAGS) $(SDL_CFLAGS)
tests_ui_window_fixture_LDADD = libwindow.a libui.a $(SDL_LIBS) $(run_libraries)
# The window on a real run, played by a script: see the top of the file.
EXTRA_PROGRAMS += tests/ui/window_stage
tests_ui_window_stage_SOURCES = tests/ui/window_stage.c
tests_ui_window_stage_CFLAGS = $(AM_CFLAGS) $(SDL_CFLAGS)
tests_ui_window_stage_LDADD = libwindow.a libui.a $(SDL_LIBS) $(run_libraries)
CLEANFILES += tests/ui/window_stage$(EXEEXT)
