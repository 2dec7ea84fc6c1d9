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
    return config_defaults(&saved->config, error) &&
           config_read_text(&saved->config, header->config, strlen(header->config), saved->path,
                            ORIGIN_FILE, NULL, error) &&
           config_shape(&saved->config, &saved->shape, error);
}

/* A teacher to be filled from the checkpoint, where the arm had one. */
static bool load_teacher(struct saved *saved, int arm, struct checkpoint_block *blocks,
                         struct checkpoint_arm *into, struct error *error)
{
    unsigned wanted = strategy_choice_guides(&saved->config.arms[arm].mask.strategy);
    if (!(wanted & MASK_GUIDES_OF_MODEL))
        return true;
    struct teacher *teacher = saved->teachers[arm] = teacher_new(saved->models[arm], error);
    if (!teacher || (wanted & 1u << MASK_GUIDE_LOSS &&
                     !teacher_add_predictor(teacher, (uint64_t)saved->config.seed, error)))
        return false;
    teacher_describe(teacher, blocks, into);
    return true;
}

static bool load_models(struct saved *saved, bool encoders, struct error *error)
{
    bool lacking[ARM_LIMIT] = {false};
    struct checkpoint_arm arms[ARM_LIMIT] = {0};
    struct checkpoint_block blocks[ARM_LIMIT][TEACHER_BLOCKS];
    for (int i = 0; i < saved->config.arm_count; i++) {
        struct mae *mae = mae_new(&saved->shape, error);
        if (!mae)
            return false;
        saved->models[saved->arm_count++] = mae;
        arms[i].name = saved->config.arms[i].name;
        arms[i].table = &mae->table;
        arms[i].weights = mae->weights;
        arms[i].encoder_only = encoders ? &lacking[i] : NULL;
        if (!load_teacher(saved, i, blocks[i], &arms[i], error))
            return false;
    }
    if (!checkpoint_load(saved->path, arms, saved->arm_count, error))
        return false;
    for (int i = 0; i < saved->arm_count; i++)
        saved->encoder_only = saved->encoder_only || lacking[i];
    return true;
}

static bool open_models(struct saved *saved, const char *path, bool encoders, struct error *error)
{
    struct checkpoint_header header = {0};
    *saved = (struct saved){0};
    if (!find_checkpoint(saved, path, error) ||
        !checkpoint_read_header(saved->path, &header, error))
        return false;
    bool good = read_config(saved, &header, error) && load_models(saved, encoders, error);
    checkpoint_header_release(&header);
    if (!good)
        saved_release(saved);
    return good;
}

bool saved_open(struct saved *saved, const char *path, struct error *error)
{
    return open_models(saved, path, false, error);
}

bool saved_open_encoders(struct saved *saved, const char *path, struct error *error)
{
    return open_models(saved, path, true, error);
}

/* An arm whose teacher predicts losses, or null. */
static const char *find_predictor(const struct saved *saved)
{
    for (int i = 0; i < saved->arm_count; i++)
        if (saved->teachers[i] && saved->teachers[i]->predicts)
            return saved->config.arms[i].name;
    return NULL;
}

bool saved_prepare(struct saved *saved, int arm, const struct strategy_choice *choice,
                   struct error *error)
{
    unsigned wanted = strategy_choice_guides(choice);
    struct teacher **teacher = &saved->teachers[arm];
    if (!(wanted & MASK_GUIDES_OF_MODEL))
        return true;
    if (!*teacher && !(*teacher = teacher_new(saved->models[arm], error)))
        return false;
    if (!(wanted & 1u << MASK_GUIDE_LOSS) || (*teacher)->predicts)
        return true;
    const char *other = find_predictor(saved);
    return error_set(error, ERROR_DATA,
                     "%s: arm '%s' was not trained with the strategy loss: it has no head that "
                     "predicts losses%s%s%s",
                     saved->path, saved->config.arms[arm].name, other ? " (arm '" : "",
                     other ? other : "", other ? "' has one)" : "");
}

void saved_release(struct saved *saved)
{
    for (int i = 0; i < saved->arm_count; i++) {
        mae_free(saved->models[i]);
        teacher_free(saved->teachers[i]);
    }
    saved->arm_count = 0;
}
