/* The one table of settings. */
#include <assert.h>
#include <math.h>

#include "base/memory.h"
#include "probe/features.h"
#include "run/config.h"
#include "run/pictures.h"

static const char *source_choice(int index)
{
    size_t count;
    const struct source_kind *const *kinds = source_kinds(&count);
    return (size_t)index < count ? kinds[index]->name : NULL;
}

static const char *preset_choice(int index)
{
    size_t count;
    const struct mae_preset *presets = mae_presets(&count);
    return (size_t)index < count ? presets[index].name : NULL;
}

static const char *const crop_choices[] = {[CROP_RANDOM_RESIZED] = "random-resized",
                                           [CROP_CENTER] = "center",
                                           [CROP_SQUASH] = "squash",
                                           [CROP_KINDS] = NULL};
static const char *const precision_choices[] = {[MAE_F32] = "f32", [MAE_BF16] = "bf16", NULL};

#define FIELD(path) .offset = offsetof(struct config, path)
#define LIVE        .live = true

/* clang-format off */
static const struct setting rows[] = {
    {"seed", SETTING_INT, NULL, 0, 9.2e18, .fallback = "0", FIELD(seed),
     .help = "seed of every random number: initial weights, order, crops and masks"},

    {"data.source", SETTING_CHOICE, NULL, .choice = source_choice, .fallback = "scenes", FIELD(data.source),
     .help = "where images come from"},
    {"data.path", SETTING_TEXT, NULL, .fallback = "", FIELD(data.path),
     .help = "folder of the images"},
    {"data.image_size", SETTING_TEXT, "pixels", .fallback = "preset", FIELD(data.image_size),
     .help = "input size: a number, HEIGHTxWIDTH, or preset for the model's own"},
    {"data.channels", SETTING_INT, NULL, 1, 4, .fallback = "3", FIELD(data.channels),
     .help = "channels of the input: 1 gray, 3 RGB, 4 RGBA"},
    {"data.crop", SETTING_CHOICE, NULL, .choices = crop_choices, .fallback = "random-resized", FIELD(data.crop),
     .help = "how a training image is cut out of its picture"},
    {"data.min_scale", SETTING_REAL, "share of the area", 0.01, 1, .fallback = "0.2", FIELD(data.min_scale),
     .help = "smallest share of the picture that a random crop covers"},
    {"data.flip", SETTING_BOOL, NULL, .fallback = "true", FIELD(data.flip),
     .help = "mirror half of the training images"},
    {"data.holdout", SETTING_TEXT, NULL, .fallback = "val", FIELD(data.holdout),
     .help = "name of the folder with the held-out images, beside train"},
    {"data.count", SETTING_INT, "images", 1, 1e9, .fallback = "20000", FIELD(data.count),
     .help = "training images in an epoch of the built-in scenes"},
    {"data.mean", SETTING_REALS, NULL, 0, 1, .fallback = "[0.485, 0.456, 0.406, 0.5]", FIELD(data.mean),
     .help = "mean of each channel, subtracted from values in 0 .. 1"},
    {"data.deviation", SETTING_REALS, NULL, 0.001, 10, .fallback = "[0.229, 0.224, 0.225, 0.25]", FIELD(data.deviation),
     .help = "standard deviation of each channel, which values are divided by"},
    {"data.exif", SETTING_BOOL, NULL, .fallback = "false", FIELD(data.exif),
     .help = "turn pictures as their EXIF orientation says (the usual ImageNet loaders do not)"},
    {"data.broken_limit", SETTING_REAL, "share", 0, 1, .fallback = "0.1", FIELD(data.broken_limit),
     .help = "training stops when more than this share of the images cannot be read"},
    {"data.threads", SETTING_INT, "threads", 0, 256, .fallback = "0", FIELD(data.threads),
     .help = "threads that decode images; 0: half of the cores, at least one"},
    {"data.ahead", SETTING_INT, "batches", 1, 64, .fallback = "3", FIELD(data.ahead),
     .help = "batches made ready ahead of the trainer"},
    {"data.cache", SETTING_REAL, "MB", 0, 1e7, .fallback = "400", FIELD(data.cache),
     .help = "memory for decoded training pictures, so that later epochs need not decode them again; 0: none (results do not depend on it)"},

    {"model.preset", SETTING_CHOICE, NULL, .choice = preset_choice, .fallback = "nano64", FIELD(model.preset),
     .help = "named model size; the settings below change one dimension each"},
    {"model.patch", SETTING_INT, "pixels", 0, 256, .fallback = "0", FIELD(model.patch),
     .help = "side of a patch; 0: the preset's"},
    {"model.embed_dim", SETTING_INT, NULL, 0, 8192, .fallback = "0", FIELD(model.embed_dim),
     .help = "width of the encoder; 0: the preset's"},
    {"model.depth", SETTING_INT, "blocks", 0, 128, .fallback = "0", FIELD(model.depth),
     .help = "transformer blocks of the encoder; 0: the preset's"},
    {"model.heads", SETTING_INT, NULL, 0, 128, .fallback = "0", FIELD(model.heads),
     .help = "attention heads of the encoder; 0: the preset's"},
    {"model.decoder_dim", SETTING_INT, NULL, 0, 8192, .fallback = "0", FIELD(model.decoder_dim),
     .help = "width of the decoder; 0: the preset's"},
    {"model.decoder_depth", SETTING_INT, "blocks", 0, 128, .fallback = "0", FIELD(model.decoder_depth),
     .help = "transformer blocks of the decoder; 0: the preset's"},
    {"model.decoder_heads", SETTING_INT, NULL, 0, 128, .fallback = "0", FIELD(model.decoder_heads),
     .help = "attention heads of the decoder; 0: the preset's"},
    {"model.mlp_ratio", SETTING_REAL, NULL, 0, 16, .fallback = "0", FIELD(model.mlp_ratio),
     .help = "hidden width of the MLPs over the width of the tokens; 0: the preset's"},
    {"model.norm_pix", SETTING_BOOL, NULL, .fallback = "false", FIELD(model.norm_pix),
     .help = "predict pixels normalised patch by patch"},

    {"train.epochs", SETTING_REAL, "epochs", 0.001, 1e6, .fallback = "50", FIELD(train.epochs), LIVE,
     .help = "length of the training and of the learning-rate schedule"},
    {"train.steps", SETTING_INT, "steps", 0, 1e12, .fallback = "0", FIELD(train.steps), LIVE,
     .help = "the same in steps; 0: from train.epochs"},
    {"train.batch", SETTING_INT, "images", 1, 65536, .fallback = "128", FIELD(train.batch),
     .help = "images of a step"},
    {"train.accumulate", SETTING_INT, "parts", 1, 65536, .fallback = "1", FIELD(train.accumulate),
     .help = "parts that a step takes its batch in, one after another, for the memory of one; their gradients are summed"},
    {"train.recompute", SETTING_BOOL, NULL, .fallback = "false", FIELD(train.recompute),
     .help = "keep the blocks' outputs only and compute the rest once more: less memory, a quarter more time, the same bits"},
    {"train.blr", SETTING_REAL, NULL, 0, 10, .fallback = "2e-3", FIELD(train.blr), LIVE,
     .help = "base learning rate: the peak rate is this times batch / 256"},
    {"train.min_lr", SETTING_REAL, NULL, 0, 10, .fallback = "0", FIELD(train.min_lr), LIVE,
     .help = "learning rate at the end of the schedule"},
    {"train.warmup_epochs", SETTING_REAL, "epochs", 0, 1e6, .fallback = "0.5", FIELD(train.warmup_epochs), LIVE,
     .help = "length of the linear warm-up"},
    {"train.weight_decay", SETTING_REAL, NULL, 0, 10, .fallback = "0.05", FIELD(train.weight_decay), LIVE,
     .help = "AdamW's weight decay, on everything but biases and norms"},
    {"train.clip", SETTING_REAL, NULL, 0, 1e6, .fallback = "0", FIELD(train.clip), LIVE,
     .help = "largest l2 norm of the gradient, which is scaled down to it; 0: no limit"},
    {"train.ema_momentum", SETTING_REAL, NULL, 0, 1, .fallback = "0.999", FIELD(train.ema_momentum), LIVE,
     .help = "momentum of the averaged copy of an arm that guides the strategies attention and loss"},
    {"train.precision", SETTING_CHOICE, NULL, .choices = precision_choices, .fallback = "f32", FIELD(train.precision),
     .help = "arithmetic of the linear layers' products: bf16 rounds their factors, on processors that have it"},
    {"train.checkpoint_minutes", SETTING_REAL, "minutes", 0, 1e6, .fallback = "10", FIELD(train.checkpoint_minutes), LIVE,
     .help = "time between checkpoints; 0: not by the clock"},
    {"train.checkpoint_steps", SETTING_INT, "steps", 0, 1e12, .fallback = "0", FIELD(train.checkpoint_steps), LIVE,
     .help = "steps between checkpoints; 0: not by steps"},
    {"train.checkpoint_keep", SETTING_INT, "files", 0, 1e6, .fallback = "3", FIELD(train.checkpoint_keep), LIVE,
     .help = "newest checkpoints that are kept; 0: all"},
    {"train.threads", SETTING_INT, "threads", 0, 1024, .fallback = "0", FIELD(train.threads),
     .help = "threads of the compute loops; 0: one for each core (results do not depend on it)"},

    {"eval.every_epochs", SETTING_REAL, "epochs", 0, 1e6, .fallback = "1", FIELD(eval.every_epochs), LIVE,
     .help = "time between evaluations on the common probe masks; 0: only when asked for"},
    {"eval.images", SETTING_INT, "images", 1, 1e6, .fallback = "256", FIELD(eval.images),
     .help = "held-out images of an evaluation"},
    {"eval.strategies", SETTING_TEXTS, NULL, .fallback = "[random, block, grid]", FIELD(eval.strategies),
     .help = "strategies of the common probe masks"},
    {"eval.ratios", SETTING_REALS, NULL, 0.001, 0.999, .fallback = "[0.5, 0.75, 0.9]", FIELD(eval.ratios),
     .help = "ratios of the common probe masks"},
    {"eval.masks", SETTING_INT, "masks", 1, 64, .fallback = "2", FIELD(eval.masks),
     .help = "probe masks for each image, strategy and ratio, over which its error is averaged before any test"},
    {"eval.seed", SETTING_INT, NULL, 0, 9.2e18, .fallback = "0", FIELD(eval.seed),
     .help = "seed of the probe masks and of the choice of images (which the built-in ones are, which are held out where no folder says so): apart from the run's, so that runs of different seeds are compared on the same"},

    {"probe.features", SETTING_CHOICE, NULL, .choice = feature_kind_name, .fallback = "class", FIELD(probe.features),
     .help = "what downstream tasks see of an image: the class token or the mean over its patches"},
    {"probe.block", SETTING_INT, NULL, 0, 128, .fallback = "0", FIELD(probe.block),
     .help = "block of the encoder that features are taken from, after its last norm; 0: the last"},
    {"probe.train_images", SETTING_INT, "images", 0, 1e9, .fallback = "0", FIELD(probe.train_images),
     .help = "training images that downstream tasks learn from, a fixed random choice; 0: all"},
    {"probe.images", SETTING_INT, "images", 0, 1e9, .fallback = "0", FIELD(probe.images),
     .help = "held-out images that downstream tasks are measured on, a fixed random choice; 0: all"},
    {"probe.missing_classes", SETTING_BOOL, NULL, .fallback = "false", FIELD(probe.missing_classes),
     .help = "go on where no held-out image is of some class"},
    {"probe.seeds", SETTING_INT, "seeds", 1, 1000, .fallback = "3", FIELD(probe.seeds),
     .help = "repetitions of downstream tasks in which something is drawn at random"},
    {"probe.k", SETTING_REALS, "neighbours", 1, 100000, .fallback = "[1, 5, 10, 20]", FIELD(probe.k),
     .help = "how many nearest neighbours vote in the task knn"},
    {"probe.temperature", SETTING_REAL, NULL, 0.001, 100, .fallback = "0.07", FIELD(probe.temperature),
     .help = "a neighbour's vote is exp(cosine similarity / this)"},
    {"probe.penalties", SETTING_REALS, NULL, 0, 1e6, .fallback = "[1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1]", FIELD(probe.penalties),
     .help = "weight decays that the task linear tries, on a fifth of the training images held back"},
    {"probe.solver", SETTING_CHOICE, NULL, .choice = probe_solver_name, .fallback = "lbfgs", FIELD(probe.solver),
     .help = "how the task linear fits: to convergence (lbfgs), or as the MAE release does (lars; its weight decay is probe.penalties=0)"},
    {"probe.lars_epochs", SETTING_INT, "epochs", 1, 100000, .fallback = "90", FIELD(probe.lars_epochs),
     .help = "length of a fit by lars, a ninth of it warm-up"},
    {"probe.lars_batch", SETTING_INT, "images", 2, 1000000, .fallback = "256", FIELD(probe.lars_batch),
     .help = "images of a step of lars"},
    {"probe.lars_lr", SETTING_REAL, NULL, 0, 1000, .fallback = "6.4", FIELD(probe.lars_lr),
     .help = "peak of the learning rate of lars: the release's, whose batches (16384 of ImageNet) are an eightieth of the images, as 256 are of 20,000"},
    {"probe.finetune_epochs", SETTING_REAL, "epochs", 0.01, 100000, .fallback = "20", FIELD(probe.finetune.epochs),
     .help = "length of the task finetune"},
    {"probe.finetune_warmup", SETTING_REAL, "epochs", 0, 100000, .fallback = "2", FIELD(probe.finetune.warmup_epochs),
     .help = "its linear warm-up"},
    {"probe.finetune_batch", SETTING_INT, "images", 1, 65536, .fallback = "128", FIELD(probe.finetune.batch),
     .help = "images of a step of it"},
    {"probe.finetune_blr", SETTING_REAL, NULL, 0, 10, .fallback = "2e-3", FIELD(probe.finetune.blr),
     .help = "base learning rate of it: the peak rate is this times batch / 256"},
    {"probe.finetune_decay", SETTING_REAL, NULL, 0, 10, .fallback = "0.05", FIELD(probe.finetune.weight_decay),
     .help = "weight decay of it, on everything but biases and norms"},
    {"probe.layer_decay", SETTING_REAL, NULL, 0.01, 1, .fallback = "0.75", FIELD(probe.finetune.layer_decay),
     .help = "the learning rate of each block of the encoder over that of the block after it"},
    {"probe.smoothing", SETTING_REAL, NULL, 0, 0.99, .fallback = "0.1", FIELD(probe.finetune.smoothing),
     .help = "label smoothing: the share of a target that is spread over all classes"},
    {"probe.mixup", SETTING_REAL, NULL, 0, 100, .fallback = "0", FIELD(probe.finetune.mixup),
     .help = "images of a batch are mixed in pairs, in parts drawn from Beta(this, this); 0: they are not"},
    {"probe.holes", SETTING_REALS, "share", 0.01, 0.95, .fallback = "[0.25, 0.5]", FIELD(probe.holes),
     .help = "shares of the patches that the task inpaint hides in a block"},
    {"probe.segment_decay", SETTING_REAL, NULL, 0, 1000, .fallback = "1e-4", FIELD(probe.segment_decay),
     .help = "weight decay of the linear head of the task segment"},
    {"probe.segment_images", SETTING_INT, "images", 0, 1e9, .fallback = "500", FIELD(probe.segment_images),
     .help = "most images that the task segment learns from, and that it is measured on: its nearest neighbours compare each patch with each; 0: as many as other tasks"},
    {"probe.shots", SETTING_REALS, "images", 1, 100000, .fallback = "[1, 5, 10, 50]", FIELD(probe.shots),
     .help = "training images of each class that the task lowshot has"},

    {"probe.every_epochs", SETTING_REAL, "epochs", 0, 1e6, .fallback = "0", FIELD(probe.live.every_epochs), LIVE,
     .help = "time between probes while training; 0: only when asked for"},
    {"probe.live_tasks", SETTING_TEXTS, NULL, .fallback = "[knn]", FIELD(probe.live.tasks), LIVE,
     .help = "tasks of such a probe"},
    {"probe.live_train_images", SETTING_INT, "images", 1, 1e9, .fallback = "2000", FIELD(probe.live.train_images), LIVE,
     .help = "training images that it learns from, a fixed random choice kept decoded in memory"},
    {"probe.live_images", SETTING_INT, "images", 1, 1e9, .fallback = "500", FIELD(probe.live.images), LIVE,
     .help = "held-out images that it is measured on, likewise"},
    {"probe.share", SETTING_REAL, "share of the time", 0, 1, .fallback = "0.1", FIELD(probe.live.share), LIVE,
     .help = "time that a probe may take while training goes on; 0: none until it pauses or ends, 1: training waits"},

    {"study.seeds", SETTING_REALS, NULL, 0, 9e15, .fallback = "[0, 1, 2]", FIELD(study.seeds),
     .help = "seeds of a study: each trains all arms once more"},
    {"study.tasks", SETTING_TEXTS, NULL, .fallback = "[knn, linear, finetune, segment]", FIELD(study.tasks),
     .help = "downstream tasks that a study asks of its encoders, each a column of its table (miou: segment)"},
    {"study.finetune_seeds", SETTING_INT, "seeds", 1, 1000, .fallback = "1", FIELD(study.finetune_seeds),
     .help = "repetitions of the task finetune for each model of a study, in probe.seeds' place: it costs most, and the study's own seeds are repetitions too"},
    {"study.untrained", SETTING_BOOL, NULL, .fallback = "true", FIELD(study.untrained),
     .help = "ask the tasks of the initial weights too"},
    {"study.arms_at_once", SETTING_INT, "arms", 0, ARM_LIMIT, .fallback = "0", FIELD(study.arms_at_once),
     .help = "most arms that a study trains side by side in one run; 0: as many as the memory holds"},
    {"study.segment", SETTING_TEXT, NULL, .fallback = "scenes", FIELD(study.segment),
     .help = "images of a study's task segment: a folder with images/, annotations/ and labels.txt, or scenes (data.count of them); empty: data.path"},

    {"run.folder", SETTING_TEXT, NULL, .fallback = "runs", FIELD(run.folder),
     .help = "folder in which runs are made"},
    {"show.images", SETTING_INT, "images", 1, 16, .fallback = "8", FIELD(show.images),
     .help = "held-out images on display"},
    {"show.share", SETTING_REAL, "share of the time", 0, 0.5, .fallback = "0.02", FIELD(show.share), LIVE,
     .help = "training time that fresh reconstructions for the display may take"},
    {"show.pixels", SETTING_CHOICE, NULL, .choice = pixel_display_name, .fallback = "neighbours", FIELD(show.pixels), LIVE,
     .help = "how predictions of a model with norm_pix are shown: with the visible neighbours' mean and spread, raw, or (which leaks the answer) with the true ones"},
    {"show.scale", SETTING_REAL, NULL, 0, 8, .fallback = "0", FIELD(show.scale), LIVE,
     .help = "size of the window's text and controls; 0: as the display and the window's size ask for"},
    {"show.history", SETTING_REAL, "MB", 0, 100000, .fallback = "48", FIELD(show.history),
     .help = "disk space for pictures of earlier steps, in the run's images/history; 0: none are kept"},
};
/* clang-format on */
static_assert(ARRAY_LENGTH(rows) <= CONFIG_ROW_LIMIT, "raise CONFIG_ROW_LIMIT");

static const struct setting_table table = {rows, ARRAY_LENGTH(rows)};

const struct setting_table *config_table(void)
{
    return &table;
}
