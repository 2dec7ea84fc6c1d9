/* Where tokens look: the attention weights of one block of a masked autoencoder.
 *
 * First a pass over a batch, then questions about it, until the next pass. After mae_attend the
 * answers are those of the block that was asked for, after mae_encode and mae_forward those of the
 * encoder's last. A token is named by its place in the model's position table: 0 is the class
 * token, 1 + p is patch p. The encoder has the visible patches only, the decoder all.
 */
#ifndef MASKSCOPE_NN_LOOK_H
#define MASKSCOPE_NN_LOOK_H

#include "nn/mae.h"

enum mae_stack { MAE_ENCODER, MAE_DECODER };

/* Runs the model on the batch as far as one block (0: the first). Images may have all patches
 * visible. Predictions and errors of the pass are undefined afterwards. */
void mae_attend(struct mae_pass *pass, const struct mae *mae, const struct mae_batch *batch,
                enum mae_stack stack, int block);

/* weights [1 + L]: how much `token` of an image takes from each token in one head, softmax(q k^T /
 * sqrt(head_dim)), summing up to 1; zero for patches that are not there. False, with all weights
 * zero, if the token itself is not: a hidden patch in the encoder, the class token in the decoder's
 * last block, which makes no use of it. */
bool mae_pass_attention(struct mae_pass *pass, float *weights, int image, int head, int token);

/* weights [N, L]: what the class token takes from each patch in the encoder block, averaged over
 * the heads. Not after mae_attend(MAE_DECODER), nor after a pass that computes activations again.
 */
void mae_pass_class_attention(struct mae_pass *pass, float *weights);

#endif
