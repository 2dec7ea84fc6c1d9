# Unit tests of data. The pictures that they read they make themselves.
EXTRA_DIST += tests/unit/data_batches.h tests/unit/data_pictures.h
data_test_cflags = $(unit_cflags) $(PNG_CFLAGS) $(JPEG_CFLAGS)
data_test_libraries = $(data_libraries) $(base_libraries) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/data_decode tests/unit/data_resample tests/unit/data_view \
	tests/unit/data_folder tests/unit/data_loader tests/unit/data_loader_files \
	tests/unit/data_scenes
tests_unit_data_decode_CFLAGS = $(data_test_cflags)
tests_unit_data_decode_LDADD = $(data_test_libraries)
tests_unit_data_resample_CFLAGS = $(data_test_cflags)
tests_unit_data_resample_LDADD = $(data_test_libraries)
tests_unit_data_view_CFLAGS = $(data_test_cflags)
tests_unit_data_view_LDADD = $(data_test_libraries)
tests_unit_data_folder_CFLAGS = $(data_test_cflags)
tests_unit_data_folder_LDADD = $(data_test_libraries)
tests_unit_data_loader_CFLAGS = $(data_test_cflags)
tests_unit_data_loader_LDADD = $(data_test_libraries)
tests_unit_data_loader_files_CFLAGS = $(data_test_cflags)
tests_unit_data_loader_files_LDADD = $(data_test_libraries)
tests_unit_data_scenes_CFLAGS = $(data_test_cflags)
tests_unit_data_scenes_LDADD = $(data_test_libraries)
THREAD_TESTS += tests/unit/data_loader tests/unit/data_loader_files
