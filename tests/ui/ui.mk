# Tests of the panel and the window as a person sees them.
CLEANFILES += tests/ui/panel_fixture$(EXEEXT)
EXTRA_PROGRAMS += tests/ui/panel_fixture
tests_ui_panel_fixture_SOURCES = tests/ui/panel_fixture.c tests/ui/made_up_record.c \
	tests/ui/made_up_record.h tests/ui/made_up_run.c tests/ui/made_up_run.h
tests_ui_panel_fixture_LDADD = libpanel.a libui.a $(NCURSES_LIBS) $(run_libraries)
TESTS += tests/ui/panel.sh tests/ui/screens.sh
tests/ui/panel.log tests/ui/screens.log: tests/ui/panel_fixture$(EXEEXT)
EXTRA_DIST += tests/ui/panel.sh tests/ui/screens.sh tests/ui/terminal.sh \
	tests/ui/golden/screens-120x40-vt100-C.txt \
	tests/ui/golden/screens-120x40-xterm-256color-C.UTF-8.txt \
	tests/ui/golden/screens-200x60-linux-C.UTF-8.txt \
	tests/ui/golden/screens-200x60-screen-C.UTF-8.txt \
	tests/ui/golden/screens-200x60-vt100-C.txt \
	tests/ui/golden/screens-200x60-xterm-256color-C.UTF-8.txt \
	tests/ui/golden/screens-40x12-vt100-C.txt \
	tests/ui/golden/screens-40x12-xterm-256color-C.UTF-8.txt \
	tests/ui/golden/screens-80x24-linux-C.UTF-8.txt \
	tests/ui/golden/screens-80x24-screen-C.UTF-8.txt \
	tests/ui/golden/screens-80x24-vt100-C.txt \
	tests/ui/golden/screens-80x24-xterm-16color-C.UTF-8.txt \
	tests/ui/golden/screens-80x24-xterm-256color-C.txt \
	tests/ui/golden/screens-80x24-xterm-256color-C.UTF-8.txt
