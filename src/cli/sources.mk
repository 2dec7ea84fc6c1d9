bin_PROGRAMS += maskscope
maskscope_SOURCES = src/cli/main.c
maskscope_LDADD = $(ui_libraries) $(run_libraries)
