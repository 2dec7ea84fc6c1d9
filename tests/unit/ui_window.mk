# The window's unit tests draw in memory (SDL's dummy driver) and need no display.
made_up_run = tests/ui/made_up_run.c tests/ui/made_up_run.h
check_PROGRAMS += tests/unit/ui_window_parts
tests_unit_ui_window_parts_SOURCES = tests/unit/ui_window_parts.c $(made_up_run)
tests_unit_ui_window_parts_CFLAGS = $(unit_cflags) $(SDL_CFLAGS)
tests_unit_ui_window_parts_LDADD = libwindow.a libui.a $(SDL_LIBS) $(run_libraries) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/ui_window_screen
tests_unit_ui_window_screen_SOURCES = tests/unit/ui_window_screen.c tests/unit/window_events.h $(made_up_run)
tests_unit_ui_window_screen_CFLAGS = $(unit_cflags) $(SDL_CFLAGS)
tests_unit_ui_window_screen_LDADD = libwindow.a libui.a $(SDL_LIBS) $(run_libraries) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/ui_window_views
tests_unit_ui_window_views_SOURCES = tests/unit/ui_window_views.c tests/unit/window_events.h $(made_up_run)
tests_unit_ui_window_views_CFLAGS = $(unit_cflags) $(SDL_CFLAGS)
tests_unit_ui_window_views_LDADD = libwindow.a libui.a $(SDL_LIBS) $(run_libraries) $(CMOCKA_LIBS)
