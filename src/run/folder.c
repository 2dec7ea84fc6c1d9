#include "run/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

bool run_folder_open(struct run_folder *folder, const char *path, struct error *error)
{
    *folder = (struct run_folder){0};
    if (!text_copy(folder->path, sizeof folder->path, path))
        return error_set(error, ERROR_USAGE, "%s: the path is too long", path);
    return file_join(folder->config, FILE_PATH_SIZE, path, "config.yaml", error) &&
           file_join(folder->store, FILE_PATH_SIZE, path, "run.db", error) &&
           file_join(folder->checkpoints, FILE_PATH_SIZE, path, "checkpoints", error) &&
           file_join(folder->images, FILE_PATH_SIZE, path, "images", error) &&
           file_join(folder->log, FILE_PATH_SIZE, path, "log.txt", error);
}

static bool default_path(const struct config *config, char path[FILE_PATH_SIZE],
                         struct error *error)
{
    char stamp[32], name[160];
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    strftime(stamp, sizeof stamp, "%Y-%m-%d-%H%M", &local);
    size_t count;
    snprintf(name, sizeof name, "%s-%s-%s", stamp, mae_presets(&count)[config->model.preset].name,
             config->arms[0].name);
    return file_join(path, FILE_PATH_SIZE, config->run.folder, name, error);
}

/* mkdir of the wanted path, or of the first free "PATH-N". */
static bool make_fresh(const char *wanted, char made[FILE_PATH_SIZE], struct error *error)
{
    enum { SUFFIX_LIMIT = 10000 };
    text_copy(made, FILE_PATH_SIZE, wanted);
    for (int suffix = 2; mkdir(made, 0777) != 0; suffix++) {
        if (errno != EEXIST || suffix == SUFFIX_LIMIT)
            return error_set_errno(error, ERROR_CREATE, "%s", made);
        if (snprintf(made, FILE_PATH_SIZE, "%s-%d", wanted, suffix) >= FILE_PATH_SIZE)
            return error_set(error, ERROR_CREATE, "%s: the path is too long", wanted);
    }
    return true;
}

static bool make_parent(const char *path, struct error *error)
{
    char parent[FILE_PATH_SIZE];
    text_copy(parent, sizeof parent, path);
    char *slash = strrchr(parent, '/');
    if (!slash || slash == parent)
        return true;
    *slash = '\0';
    return file_make_folder(parent, error);
}

static bool write_config(const char *path, const struct config *config, struct error *error)
{
    struct text text = {0};
    struct file_write write;
    config_write(config, &text);
    bool good = text_is_whole(&text, error) && file_begin(&write, path, error);
    if (good) {
        fputs(text_of(&text), write.stream);
        good = file_commit(&write, error);
    }
    text_release(&text);
    return good;
}

bool run_folder_make(struct run_folder *folder, const char *path, const struct config *config,
                     struct error *error)
{
    char wanted[FILE_PATH_SIZE], made[FILE_PATH_SIZE];
    if (!path && !default_path(config, wanted, error))
        return false;
    if (path && !text_copy(wanted, sizeof wanted, path))
        return error_set(error, ERROR_CREATE, "%s: the path is too long", path);
    size_t length = strlen(wanted);
    while (length > 1 && wanted[length - 1] == '/')
        wanted[--length] = '\0';
    if (!make_parent(wanted, error) || !make_fresh(wanted, made, error))
        return false;
    bool good =
        run_folder_open(folder, made, error) && file_make_folder(folder->checkpoints, error) &&
        file_make_folder(folder->images, error) && write_config(folder->config, config, error);
    if (!good)
        run_folder_remove(folder);
    return good;
}

void run_folder_remove(const struct run_folder *folder)
{
    /* Beside a record that could not be written its log and index may be left. */
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
        char path[FILE_PATH_SIZE + 16];
        snprintf(path, sizeof path, "%s%s", folder->store, suffixes[i]);
        unlink(path);
    }
    unlink(folder->config);
    unlink(folder->log);
    rmdir(folder->checkpoints);
    rmdir(folder->images);
    rmdir(folder->path);
}

bool run_folder_lock(const struct run_folder *folder, int *lock, struct error *error)
{
    *lock = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*lock < 0)
        return error_set_errno(error, ERROR_INPUT, "%s", folder->path);
    /* A file system that knows no locks is no reason not to train. */
    if (flock(*lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return true;
    close(*lock);
    *lock = -1;
    return error_set(error, ERROR_INPUT, "%s: another process is training this run", folder->path);
}

FILE *log_file_open(const struct run_folder *folder, struct error *error)
{
    FILE *stream = fopen(folder->log, "ae");
    if (!stream)
        error_set_errno(error, ERROR_CREATE, "%s", folder->log);
    else
        setvbuf(stream, NULL, _IOLBF, BUFSIZ);
    return stream;
}

void log_to_file(void *stream, const struct log_line *line)
{
    char stamp[32];
    time_t whole = (time_t)line->time;
    struct tm local;
    localtime_r(&whole, &local);
    strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &local);
    fprintf(stream, "%s %-7s %s\n", stamp, log_level_name(line->level), line->text);
}
