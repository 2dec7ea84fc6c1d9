#include "run/saved.h"

#include <string.h>

#include "run/checkpoint.h"
#include "run/folder.h"

static bool find_checkpoint(struct saved *saved, const char *path, struct error *error)
{
    struct run_folder folder;
    if (!file_is_folder(path)) {
        if (!text_copy(saved->path, sizeof saved->path, path))
            return error_set(error, ERROR_USAGE, "%s: the path is too long", path);
        return true;
    }
    if (!run_folder_open(&folder, path, error))
        return false;
    const char *checkpoints = file_is_folder(folder.checkpoints) ? folder.checkpoints : path;
    return checkpoint_latest(checkpoints, saved->path, error);
}

static bool read_config(struct saved *saved, struct checkpoint_header *header, struct error *error)
{
    saved->step = header->step;
    config_defaults(&saved->config);
    return config_read_text(&saved->config, header->config, strlen(header->config), saved->path,
                            ORIGIN_FILE, NULL, error) &&
           config_shape(&saved->config, &saved->shape, error);
}

static bool load_models(struct saved *saved, struct error *error)
{
    struct checkpoint_arm arms[ARM_LIMIT] = {0};
    for (int i = 0; i < saved->config.arm_count; i++) {
        struct mae *mae = mae_new(&saved->shape, error);
        if (!mae)
            return false;
        saved->models[saved->arm_count++] = mae;
        arms[i].name = saved->config.arms[i].name;
        arms[i].table = &mae->table;
        arms[i].weights = mae->weights;
    }
    return checkpoint_load(saved->path, arms, saved->arm_count, error);
}

bool saved_open(struct saved *saved, const char *path, struct error *error)
{
    struct checkpoint_header header = {0};
    *saved = (struct saved){0};
    if (!find_checkpoint(saved, path, error) ||
        !checkpoint_read_header(saved->path, &header, error))
        return false;
    bool good = read_config(saved, &header, error) && load_models(saved, error);
    checkpoint_header_release(&header);
    if (!good)
        saved_release(saved);
    return good;
}

void saved_release(struct saved *saved)
{
    for (int i = 0; i < saved->arm_count; i++)
        mae_free(saved->models[i]);
    saved->arm_count = 0;
}
