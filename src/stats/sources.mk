noinst_LIBRARIES += libstats.a
libstats_a_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS) $(JANSSON_CFLAGS)
libstats_a_SOURCES =
stats_libraries = libstats.a $(GSL_LIBS) $(OPENBLAS_LIBS) $(JANSSON_LIBS)
