# Tests of the program as a person or a script uses it.
TESTS += tests/cli/configs.sh
EXTRA_DIST += tests/cli/configs.sh
