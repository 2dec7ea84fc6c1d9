#include "run/checkpoint_folder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "run/checkpoint.h"

static const char prefix[] = "step-", suffix[] = ".safetensors", partial[] = ".partial";
static const char link_name[] = "latest";

enum { CHECKPOINT_NAME_SIZE = 64 };

static void checkpoint_name(char name[CHECKPOINT_NAME_SIZE], int64_t step)
{
    snprintf(name, CHECKPOINT_NAME_SIZE, "%s%08" PRId64 "%s", prefix, step, suffix);
}

bool checkpoint_path(char out[FILE_PATH_SIZE], const char *folder, int64_t step,
                     struct error *error)
{
    char name[CHECKPOINT_NAME_SIZE];
    checkpoint_name(name, step);
    return file_join(out, FILE_PATH_SIZE, folder, name, error);
}

/* The step that a file is of by its name, or -1. */
static int64_t step_of(const char *name)
{
    char digits[CHECKPOINT_NAME_SIZE], again[CHECKPOINT_NAME_SIZE];
    int64_t step;
    size_t start = strlen(prefix);
    if (strncmp(name, prefix, start) != 0 || !isdigit((unsigned char)name[start]))
        return -1;
    snprintf(digits, sizeof digits, "%.*s", (int)strspn(name + start, "0123456789"), name + start);
    if (!text_to_integer(digits, &step))
        return -1;
    checkpoint_name(again, step);
    return strcmp(name, again) == 0 ? step : -1;
}

struct steps {
    int64_t *items;
    size_t count, capacity;
};

static bool steps_add(struct steps *steps, int64_t step)
{
    void *items =
        memory_grow(steps->items, steps->count, &steps->capacity, sizeof *steps->items, NULL);
    if (!items)
        return false;
    steps->items = items;
    steps->items[steps->count++] = step;
    return true;
}

static int compare_descending(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left < right) - (left > right);
}

/* The steps there are files of, highest first; the caller frees items. */
static struct steps list_steps(const char *folder)
{
    struct steps steps = {0};
    DIR *stream = opendir(folder);
    if (!stream)
        return steps;
    bool good = true;
    for (const struct dirent *entry; good && (entry = readdir(stream));) {
        int64_t step = step_of(entry->d_name);
        good = step < 0 || steps_add(&steps, step);
    }
    closedir(stream);
    if (steps.count)
        qsort(steps.items, steps.count, sizeof *steps.items, compare_descending);
    return steps;
}

int64_t *checkpoint_steps(const char *folder, size_t *count)
{
    struct steps steps = list_steps(folder);
    *count = steps.count;
    return steps.items;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

void checkpoint_folder_clean(const char *folder)
{
    DIR *stream = opendir(folder);
    if (!stream)
        return;
    for (const struct dirent *entry; (entry = readdir(stream));) {
        const char *name = entry->d_name;
        bool ours = strncmp(name, prefix, strlen(prefix)) == 0 ||
                    strncmp(name, link_name, strlen(link_name)) == 0;
        if (ours && ends_with(name, partial))
            unlinkat(dirfd(stream), name, 0);
    }
    closedir(stream);
}

bool checkpoint_folder_link(const char *folder, int64_t step, struct error *error)
{
    char path[FILE_PATH_SIZE], name[CHECKPOINT_NAME_SIZE];
    struct error problem;
    checkpoint_name(name, step);
    if (!file_join(path, sizeof path, folder, link_name, error))
        return false;
    if (file_replace_link(path, name, &problem) || errno == EPERM || errno == EOPNOTSUPP ||
        errno == ENOSYS)
        return true;
    if (error)
        *error = problem;
    return false;
}

void checkpoint_folder_prune(const char *folder, int64_t newest, int keep)
{
    char path[FILE_PATH_SIZE];
    if (keep <= 0)
        return;
    struct steps steps = list_steps(folder);
    int kept = 0;
    for (size_t i = 0; i < steps.count; i++)
        if (steps.items[i] <= newest && ++kept > keep &&
            checkpoint_path(path, folder, steps.items[i], NULL))
            unlink(path);
    free(steps.items);
}

static bool is_whole(const char *path)
{
    struct checkpoint_header header;
    if (!checkpoint_read_header(path, &header, NULL))
        return false;
    checkpoint_header_release(&header);
    return true;
}

static bool later(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

/* The step that `latest` points to and when it was made; -1 if it points to no whole checkpoint. */
static int64_t linked_step(const char *folder, struct timespec *made)
{
    char link[FILE_PATH_SIZE], name[CHECKPOINT_NAME_SIZE], path[FILE_PATH_SIZE];
    struct stat status;
    if (!file_join(link, sizeof link, folder, link_name, NULL) || lstat(link, &status) != 0)
        return -1;
    ssize_t length = readlink(link, name, sizeof name - 1);
    if (length < 0)
        return -1;
    name[length] = '\0';
    *made = status.st_mtim;
    int64_t step = step_of(name);
    bool whole = step >= 0 && checkpoint_path(path, folder, step, NULL) && is_whole(path);
    return whole ? step : -1;
}

bool checkpoint_latest(const char *folder, char out[FILE_PATH_SIZE], struct error *error)
{
    struct timespec made;
    int64_t linked = linked_step(folder, &made);
    struct steps steps = list_steps(folder);
    bool found = false;
    for (size_t i = 0; !found && i < steps.count; i++) {
        struct stat status;
        int64_t step = steps.items[i];
        if (!checkpoint_path(out, folder, step, NULL) || stat(out, &status) != 0)
            continue;
        bool superseded = linked >= 0 && step > linked && !later(status.st_mtim, made);
        found = !superseded && is_whole(out);
    }
    free(steps.items);
    return found || error_set(error, ERROR_INPUT, "%s: holds no complete checkpoint", folder);
}

void checkpoint_folder_empty(const char *folder)
{
    char path[FILE_PATH_SIZE];
    size_t count;
    int64_t *steps = checkpoint_steps(folder, &count);
    for (size_t i = 0; i < count; i++)
        if (checkpoint_path(path, folder, steps[i], NULL))
            unlink(path);
    if (file_join(path, sizeof path, folder, link_name, NULL))
        unlink(path);
    free(steps);
}
