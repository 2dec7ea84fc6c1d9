# What reads the code; it takes minutes, so it is never part of `make check`. Without -fopenmp, which
# would have the code of threads and vectors analysed instead of the loops they are made from.
EXTRA_DIST += .clang-tidy tests/.clang-tidy tests/analyse/analyse.sh tests/analyse/cppcheck.txt \
	tests/analyse/gcc.txt tests/analyse/known.h
analyse:
	$(AM_V_at)echo $(DIST_SOURCES) | CC='$(CC)' $(SHELL) $(srcdir)/tests/analyse/analyse.sh \
		$(srcdir) $(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(CPPFLAGS) $(OPENBLAS_CFLAGS) \
		$(NCURSES_CFLAGS) $(SDL_CFLAGS) $(PNG_CFLAGS) $(JPEG_CFLAGS) $(GSL_CFLAGS) $(SQLITE_CFLAGS) \
		$(YAML_CFLAGS) $(JANSSON_CFLAGS) $(CMOCKA_CFLAGS)
.PHONY: analyse
