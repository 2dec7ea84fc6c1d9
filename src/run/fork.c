#include "run/fork.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "run/checkpoint.h"
#include "run/checkpoint_folder.h"
#include "run/folder.h"
#include "run/store.h"

bool fork_parse(const char *text, char folder[FILE_PATH_SIZE], int64_t *step, struct error *error)
{
    const char *at = strrchr(text, '@');
    *step = FORK_NEWEST;
    if (strlen(text) >= FILE_PATH_SIZE)
        return error_set(error, ERROR_USAGE, "%s: the path is too long", text);
    text_copy(folder, FILE_PATH_SIZE, text);
    if (!at || file_is_folder(text))
        return true;
    if (!text_to_integer(at + 1, step) || *step < 0)
        return error_set(error, ERROR_USAGE, "'%s': write RUN@STEP, STEP a whole number", text);
    folder[at - text] = '\0';
    return true;
}

/* "no checkpoint of step 7; there are 10, 20 and 30" */
static bool tell_steps(const struct run_folder *run, int64_t step, struct error *error)
{
    enum { SHOWN = 12 };
    struct text list = {0};
    size_t count;
    int64_t *steps = checkpoint_steps(run->checkpoints, &count);
    for (size_t i = count < SHOWN ? count : SHOWN; i-- > 0;)
        text_append(&list, "%s%lld", list.length ? ", " : "", (long long)steps[i]);
    error_set(error, ERROR_INPUT, "%s: no checkpoint of step %lld; there %s %s%s", run->path,
              (long long)step, count == 1 ? "is" : "are", count ? text_of(&list) : "none",
              count > SHOWN ? " and older ones" : "");
    text_release(&list);
    free(steps);
    return false;
}

static bool find_checkpoint(const struct run_folder *run, int64_t *step, char path[FILE_PATH_SIZE],
                            struct error *error)
{
    struct checkpoint_header header;
    if (*step == FORK_NEWEST) {
        if (!checkpoint_latest(run->checkpoints, path, error))
            return false;
    } else if (!checkpoint_path(path, run->checkpoints, *step, error)) {
        return false;
    } else if (!file_exists(path)) {
        return tell_steps(run, *step, error);
    }
    if (!checkpoint_read_header(path, &header, error))
        return false;
    *step = header.step;
    checkpoint_header_release(&header);
    return true;
}

static bool copy_bytes(FILE *from, const char *name, struct file_write *write, struct error *error)
{
    static const size_t size = 1 << 20;
    char *buffer = memory_new(1, size, error);
    size_t count;
    if (!buffer)
        return false;
    while ((count = fread(buffer, 1, size, from)) > 0)
        fwrite(buffer, 1, count, write->stream);
    free(buffer);
    return !ferror(from) || error_set_errno(error, ERROR_IO, "%s", name);
}

/* A second name where the file system can: checkpoints are replaced whole, never written into. */
static bool copy_file(const char *from, const char *to, struct error *error)
{
    struct file_write write;
    if (link(from, to) == 0)
        return true;
    FILE *stream = fopen(from, "rbe");
    if (!stream)
        return error_set_errno(error, ERROR_INPUT, "%s", from);
    bool good = file_begin(&write, to, error);
    if (good && !copy_bytes(stream, from, &write, error)) {
        file_abandon(&write);
        good = false;
    } else if (good) {
        good = file_commit(&write, error);
    }
    fclose(stream);
    return good;
}

/* Forgets what came after the checkpoint, and says where the run comes from. */
static bool cut_record(const char *path, const char *from, int64_t step, struct error *error)
{
    struct store *store = store_open(path, STORE_APPEND, error);
    char origin[FILE_PATH_SIZE + 32];
    snprintf(origin, sizeof origin, "%s@%lld", from, (long long)step);
    struct store_event event = {
        .step = step, .time = (double)time(NULL), .kind = "forked", .note = origin};
    bool good = store && store_begin(store, error) &&
                store_truncate_after(store, step, true, error) &&
                store_set_meta(store, "forked_from", origin, error) &&
                store_add_event(store, &event, error) && store_commit(store, error);
    store_close(store);
    return good;
}

static bool fill(const struct run_folder *made, const struct run_folder *from,
                 const char *checkpoint, int64_t step, struct error *error)
{
    char copy[FILE_PATH_SIZE];
    bool good = store_copy(from->store, made->store, error) &&
                cut_record(made->store, from->path, step, error) &&
                checkpoint_path(copy, made->checkpoints, step, error) &&
                copy_file(checkpoint, copy, error);
    return good;
}

static bool default_path(char path[FILE_PATH_SIZE], const char *from, int64_t step,
                         struct error *error)
{
    size_t length = strlen(from);
    while (length > 1 && from[length - 1] == '/')
        length--;
    int written =
        snprintf(path, FILE_PATH_SIZE, "%.*s-at-%lld", (int)length, from, (long long)step);
    return written < FILE_PATH_SIZE ||
           error_set(error, ERROR_CREATE, "%s: the path is too long", from);
}

bool run_fork(const char *from, int64_t step, const char *path, char made[FILE_PATH_SIZE],
              struct error *error)
{
    struct run_folder run, new_run;
    char checkpoint[FILE_PATH_SIZE], wanted[FILE_PATH_SIZE];
    if (!file_is_folder(from))
        return error_set(error, ERROR_INPUT, "%s: no such run", from);
    struct config *config = memory_new(1, sizeof *config, error);
    if (!config)
        return false;
    bool good = config_defaults(config, error) && run_folder_open(&run, from, error) &&
                find_checkpoint(&run, &step, checkpoint, error) &&
                config_read_file(config, run.config, ORIGIN_FILE, NULL, error) &&
                (path || default_path(wanted, from, step, error)) &&
                run_folder_make(&new_run, path ? path : wanted, config, error);
    if (good && !fill(&new_run, &run, checkpoint, step, error)) {
        run_fork_remove(new_run.path);
        good = false;
    }
    free(config);
    if (good)
        text_copy(made, FILE_PATH_SIZE, new_run.path);
    return good;
}

void run_fork_remove(const char *made)
{
    struct run_folder folder;
    if (!run_folder_open(&folder, made, NULL))
        return;
    checkpoint_folder_empty(folder.checkpoints);
    run_folder_remove(&folder);
}
