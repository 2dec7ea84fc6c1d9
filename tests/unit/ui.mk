# Unit tests of ui.
check_PROGRAMS += tests/unit/ui_key
tests_unit_ui_key_CFLAGS = $(unit_cflags)
tests_unit_ui_key_LDADD = libui.a $(base_libraries) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/ui_model
tests_unit_ui_model_CFLAGS = $(unit_cflags)
tests_unit_ui_model_LDADD = libui.a $(run_libraries) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/ui_panel
tests_unit_ui_panel_CFLAGS = $(unit_cflags)
tests_unit_ui_panel_LDADD = libpanel.a libui.a $(NCURSES_LIBS) $(run_libraries) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/ui_live_tables
tests_unit_ui_live_tables_CFLAGS = $(unit_cflags)
tests_unit_ui_live_tables_LDADD = libui.a $(run_libraries) $(CMOCKA_LIBS)
THREAD_TESTS += tests/unit/ui_live_tables
check_PROGRAMS += tests/unit/ui_panel_parts
tests_unit_ui_panel_parts_CFLAGS = $(unit_cflags)
tests_unit_ui_panel_parts_LDADD = libpanel.a libui.a $(NCURSES_LIBS) $(run_libraries) $(CMOCKA_LIBS)
