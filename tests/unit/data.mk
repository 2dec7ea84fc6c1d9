data_tests = tests/unit/data_decode
EXTRA_DIST += tests/unit/data_pictures.h
check_PROGRAMS += $(data_tests)
data_cflags = $(unit_cflags) $(PNG_CFLAGS) $(JPEG_CFLAGS)
data_test_libraries = $(data_libraries) $(base_libraries) $(CMOCKA_LIBS)
tests_unit_data_decode_CFLAGS = $(data_cflags)
tests_unit_data_decode_LDADD = $(data_test_libraries)
