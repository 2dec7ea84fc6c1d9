noinst_LIBRARIES += libmask.a
libmask_a_SOURCES = src/mask/mask.h src/mask/ratio.h src/mask/schedule.h src/mask/strategy.h
mask_libraries = libmask.a
