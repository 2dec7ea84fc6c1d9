/* The trainer's record: run.db, checkpoints, evaluations. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include <config.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "run/arm_trouble.h"
#include "run/checkpoint.h"
#include "run/trainer.h"

void trainer_fail(struct trainer *trainer, const struct error *error)
{
    if (trainer->failure.code != ERROR_NONE)
        return; /* the first failure is the cause */
    trainer->failure = *error;
    trainer->leaving = true;
}

static bool add_predictors(struct trainer *trainer, struct error *error)
{
    for (int i = 0; i < trainer->arm_count; i++)
        if (!store_add_arm(trainer->store, trainer->arms[i].name, STORE_KIND_ARM,
                           &trainer->store_arm[i], error))
            return false;
    for (int i = 0; i < BASELINES; i++)
        if (!store_add_arm(trainer->store, baseline_name(i), STORE_KIND_BASELINE,
                           &trainer->store_baseline[i], error))
            return false;
    return true;
}

static void write_digest(const struct source *source, char digest[32])
{
    snprintf(digest, 32, "%016llx", (unsigned long long)source->digest);
}

/* A resumed run goes on with the images it began with, or not at all. */
static bool check_digest(struct trainer *trainer, struct error *error)
{
    char digest[32];
    struct text recorded = {0};
    bool found;
    write_digest(trainer->train, digest);
    bool good = store_get_meta(trainer->store, "data_digest", &recorded, &found, error);
    if (good && found && strcmp(text_of(&recorded), digest))
        good = error_set(error, ERROR_DATA,
                         "data.path: %s holds other images than those the run began with",
                         trainer->config.data.path);
    text_release(&recorded);
    return good;
}

/* Other matrix kernels round otherwise: the run goes on, but no longer with the bits it would have
 * had, and a person comparing bits must know why. */
static bool warn_of_other_kernels(struct trainer *trainer, struct error *error)
{
    struct text recorded = {0};
    bool found;
    bool good = store_get_meta(trainer->store, "kernels", &recorded, &found, error);
    if (good && found && strcmp(text_of(&recorded), config_kernels(&trainer->config)))
        log_write(trainer->log, LOG_WARNING,
                  "the run began with the kernels %s and goes on with %s: the last bits will "
                  "differ (MASKSCOPE_KERNELS chooses, and OPENBLAS_CORETYPE among those of BLAS)",
                  text_of(&recorded), config_kernels(&trainer->config));
    text_release(&recorded);
    return good;
}

/* As the run began: what is changed later is on the timeline. */
static bool write_config(struct trainer *trainer, struct error *error)
{
    struct text config = {0};
    config_write(&trainer->config, &config);
    bool good = text_is_whole(&config, error) &&
                store_set_meta(trainer->store, "config", text_of(&config), error);
    text_release(&config);
    return good;
}

/* A line each, in the order of the labels: one that has line breaks in it is one line, too. */
static bool write_classes(struct trainer *trainer, struct error *error)
{
    const struct source *source = trainer->held_out;
    char name[FILE_PATH_SIZE];
    struct text names = {0};
    for (int i = 0; i < source->class_count; i++) {
        text_sanitize(name, sizeof name, source->class_names[i]);
        text_append(&names, "%s\n", name);
    }
    bool good = text_is_whole(&names, error) &&
                store_set_meta(trainer->store, "classes", text_of(&names), error);
    text_release(&names);
    return good;
}

static bool write_meta(struct trainer *trainer, struct error *error)
{
    struct utsname host;
    uname(&host);
    char threads[16], digest[32], held_out[32], cores[16];
    parallel_set_threads((int)trainer->config.train.threads);
    snprintf(threads, sizeof threads, "%d", parallel_threads());
    snprintf(cores, sizeof cores, "%d", parallel_cores());
    write_digest(trainer->train, digest);
    write_digest(trainer->held_out, held_out);
    const char *const pairs[][2] = {
        {"version", PACKAGE_VERSION},
        {"host", host.nodename},
        {"system", host.release},
        {"machine", host.machine},
        {"kernels", config_kernels(&trainer->config)},
        {"cores", cores},
        {"threads", threads},
        {"data_digest", digest},
        {"held_out_digest", held_out},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++)
        if (!store_set_meta(trainer->store, pairs[i][0], pairs[i][1], error))
            return false;
    return true;
}

