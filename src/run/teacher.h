/* The teacher of an arm: a copy of its model whose weights follow the arm's as an exponential
 * moving average, and which says of whole images what their patches are like before some are
 * hidden. Only arms whose strategy is guided by a model have one.
 *
 * A teacher sees an image with all patches visible. It tells the class token's attention in the
 * last block (strategy `attention`) and, by a small head of its own, which patches it expects to
 * have the highest loss (strategy `loss`).
 *
 * All of it belongs to the trainer thread.
 */
#ifndef MASKSCOPE_RUN_TEACHER_H
#define MASKSCOPE_RUN_TEACHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "mask/strategy.h"
#include "nn/loss_predictor.h"
#include "nn/mae.h"
#include "run/checkpoint.h"

struct teacher {
    struct mae *mae; /* the averaged weights; owned */
    int64_t updates; /* of the average */
    bool predicts;   /* there is a head */
    struct loss_predictor predictor;
};

/* A copy of the model as it stands. Null with *error set. */
struct teacher *teacher_new(const struct mae *model, struct error *error);
void teacher_free(struct teacher *teacher);
/* Adds the head, with weights that follow from the seed, unless there is one. */
bool teacher_add_predictor(struct teacher *teacher, uint64_t seed, struct error *error);
void teacher_remove_predictor(struct teacher *teacher);
/* average = m * average + (1 - m) * weights. m is the momentum, but less in the first updates,
 * (1 + n) / (10 + n) after n of them, so that the average does not cling to where it began. */
void teacher_follow(struct teacher *teacher, const struct mae *model, double momentum);

/* After this many steps of its own the head is trusted. */
enum { TEACHER_LEARNING_STEPS = 100 };

enum { TEACHER_BLOCKS = 4 };
/* Points arm->blocks to blocks, filled with what a checkpoint holds of the teacher, and its
 * counters to the teacher's. */
void teacher_describe(struct teacher *teacher, struct checkpoint_block blocks[TEACHER_BLOCKS],
                      struct checkpoint_arm *arm);

/* What looking at a batch takes and gives; one for all arms. All-zero: none yet. */
struct teacher_pass {
    struct mae_shape shape;
    int capacity, part; /* images; of them, those looked at in one go */
    struct mae_pass *pass;
    int *visible, *offsets; /* all patches of a part's images */
    float *latents;         /* [capacity, L, embed_dim], class tokens left out */
    float *attention;       /* [capacity, L] */
    struct loss_predictor_memory predictor;
    float *losses;  /* [capacity, L]: what the arm's loss turned out to be, where it was masked */
    double learned; /* mask_guides.learned of the last look */
};
bool teacher_pass_init(struct teacher_pass *pass, const struct mae_shape *shape, int capacity,
                       int part, struct error *error);
void teacher_pass_release(struct teacher_pass *pass);

/* Looks at pixels [images, C, H, W] for the maps that `wanted` asks for (bits of
 * MASK_GUIDES_OF_MODEL; MASK_GUIDE_LOSS needs the head). Allocates nothing. */
void teacher_look(const struct teacher *teacher, struct teacher_pass *pass, unsigned wanted,
                  const float *pixels, int images);
/* The maps of one image of the last look; valid until the next. */
struct mask_guides teacher_guides(const struct teacher_pass *pass, unsigned wanted, int image);
/* The head learns from what it could not know when it looked: pass->losses under masks
 * [images, L]. Fills in predictor.gradients and returns the head's loss (0.69 is chance). */
double teacher_compare(struct teacher *teacher, struct teacher_pass *pass, const uint8_t *masks,
                       int images);

#endif
