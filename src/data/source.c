#include "data/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/kinds.h"

static const struct source_kind *const kinds[] = {&source_scenes, &source_folder, &source_cifar};

const struct source_kind *const *source_kinds(size_t *count)
{
    *count = ARRAY_LENGTH(kinds);
    return kinds;
}

static const char *kind_name(const void *context, size_t i)
{
    (void)context;
    return kinds[i]->name;
}

static const struct source_kind *find_kind(const char *name, struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    int nearest = text_nearest(name, ARRAY_LENGTH(kinds), kind_name, NULL);
    if (nearest >= 0)
        error_set(error, ERROR_DATA, "no kind of source '%s'; did you mean '%s'?", name,
                  kinds[nearest]->name);
    else
        error_set(error, ERROR_DATA, "no kind of source '%s'", name);
    return NULL;
}

/* A null text stays null. */
static bool copy_text(const char **text, struct error *error)
{
    if (!*text)
        return true;
    *text = strdup(*text);
    return *text || error_set(error, ERROR_SYSTEM, "out of memory");
}

static bool copy_settings(struct source *source, const struct source_settings *settings,
                          struct error *error)
{
    source->settings = *settings;
    source->settings.kind = source->kind->name;
    source->settings.holdout = NULL;
    if (!copy_text(&source->settings.path, error)) {
        source->settings.path = NULL;
        return false;
    }
    source->settings.holdout = settings->holdout;
    return copy_text(&source->settings.holdout, error);
}

static void release(struct source *source)
{
    free((void *)(uintptr_t)source->settings.path);
    free((void *)(uintptr_t)source->settings.holdout);
    free(source);
}

struct source *source_open(const struct source_settings *settings, enum source_split split,
                           struct log *log, struct error *error)
{
    const struct source_kind *kind = find_kind(settings->kind, error);
    struct source *source = kind ? memory_new(1, sizeof *source, error) : NULL;
    if (!source)
        return NULL;
    source->kind = kind;
    if (copy_settings(source, settings, error) &&
        kind->open(source, &source->settings, split, log, error))
        return source;
    release(source);
    return NULL;
}

void source_close(struct source *source)
{
    if (!source)
        return;
    source->kind->close(source);
    picture_cache_free(source->cache);
    release(source);
}

bool source_keep(struct source *source, size_t bytes, struct error *error)
{
    picture_cache_free(source->cache);
    source->cache = bytes ? picture_cache_new(source->count, bytes, error) : NULL;
    return source->cache || !bytes;
}

struct picture_cache_state source_kept(const struct source *source)
{
    return source->cache ? picture_cache_state(source->cache) : (struct picture_cache_state){0};
}

bool source_read(const struct source *source, size_t index, int min_width, int min_height,
                 struct image *image, struct error *error)
{
    struct picture_cache *cache = source->cache;
    if (cache && picture_cache_get(cache, index, min_width, min_height, image))
        return true;
    if (!source->kind->read(source, index, min_width, min_height, image, error))
        return false;
    if (cache)
        picture_cache_put(cache, index, image);
    return true;
}

int source_label(const struct source *source, size_t index)
{
    return source->kind->label_of(source, index);
}

const char *source_name(const struct source *source, size_t index, char *buffer, size_t size)
{
    return source->kind->name_of(source, index, buffer, size);
}
