noinst_LIBRARIES += libstats.a
libstats_a_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS) $(JANSSON_CFLAGS)
libstats_a_SOURCES = \
	src/stats/bootstrap.c src/stats/bootstrap.h \
	src/stats/chi_square.c src/stats/chi_square.h \
	src/stats/describe.c src/stats/describe.h \
	src/stats/distribution.c src/stats/distribution.h \
	src/stats/fit.c src/stats/fit.h \
	src/stats/paired.c src/stats/paired.h \
	src/stats/proportion.c src/stats/proportion.h \
	src/stats/rank.c src/stats/rank.h \
	src/stats/response.c src/stats/response.h \
	src/stats/smooth.c src/stats/smooth.h \
	src/stats/table.c src/stats/table.h \
	src/stats/table_format.c src/stats/table_format.h \
	src/stats/table_gather.c \
	src/stats/table_json.c \
	src/stats/table_latex.c src/stats/table_latex_layout.c src/stats/table_latex_layout.h \
	src/stats/table_markdown.c \
	src/stats/table_separated.c \
	src/stats/table_text.c \
	src/stats/trend.c src/stats/trend.h
stats_libraries = libstats.a $(GSL_LIBS) $(OPENBLAS_LIBS) $(JANSSON_LIBS)
