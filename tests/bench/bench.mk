# What measures; never part of `make check`. `make bench` prints our speed beside a PyTorch model's.
EXTRA_DIST += tests/bench/compare.sh
bench: maskscope$(EXEEXT)
	MASKSCOPE=./maskscope$(EXEEXT) $(SHELL) $(srcdir)/tests/bench/compare.sh $(BENCH_MODELS)
.PHONY: bench
