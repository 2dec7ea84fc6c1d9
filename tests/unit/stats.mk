# Unit tests of stats.
check_PROGRAMS += tests/unit/stats_values tests/unit/stats_reference
EXTRA_DIST += tests/unit/stats_written.h
check_PROGRAMS += tests/unit/stats_table tests/unit/stats_latex
tests_unit_stats_values_CFLAGS = $(unit_cflags)
tests_unit_stats_values_LDADD = $(stats_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_stats_reference_CFLAGS = $(unit_cflags) $(JANSSON_CFLAGS)
tests_unit_stats_reference_LDADD = $(stats_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_stats_table_CFLAGS = $(unit_cflags) $(JANSSON_CFLAGS)
tests_unit_stats_table_LDADD = $(stats_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_stats_latex_CFLAGS = $(unit_cflags)
tests_unit_stats_latex_LDADD = $(stats_libraries) $(base_libraries) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/stats_simulation tests/unit/stats_curves
tests_unit_stats_simulation_CFLAGS = $(unit_cflags)
tests_unit_stats_simulation_LDADD = $(stats_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_stats_curves_CFLAGS = $(unit_cflags)
tests_unit_stats_curves_LDADD = $(stats_libraries) $(base_libraries) $(CMOCKA_LIBS)
