# Programs that measure; never part of `make check`. `make bench-programs` builds them.
EXTRA_PROGRAMS += tests/bench/step
bench-programs: tests/bench/step$(EXEEXT)
.PHONY: bench-programs
tests_bench_step_SOURCES = tests/bench/step.c
tests_bench_step_LDADD = $(nn_libraries) $(base_libraries)
CLEANFILES += $(EXTRA_PROGRAMS)
