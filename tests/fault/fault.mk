# The program in a world where things fail; see fault.c.
fault_calls = -Wl,--wrap=calloc,--wrap=fdopendir,--wrap=fileno,--wrap=fopen,--wrap=link \
	-Wl,--wrap=malloc,--wrap=mkdir,--wrap=mmap,--wrap=open,--wrap=openat,--wrap=opendir \
	-Wl,--wrap=pread,--wrap=pthread_create,--wrap=read,--wrap=realloc,--wrap=realpath \
	-Wl,--wrap=rename,--wrap=strdup,--wrap=symlink,--wrap=write
EXTRA_PROGRAMS += tests/fault/maskscope
CLEANFILES += tests/fault/maskscope
tests_fault_maskscope_SOURCES = $(maskscope_SOURCES) tests/fault/fault.c
tests_fault_maskscope_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_fault_maskscope_LDFLAGS = $(AM_LDFLAGS) $(fault_calls)
tests_fault_maskscope_LDADD = $(maskscope_LDADD)
TESTS += tests/fault/faults.sh tests/fault/kills.sh
tests/fault/faults.log: tests/fault/maskscope maskscope
EXTRA_DIST += tests/fault/faults.sh tests/fault/kills.sh
