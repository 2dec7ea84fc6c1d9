/* What downstream tasks work on: sources, the choice of images, checks of their classes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/downstream_private.h"
#include "run/feature_cache.h"
#include "run/sample.h"

/* The first of a random order are a fair sample. */
bool downstream_choose_images(struct downstream_images *images, uint64_t seed, int64_t wanted,
                              struct error *error)
{
    size_t all = images->source->count;
    images->count = wanted > 0 && (size_t)wanted < all ? (size_t)wanted : all;
    if (images->count < all)
        return (images->images = sample_order(seed, all, error));
    images->images = memory_new(all, sizeof *images->images, error);
    for (size_t i = 0; images->images && i < all; i++)
        images->images[i] = (uint32_t)i;
    return images->images;
}

void downstream_images_release(struct downstream_images *images)
{
    if (!images->borrowed)
        source_close(images->source);
    free(images->images);
    *images = (struct downstream_images){0};
}

/* Images without a class are left out; says how many. */
static void drop_unlabelled(struct downstream_images *images, const char *what, struct log *log)
{
    size_t kept = 0, all = images->count;
    for (size_t i = 0; i < all; i++)
        if (source_label(images->source, images->images[i]) >= 0)
            images->images[kept++] = images->images[i];
    images->count = kept;
    if (kept > 0 && kept < all)
        log_write(log, LOG_WARNING, "%zu of the %zu %s images have no class: they are left out",
                  all - kept, all, what);
}

static bool open_split(struct downstream *downstream, enum source_split split,
                       struct downstream_images *images, struct error *error)
{
    struct source_settings settings;
    const struct config *config = downstream->config;
    struct source *open =
        split == SOURCE_TRAIN ? downstream->request->train : downstream->request->held_out;
    config_source(config, downstream->request->shape, &settings);
    images->borrowed = open;
    images->source = open ? open : source_open(&settings, split, downstream->request->log, error);
    if (!images->source)
        return error_prefix(error, "data.path");
    return downstream_choose_images(
        images, (uint64_t)config->eval.seed,
        split == SOURCE_TRAIN ? config->probe.train_images : config->probe.images, error);
}

/* ---- Classes ---- */

/* counts [classes] of the images that take part, which all have a class. */
static void count_classes(const struct downstream_images *images, size_t *counts)
{
    for (size_t i = 0; i < images->count; i++)
        counts[source_label(images->source, images->images[i])]++;
}

static bool no_classes(const struct downstream *downstream, const char *what, struct error *error)
{
    return error_set(error, ERROR_DATA,
                     "%s: no %s image has a class, which the task needs (expected folders "
                     "train/CLASS/NAME and val/CLASS/NAME)",
                     downstream->data, what);
}

static bool check_trained(const struct downstream *downstream, const size_t *counts,
                          struct error *error)
{
    const struct source *source = downstream->train.source;
    int present = 0, of = 0;
    for (int i = 0; i < downstream->classes; i++)
        if (counts[i] > 0) {
            present++;
            of = i;
        }
    if (present > 1 && present < downstream->classes && !downstream->config->probe.missing_classes)
        log_write(downstream->request->log, LOG_WARNING,
                  "%s: %d of the %d classes have no image among the %zu to learn from: none can be "
                  "told to be of them",
                  downstream->data, downstream->classes - present, downstream->classes,
                  downstream->train.count);
    return present > 1 ||
           error_set(error, ERROR_DATA,
                     "%s: all training images are of one class, '%s': there is nothing to tell "
                     "apart",
                     downstream->data, source->class_names[of]);
}

/* Whether some images of the split were chosen rather than all. */
static bool is_choice(const struct source *source, int64_t wanted)
{
    return wanted > 0 && (size_t)wanted < source->count;
}

/* A small choice is soon without some class. */
static bool tell_of_missing(const struct downstream *downstream, int missing, const char *names,
                            struct error *error)
{
    const char *data = downstream->data;
    int64_t wanted = downstream->config->probe.images;
    if (!is_choice(downstream->held_out.source, wanted))
        return error_set(error, ERROR_DATA,
                         "%s: no held-out image of %d of the %d classes (%s): set "
                         "probe.missing_classes=true to be measured on the others",
                         data, missing, downstream->classes, names);
    log_write(downstream->request->log, LOG_WARNING,
              "%s: none of the %zu held-out images chosen is of %d of the %d classes (%s): what is "
              "measured is of the others",
              data, downstream->held_out.count, missing, downstream->classes, names);
    return true;
}

