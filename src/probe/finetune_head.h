/* The head of a whole encoder that is fine-tuned, as the MAE release has it (global pooling): the
 * mean of the patches' tokens, a LayerNorm in place of the encoder's own, a linear layer, and
 * cross-entropy against targets that may be spread over classes.
 */
#ifndef MASKSCOPE_PROBE_FINETUNE_HEAD_H
#define MASKSCOPE_PROBE_FINETUNE_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "nn/parameters.h"

/* All-zero is empty; one thread at a time, its loops run in parallel. */
struct finetune_head {
    size_t dim, classes, capacity;
    struct parameter_table table; /* norm.weight, norm.bias, head.weight, head.bias; items owned */
    float *weights, *gradients;   /* [table.total] each, owned */
    float *pooled, *normed;       /* [capacity, dim] */
    float *statistics;            /* [capacity, 2] */
    float *scores;                /* [capacity, classes] */
    float *normed_gradient, *pooled_gradient; /* [capacity, dim] */
    float *scratch;
};

/* For batches of up to `capacity` images. The linear weight begins normal with sd 2e-5, as in the
 * release, from the seed. */
bool finetune_head_init(struct finetune_head *head, int dim, int classes, int capacity,
                        uint64_t seed, struct error *error) __attribute__((warn_unused_result));
void finetune_head_release(struct finetune_head *head);

/* Fills head->scores [images, classes] from tokens [images, 1 + patches, dim], the class token
 * first. */
void finetune_head_forward(struct finetune_head *head, const float *tokens, int images,
                           int patches);
/* After finetune_head_forward: the mean over images of the cross-entropy against targets [images,
 * classes], whose rows sum up to 1. Writes head->gradients and token_gradient [images, 1 + patches,
 * dim], both overwriting. */
double finetune_head_backward(struct finetune_head *head, const float *targets,
                              float *token_gradient, int images, int patches);

#endif
