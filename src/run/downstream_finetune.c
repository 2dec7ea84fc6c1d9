/* The task finetune. */
#include <stdlib.h>
#include <string.h>

#include "probe/finetune.h"
#include "run/downstream_private.h"
#include "run/finetune_file.h"

static bool name_variant(const struct downstream *downstream, int index, struct text *name)
{
    if (index > 0)
        return false;
    double epochs = downstream->config->probe.finetune.epochs;
    text_append(name, "%g epoch%s", epochs, epochs == 1 ? "" : "s");
    return true;
}

static struct finetune_settings settings_of(const struct downstream *downstream, int64_t seed)
{
    const struct config *config = downstream->config;
    const double batch_of_rate = 256;
    return (struct finetune_settings){.classes = downstream->classes,
                                      .batch = (int)config->probe.finetune.batch,
                                      .epochs = config->probe.finetune.epochs,
                                      .warmup_epochs = config->probe.finetune.warmup_epochs,
                                      .rate = config->probe.finetune.blr *
                                              (double)config->probe.finetune.batch / batch_of_rate,
                                      .layer_decay = config->probe.finetune.layer_decay,
                                      .weight_decay = config->probe.finetune.weight_decay,
                                      .smoothing = config->probe.finetune.smoothing,
                                      .mixup = config->probe.finetune.mixup,
                                      .seed = (uint64_t)seed};
}

static bool train(struct downstream *downstream, struct finetune_result *result, int64_t seed,
                  const struct finetune_keeper *keeper, struct error *error)
{
    struct view_settings drawn;
    const struct mae *from = downstream->mae;
    struct mae *mae = mae_new(&from->shape, error);
    if (!mae)
        return false;
    memcpy(mae->weights, from->weights, from->table.total * sizeof *mae->weights);
    config_view(downstream->config, &from->shape, true, &drawn);
    struct finetune_images train_on = {downstream->train.source, downstream->train.images,
                                       downstream->train.count, &drawn};
    struct finetune_images test = {downstream->held_out.source, downstream->held_out.images,
                                   downstream->held_out.count, &downstream->view};
    struct finetune_settings settings = settings_of(downstream, seed);
    settings.keeper = keeper;
    struct probe_watch watch = downstream_watch(downstream);
    bool good = finetune(result, mae, &train_on, &test, &settings, &watch, error);
    mae_free(mae);
    return good;
}

static bool run(struct downstream *downstream, int64_t seed, struct error *error)
{
    struct finetune_result result;
    struct finetune_file file;
    const struct finetune_keeper *keeper = finetune_file_open(&file, downstream, seed, error);
    if ((!keeper && downstream->request->cache) || !train(downstream, &result, seed, keeper, error))
        return false;
    struct downstream_outcome *outcome = NULL;
    int *labels = memory_new(result.count, sizeof *labels, error);
    for (size_t i = 0; labels && i < result.count; i++)
        labels[i] = source_label(downstream->held_out.source, result.images[i]);
    if (labels)
        outcome = downstream_add_predictions(downstream, 0, seed, result.images, labels,
                                             result.predicted, result.count, error);
    if (outcome)
        downstream_add_value(outcome, "train_loss", result.loss);
    if (outcome && keeper)
        finetune_file_remove(&file);
    free(labels);
    finetune_result_release(&result);
    return outcome;
}

const struct downstream_task downstream_finetune = {
    .name = "finetune",
    .help = "the whole encoder goes on training with the labels, then is asked for classes",
    .measure = "accuracy",
    .labelled = true,
    .seeded = true,
    .settings = (const char *const[]){"probe.finetune_warmup", "probe.finetune_batch",
                                      "probe.finetune_blr", "probe.finetune_decay",
                                      "probe.layer_decay", "probe.smoothing", "probe.mixup", NULL},
    .variant = name_variant,
    .run = run,
};