bool trainer_open_record(struct trainer *trainer, bool resume, struct error *error)
{
    trainer->store = store_open(trainer->folder.store, resume ? STORE_APPEND : STORE_CREATE, error);
    if (!trainer->store || (resume && !check_digest(trainer, error)) ||
        (resume && !warn_of_other_kernels(trainer, error)) ||
        (resume && !trainer_schedule_recorded(trainer, error)) ||
        !store_begin(trainer->store, error) ||
        (resume && !store_truncate_after(trainer->store, trainer->step, false, error)) ||
        !add_predictors(trainer, error) || !write_meta(trainer, error) ||
        !write_classes(trainer, error) || (!resume && !write_config(trainer, error)))
        return false;
    trainer_event(trainer, resume ? "resumed" : "started", NULL, NULL, NULL, NULL);
    if (trainer->failure.code != ERROR_NONE)
        *error = trainer->failure;
    return trainer->failure.code == ERROR_NONE;
}

void trainer_record_step(struct trainer *trainer, int arm, const struct arm_step *result)
{
    struct store *store = trainer->store;
    int64_t step = trainer->step + 1;
    int id = trainer->store_arm[arm];
    struct error error;
    if (!store)
        return; /* it failed already */
    bool good = (arm > 0 || store_add_metric(store, step, STORE_RUN, "learning_rate",
                                             result->learning_rate, &error)) &&
                store_add_metric(store, step, id, "loss", result->loss, &error) &&
                store_add_metric(store, step, id, "ratio", result->realised_ratio, &error) &&
                store_add_metric(store, step, id, "gradient_norm", result->gradient_norm, &error) &&
                (result->clamped_share == 0 ||
                 store_add_metric(store, step, id, "clamped", result->clamped_share, &error));
    if (good && !isnan(result->guide_loss))
        good = store_add_metric(store, step, id, "guide_loss", result->guide_loss, &error);
    if (!good)
        trainer_fail(trainer, &error);
}

/* Training does not wait for whoever reads the record where there is no write-ahead log: there is
 * another flush soon. Nor does a checkpoint, which the record must not fall behind: it is put off.
 * Only the end waits. In milliseconds. */
enum { FLUSH_PATIENCE = 20, CHECKPOINT_PATIENCE = 100, LAST_PATIENCE = 60000 };

static bool commit_soon(struct trainer *trainer, bool *written, struct error *error)
{
    return store_flush(trainer->store, FLUSH_PATIENCE, written, error);
}

/* So that it survives a power failure. */
static bool commit_durably(struct trainer *trainer, bool *written, struct error *error)
{
    int patience = trainer->leaving ? LAST_PATIENCE : CHECKPOINT_PATIENCE;
    if (!store_flush(trainer->store, patience, written, error))
        return false;
    if (!*written)
        return !trainer->leaving ||
               error_set(error, ERROR_IO, "%s: another program has been reading it for a minute",
                         trainer->folder.store);
    return store_commit(trainer->store, error) && store_sync(trainer->store, error) &&
           store_begin(trainer->store, error);
}

/* Ends the transaction and begins the next. False: it was put off. */
static bool commit(struct trainer *trainer, bool durable)
{
    if (!trainer->store)
        return true;
    char elapsed[32];
    struct error error;
    bool written = true;
    text_from_real(elapsed, trainer_elapsed(trainer));
    trainer->clock.flushed_at = trainer_now();
    if (!store_set_meta(trainer->store, "elapsed", elapsed, &error) ||
        !(durable ? commit_durably : commit_soon)(trainer, &written, &error)) {
        trainer_fail(trainer, &error);
        store_close(trainer->store);
        trainer->store = NULL;
    }
    trainer->live->recorded += trainer->record_changed && written;
    trainer->record_changed = trainer->record_changed && !written;
    return written;
}

