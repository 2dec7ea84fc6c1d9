# Tests of the panel and the window as a person sees them.
CLEANFILES += tests/ui/panel_fixture$(EXEEXT)
EXTRA_PROGRAMS += tests/ui/panel_fixture
tests_ui_panel_fixture_SOURCES = tests/ui/panel_fixture.c tests/ui/made_up_record.c \
	tests/ui/made_up_record.h tests/ui/made_up_run.c tests/ui/made_up_run.h
tests_ui_panel_fixture_LDADD = libpanel.a libui.a $(NCURSES_LIBS) $(run_libraries)
TESTS += tests/ui/panel.sh
tests/ui/panel.log: tests/ui/panel_fixture$(EXEEXT)
EXTRA_DIST += tests/ui/panel.sh tests/ui/golden/arms.txt tests/ui/golden/help.txt \
	tests/ui/golden/images.txt tests/ui/golden/statistics.txt tests/ui/golden/timeline.txt \
	tests/ui/golden/masks.txt tests/ui/golden/masks-block.txt tests/ui/golden/log.txt tests/ui/golden/settings.txt tests/ui/golden/strategies.txt \
	tests/ui/golden/training.txt tests/ui/golden/training-ascii.txt
