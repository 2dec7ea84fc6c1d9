#include "run/checkpoint.h"

#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "nn/mae.h"
#include "run/checkpoint_folder.h"
#include "run/safetensors.h"

static const char format_name[] = "maskscope-checkpoint";
/* What the names of tensors begin with that are not the model's own. */
static const char *const other_prefixes[] = {"optimizer.", "ema.", "guide."};

/* Numbers of an arm, each a JSON list in the metadata. */
static const struct {
    const char *key;
    size_t offset; /* of the pointer in struct checkpoint_arm */
} counters[] = {
    {"adam_steps", offsetof(struct checkpoint_arm, adam_steps)},
    {"ema_updates", offsetof(struct checkpoint_arm, ema_updates)},
    {"guide_steps", offsetof(struct checkpoint_arm, guide_steps)},
};

enum { VERSION = 1, NAME_SIZE = 256 };

/* ---- The tensors of an arm ---- */

/* Where one tensor of the file lies in memory. */
struct slot {
    char name[NAME_SIZE];
    const struct parameter *parameter;
    float *values;
};

typedef bool slot_visitor(void *context, const struct slot *slot, struct error *error);

/* "", or "ARM/" when the file holds several. */
static void arm_prefix(char prefix[NAME_SIZE], const char *arm, bool several)
{
    snprintf(prefix, NAME_SIZE, "%s%s", several ? arm : "", several ? "/" : "");
}

static int64_t *counter_of(const struct checkpoint_arm *arm, size_t counter)
{
    int64_t *value;
    memcpy(&value, (const char *)arm + counters[counter].offset, sizeof value);
    return value;
}

/* What is asked for of an arm's tensors. */
struct slot_range {
    bool several; /* arms in the file */
    bool encoder; /* the decoder's are left out */
};

static bool visit_block(const struct parameter_table *table, bool encoder, const char *prefix,
                        const char *group, float *block, slot_visitor *visit, void *context,
                        struct error *error)
{
    for (int i = 0; i < table->count; i++) {
        const struct parameter *parameter = &table->items[i];
        if ((group[0] && parameter->init == PARAMETER_FIXED) ||
            (encoder && mae_is_of_decoder(parameter->name)))
            continue;
        struct slot slot = {.parameter = parameter, .values = block + parameter->offset};
        if ((size_t)snprintf(slot.name, NAME_SIZE, "%s%s%s", prefix, group, parameter->name) >=
            NAME_SIZE)
            return error_set(error, ERROR_USAGE, "%s%s: the name is too long", prefix,
                             parameter->name);
        if (!visit(context, &slot, error))
            return false;
    }
    return true;
}

/* All tensors that an arm has in a checkpoint, in the order of the file. */
static bool visit_slots(const struct checkpoint_arm *arm, struct slot_range range,
                        slot_visitor *visit, void *context, struct error *error)
{
    char prefix[NAME_SIZE];
    arm_prefix(prefix, arm->name, range.several);
    const struct parameter_table *table = arm->table;
    bool encoder = range.encoder;
    bool good = visit_block(table, encoder, prefix, "", arm->weights, visit, context, error);
    if (good && arm->moment1)
        good = visit_block(table, encoder, prefix, "optimizer.exp_avg.", arm->moment1, visit,
                           context, error) &&
               visit_block(table, encoder, prefix, "optimizer.exp_avg_sq.", arm->moment2, visit,
                           context, error);
    for (int i = 0; good && i < arm->block_count; i++)
        good = visit_block(arm->blocks[i].table, encoder, prefix, arm->blocks[i].prefix,
                           arm->blocks[i].values, visit, context, error);
    return good;
}

/* ---- Saving ---- */

static bool add_slot(void *context, const struct slot *slot, struct error *error)
{
    const struct parameter *parameter = slot->parameter;
    return safetensors_writer_add(context, slot->name, SAFETENSORS_F32, parameter->dimensions,
                                  parameter->shape, slot->values, error);
}

