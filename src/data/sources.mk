noinst_LIBRARIES += libdata.a
libdata_a_CFLAGS = $(AM_CFLAGS) $(PNG_CFLAGS) $(JPEG_CFLAGS)
libdata_a_SOURCES = src/data/image.h src/data/loader.h src/data/source.h
data_libraries = libdata.a $(PNG_LIBS) $(JPEG_LIBS)
