check_PROGRAMS += tests/unit/base_random
tests_unit_base_random_CFLAGS = $(unit_cflags)
tests_unit_base_random_LDADD = $(base_libraries) $(CMOCKA_LIBS)
