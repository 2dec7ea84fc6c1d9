noinst_LIBRARIES += libmask.a
libmask_a_SOURCES = \
	src/mask/block.c \
	src/mask/coverage.c src/mask/coverage.h \
	src/mask/distance.c src/mask/distance.h \
	src/mask/families.h \
	src/mask/grid.c \
	src/mask/mask.c src/mask/mask.h \
	src/mask/parameters.c src/mask/parameters.h \
	src/mask/random.c \
	src/mask/ratio.c src/mask/ratio.h \
	src/mask/ratio_constant.c \
	src/mask/ratio_uniform.c \
	src/mask/registry.c \
	src/mask/schedule.c src/mask/schedule.h \
	src/mask/strategy.c src/mask/strategy.h
mask_libraries = libmask.a
