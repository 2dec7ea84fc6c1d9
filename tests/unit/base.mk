base_tests = tests/unit/base_error tests/unit/base_memory tests/unit/base_text tests/unit/base_file \
	tests/unit/base_node tests/unit/base_setting tests/unit/base_log tests/unit/base_parallel \
	tests/unit/base_random
check_PROGRAMS += $(base_tests)
tests_unit_base_error_CFLAGS = $(unit_cflags)
tests_unit_base_error_LDADD = $(base_libraries) $(CMOCKA_LIBS)
tests_unit_base_memory_CFLAGS = $(unit_cflags)
tests_unit_base_memory_LDADD = $(base_libraries) $(CMOCKA_LIBS)
tests_unit_base_text_CFLAGS = $(unit_cflags)
tests_unit_base_text_LDADD = $(base_libraries) $(CMOCKA_LIBS)
tests_unit_base_file_CFLAGS = $(unit_cflags)
tests_unit_base_file_LDADD = $(base_libraries) $(CMOCKA_LIBS)
tests_unit_base_node_CFLAGS = $(unit_cflags)
tests_unit_base_node_LDADD = $(base_libraries) $(CMOCKA_LIBS)
tests_unit_base_setting_CFLAGS = $(unit_cflags)
tests_unit_base_setting_LDADD = $(base_libraries) $(CMOCKA_LIBS)
tests_unit_base_log_CFLAGS = $(unit_cflags)
tests_unit_base_log_LDADD = $(base_libraries) $(CMOCKA_LIBS)
tests_unit_base_parallel_CFLAGS = $(unit_cflags)
tests_unit_base_parallel_LDADD = $(base_libraries) $(CMOCKA_LIBS)
tests_unit_base_random_CFLAGS = $(unit_cflags)
tests_unit_base_random_LDADD = $(base_libraries) $(CMOCKA_LIBS)
THREAD_TESTS += tests/unit/base_log tests/unit/base_parallel
