/* The configuration of a run: one plain struct, described by one table of settings, and its arms.
 *
 * Precedence: command line > CONFIG file > the user's file > defaults. Anything unknown, of the
 * wrong type or out of range is an error that names file, line, setting and the nearest valid name.
 */
#ifndef MASKSCOPE_RUN_CONFIG_H
#define MASKSCOPE_RUN_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/setting.h"
#include "base/text.h"
#include "data/loader.h"
#include "data/source.h"
#include "mask/mask.h"
#include "nn/mae.h"

/* How the task linear fits its weights. */
enum probe_solver { PROBE_LBFGS, PROBE_LARS, PROBE_SOLVERS };
/* Null past the last. */
const char *probe_solver_name(int index);

enum { ARM_LIMIT = 12, ARM_NAME_SIZE = 32 };

/* An arm as configured: a model that differs from the others in nothing but this. */
struct arm_config {
    char name[ARM_NAME_SIZE];
    struct mask_choice mask;
};

/* Field for field the rows of config_table(), in their order. Plain data: copied by assignment. */
struct config {
    int64_t seed;
    struct {
        int source; /* index into source_kinds() */
        char path[SETTING_TEXT_SIZE];
        char image_size[SETTING_TEXT_SIZE]; /* "preset", "64" or "48x64" (height x width) */
        int64_t channels;
        int crop; /* enum crop_kind */
        double min_scale;
        bool flip;
        char holdout[SETTING_TEXT_SIZE];
        int64_t count;
        struct setting_reals mean, deviation;
        bool exif;
        double broken_limit;
        int64_t threads, ahead;
        double cache; /* megabytes of decoded pictures */
    } data;
    struct {
        int preset;                             /* index into mae_presets() */
        int64_t patch, embed_dim, depth, heads; /* 0: the preset's */
        int64_t decoder_dim, decoder_depth, decoder_heads;
        double mlp_ratio;
        bool norm_pix;
    } model;
    struct {
        double epochs;
        int64_t steps; /* 0: from epochs */
        int64_t batch;
        int64_t accumulate; /* parts that a step takes its batch in; divides batch */
        bool recompute;     /* activations, instead of keeping them */
        double blr, min_lr;
        double warmup_epochs;
        double weight_decay;
        double clip; /* 0: none */
        double ema_momentum;
        int precision; /* enum mae_precision */
        double checkpoint_minutes;
        int64_t checkpoint_steps; /* 0: by the clock only */
        int64_t checkpoint_keep;  /* 0: all */
        int64_t threads;          /* 0: one for each core */
    } train;
    struct {
        double every_epochs; /* 0: only when asked for */
        int64_t images;
        struct setting_texts strategies;
        struct setting_reals ratios;
        int64_t masks; /* probe masks of each image, strategy and ratio */
        int64_t seed;
    } eval;
    struct {
        int features;                 /* enum feature_kind */
        int64_t block;                /* of the encoder; 0: the last */
        int64_t train_images, images; /* 0: all */
        bool missing_classes;         /* go on where held-out images lack some */
        int64_t seeds;
        struct setting_reals k;
        double temperature;
        struct setting_reals penalties, shots;
        int solver; /* enum probe_solver */
        int64_t lars_epochs, lars_batch;
        double lars_lr;
        double segment_decay;
        int64_t segment_images; /* most of each split; 0: no limit of its own */
        struct {
            double epochs, warmup_epochs;
            int64_t batch;
            double blr, layer_decay, weight_decay, smoothing, mixup;
        } finetune;
        struct setting_reals holes;
        struct {                 /* between training steps */
            double every_epochs; /* 0: only when asked for */
            struct setting_texts tasks;
            int64_t train_images, images;
            double share; /* of the time */
        } live;
    } probe; /* downstream tasks */
    struct {
        struct setting_reals seeds;
        struct setting_texts tasks;
        int64_t finetune_seeds;
        bool untrained;
        int64_t arms_at_once;            /* arms of one run; 0: as many as the memory holds */
        char segment[SETTING_TEXT_SIZE]; /* images of the task segment; "": the study's own */
    } study;
    struct {
        char folder[SETTING_TEXT_SIZE]; /* runs are made below it */
    } run;
    struct {
        int64_t images; /* pictures on display */
        double share;   /* of training time that reconstructions for the display may take */
        int pixels;     /* enum pixel_display */
        double scale;   /* of the window; 0: as the display has it */
        double history; /* megabytes of earlier pictures */
    } show;

