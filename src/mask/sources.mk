noinst_LIBRARIES += libmask.a
libmask_a_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS)
libmask_a_SOURCES = \
	src/mask/attention.c \
	src/mask/block.c \
	src/mask/cell.c src/mask/cell.h \
	src/mask/cells.c \
	src/mask/center.c \
	src/mask/coverage.c src/mask/coverage.h \
	src/mask/distance.c src/mask/distance.h \
	src/mask/edge.c src/mask/edge.h \
	src/mask/families.h \
	src/mask/file.c \
	src/mask/gaussian.c \
	src/mask/grid.c \
	src/mask/inverse_block.c \
	src/mask/loss.c \
	src/mask/mask.c src/mask/mask.h \
	src/mask/mixture.c \
	src/mask/npy.c src/mask/npy.h \
	src/mask/multi_block.c \
	src/mask/noise.c \
	src/mask/painted.c src/mask/painted.h \
	src/mask/parameters.c src/mask/parameters.h \
	src/mask/perlin.c \
	src/mask/poisson.c \
	src/mask/random.c \
	src/mask/rank.c src/mask/rank.h \
	src/mask/ratio.c src/mask/ratio.h \
	src/mask/ratio_beta.c \
	src/mask/ratio_constant.c \
	src/mask/ratio_cosine.c \
	src/mask/ratio_mixture.c \
	src/mask/ratio_truncnorm.c \
	src/mask/ratio_uniform.c \
	src/mask/rectangle.c src/mask/rectangle.h \
	src/mask/registry.c \
	src/mask/saliency.c src/mask/saliency.h \
	src/mask/schedule.c src/mask/schedule.h \
	src/mask/spectrum.c src/mask/spectrum.h \
	src/mask/square.c \
	src/mask/strategy.c src/mask/strategy.h \
	src/mask/stripes.c \
	src/mask/uniform.c
mask_libraries = libmask.a $(GSL_LIBS) $(OPENBLAS_LIBS)
