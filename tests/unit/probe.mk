# Unit tests of probe.
EXTRA_DIST += tests/unit/probe_rows.h
probe_test_libraries = $(probe_libraries) $(stats_libraries) $(data_libraries) $(nn_libraries) \
	$(base_libraries) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/probe_knn
tests_unit_probe_knn_CFLAGS = $(unit_cflags)
tests_unit_probe_knn_LDADD = $(probe_test_libraries)
check_PROGRAMS += tests/unit/probe_logistic
tests_unit_probe_logistic_CFLAGS = $(unit_cflags)
tests_unit_probe_logistic_LDADD = $(probe_test_libraries)
check_PROGRAMS += tests/unit/probe_subset
tests_unit_probe_subset_CFLAGS = $(unit_cflags)
tests_unit_probe_subset_LDADD = $(probe_test_libraries)
check_PROGRAMS += tests/unit/probe_features
tests_unit_probe_features_CFLAGS = $(unit_cflags)
tests_unit_probe_features_LDADD = $(probe_test_libraries)
check_PROGRAMS += tests/unit/probe_segment
tests_unit_probe_segment_CFLAGS = $(unit_cflags)
tests_unit_probe_segment_LDADD = $(probe_test_libraries)
check_PROGRAMS += tests/unit/probe_finetune
tests_unit_probe_finetune_SOURCES = tests/unit/probe_finetune.c tests/unit/nn_naive.c
tests_unit_probe_finetune_CFLAGS = $(unit_cflags)
tests_unit_probe_finetune_LDADD = $(probe_test_libraries)
