# Tests speak TAP. Each layer's unit tests link that layer and those below it, nothing else.
TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/unit/run.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
# Each test has a folder for all that it makes, which goes with it however it ends.
AM_TESTS_ENVIRONMENT = \
	TMPDIR=`mktemp -d "$${TMPDIR-/tmp}/maskscope-check-XXXXXX"` || exit 99; export TMPDIR; \
	trap 'rm -rf "$$TMPDIR"' 0; \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	TEST_SHARED="$${TEST_SHARED-$(abs_top_srcdir)/../shared}"; export TEST_SHARED; \
	TEST_SOURCE='$(abs_top_srcdir)'; export TEST_SOURCE; \
	TEST_PROGRAM='$(abs_top_builddir)/maskscope$(EXEEXT)'; export TEST_PROGRAM;

EXTRA_DIST += tests/unit/run.sh tests/unit/test.h
# The tests of what several threads share; `make check-threads` runs these alone, for a build with
# --enable-sanitizers=thread --disable-openmp.
THREAD_TESTS =
check-threads: $(THREAD_TESTS)
	@$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(THREAD_TESTS)' check_PROGRAMS='$(THREAD_TESTS)'
.PHONY: check-threads
unit_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
if HAVE_CMOCKA
include tests/unit/base.mk
include tests/unit/nn.mk
include tests/unit/mask.mk
include tests/unit/data.mk
include tests/unit/stats.mk
include tests/unit/probe.mk
include tests/unit/run.mk
include tests/unit/ui.mk
include tests/unit/ui_window.mk
TESTS += $(check_PROGRAMS)
endif
include tests/cli/cli.mk
include tests/bench/bench.mk
include tests/analyse/analyse.mk
include tests/ui/ui.mk
include tests/ui/window.mk
include tests/fuzz/fuzz.mk
include tests/fault/fault.mk
