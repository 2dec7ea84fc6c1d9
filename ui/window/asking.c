#include "ui/window/asking.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static bool fit_mask(struct asking *asking, int patches)
{
    if (asking->patches == patches)
        return true;
    free(asking->mask);
    asking->mask = memory_new((size_t)patches, 1, NULL);
    asking->patches = asking->mask ? patches : 0;
    return asking->mask != NULL;
}

static bool same_question(const struct asking *asking, const struct question *wanted)
{
    const struct question *asked = &asking->question;
    bool same_mask = wanted->mask_kind != QUESTION_GIVEN_MASK ||
                     !memcmp(asking->mask, wanted->mask, (size_t)asking->patches);
    return asked->number > 0 && same_mask && !strcmp(asked->arm, wanted->arm) &&
           asked->row == wanted->row && asked->mask_kind == wanted->mask_kind &&
           asked->attention == wanted->attention && asked->stack == wanted->stack &&
           asked->block == wanted->block && asked->token == wanted->token;
}

static void ask(struct asking *asking, struct ui_model *model, const struct question *wanted,
                bool first)
{
    asking->question = *wanted;
    asking->question.number = ++model->questions;
    if (wanted->mask)
        memcpy(asking->mask, wanted->mask, (size_t)asking->patches);
    asking->question.mask = wanted->mask ? asking->mask : NULL;
    asking->gallery = model->snapshot->gallery.version;
    if (first)
        asking->first = asking->question.number;
    model->ask(model->send_context, &asking->question);
}

const struct answer *asking_update(struct asking *asking, struct ui_model *model,
                                   const struct question *wanted)
{
    const struct gallery *gallery = &model->snapshot->gallery;
    if (!model->ask || !fit_mask(asking, gallery->patches))
        return NULL;
    /* Somebody else's question came between: the answers at hand are not ours. */
    bool first = asking->question.number == 0 || asking->question.number != model->questions;
    if (first || asking->gallery != gallery->version || !same_question(asking, wanted))
        ask(asking, model, wanted, first);
    const struct answer *answer = model->answer;
    return answer && answer->number >= asking->first ? answer : NULL;
}

bool asking_waits(const struct asking *asking, const struct ui_model *model)
{
    uint64_t number = asking->question.number;
    return number > 0 && number == model->questions &&
           (!model->answer || model->answer->number < number);
}

void asking_release(struct asking *asking)
{
    free(asking->mask);
    *asking = (struct asking){0};
}
