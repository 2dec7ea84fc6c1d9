/* A view's questions to the trainer: asks again when what it wants to know changed or when the
 * shown pictures were renewed, and keeps to answers to its own questions. Main thread only.
 */
#ifndef MASKSCOPE_UI_WINDOW_ASKING_H
#define MASKSCOPE_UI_WINDOW_ASKING_H

#include "ui/model.h"

struct asking {
    struct question question; /* the last one asked; number 0: none */
    uint8_t *mask;            /* [patches], its own */
    int patches;
    uint64_t first;   /* number of the first question of this sitting */
    uint64_t gallery; /* version of the pictures it was asked about */
};

/* Asks if need be, and returns the newest answer to a question of this sitting, or null. `wanted`
 * has no number yet; its mask is borrowed. */
const struct answer *asking_update(struct asking *asking, struct ui_model *model,
                                   const struct question *wanted);
/* Whether the answer to the last question is still to come. */
bool asking_waits(const struct asking *asking, const struct ui_model *model);
void asking_release(struct asking *asking);

#endif
