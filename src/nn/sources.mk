noinst_LIBRARIES += libnn.a
libnn_a_CFLAGS = $(AM_CFLAGS) $(OPENBLAS_CFLAGS) -O3
libnn_a_SOURCES = src/nn/adamw.h src/nn/mae.h src/nn/parameters.h
nn_libraries = libnn.a $(OPENBLAS_LIBS)
