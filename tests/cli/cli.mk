# Tests of the program as a person or a script uses it.
cli_tests = tests/cli/bad.sh tests/cli/bench.sh tests/cli/configs.sh tests/cli/help.sh tests/cli/masks.sh tests/cli/mask_numbers.sh \
	tests/cli/probe.sh tests/cli/signals.sh tests/cli/reconstruct.sh tests/cli/statistics.sh tests/cli/steered.sh tests/cli/study.sh tests/cli/summary.sh tests/cli/tables.sh
TESTS += $(cli_tests)
EXTRA_DIST += $(cli_tests) tests/cli/lib.sh