static bool check_held_out(const struct downstream *downstream, const size_t *trained,
                           const size_t *held_out, struct error *error)
{
    enum { NAMED = 3 };
    struct text names = {0};
    int missing = 0;
    for (int i = 0; i < downstream->classes; i++)
        if (trained[i] > 0 && held_out[i] == 0 && missing++ < NAMED)
            text_append(&names, "%s%s", missing > 1 ? ", " : "",
                        downstream->train.source->class_names[i]);
    if (missing > NAMED)
        text_append(&names, ", ...");
    bool good = missing == 0 || downstream->config->probe.missing_classes ||
                tell_of_missing(downstream, missing, text_of(&names), error);
    text_release(&names);
    return good;
}

static bool check_classes(struct downstream *downstream, struct error *error)
{
    downstream->classes = downstream->train.source->class_count;
    drop_unlabelled(&downstream->train, "training", downstream->request->log);
    if (downstream->classes == 0 || downstream->train.count == 0)
        return no_classes(downstream, "training", error);
    drop_unlabelled(&downstream->held_out, "held-out", downstream->request->log);
    if (downstream->held_out.count == 0)
        return no_classes(downstream, "held-out", error);
    size_t *counts = memory_new(2 * (size_t)downstream->classes, sizeof *counts, error);
    if (!counts)
        return false;
    size_t *held_out = counts + downstream->classes;
    count_classes(&downstream->train, counts);
    count_classes(&downstream->held_out, held_out);
    bool good = check_trained(downstream, counts, error) &&
                check_held_out(downstream, counts, held_out, error);
    free(counts);
    return good;
}

bool downstream_check_k(const struct downstream *downstream, size_t there, const char *what,
                        struct error *error)
{
    const struct setting_reals *k = &downstream->config->probe.k;
    for (int i = 0; i < k->count; i++)
        if (k->items[i] > (double)there)
            return error_set(error, ERROR_DATA,
                             "probe.k: k = %.0f neighbours, but there are only %zu %s", k->items[i],
                             there, what);
    return true;
}

/* ---- Opening and closing ---- */

/* The folder's name, or the kind of source. */
static void name_data(struct downstream *downstream)
{
    size_t count;
    const char *path = downstream->config->data.path;
    const char *kind = source_kinds(&count)[downstream->config->data.source]->name;
    const char *name = strcmp(kind, "scenes") ? path : kind;
    const char *end = name + strlen(name);
    while (end > name + 1 && end[-1] == '/')
        end--;
    const char *from = end;
    while (from > name && from[-1] != '/')
        from--;
    snprintf(downstream->data, sizeof downstream->data, "%.*s", (int)(end - from), from);
}

bool downstream_open_data(struct downstream *downstream, bool labelled, struct error *error)
{
    name_data(downstream);
    config_view(downstream->config, downstream->request->shape, false, &downstream->view);
    return open_split(downstream, SOURCE_TRAIN, &downstream->train, error) &&
           open_split(downstream, SOURCE_HOLDOUT, &downstream->held_out, error) &&
           (!labelled || check_classes(downstream, error));
}

void downstream_close_data(struct downstream *downstream)
{
    downstream_images_release(&downstream->train);
    downstream_images_release(&downstream->held_out);
    features_release(&downstream->train_features);
    features_release(&downstream->features);
}

/* ---- Features ---- */

static bool get_features(struct downstream *downstream, const struct downstream_images *images,
                         struct features *features, const char *what, struct error *error)
{
    struct probe_watch watch = downstream_watch(downstream);
    struct feature_plan plan = {downstream->mae, (int)downstream->config->probe.block,
                                images->source, &downstream->view};
    snprintf(downstream->what, sizeof downstream->what, "%s: features of %zu %s images",
             downstream->name, images->count, what);
    if (!feature_cache_get(features, downstream->request->cache, &plan, images->images,
                           images->count, &watch, downstream->request->log, error))
        return false;
    if (features->broken > 0)
        log_write(downstream->request->log, LOG_WARNING, "%zu of the %zu %s images cannot be read",
                  features->broken, images->count, what);
    return true;
}

bool downstream_features(struct downstream *downstream, struct error *error)
{
    if (downstream->features.count > 0)
        return true;
    char what[DOWNSTREAM_TEXT_SIZE];
    text_copy(what, sizeof what, downstream->what);
    bool good =
        get_features(downstream, &downstream->train, &downstream->train_features, "training",
                     error) &&
        get_features(downstream, &downstream->held_out, &downstream->features, "held-out", error);
    text_copy(downstream->what, sizeof downstream->what, what);
    return good;
}

struct probe_rows downstream_rows(const struct downstream *downstream,
                                  const struct features *features)
{
    return features_rows(features, (enum feature_kind)downstream->config->probe.features);
}

void downstream_write_features(const struct downstream *downstream, struct text *text)
{
    int64_t block = downstream->config->probe.block;
    text_append(text, "%s", feature_kind_name(downstream->config->probe.features));
    if (block > 0 && block < downstream->request->shape->depth)
        text_append(text, " of block %lld", (long long)block);
}
