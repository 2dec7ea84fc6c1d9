#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int descriptor, const char *path, size_t limit, struct text *text,
                     struct error *error)
{
    size_t before = text->length;
    for (;;) {
        char buffer[16384];
        ssize_t length = read(descriptor, buffer, sizeof buffer);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return error_set_errno(error, ERROR_IO, "%s", path);
        if (length == 0)
            return true;
        text_append_bytes(text, buffer, (size_t)length);
        if (text->failed)
            return error_set(error, ERROR_SYSTEM, "%s: out of memory", path);
        if (text->length - before > limit)
            return error_set(error, ERROR_DATA, "%s: more than %zu bytes", path, limit);
    }
}

bool file_read(const char *path, size_t limit, struct text *text, struct error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return error_set_errno(error, ERROR_INPUT, "%s", path);
    struct stat status;
    bool good = fstat(descriptor, &status) == 0 || error_set_errno(error, ERROR_INPUT, "%s", path);
    if (good && !S_ISREG(status.st_mode))
        good = error_set(error, ERROR_INPUT, "%s: not a regular file", path);
    good = good && read_all(descriptor, path, limit, text, error);
    close(descriptor);
    return good;
}

bool file_read_input(size_t limit, struct text *text, struct error *error)
{
    return read_all(STDIN_FILENO, "standard input", limit, text, error);
}

void file_make_absolute(char *path, size_t size)
{
    char *whole = path[0] ? realpath(path, NULL) : NULL;
    if (whole && strlen(whole) < size)
        text_copy(path, size, whole);
    free(whole);
}

bool file_join(char *out, size_t size, const char *folder, const char *name, struct error *error)
{
    bool slash = folder[0] && folder[strlen(folder) - 1] != '/';
    if ((size_t)snprintf(out, size, "%s%s%s", folder, slash ? "/" : "", name) >= size)
        return error_set(error, ERROR_USAGE, "the path is too long: %s/%s", folder, name);
    return true;
}

bool file_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

bool file_is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool file_same(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

bool file_make_folder(const char *path, struct error *error)
{
    char part[FILE_PATH_SIZE];
    if (!text_copy(part, sizeof part, path))
        return error_set(error, ERROR_CREATE, "the path is too long: %s", path);
    /* Each '/' ends the name of a folder above, but for the first of an absolute path. */
    for (char *slash = strchr(part + (part[0] == '/'), '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return error_set_errno(error, ERROR_CREATE, "%s", part);
        *slash = '/';
    }
    if (mkdir(part, 0777) == 0 || (errno == EEXIST && file_is_folder(part)))
        return true;
    if (errno == EEXIST)
        errno = ENOTDIR; /* "exists" would not say what is wrong with it */
    return error_set_errno(error, ERROR_CREATE, "%s", part);
}

/* partial = "PATH.partial". A rename would put a file in the place of a device. */
static bool check_target(const char *path, char partial[FILE_PATH_SIZE + 16], struct error *error)
{
    struct stat there;
    if (strlen(path) >= FILE_PATH_SIZE)
        return error_set(error, ERROR_CREATE, "the path is too long: %s", path);
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode))
        return error_set(error, ERROR_CREATE, "%s: is no regular file", path);
    snprintf(partial, FILE_PATH_SIZE + 16, "%s.partial", path);
    return true;
}

bool file_begin(struct file_write *write, const char *path, struct error *error)
{
    *write = (struct file_write){0};
    if (!check_target(path, write->partial, error))
        return false;
    text_copy(write->path, sizeof write->path, path);
    write->stream = fopen(write->partial, "wbe");
    if (!write->stream)
        return error_set_errno(error, ERROR_CREATE, "%s", write->path);
    return true;
}

/* Makes the rename itself durable. */
static bool sync_folder_of(const char *path)
{
    char folder[FILE_PATH_SIZE];
    text_copy(folder, sizeof folder, path);
    char *slash = strrchr(folder, '/');
    if (slash == folder)
        slash[1] = '\0';
    else if (slash)
        *slash = '\0';
    int descriptor = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    /* Some file systems cannot sync a folder and say EINVAL; there is nothing better to do then. */
    bool good = fsync(descriptor) == 0 || errno == EINVAL;
    int number = errno;
    close(descriptor);
    errno = number;
    return good;
}

bool file_commit(struct file_write *write, struct error *error)
{
    FILE *stream = write->stream;
    write->stream = NULL;
    errno = EIO; /* for an earlier failed write, where flushing what is left goes well */
    bool good = fflush(stream) == 0 && !ferror(stream) && fsync(fileno(stream)) == 0;
    int number = errno;
    if (fclose(stream) != 0 && good) {
        good = false;
        number = errno;
    }
    if (good && rename(write->partial, write->path) != 0) {
        good = false;
        number = errno;
    }
    if (!good) {
        unlink(write->partial);
        errno = number;
        return error_set_errno(error, ERROR_IO, "%s: not written", write->path);
    }
    if (!sync_folder_of(write->path))
        return error_set_errno(error, ERROR_IO, "%s: its folder cannot be synced", write->path);
    return true;
}

void file_abandon(struct file_write *write)
{
    int number = errno;
    if (write->stream)
        fclose(write->stream);
    unlink(write->partial);
    *write = (struct file_write){0};
    errno = number;
}

bool file_can_write(const char *path, struct error *error)
{
    char partial[FILE_PATH_SIZE + 16];
    if (!check_target(path, partial, error))
        return false;
    int descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0) {
        close(descriptor);
        unlink(partial);
    } else if (errno != EEXIST || access(partial, W_OK)) { /* one that is there is not ours */
        return error_set_errno(error, ERROR_CREATE, "%s", path);
    }
    return true;
}

bool file_replace_link(const char *path, const char *target, struct error *error)
{
    char partial[FILE_PATH_SIZE + 16];
    snprintf(partial, sizeof partial, "%s.partial", path);
    if (unlink(partial) != 0 && errno != ENOENT)
        return error_set_errno(error, ERROR_CREATE, "%s", partial);
    if (symlink(target, partial) != 0)
        return error_set_errno(error, ERROR_CREATE, "%s", partial);
    if (rename(partial, path) == 0 && sync_folder_of(path))
        return true;
    int number = errno;
    unlink(partial);
    errno = number;
    return error_set_errno(error, ERROR_CREATE, "%s", path);
}

static bool user_folder(char *out, size_t size, const char *variable, const char *below_home)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    int length = -1;
    if (base && base[0] == '/')
        length = snprintf(out, size, "%s/maskscope", base);
    else if (home && home[0])
        length = snprintf(out, size, "%s/%s/maskscope", home, below_home);
    return length > 0 && (size_t)length < size;
}

bool file_user_config(char *out, size_t size)
{
    return user_folder(out, size, "XDG_CONFIG_HOME", ".config");
}

bool file_user_state(char *out, size_t size)
{
    return user_folder(out, size, "XDG_STATE_HOME", ".local/state");
}
