/* The task knn. */
#include <stdlib.h>

#include "probe/knn.h"
#include "run/downstream_private.h"

static bool name_variant(const struct downstream *downstream, int index, struct text *name)
{
    const struct setting_reals *k = &downstream->config->probe.k;
    if (index >= k->count)
        return false;
    downstream_write_features(downstream, name);
    text_append(name, ", k = %d", (int)k->items[index]);
    return true;
}

/* Images that cannot be read may leave fewer: knn_classify sees to that. */
static bool check(struct downstream *downstream, struct error *error)
{
    return downstream_check_k(downstream, downstream->train.count, "training images", error);
}

static bool classify(int *predicted, struct downstream *downstream, const struct probe_rows *train,
                     const struct probe_rows *test, struct error *error)
{
    const struct setting_reals *k = &downstream->config->probe.k;
    struct probe_watch watch = downstream_watch(downstream);
    int neighbours[SETTING_LIST_LIMIT];
    for (int i = 0; i < k->count; i++)
        neighbours[i] = (int)k->items[i];
    struct knn_settings settings = {.neighbours = neighbours,
                                    .count = k->count,
                                    .temperature = downstream->config->probe.temperature,
                                    .classes = downstream->classes};
    return knn_classify(predicted, NULL, train, test, &settings, &watch, error) ||
           (error->code == ERROR_DATA && error_prefix(error, "probe.k"));
}

static bool run(struct downstream *downstream, int64_t seed, struct error *error)
{
    if (!downstream_features(downstream, error))
        return false;
    int variants = downstream->config->probe.k.count;
    struct probe_rows train = downstream_rows(downstream, &downstream->train_features);
    struct probe_rows test = downstream_rows(downstream, &downstream->features);
    int *predicted = memory_new((size_t)variants * test.count, sizeof *predicted, error);
    bool good = predicted && classify(predicted, downstream, &train, &test, error);
    for (int i = 0; good && i < variants; i++)
        good =
            downstream_add_classes(downstream, i, seed, predicted + (size_t)i * test.count, error);
    free(predicted);
    return good;
}

const struct downstream_task downstream_knn = {
    .name = "knn",
    .help = "nearest neighbours by cosine similarity among the training images' features",
    .measure = "accuracy",
    .labelled = true,
    .settings = (const char *const[]){"probe.temperature", NULL},
    .check = check,
    .variant = name_variant,
    .run = run,
};