    struct mask_choice mask; /* of arms that do not say otherwise */
    int arm_count;
    struct arm_config arms[ARM_LIMIT];
};

const struct setting_table *config_table(void);

/* Where a setting's value came from. */
enum config_origin {
    ORIGIN_DEFAULT,
    ORIGIN_USER_FILE,
    ORIGIN_FILE,
    ORIGIN_STUDY_FILE, /* a file whose arms and grid run/study.c reads */
    ORIGIN_COMMAND_LINE,
    ORIGIN_PRESET, /* the model preset's, where a setting left it to that */
    ORIGINS
};
enum { CONFIG_ROW_LIMIT = 100 };
struct config_origins {
    enum config_origin origins[CONFIG_ROW_LIMIT]; /* of each row of config_table() */
    int lines[CONFIG_ROW_LIMIT];                  /* in that file; 0: none */
    enum config_origin arms_origin;
};

/* Defaults: the built-in scenes, nano64, one arm random at .75. ERROR_SYSTEM. */
bool config_defaults(struct config *config, struct error *error)
    __attribute__((warn_unused_result));
/* Reads a YAML file or text over *config; origins may be null. On error *config is unchanged. */
bool config_read_file(struct config *config, const char *path, enum config_origin origin,
                      struct config_origins *origins, struct error *error);
bool config_read_text(struct config *config, const char *yaml, size_t length, const char *name,
                      enum config_origin origin, struct config_origins *origins,
                      struct error *error);
/* NAME=VALUE as --set and :set take it. Besides the table's rows: arms.NAME.strategy,
 * arms.NAME.ratio, and mask.strategy, mask.ratio for all arms. */
bool config_assign(struct config *config, const char *name, const char *value,
                   enum config_origin origin, struct config_origins *origins, struct error *error);
/* 1 to ARM_NAME_SIZE - 1 letters, digits, '-' or '_'. ERROR_DATA. */
bool config_arm_name_check(const char *name, struct error *error);
/* Adds an arm with that mask. ERROR_DATA: the name is taken or malformed, or there are too many. */
bool config_arm_add(struct config *config, const char *name, const struct mask_choice *mask,
                    struct error *error);
/* "{strategy: block, ratio: 0.6}" over *mask; what is not given stays as it is. */
bool config_mask_parse(struct mask_choice *mask, const char *text, struct error *error);
/* Appends it in that form, whole. */
void config_mask_write(const struct mask_choice *mask, struct text *text);
/* Appends the whole configuration as YAML that reads back as the same. */
void config_write(const struct config *config, struct text *text);

/* What follows from the settings, checked together: errors name the settings. */
bool config_check(const struct config *config, struct error *error);
/* Puts the numbers in force where settings leave them to the model preset, so that the record means
 * the same should a preset ever change. config must have passed config_check; origins may be null.
 */
void config_resolve(struct config *config, struct config_origins *origins);
/* Steps of the whole training, where an epoch has that many. */
int64_t config_total_steps(const struct config *config, int64_t epoch_steps);
bool config_shape(const struct config *config, struct mae_shape *shape, struct error *error);
/* What a training pass keeps. */
enum mae_use config_use(const struct config *config);
/* How much of its images an encoder sees at most in a step, at the beginning or the end of
 * training: on average over a batch, or of the worst batch where all images of one have the same
 * ratio. 1 where a strategy hides what it likes. */
double config_visible_share(const struct config *config);
/* Bytes that the activations of a step take then, on as many threads as there are now, with those
 * of the averaged model where masks are guided by it. */
size_t config_activations(const struct config *config, const struct mae_shape *shape);
/* The kernels that multiply matrices in a step on this machine, by name: others would round
 * otherwise. */
const char *config_kernels(const struct config *config);
void config_source(const struct config *config, const struct mae_shape *shape,
                   struct source_settings *settings);
/* Bytes for decoded training pictures. */
size_t config_cache(const struct config *config);
void config_view(const struct config *config, const struct mae_shape *shape, bool training,
                 struct view_settings *view);
/* Index of the arm of that name, or -1. */
int config_arm(const struct config *config, const char *name);

#endif
