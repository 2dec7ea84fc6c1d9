# Unit tests of run.
EXTRA_DIST += tests/unit/run_folder.h
check_PROGRAMS += tests/unit/run_safetensors
tests_unit_run_safetensors_CFLAGS = $(unit_cflags)
tests_unit_run_safetensors_LDADD = $(run_libraries) $(CMOCKA_LIBS)
