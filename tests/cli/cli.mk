# Tests of the program as a person or a script uses it.
EXTRA_DIST += tests/cli/configs.sh
