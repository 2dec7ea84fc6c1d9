#include "run/question.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/triple.h"

struct question_channel {
    size_t patches;
    struct triple asking, answering;
    atomic_bool woken; /* the trainer was, or is, about to look */
    struct question questions[TRIPLE_SLOTS];
    uint8_t *masks[TRIPLE_SLOTS]; /* [L] each */
    struct answer answers[TRIPLE_SLOTS];
};

static bool answer_init(struct answer *answer, const struct mae_shape *shape, struct error *error)
{
    int heads = shape->heads > shape->decoder_heads ? shape->heads : shape->decoder_heads;
    size_t weights = (size_t)heads * (1 + (size_t)mae_patches(shape));
    return gallery_init(&answer->gallery, shape, 1, 1, error) &&
           (answer->weights = memory_new(weights, sizeof *answer->weights, error));
}

struct question_channel *question_channel_new(const struct mae_shape *shape, struct error *error)
{
    struct question_channel *channel = memory_new(1, sizeof *channel, error);
    if (!channel)
        return NULL;
    channel->patches = (size_t)mae_patches(shape);
    for (int i = 0; i < TRIPLE_SLOTS; i++)
        if (!(channel->masks[i] = memory_new(channel->patches, 1, error)) ||
            !answer_init(&channel->answers[i], shape, error)) {
            question_channel_free(channel);
            return NULL;
        }
    triple_init(&channel->asking);
    triple_init(&channel->answering);
    return channel;
}

void question_channel_free(struct question_channel *channel)
{
    if (!channel)
        return;
    for (int i = 0; i < TRIPLE_SLOTS; i++) {
        free(channel->masks[i]);
        free(channel->answers[i].weights);
        gallery_release(&channel->answers[i].gallery);
    }
    free(channel);
}

bool question_ask(struct question_channel *channel, const struct question *question)
{
    int slot = channel->asking.written;
    channel->questions[slot] = *question;
    channel->questions[slot].mask = channel->masks[slot];
    if (question->mask)
        memcpy(channel->masks[slot], question->mask, channel->patches);
    triple_publish(&channel->asking);
    return !atomic_exchange(&channel->woken, true);
}

const struct answer *question_answer(struct question_channel *channel)
{
    triple_take(&channel->answering);
    return &channel->answers[channel->answering.read];
}

const struct question *question_receive(struct question_channel *channel)
{
    atomic_store(&channel->woken, false);
    if (!triple_take(&channel->asking))
        return NULL;
    return &channel->questions[channel->asking.read];
}

struct answer *question_begin_answer(struct question_channel *channel)
{
    return &channel->answers[channel->answering.written];
}

void question_publish_answer(struct question_channel *channel)
{
    triple_publish(&channel->answering);
}
