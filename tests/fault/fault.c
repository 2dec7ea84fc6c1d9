/* maskscope in a world where things fail: the program itself, linked so that its calls of the C
 * library and SQLite's calls of the system pass through here.
 *
 *     FAULT=KIND:N    the N-th call of that kind fails; KIND:N+ : that one and all after it
 *     FAULT=KIND:0    none fails; how many there were goes to the log
 *     FAULT_LOG=FILE  gets a line that says which call failed
 *     FAULT_TRACE=1   says on stderr where that was, in a build with a sanitizer
 *
 * Kinds: memory (none left for the program), record (none left for SQLite), thread (none can be
 * started), open (no descriptors left), make (a folder, link or new name is refused), read and
 * write (a broken disk), full (a disk with no room), short (half of what is asked for is written or
 * read), interrupt (a signal came), sync (what was written may be lost).
 *
 * Streams are made of the descriptors' calls (fopencookie), so that a fault meets the C library's
 * buffers as a real one does. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { MEMORY, RECORD, THREAD, OPEN, MAKE, READ, WRITE, FULL, SHORT, INTERRUPT, SYNC, KINDS };
static const char *const kind_names[] = {"memory", "record", "thread", "open",      "make", "read",
                                         "write",  "full",   "short",  "interrupt", "sync"};
static_assert(sizeof kind_names / sizeof *kind_names == KINDS, "each kind has a name");

enum { STREAM_LIMIT = 64 };

static struct {
    int kind, number;
    bool lasting;
    atomic_int calls;
    const char *log;
    struct {
        FILE *stream;
        int descriptor;
    } streams[STREAM_LIMIT];
    pthread_mutex_t lock;
    sqlite3_mem_methods memory;
} fault = {.kind = -1, .lock = PTHREAD_MUTEX_INITIALIZER};

int __real_open(const char *path, int flags, ...);

void __sanitizer_print_stack_trace(void) __attribute__((weak));

static void say(const char *where)
{
    if (__sanitizer_print_stack_trace && getenv("FAULT_TRACE"))
        __sanitizer_print_stack_trace();
    int descriptor = fault.log ? __real_open(fault.log, O_WRONLY | O_CREAT | O_APPEND, 0666) : -1;
    if (descriptor < 0)
        return;
    dprintf(descriptor, "%s %d: %s\n", kind_names[fault.kind], fault.number, where);
    close(descriptor);
}

/* Whether this call is the one to fail. */
static bool strikes(enum kind kind, const char *where)
{
    if ((int)kind != fault.kind)
        return false;
    int call = 1 + atomic_fetch_add(&fault.calls, 1);
    if (fault.number == 0)
        return false;
    if (call == fault.number)
        say(where);
    return call == fault.number || (fault.lasting && call > fault.number);
}

/* The linker sends a call of NAME to __wrap_NAME, and __real_NAME is what was called. */
#define WRAPPED(type, name, ...)                                                                   \
    type __real_##name(__VA_ARGS__);                                                               \
    type __wrap_##name(__VA_ARGS__);                                                               \
    type __wrap_##name(__VA_ARGS__)

/* ---- memory and threads ---- */

static bool no_memory(const char *where)
{
    bool struck = strikes(MEMORY, where);
    if (struck)
        errno = ENOMEM;
    return struck;
}

WRAPPED(void *, malloc, size_t size)
{
    return no_memory("malloc") ? NULL : __real_malloc(size);
}

WRAPPED(void *, calloc, size_t count, size_t size)
{
    return no_memory("calloc") ? NULL : __real_calloc(count, size);
}

WRAPPED(void *, realloc, void *memory, size_t size)
{
    return no_memory("realloc") ? NULL : __real_realloc(memory, size);
}

WRAPPED(char *, strdup, const char *text)
{
    return no_memory("strdup") ? NULL : __real_strdup(text);
}

WRAPPED(char *, realpath, const char *path, char *out)
{
    return !out && no_memory("realpath") ? NULL : __real_realpath(path, out);
}

WRAPPED(void *, mmap, void *at, size_t size, int protection, int flags, int descriptor, off_t from)
{
    if (no_memory("mmap"))
        return MAP_FAILED;
    return __real_mmap(at, size, protection, flags, descriptor, from);
}

static void *sqlite_malloc(int size)
{
    return strikes(RECORD, "malloc") ? NULL : fault.memory.xMalloc(size);
}