/* A list of `count` values; takes it. */
static bool add_json(struct safetensors_writer *writer, const char *key, json_t *list, int count,
                     struct error *error)
{
    bool complete = json_array_size(list) == (size_t)count;
    char *text = list && complete ? json_dumps(list, JSON_COMPACT) : NULL;
    bool good = text ? safetensors_writer_metadata(writer, key, text, error)
                     : error_set(error, ERROR_SYSTEM, "out of memory");
    free(text);
    json_decref(list);
    return good;
}

static bool add_counter(struct safetensors_writer *writer, size_t counter,
                        const struct checkpoint_arm *arms, int count, struct error *error)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++) {
        const int64_t *value = counter_of(&arms[i], counter);
        json_array_append_new(list, json_integer(value ? *value : 0));
    }
    return add_json(writer, counters[counter].key, list, count, error);
}

static bool add_metadata(struct safetensors_writer *writer, int64_t step, const char *config,
                         const struct checkpoint_arm *arms, int count, struct error *error)
{
    char version[16], steps[32];
    snprintf(version, sizeof version, "%d", VERSION);
    snprintf(steps, sizeof steps, "%" PRId64, step);
    json_t *names = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(names, json_string(arms[i].name));
    bool good = add_json(writer, "arms", names, count, error);
    for (size_t i = 0; good && i < ARRAY_LENGTH(counters); i++)
        good = add_counter(writer, i, arms, count, error);
    return good && safetensors_writer_metadata(writer, "format", format_name, error) &&
           safetensors_writer_metadata(writer, "version", version, error) &&
           safetensors_writer_metadata(writer, "step", steps, error) &&
           safetensors_writer_metadata(writer, "config", config, error);
}

static bool write_file(const char *path, int64_t step, const char *config,
                       const struct checkpoint_arm *arms, int count, struct error *error)
{
    struct safetensors_writer *writer = safetensors_writer_new(error);
    if (!writer)
        return false;
    bool good = add_metadata(writer, step, config, arms, count, error);
    for (int i = 0; good && i < count; i++)
        good = visit_slots(&arms[i], (struct slot_range){.several = count > 1}, add_slot, writer,
                           error);
    good = good && safetensors_writer_save(writer, path, error);
    safetensors_writer_free(writer);
    return good;
}

bool checkpoint_save(const char *folder, int64_t step, const char *config,
                     const struct checkpoint_arm *arms, int count, int keep, struct error *error)
{
    char path[FILE_PATH_SIZE];
    for (int i = 0; i < count; i++)
        if (!arms[i].name[0] || strchr(arms[i].name, '/'))
            return error_set(error, ERROR_USAGE, "arm '%.40s': not a name for a checkpoint",
                             arms[i].name);
    if (!file_make_folder(folder, error) || !checkpoint_path(path, folder, step, error))
        return false;
    checkpoint_folder_clean(folder);
    if (!write_file(path, step, config, arms, count, error) ||
        !checkpoint_folder_link(folder, step, error))
        return false;
    checkpoint_folder_prune(folder, step, keep);
    return true;
}

/* ---- Reading ---- */

static bool bad(const struct safetensors *file, const char *problem, struct error *error)
{
    return error_set(error, ERROR_DATA, "%s: %s", safetensors_path(file), problem);
}

static const char *metadata(const struct safetensors *file, const char *key)
{
    const char *value = safetensors_metadata(file, key);
    return value ? value : "";
}

static bool check_format(const struct safetensors *file, struct error *error)
{
    int64_t version;
    if (strcmp(metadata(file, "format"), format_name) != 0)
        return bad(file, "not a maskscope checkpoint", error);
    if (!text_to_integer(metadata(file, "version"), &version) || version < 1)
        return bad(file, "a checkpoint without a version", error);
    if (version > VERSION)
        return error_set(error, ERROR_DATA,
                         "%s: written by a newer maskscope (version %" PRId64
                         "; this one knows up to %d)",
                         safetensors_path(file), version, VERSION);
    return true;
}

