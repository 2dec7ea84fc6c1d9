noinst_LIBRARIES += libbase.a
libbase_a_CFLAGS = $(AM_CFLAGS) $(YAML_CFLAGS)
libbase_a_SOURCES = \
	src/base/digest.h \
	src/base/error.c src/base/error.h \
	src/base/file.c src/base/file.h \
	src/base/log.c src/base/log.h \
	src/base/memory.c src/base/memory.h \
	src/base/node.c src/base/node.h \
	src/base/parallel.c src/base/parallel.h \
	src/base/random.c src/base/random.h \
	src/base/setting.c src/base/setting.h \
	src/base/text.c src/base/text.h \
	src/base/triple.h
base_libraries = libbase.a $(YAML_LIBS)
