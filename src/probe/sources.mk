noinst_LIBRARIES += libprobe.a
libprobe_a_CFLAGS = $(AM_CFLAGS) -O3 -fno-math-errno -fno-trapping-math
libprobe_a_SOURCES = \
	src/probe/features.c src/probe/features.h \
	src/probe/finetune.c src/probe/finetune.h src/probe/finetune_head.c \
	src/probe/finetune_head.h \
	src/probe/knn.c src/probe/knn.h \
	src/probe/lars.c src/probe/lars.h \
	src/probe/lbfgs.c src/probe/lbfgs.h \
	src/probe/logistic.c src/probe/logistic.h \
	src/probe/rows.c src/probe/rows.h \
	src/probe/segment.c src/probe/segment.h \
	src/probe/similarity.c src/probe/similarity.h \
	src/probe/subset.c src/probe/subset.h
probe_libraries = libprobe.a
