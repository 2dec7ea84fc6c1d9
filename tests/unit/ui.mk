# Unit tests of ui.
check_PROGRAMS += tests/unit/ui_key
tests_unit_ui_key_CFLAGS = $(unit_cflags)
tests_unit_ui_key_LDADD = libui.a $(base_libraries) $(CMOCKA_LIBS)
