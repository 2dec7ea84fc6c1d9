# Unit tests of run.
EXTRA_DIST += tests/unit/run_folder.h
check_PROGRAMS += tests/unit/run_safetensors
tests_unit_run_safetensors_CFLAGS = $(unit_cflags)
tests_unit_run_safetensors_LDADD = $(run_libraries) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/run_store
tests_unit_run_store_CFLAGS = $(unit_cflags)
tests_unit_run_store_LDADD = $(run_libraries) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/run_checkpoint
tests_unit_run_checkpoint_CFLAGS = $(unit_cflags)
tests_unit_run_checkpoint_LDADD = $(run_libraries) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/run_verify
tests_unit_run_verify_CFLAGS = $(unit_cflags)
tests_unit_run_verify_LDADD = $(run_libraries) $(CMOCKA_LIBS)
EXTRA_DIST += tests/unit/run_lab.h
check_PROGRAMS += tests/unit/run_trainer
tests_unit_run_trainer_CFLAGS = $(unit_cflags)
tests_unit_run_trainer_LDADD = $(run_libraries) $(CMOCKA_LIBS)
