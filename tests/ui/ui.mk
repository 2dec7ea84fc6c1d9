# Tests of the panel and the window as a person sees them.
EXTRA_PROGRAMS += tests/ui/panel_fixture
tests_ui_panel_fixture_SOURCES = tests/ui/panel_fixture.c
tests_ui_panel_fixture_LDADD = libpanel.a libui.a $(NCURSES_LIBS) $(run_libraries)
