/* The task lowshot: what a few labelled images of each class are enough for. */
#include <stdlib.h>

#include "probe/logistic.h"
#include "probe/subset.h"
#include "run/downstream_private.h"

static bool name_variant(const struct downstream *downstream, int index, struct text *name)
{
    const struct setting_reals *shots = &downstream->config->probe.shots;
    if (index >= shots->count)
        return false;
    downstream_write_features(downstream, name);
    text_append(name, ", %d a class", (int)shots->items[index]);
    return true;
}

static bool too_few(const struct downstream *downstream, int shots, size_t there, int label,
                    struct error *error)
{
    return error_set(error, ERROR_DATA,
                     "probe.shots: %d images of each class, but there are only %zu of '%s'", shots,
                     there, downstream->train.source->class_names[label]);
}

static bool check(struct downstream *downstream, struct error *error)
{
    const struct setting_reals *shots = &downstream->config->probe.shots;
    const struct downstream_images *train = &downstream->train;
    size_t *counts = memory_new((size_t)downstream->classes, sizeof *counts, error);
    bool good = counts;
    for (size_t i = 0; good && i < train->count; i++)
        counts[source_label(train->source, train->images[i])]++;
    for (int i = 0; good && i < shots->count; i++)
        for (int label = 0; good && label < downstream->classes; label++)
            good = counts[label] == 0 || (double)counts[label] >= shots->items[i] ||
                   too_few(downstream, (int)shots->items[i], counts[label], label, error);
    free(counts);
    return good;
}

static bool draw(struct subset *subset, const struct downstream *downstream,
                 const struct probe_rows *rows, int shots, int64_t seed, struct error *error)
{
    int lacking;
    return subset_draw(subset, rows, downstream->classes, (size_t)shots, (uint64_t)seed, &lacking,
                       error) ||
           (lacking >= 0 &&
            too_few(downstream, shots, rows_of_class(rows, lacking), lacking, error));
}

static bool run_variant(struct downstream *downstream, const struct probe_rows *train,
                        const struct standard *standard, int variant, int64_t seed,
                        struct error *error)
{
    struct subset subset = {0};
    struct logistic logistic = {0};
    struct probe_watch watch = downstream_watch(downstream);
    int shots = (int)downstream->config->probe.shots.items[variant];
    bool good = draw(&subset, downstream, train, shots, seed, error);
    if (good) {
        struct probe_rows rows = subset_rows(&subset);
        struct logistic_settings settings = {.classes = downstream->classes,
                                             .penalty = 1 / (double)rows.count,
                                             .standard = standard};
        good = logistic_fit(&logistic, &rows, &settings, NULL, &watch, error) &&
               downstream_add_regression(downstream, variant, seed, &logistic, error);
    }
    logistic_release(&logistic);
    subset_release(&subset);
    return good;
}

/* Columns are standardised by all training images: that takes no labels. */
static bool run(struct downstream *downstream, int64_t seed, struct error *error)
{
    if (!downstream_features(downstream, error))
        return false;
    struct probe_rows train = downstream_rows(downstream, &downstream->train_features);
    struct standard standard;
    bool good = standard_init(&standard, &train, error);
    for (int i = 0; good && i < downstream->config->probe.shots.count; i++)
        good = run_variant(downstream, &train, &standard, i, seed, error);
    standard_release(&standard);
    return good;
}

const struct downstream_task downstream_lowshot = {
    .name = "lowshot",
    .help = "logistic regression (C = 1) from a few labelled training images of each class",
    .measure = "accuracy",
    .labelled = true,
    .seeded = true,
    .settings = (const char *const[]){NULL},
    .check = check,
    .variant = name_variant,
    .run = run,
};
