/* Fine-tuning: the whole encoder goes on training, with a head, to tell classes apart, as the MAE
 * release does it: AdamW (betas 0.9 and 0.999) with a learning rate that falls from block to block
 * towards the input, linear warm-up and half a cosine per step, random crops and mirroring, label
 * smoothing, and mixup if wanted (H. Zhang et al. 2018). It has neither RandAugment, random
 * erasing, CutMix nor drop path; the table of positions stays as it is, and the class token is
 * decayed as weights are.
 */
#ifndef MASKSCOPE_PROBE_FINETUNE_H
#define MASKSCOPE_PROBE_FINETUNE_H

#include <stdint.h>

#include "data/source.h"
#include "data/view.h"
#include "nn/mae.h"
#include "probe/rows.h"

/* What a fine-tuning under way is made of. */
enum { FINETUNE_BLOCKS = 6 };
struct finetune_block {
    const char *name;
    float *values; /* [count] */
    size_t count;
};
struct finetune_state {
    int64_t done, updates; /* steps, and those that changed the weights */
    double loss;           /* the sum over the epoch's steps so far */
    struct finetune_block blocks[FINETUNE_BLOCKS];
};

/* Whoever keeps that on the disk, so that an interrupted fine-tuning goes on where it was, with the
 * same bits. */
struct finetune_keeper {
    /* Before the first step: fills in the state where one was kept, else leaves it alone. */
    bool (*load)(void *context, struct finetune_state *state, struct error *error);
    /* After each epoch, and when interrupted (`leaving`). */
    bool (*save)(void *context, const struct finetune_state *state, bool leaving,
                 struct error *error);
    void *context;
};

struct finetune_settings {
    int classes, batch;
    double epochs, warmup_epochs;
    double rate;        /* the peak of the learning rate */
    double layer_decay; /* of the learning rate, from each block to the one before it */
    double weight_decay;
    double smoothing; /* of the labels */
    double mixup;     /* images are mixed with parts from Beta(mixup, mixup); 0: they are not */
    uint64_t seed;    /* of the head, the order, the crops and the mixing */
    const struct finetune_keeper *keeper; /* null: an interruption forgets it all */
};

/* Images of a source, with how they are viewed. All borrowed. */
struct finetune_images {
    const struct source *source;
    const uint32_t *images; /* [count] */
    size_t count;
    const struct view_settings *view;
};

struct finetune_result {
    int *predicted;   /* [count], owned */
    uint32_t *images; /* [count], owned: those that could be read */
    size_t count;
    double loss; /* the mean of the last epoch's steps; NaN if there were none */
};
void finetune_result_release(struct finetune_result *result);

/* Trains mae's encoder in place, then asks it about the test's images. ERROR_DATA: no image can be
 * read, or a loss is not finite; ERROR_CHECK: interrupted. The bits do not depend on the number of
 * threads. */
bool finetune(struct finetune_result *result, struct mae *mae, const struct finetune_images *train,
              const struct finetune_images *test, const struct finetune_settings *settings,
              const struct probe_watch *watch, struct error *error)
    __attribute__((warn_unused_result));

/* rates [table->count]: each parameter's share of the learning rate, 1 for the head and the last
 * norm, layer_decay for the last block, and so on to the patch embedding and the class token. */
void finetune_rates(float *rates, const struct mae *mae, double layer_decay);

#endif