/* The arms' names as a JSON list of texts that the caller releases; null with *error set. */
static json_t *read_names(const struct safetensors *file, struct error *error)
{
    json_t *names = json_loads(metadata(file, "arms"), 0, NULL);
    bool good = json_array_size(names) > 0 && json_array_size(names) <= INT_MAX;
    for (size_t i = 0; good && i < json_array_size(names); i++)
        good = json_is_string(json_array_get(names, i));
    if (good)
        return names;
    json_decref(names);
    bad(file, "a checkpoint without a list of arms", error);
    return NULL;
}

static bool fill_header(struct checkpoint_header *header, const struct safetensors *file,
                        struct error *error)
{
    if (!check_format(file, error))
        return false;
    if (!text_to_integer(metadata(file, "step"), &header->step) || header->step < 0)
        return bad(file, "a checkpoint without a step", error);
    json_t *names = read_names(file, error);
    if (!names)
        return false;
    int count = (int)json_array_size(names);
    header->config = strdup(metadata(file, "config"));
    header->arms = memory_new((size_t)count, sizeof *header->arms, error);
    bool good = header->config && header->arms;
    for (; good && header->arm_count < count; header->arm_count++) {
        const char *name = json_string_value(json_array_get(names, (size_t)header->arm_count));
        good = (header->arms[header->arm_count] = strdup(name)) != NULL;
    }
    json_decref(names);
    return good || error_set(error, ERROR_SYSTEM, "out of memory");
}

bool checkpoint_read_header(const char *path, struct checkpoint_header *header, struct error *error)
{
    *header = (struct checkpoint_header){0};
    struct safetensors *file = safetensors_open(path, error);
    bool good = file && fill_header(header, file, error);
    safetensors_close(file);
    if (!good)
        checkpoint_header_release(header);
    return good;
}

void checkpoint_header_release(struct checkpoint_header *header)
{
    for (int i = 0; i < header->arm_count; i++)
        free(header->arms[i]);
    free(header->arms);
    free(header->config);
    *header = (struct checkpoint_header){0};
}

/* ---- Loading ---- */

static bool check_slot(void *context, const struct slot *slot, struct error *error)
{
    const struct parameter *parameter = slot->parameter;
    return safetensors_expect(context, slot->name, SAFETENSORS_F32, parameter->dimensions,
                              parameter->shape, error) != NULL;
}

static bool read_slot(void *context, const struct slot *slot, struct error *error)
{
    const struct safetensors *file = context;
    return safetensors_read(file, safetensors_find(file, slot->name), slot->values, error);
}

static bool is_of_model(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(other_prefixes); i++)
        if (strncmp(name, other_prefixes[i], strlen(other_prefixes[i])) == 0)
            return false;
    return true;
}

/* Whether the file has nothing of the arm's decoder. */
static bool lacks_decoder(const struct safetensors *file, const char *prefix)
{
    size_t length = strlen(prefix);
    for (size_t i = 0; i < safetensors_count(file); i++) {
        const char *name = safetensors_at(file, i)->name;
        if (strncmp(name, prefix, length) == 0 && mae_is_of_decoder(name + length))
            return false;
    }
    return true;
}

/* Whether the model of that table has a decoder, which the guides' tables do not. */
static bool check_decoder(const struct safetensors *file, const struct checkpoint_arm *arm,
                          struct slot_range *range, struct error *error)
{
    char prefix[NAME_SIZE];
    arm_prefix(prefix, arm->name, range->several);
    range->encoder = parameter_find(arm->table, MAE_DECODER_FIRST) && lacks_decoder(file, prefix);
    return !range->encoder || arm->encoder_only ||
           error_set(error, ERROR_DATA,
                     "%s: it holds an encoder only (no %s%s and what follows): the decoder is "
                     "needed to reconstruct",
                     safetensors_path(file), prefix, MAE_DECODER_FIRST);
}