static void *sqlite_realloc(void *memory, int size)
{
    return strikes(RECORD, "realloc") ? NULL : fault.memory.xRealloc(memory, size);
}

WRAPPED(int, pthread_create, pthread_t *thread, const pthread_attr_t *attributes,
        void *(*start)(void *), void *data)
{
    return strikes(THREAD, "pthread_create")
               ? EAGAIN
               : __real_pthread_create(thread, attributes, start, data);
}

/* ---- names ---- */

static bool refused(enum kind kind, const char *where, int number)
{
    bool struck = strikes(kind, where);
    if (struck)
        errno = number;
    return struck;
}

static bool not_opened(const char *path)
{
    return refused(OPEN, path, EMFILE) || refused(INTERRUPT, path, EINTR);
}

static mode_t mode_of(int flags, va_list arguments)
{
    return flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
}

WRAPPED(int, open, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return not_opened(path) ? -1 : __real_open(path, flags, mode);
}

WRAPPED(int, openat, int folder, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return not_opened(path) ? -1 : __real_openat(folder, path, flags, mode);
}

WRAPPED(DIR *, opendir, const char *path)
{
    return not_opened(path) ? NULL : __real_opendir(path);
}

WRAPPED(DIR *, fdopendir, int descriptor)
{
    return no_memory("fdopendir") ? NULL : __real_fdopendir(descriptor);
}

WRAPPED(int, mkdir, const char *path, mode_t mode)
{
    return refused(MAKE, path, ENOSPC) ? -1 : __real_mkdir(path, mode);
}

WRAPPED(int, rename, const char *from, const char *to)
{
    return refused(MAKE, to, EIO) ? -1 : __real_rename(from, to);
}

WRAPPED(int, symlink, const char *target, const char *path)
{
    return refused(MAKE, path, ENOSPC) ? -1 : __real_symlink(target, path);
}

WRAPPED(int, link, const char *from, const char *to)
{
    return refused(MAKE, to, ENOSPC) ? -1 : __real_link(from, to);
}

/* ---- bytes ---- */

/* Whether nothing may be read; *size may come out smaller. */
static bool not_read(size_t *size)
{
    if (*size > 1 && strikes(SHORT, "read"))
        *size /= 2;
    return refused(READ, "read", EIO) || refused(INTERRUPT, "read", EINTR);
}

static bool not_written(size_t *size)
{
    if (*size > 1 && strikes(SHORT, "write"))
        *size /= 2;
    return refused(WRITE, "write", EIO) || refused(FULL, "write", ENOSPC) ||
           refused(INTERRUPT, "write", EINTR);
}

WRAPPED(ssize_t, read, int descriptor, void *bytes, size_t size)
{
    return not_read(&size) ? -1 : __real_read(descriptor, bytes, size);
}

WRAPPED(ssize_t, pread, int descriptor, void *bytes, size_t size, off_t from)
{
    return not_read(&size) ? -1 : __real_pread(descriptor, bytes, size, from);
}

WRAPPED(ssize_t, write, int descriptor, const void *bytes, size_t size)
{
    return not_written(&size) ? -1 : __real_write(descriptor, bytes, size);
}

static ssize_t sqlite_pwrite(int descriptor, const void *bytes, size_t size, off_t to)
{
    return not_written(&size) ? -1 : pwrite(descriptor, bytes, size, to);
}

static int sqlite_open(const char *path, int flags, int mode)
{
    return not_opened(path) ? -1 : __real_open(path, flags, mode);
}

/* SQLite's come here too: a program's own functions go before those of a library. */
int fsync(int descriptor)
{
    return refused(SYNC, "fsync", EIO) ? -1 : (int)syscall(SYS_fsync, descriptor);
}

int fdatasync(int descriptor)
{
    return refused(SYNC, "fdatasync", EIO) ? -1 : (int)syscall(SYS_fdatasync, descriptor);
}

/* ---- streams ---- */

static ssize_t stream_read(void *cookie, char *bytes, size_t size)
{
    return __wrap_read((int)(intptr_t)cookie, bytes, size);
}

/* As the C library writes a file: the rest after a short write, too. fopencookie wants less than
 * was asked for where it failed. */
static ssize_t stream_write(void *cookie, const char *bytes, size_t size)
{
    size_t written = 0;
    while (written < size) {
        ssize_t more = __wrap_write((int)(intptr_t)cookie, bytes + written, size - written);
        if (more < 0)
            break;
        written += (size_t)more;
    }
    return (ssize_t)written;
}

