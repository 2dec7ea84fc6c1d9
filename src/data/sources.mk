noinst_LIBRARIES += libdata.a
# No errno and exception flags of float operations, so that loops with square roots and choices
# become vector code; no fused multiply-add, so that every variant of a kernel gives the same bits.
libdata_a_CFLAGS = $(AM_CFLAGS) $(PNG_CFLAGS) $(JPEG_CFLAGS) -fno-math-errno \
	-fno-trapping-math -ffp-contract=off
libdata_a_SOURCES = \
	src/data/broken.c src/data/broken.h \
	src/data/cache.c src/data/cache.h \
	src/data/cifar.c \
	src/data/class_names.c src/data/class_names.h \
	src/data/decode.c src/data/decode.h \
	src/data/exif.c src/data/exif.h \
	src/data/files.c \
	src/data/folder.c \
	src/data/image.c src/data/image.h \
	src/data/jpeg.c \
	src/data/kinds.h \
	src/data/listing.c src/data/listing.h \
	src/data/loader.c src/data/loader_work.c src/data/loader.h src/data/loader_private.h \
	src/data/order.c src/data/order.h \
	src/data/pixel_labels.c src/data/pixel_labels.h \
	src/data/png.c \
	src/data/resample.c src/data/resample.h \
	src/data/scene_layout.c src/data/scene_outline.c src/data/scene_paint.c \
	src/data/scene_parts.h src/data/scenes.c src/data/scenes.h \
	src/data/source.c src/data/source.h \
	src/data/view.c src/data/view.h
data_libraries = libdata.a $(PNG_LIBS) $(JPEG_LIBS)
