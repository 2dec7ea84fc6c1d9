#include "run/feature_cache.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "run/safetensors.h"

/* Raised when the same inputs give other features. */
enum { VERSION = 1, KEY_SIZE = 17 };
static const char format[] = "maskscope-features";

uint64_t encoder_digest(const struct mae *mae)
{
    uint64_t digest = DIGEST_BEGIN;
    for (int i = 0; i < mae->table.count; i++) {
        const struct parameter *item = &mae->table.items[i];
        if (mae_is_of_decoder(item->name))
            continue;
        digest = digest_text(digest, item->name);
        digest = digest_bytes(digest, mae->weights + item->offset, item->count * sizeof(float));
    }
    return digest;
}

static uint64_t digest_of(const struct feature_plan *plan, const uint32_t *images, size_t count)
{
    const struct view_settings *view = plan->view;
    uint64_t digest = digest_number(encoder_digest(plan->mae), VERSION);
    digest = digest_number(digest, plan->source->digest);
    digest = digest_text(digest, plan->source->kind->name);
    digest = digest_number(digest, plan->source->settings.exif);
    for (size_t i = 0; i < count; i++)
        digest = digest_number(digest, images[i]);
    /* 0 and the number of the last block mean the same. */
    digest = digest_number(digest, (uint64_t)(plan->block ? plan->block : plan->mae->shape.depth));
    digest = digest_number(digest, (uint64_t)plan->mae->shape.heads);
    digest = digest_number(digest, (uint64_t)(view->crop == CROP_SQUASH));
    digest = digest_number(digest, (uint64_t)view->width << 32 | (uint64_t)view->height);
    digest = digest_bytes(digest, view->mean, (size_t)view->channels * sizeof *view->mean);
    return digest_bytes(digest, view->deviation, (size_t)view->channels * sizeof *view->deviation);
}

/* ---- Files ---- */

static bool read_integers(const struct safetensors *file, const char *name, size_t count, void *out,
                          struct error *error)
{
    int shape[1] = {(int)count};
    const struct safetensors_tensor *tensor =
        safetensors_expect(file, name, SAFETENSORS_I32, 1, shape, error);
    return tensor && safetensors_read(file, tensor, out, error);
}

static bool read_features(struct features *features, const struct safetensors *file, size_t most,
                          size_t dim, struct error *error)
{
    const struct safetensors_tensor *labels = safetensors_find(file, "labels");
    const char *of = safetensors_metadata(file, "format");
    if (!of || strcmp(of, format) || !labels || labels->count < 1 || labels->count > most)
        return error_set(error, ERROR_DATA, "%s: no features as they are kept here",
                         safetensors_path(file));
    if (!features_init(features, labels->count, dim, error))
        return false;
    int shape[2] = {(int)features->count, (int)dim};
    features->broken = most - features->count;
    bool good = read_integers(file, "labels", features->count, features->labels, error) &&
                read_integers(file, "images", features->count, features->images, error);
    for (int kind = 0; good && kind < FEATURE_KINDS; kind++)
        good = safetensors_read_floats(file, feature_kind_name(kind), 2, shape,
                                       features->values[kind], error);
    if (!good)
        features_release(features);
    return good;
}

static bool load(struct features *features, const char *path, size_t count, size_t dim,
                 struct log *log)
{
    struct error error;
    if (!file_exists(path))
        return false;
    struct safetensors *file = safetensors_open(path, &error);
    bool good = file && read_features(features, file, count, dim, &error);
    safetensors_close(file);
    if (!good)
        log_write(log, LOG_WARNING, "%s; the features are made anew", error.message);
    return good;
}

static bool write_features(const struct features *features, const char *path, struct error *error)
{
    struct safetensors_writer *writer = safetensors_writer_new(error);
    int shape[2] = {(int)features->count, (int)features->dim};
    bool good = writer && safetensors_writer_metadata(writer, "format", format, error) &&
                safetensors_writer_add(writer, "labels", SAFETENSORS_I32, 1, shape,
                                       features->labels, error) &&
                safetensors_writer_add(writer, "images", SAFETENSORS_I32, 1, shape,
                                       features->images, error);
    for (int kind = 0; good && kind < FEATURE_KINDS; kind++)
        good = safetensors_writer_add(writer, feature_kind_name(kind), SAFETENSORS_F32, 2, shape,
                                      features->values[kind], error);
    good = good && safetensors_writer_save(writer, path, error);
    safetensors_writer_free(writer);
    return good;
}

static void keep(const struct features *features, const char *folder, const char *path,
                 struct log *log)
{
    struct error error;
    if (!file_make_folder(folder, &error) || !write_features(features, path, &error))
        log_write(log, LOG_WARNING, "%s; the features are not kept", error.message);
}

bool feature_cache_get(struct features *features, const char *folder,
                       const struct feature_plan *plan, const uint32_t *images, size_t count,
                       const struct probe_watch *watch, struct log *log, struct error *error)
{
    char path[FILE_PATH_SIZE], name[KEY_SIZE + sizeof ".safetensors"];
    size_t dim = (size_t)plan->mae->shape.embed_dim;
    if (!folder)
        return features_extract(features, plan, images, count, watch, error);
    snprintf(name, sizeof name, "%016" PRIx64 ".safetensors", digest_of(plan, images, count));
    if (!file_join(path, sizeof path, folder, name, error))
        return false;
    if (load(features, path, count, dim, log))
        return true;
    if (!features_extract(features, plan, images, count, watch, error))
        return false;
    keep(features, folder, path, log);
    return true;
}
