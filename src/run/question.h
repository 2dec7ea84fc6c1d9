/* Questions that a display asks of the models, and the answers: what does this arm make of that
 * image under this mask; where does that token look.
 *
 * A channel carries the newest question from the display's thread to the trainer, and the newest
 * answer back. Neither side ever waits: a question that was not taken in time is replaced by the
 * next. The trainer answers between two steps, and within a step between two blocks of the network,
 * where weights are those of the step's beginning. One thread asks, one answers.
 */
#ifndef MASKSCOPE_RUN_QUESTION_H
#define MASKSCOPE_RUN_QUESTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "nn/look.h"
#include "run/config.h"
#include "run/pictures.h"

enum question_mask {
    QUESTION_OWN_MASK,   /* the one the arm has in the gallery */
    QUESTION_GIVEN_MASK, /* the question's */
    QUESTION_NO_MASK,    /* every patch visible: attention only */
};

struct question {
    uint64_t number;         /* the asker's: 1, 2, 3 ... */
    char arm[ARM_NAME_SIZE]; /* by name: places change when arms are removed */
    int row;                 /* of the gallery */
    enum question_mask mask_kind;
    const uint8_t *mask; /* [L], 1 = hidden; borrowed when asked, the channel's when received */
    bool attention; /* what `token` (0: the class token, 1 + p: patch p) takes from each token */
    enum mae_stack stack;
    int block, token;
};

struct answer {
    uint64_t number;        /* of the question; 0: there was none yet */
    char problem[160];      /* why it cannot be answered, or "" */
    int64_t step;           /* steps done, when it was answered */
    struct gallery gallery; /* of one row and one arm: the image, its mask, what the arm makes of
                               it; with every patch visible, no prediction */
    bool attention;         /* what follows is known */
    bool looks;             /* the token is there to look: see mae_pass_attention */
    enum mae_stack stack;
    int block, token, heads;
    float *weights; /* [heads, 1 + L] */
};

struct question_channel;
struct question_channel *question_channel_new(const struct mae_shape *shape, struct error *error);
void question_channel_free(struct question_channel *channel);

/* The asker's side. True: the trainer may be asleep, wake it. */
bool question_ask(struct question_channel *channel, const struct question *question);
/* The newest answer, valid until the next call. */
const struct answer *question_answer(struct question_channel *channel);

/* The trainer's side: the newest question that was not received yet, valid until the next call, or
 * null. */
const struct question *question_receive(struct question_channel *channel);
/* The answer to be filled in, with what it held two answers ago; it goes out with the second call.
 */
struct answer *question_begin_answer(struct question_channel *channel);
void question_publish_answer(struct question_channel *channel);

#endif
