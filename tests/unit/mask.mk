# Unit tests of mask.
EXTRA_DIST += tests/unit/mask_measure.h tests/unit/mask_law.h
check_PROGRAMS += tests/unit/mask_strategies tests/unit/mask_schedule tests/unit/mask_ratio tests/unit/mask_choice \
	tests/unit/mask_coverage tests/unit/mask_families tests/unit/mask_given \
	tests/unit/mask_laws tests/unit/mask_rectangle_laws tests/unit/mask_transpose \
	tests/unit/mask_round_trip tests/unit/mask_guided tests/unit/mask_realised
tests_unit_mask_strategies_CFLAGS = $(unit_cflags)
tests_unit_mask_strategies_LDADD = $(mask_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_mask_schedule_CFLAGS = $(unit_cflags)
tests_unit_mask_schedule_LDADD = $(mask_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_mask_ratio_CFLAGS = $(unit_cflags)
tests_unit_mask_ratio_LDADD = $(mask_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_mask_choice_CFLAGS = $(unit_cflags)
tests_unit_mask_choice_LDADD = $(mask_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_mask_coverage_CFLAGS = $(unit_cflags)
tests_unit_mask_coverage_LDADD = $(mask_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_mask_families_CFLAGS = $(unit_cflags)
tests_unit_mask_families_LDADD = $(mask_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_mask_given_CFLAGS = $(unit_cflags)
tests_unit_mask_given_LDADD = $(mask_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_mask_laws_CFLAGS = $(unit_cflags)
tests_unit_mask_laws_LDADD = $(mask_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_mask_transpose_CFLAGS = $(unit_cflags)
tests_unit_mask_transpose_LDADD = $(mask_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_mask_rectangle_laws_CFLAGS = $(unit_cflags)
tests_unit_mask_rectangle_laws_LDADD = $(mask_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_mask_round_trip_CFLAGS = $(unit_cflags)
tests_unit_mask_round_trip_LDADD = $(mask_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_mask_guided_CFLAGS = $(unit_cflags)
tests_unit_mask_guided_LDADD = $(mask_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_mask_realised_CFLAGS = $(unit_cflags)
tests_unit_mask_realised_LDADD = $(mask_libraries) $(base_libraries) $(CMOCKA_LIBS)
