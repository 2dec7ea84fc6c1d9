#include "run/finetune_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/safetensors.h"

static const double seconds_between = 300;
static const char format[] = "maskscope-finetune";
/* The three numbers besides the blocks. */
enum { DONE, UPDATES, NUMBERS };

static bool read_state(struct finetune_state *state, const struct safetensors *file,
                       struct error *error)
{
    int numbers[1] = {NUMBERS}, one[1] = {1};
    int64_t counts[NUMBERS];
    const char *of = safetensors_metadata(file, "format");
    const struct safetensors_tensor *steps =
        safetensors_expect(file, "steps", SAFETENSORS_I64, 1, numbers, error);
    const struct safetensors_tensor *loss =
        steps ? safetensors_expect(file, "loss", SAFETENSORS_F64, 1, one, error) : NULL;
    if (!loss || !of || strcmp(of, format))
        return loss &&
               error_set(error, ERROR_DATA, "%s: no fine-tuning under way", safetensors_path(file));
    for (int i = 0; i < FINETUNE_BLOCKS; i++) /* all are there before any is read */
        if (!safetensors_expect(file, state->blocks[i].name, SAFETENSORS_F32, 1,
                                (int[]){(int)state->blocks[i].count}, error))
            return false;
    if (!safetensors_read(file, steps, counts, error) ||
        !safetensors_read(file, loss, &state->loss, error))
        return false;
    for (int i = 0; i < FINETUNE_BLOCKS; i++)
        if (!safetensors_read(file, safetensors_find(file, state->blocks[i].name),
                              state->blocks[i].values, error))
            return false;
    state->done = counts[DONE];
    state->updates = counts[UPDATES];
    return true;
}

/* What is damaged before it was read does no harm: all begins anew. */
static bool load(void *context, struct finetune_state *state, struct error *error)
{
    const struct finetune_file *keeping = context;
    if (!file_exists(keeping->path)) {
        log_write(keeping->log, LOG_DEBUG, "fine-tuning begins");
        return true;
    }
    struct safetensors *file = safetensors_open(keeping->path, error);
    bool good = file && read_state(state, file, error);
    safetensors_close(file);
    if (good)
        log_write(keeping->log, LOG_INFO, "going on after %lld steps", (long long)state->done);
    if (good || error->code != ERROR_DATA)
        return good;
    log_write(keeping->log, LOG_WARNING, "%s; the fine-tuning begins anew", error->message);
    return true;
}

static bool write_state(const struct finetune_state *state, const char *path, struct error *error)
{
    const int64_t counts[NUMBERS] = {[DONE] = state->done, [UPDATES] = state->updates};
    struct safetensors_writer *writer = safetensors_writer_new(error);
    bool good =
        writer && safetensors_writer_metadata(writer, "format", format, error) &&
        safetensors_writer_add(writer, "steps", SAFETENSORS_I64, 1, (int[]){NUMBERS}, counts,
                               error) &&
        safetensors_writer_add(writer, "loss", SAFETENSORS_F64, 1, (int[]){1}, &state->loss, error);
    for (int i = 0; good && i < FINETUNE_BLOCKS; i++)
        good = safetensors_writer_add(writer, state->blocks[i].name, SAFETENSORS_F32, 1,
                                      (int[]){(int)state->blocks[i].count}, state->blocks[i].values,
                                      error);
    good = good && safetensors_writer_save(writer, path, error);
    safetensors_writer_free(writer);
    return good;
}

static bool save(void *context, const struct finetune_state *state, bool leaving,
                 struct error *error)
{
    struct finetune_file *keeping = context;
    if (!leaving && downstream_now() - keeping->saved_at < seconds_between)
        return true;
    keeping->saved_at = downstream_now();
    return file_make_folder(keeping->folder, error) && write_state(state, keeping->path, error);
}

const struct finetune_keeper *finetune_file_open(struct finetune_file *file,
                                                 const struct downstream *downstream, int64_t seed,
                                                 struct error *error)
{
    char name[DOWNSTREAM_TEXT_SIZE];
    const char *folder = downstream->request->cache;
    if (!folder)
        return NULL;
    *file = (struct finetune_file){.log = downstream->request->log,
                                   .saved_at = downstream_now(),
                                   .keeper = {load, save, file}};
    snprintf(name, sizeof name, "finetune-%s-%g-%" PRId64 ".safetensors", downstream->key,
             downstream->config->probe.finetune.epochs, seed);
    text_copy(file->folder, sizeof file->folder, folder);
    return file_join(file->path, sizeof file->path, folder, name, error) ? &file->keeper : NULL;
}

void finetune_file_remove(const struct finetune_file *file)
{
    unlink(file->path);
}