static int stream_seek(void *cookie, off64_t *to, int from)
{
    off64_t at = lseek((int)(intptr_t)cookie, *to, from);
    if (at >= 0)
        *to = at;
    return at < 0 ? -1 : 0;
}

static int stream_close(void *cookie)
{
    int descriptor = (int)(intptr_t)cookie;
    pthread_mutex_lock(&fault.lock);
    for (int i = 0; i < STREAM_LIMIT; i++)
        if (fault.streams[i].stream && fault.streams[i].descriptor == descriptor)
            fault.streams[i].stream = NULL;
    pthread_mutex_unlock(&fault.lock);
    return close(descriptor);
}

static void remember(FILE *stream, int descriptor)
{
    pthread_mutex_lock(&fault.lock);
    int i = 0;
    while (i < STREAM_LIMIT && fault.streams[i].stream)
        i++;
    if (i == STREAM_LIMIT)
        abort();
    fault.streams[i].stream = stream;
    fault.streams[i].descriptor = descriptor;
    pthread_mutex_unlock(&fault.lock);
}

static int stream_flags(const char *mode)
{
    int exec = strchr(mode, 'e') ? O_CLOEXEC : 0;
    switch (mode[0]) {
    case 'r':
        return O_RDONLY | exec;
    case 'w':
        return O_WRONLY | O_CREAT | O_TRUNC | exec;
    case 'a':
        return O_WRONLY | O_CREAT | O_APPEND | exec;
    default:
        abort();
    }
}

WRAPPED(FILE *, fopen, const char *path, const char *mode)
{
    int descriptor = no_memory("fopen") ? -1 : __wrap_open(path, stream_flags(mode), 0666);
    if (descriptor < 0)
        return NULL;
    cookie_io_functions_t calls = {stream_read, stream_write, stream_seek, stream_close};
    const char bare[] = {mode[0], '\0'};
    FILE *stream = fopencookie((void *)(intptr_t)descriptor, bare, calls);
    if (stream)
        remember(stream, descriptor);
    else
        close(descriptor);
    return stream;
}

WRAPPED(int, fileno, FILE *stream)
{
    int descriptor = -1;
    pthread_mutex_lock(&fault.lock);
    for (int i = 0; i < STREAM_LIMIT; i++)
        if (fault.streams[i].stream == stream)
            descriptor = fault.streams[i].descriptor;
    pthread_mutex_unlock(&fault.lock);
    return descriptor >= 0 ? descriptor : __real_fileno(stream);
}

/* ---- what is asked for ---- */

static void take_over_sqlite(void)
{
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &fault.memory);
    sqlite3_mem_methods memory = fault.memory;
    memory.xMalloc = sqlite_malloc;
    memory.xRealloc = sqlite_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &memory);
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL); /* this initialises the library */
    if (vfs->xSetSystemCall(vfs, "open", (sqlite3_syscall_ptr)sqlite_open) ||
        vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)sqlite_pwrite) ||
        vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)sqlite_pwrite) ||
        vfs->xSetSystemCall(vfs, "pread64", (sqlite3_syscall_ptr)__wrap_pread) ||
        vfs->xSetSystemCall(vfs, "pread", (sqlite3_syscall_ptr)__wrap_pread))
        abort();
}

__attribute__((constructor)) static void prepare(void)
{
    take_over_sqlite();
    fault.log = getenv("FAULT_LOG");
    const char *asked = getenv("FAULT");
    const char *colon = asked ? strchr(asked, ':') : NULL;
    for (int i = 0; colon && i < KINDS; i++)
        if (strlen(kind_names[i]) == (size_t)(colon - asked) &&
            !strncmp(kind_names[i], asked, (size_t)(colon - asked)))
            fault.kind = i;
    if (!asked)
        return;
    char *end = NULL;
    fault.number = colon ? (int)strtol(colon + 1, &end, 10) : 0;
    fault.lasting = end && *end == '+';
    if (fault.kind < 0 || fault.number < 0 || !end || end == colon + 1) {
        fprintf(stderr, "FAULT=%s is no KIND:N\n", asked);
        _exit(64);
    }
}

__attribute__((destructor)) static void tell(void)
{
    if (fault.kind >= 0 && fault.number == 0) {
        char calls[32];
        snprintf(calls, sizeof calls, "%d calls", atomic_load(&fault.calls));
        say(calls);
    }
}
