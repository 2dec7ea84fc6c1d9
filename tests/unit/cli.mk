# Unit tests of the command line.
check_PROGRAMS += tests/unit/cli_caption
tests_unit_cli_caption_SOURCES = tests/unit/cli_caption.c src/cli/caption.c
tests_unit_cli_caption_CFLAGS = $(unit_cflags)
tests_unit_cli_caption_LDADD = $(base_libraries) $(CMOCKA_LIBS)
