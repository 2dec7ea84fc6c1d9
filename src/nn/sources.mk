noinst_LIBRARIES += libnn.a
# Neither flag lets a NaN pass for a number: one drops errno, the other floating-point traps.
libnn_a_CFLAGS = $(AM_CFLAGS) $(OPENBLAS_CFLAGS) -O3 -fno-math-errno -fno-trapping-math
libnn_a_SOURCES = \
	src/nn/adamw.c src/nn/adamw.h \
	src/nn/attention.c src/nn/attention.h \
	src/nn/backward.c \
	src/nn/block.c src/nn/block_backward.c src/nn/block.h src/nn/block_private.h \
	src/nn/forward.c \
	src/nn/gelu.c src/nn/gelu.h \
	src/nn/gemm.c src/nn/gemm.h \
	src/nn/kernel.h \
	src/nn/layernorm.c src/nn/layernorm.h \
	src/nn/layout.c src/nn/layout.h \
	src/nn/linear.c src/nn/linear.h \
	src/nn/look.c src/nn/look.h \
	src/nn/loss_predictor.c src/nn/loss_predictor.h \
	src/nn/mae.c src/nn/mae.h \
	src/nn/parameters.c src/nn/parameters.h \
	src/nn/pass.c src/nn/pass.h \
	src/nn/patches.c src/nn/patches.h \
	src/nn/positions.c src/nn/positions.h \
	src/nn/product.c src/nn/product.h src/nn/product_sum.c src/nn/product_parts.h \
	src/nn/product_choice.c src/nn/product_kernels.h \
	src/nn/product_floats.c src/nn/product_halves.c \
	src/nn/shape.c \
	src/nn/sizes.h \
	src/nn/small.c src/nn/small.h
nn_libraries = libnn.a $(OPENBLAS_LIBS)