void trainer_flush(struct trainer *trainer)
{
    (void)commit(trainer, false);
}

/* All that a checkpoint holds of the arms. */
struct arm_list {
    struct checkpoint_arm arms[ARM_LIMIT];
    struct checkpoint_block blocks[ARM_LIMIT][TEACHER_BLOCKS];
};

static void list_arms(struct trainer *trainer, struct arm_list *list)
{
    for (int i = 0; i < trainer->arm_count; i++) {
        struct arm *arm = &trainer->arms[i];
        list->arms[i] = (struct checkpoint_arm){
            .name = arm->name,
            .table = &arm->mae->table,
            .weights = arm->mae->weights,
            .moment1 = arm->adamw.moment1,
            .moment2 = arm->adamw.moment2,
            .adam_steps = &arm->adamw.steps,
        };
        if (arm->teacher)
            teacher_describe(arm->teacher, list->blocks[i], &list->arms[i]);
    }
}

bool trainer_load(struct trainer *trainer, const char *checkpoint, struct error *error)
{
    struct arm_list list;
    list_arms(trainer, &list);
    trainer->checkpoint_step = trainer->step;
    return checkpoint_load(checkpoint, list.arms, trainer->arm_count, error);
}

static void put_off(struct trainer *trainer)
{
    static const double interval = 2; /* seconds */
    if (trainer->clock.checkpoint_again == 0)
        log_write(trainer->log, LOG_WARNING,
                  "step %lld: the checkpoint is put off as long as another program reads %s",
                  (long long)trainer->step, trainer->folder.store);
    trainer->checkpoint_wanted = true;
    trainer->clock.checkpoint_again = trainer_now() + interval;
}

/* One with weights that are no numbers would stand in the place of the last good one. */
static bool check_weights(const struct trainer *trainer, struct error *error)
{
    struct arm_trouble trouble;
    for (int i = 0; i < trainer->arm_count; i++)
        if (!arm_is_finite(&trainer->arms[i], &trouble))
            return error_set(error, ERROR_DIVERGED,
                             "%s of arm '%s' is not finite; the last good checkpoint stands",
                             trouble.place, trainer->arms[i].name);
    return true;
}

void trainer_checkpoint(struct trainer *trainer)
{
    struct trainer_display before = trainer_display(trainer);
    struct arm_list list;
    struct text config = {0};
    struct error error;
    trainer->checkpoint_wanted = false;
    trainer->clock.checkpoint_at = trainer_now();
    trainer_set_state(trainer, RUN_CHECKPOINTING, "");
    bool written = commit(trainer, true); /* the record must not fall behind the checkpoint */
    if (trainer->failure.code != ERROR_NONE)
        return;
    if (!written) {
        put_off(trainer);
        trainer_set_state(trainer, before.state, before.message);
        return;
    }
    trainer->clock.checkpoint_again = 0;
    list_arms(trainer, &list);
    config_write(&trainer->config, &config);
    if (check_weights(trainer, &error) && text_is_whole(&config, &error) &&
        checkpoint_save(trainer->folder.checkpoints, trainer->step, text_of(&config), list.arms,
                        trainer->arm_count, (int)trainer->config.train.checkpoint_keep, &error)) {
        trainer->checkpoint_step = trainer->step;
        trainer->live->checkpoint_time = (double)time(NULL);
        trainer_event(trainer, "checkpoint", NULL, NULL, NULL, NULL);
    } else {
        /* Training goes on: the last good checkpoint stands, and the next may work. */
        log_write(trainer->log, LOG_ERROR, "no checkpoint at step %lld: %s",
                  (long long)trainer->step, error.message);
        trainer_event(trainer, "checkpoint-failed", NULL, NULL, NULL, error.message);
        if (trainer->leaving && trainer->failure.code == ERROR_NONE)
            trainer->failure = error;
    }
    text_release(&config);
    trainer_set_state(trainer, before.state, before.message);
}
