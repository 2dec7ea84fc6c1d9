/* Answers questions about one image and one arm. Belongs to the trainer thread. */
#ifndef MASKSCOPE_RUN_RESPONDER_H
#define MASKSCOPE_RUN_RESPONDER_H

#include "run/inspect.h"
#include "run/picture_writer.h"
#include "run/question.h"

struct responder {
    struct inspector inspector; /* of one image */
    struct picture_writer writer;
};

bool responder_init(struct responder *responder, const struct mae_shape *shape,
                    const struct view_settings *view, struct error *error);
void responder_release(struct responder *responder);

/* What is asked about: a row of the gallery with its pixels [C, H, W], as an arm's model sees it.
 */
struct subject {
    const struct gallery *gallery;
    int arm; /* in the gallery; only for QUESTION_OWN_MASK */
    const struct mae *mae;
    const float *pixels;
};
/* Fills in *answer, except for the step. ERROR_DATA: there is no answer; it says so too. */
bool responder_answer(struct responder *responder, const struct question *question,
                      const struct subject *subject, struct answer *answer, struct error *error);

#endif