/* A file with more than the table's tensors is of another model: a deeper one, say. */
static bool check_no_others(const struct safetensors *file, const struct checkpoint_arm *arm,
                            struct slot_range range, struct error *error)
{
    char prefix[NAME_SIZE];
    arm_prefix(prefix, arm->name, range.several);
    size_t length = strlen(prefix), found = 0, expected = 0;
    for (size_t i = 0; i < safetensors_count(file); i++) {
        const char *name = safetensors_at(file, i)->name;
        found += strncmp(name, prefix, length) == 0 && is_of_model(name + length);
    }
    for (int i = 0; i < arm->table->count; i++)
        expected += !range.encoder || !mae_is_of_decoder(arm->table->items[i].name);
    return found == expected ||
           error_set(error, ERROR_DATA, "%s: arm %s has %zu tensors, this model has %zu",
                     safetensors_path(file), arm->name, found, expected);
}

static int find_name(const json_t *names, const char *name)
{
    for (size_t i = 0; i < json_array_size(names); i++)
        if (strcmp(json_string_value(json_array_get(names, i)), name) == 0)
            return (int)i;
    return -1;
}

/* Takes over the numbers that are wanted, or only checks that they are there. */
static bool read_counters(const struct safetensors *file, const struct checkpoint_arm *arm,
                          size_t index, bool assign, struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(counters); i++) {
        int64_t *value = counter_of(arm, i);
        if (!value)
            continue;
        json_t *list = json_loads(metadata(file, counters[i].key), 0, NULL);
        const json_t *number = json_array_get(list, index);
        bool good = json_is_integer(number);
        if (good && assign)
            *value = json_integer_value(number);
        json_decref(list);
        if (!good)
            return error_set(error, ERROR_DATA, "%s: a checkpoint without %s",
                             safetensors_path(file), counters[i].key);
    }
    return true;
}

static bool check_arm(struct safetensors *file, const json_t *names,
                      const struct checkpoint_arm *arm, struct slot_range *range,
                      struct error *error)
{
    int index = find_name(names, arm->name);
    *range = (struct slot_range){.several = json_array_size(names) > 1};
    if (index < 0)
        return error_set(error, ERROR_DATA, "%s: holds no arm %s", safetensors_path(file),
                         arm->name);
    return read_counters(file, arm, (size_t)index, false, error) &&
           check_decoder(file, arm, range, error) &&
           visit_slots(arm, *range, check_slot, file, error) &&
           check_no_others(file, arm, *range, error);
}

static bool load_arm(struct safetensors *file, const json_t *names,
                     const struct checkpoint_arm *arm, struct error *error)
{
    struct slot_range range;
    if (!check_arm(file, names, arm, &range, error) ||
        !visit_slots(arm, range, read_slot, file, error) ||
        !read_counters(file, arm, (size_t)find_name(names, arm->name), true, error))
        return false;
    if (arm->encoder_only)
        *arm->encoder_only = range.encoder;
    return true;
}

static bool load_arms(struct safetensors *file, const json_t *names,
                      const struct checkpoint_arm *arms, int count, struct error *error)
{
    struct slot_range range;
    for (int i = 0; i < count; i++)
        if (!check_arm(file, names, &arms[i], &range, error))
            return false;
    for (int i = 0; i < count; i++)
        if (!load_arm(file, names, &arms[i], error))
            return false;
    return true;
}

bool checkpoint_load(const char *path, const struct checkpoint_arm *arms, int count,
                     struct error *error)
{
    struct safetensors *file = safetensors_open(path, error);
    if (!file)
        return false;
    json_t *names = check_format(file, error) ? read_names(file, error) : NULL;
    bool good = names && load_arms(file, names, arms, count, error);
    json_decref(names);
    safetensors_close(file);
    return good;
}
