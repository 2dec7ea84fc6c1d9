# Fuzz targets. `make check` replays their corpora and some mutations; see driver.c. Configured with
# CC=clang --enable-fuzzer they are libFuzzer's: make fuzzers, then tests/fuzz/image CORPUS-FOLDER.
fuzz_targets = tests/fuzz/choice tests/fuzz/command tests/fuzz/config tests/fuzz/image \
	tests/fuzz/npy tests/fuzz/record tests/fuzz/safetensors tests/fuzz/script
fuzzers: $(fuzz_targets)
.PHONY: fuzzers
EXTRA_PROGRAMS += $(fuzz_targets)
CLEANFILES += $(fuzz_targets)
fuzz_shared = tests/fuzz/fuzz.c tests/fuzz/fuzz.h
if !LIBFUZZER
fuzz_shared += tests/fuzz/driver.c
endif
EXTRA_DIST += tests/fuzz/driver.c
fuzz_ldflags = $(AM_LDFLAGS) $(FUZZER_LDFLAGS)
tests_fuzz_choice_SOURCES = tests/fuzz/choice.c $(fuzz_shared)
tests_fuzz_choice_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_choice_LDADD = $(mask_libraries) $(base_libraries)
tests_fuzz_command_SOURCES = tests/fuzz/command.c $(fuzz_shared)
tests_fuzz_command_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_command_LDADD = libui.a $(run_libraries)
tests_fuzz_config_SOURCES = tests/fuzz/config.c $(fuzz_shared)
tests_fuzz_config_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_config_LDADD = $(run_libraries)
tests_fuzz_image_SOURCES = tests/fuzz/image.c $(fuzz_shared)
tests_fuzz_image_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_image_LDADD = $(data_libraries) $(base_libraries)
tests_fuzz_npy_SOURCES = tests/fuzz/npy.c $(fuzz_shared)
tests_fuzz_npy_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_npy_LDADD = $(mask_libraries) $(base_libraries)
tests_fuzz_record_SOURCES = tests/fuzz/record.c $(fuzz_shared)
tests_fuzz_record_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_fuzz_record_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_record_LDADD = $(run_libraries)
tests_fuzz_safetensors_SOURCES = tests/fuzz/safetensors.c $(fuzz_shared)
tests_fuzz_safetensors_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_safetensors_LDADD = $(run_libraries)
tests_fuzz_script_SOURCES = tests/fuzz/script.c src/cli/script.c $(fuzz_shared)
tests_fuzz_script_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_script_LDADD = libui.a $(run_libraries)
if !LIBFUZZER
TESTS += tests/fuzz/fuzz.sh
tests/fuzz/fuzz.log: $(fuzz_targets)
endif
EXTRA_DIST += tests/fuzz/fuzz.sh tests/fuzz/corpus
