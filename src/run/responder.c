#include "run/responder.h"

#include <math.h>
#include <string.h>

#include "run/gallery.h"

bool responder_init(struct responder *responder, const struct mae_shape *shape,
                    const struct view_settings *view, struct error *error)
{
    *responder = (struct responder){0};
    bool good = inspector_init(&responder->inspector, shape, 1, error) &&
                picture_writer_init(&responder->writer, shape, view, error);
    if (!good)
        responder_release(responder);
    return good;
}

void responder_release(struct responder *responder)
{
    inspector_release(&responder->inspector);
    picture_writer_release(&responder->writer);
}

static int hidden_count(const uint8_t *mask, int patches)
{
    int count = 0;
    for (int i = 0; i < patches; i++)
        count += mask[i] != 0;
    return count;
}

/* Puts the question's mask into the inspector. A model needs something to see, and, to predict,
 * something hidden. */
static bool take_mask(struct responder *responder, const struct question *question,
                      const struct subject *subject, struct error *error)
{
    const struct gallery *gallery = subject->gallery;
    uint8_t *mask = responder->inspector.masks.masks;
    int patches = gallery->patches;
    size_t cell = (size_t)subject->arm * (size_t)gallery->images + (size_t)question->row;
    for (int i = 0; i < patches; i++)
        mask[i] = question->mask_kind == QUESTION_GIVEN_MASK ? question->mask[i] != 0
                  : question->mask_kind == QUESTION_OWN_MASK
                      ? gallery->mask[cell * (size_t)patches + (size_t)i]
                      : 0;
    int hidden = hidden_count(mask, patches);
    if (hidden == patches)
        return error_set(error, ERROR_DATA, "every patch is hidden: leave the model one to see");
    if (hidden == 0 && !question->attention)
        return error_set(error, ERROR_DATA, "nothing is hidden: paint over some patches");
    return true;
}

/* The image itself, under its name. */
static void describe(const struct question *question, const struct gallery *from,
                     struct gallery *to)
{
    size_t picture = 3 * (size_t)from->width * (size_t)from->height;
    to->version++;
    to->step = from->step;
    to->images = to->arms = 1;
    to->display = from->display;
    to->held_out = from->held_out;
    memcpy(to->names[0], from->names[question->row], sizeof to->names[0]);
    memcpy(to->classes[0], from->classes[question->row], sizeof to->classes[0]);
    to->labels[0] = from->labels[question->row];
    memcpy(to->original, from->original + (size_t)question->row * picture, picture);
}

static bool predict(struct responder *responder, const struct subject *subject,
                    struct answer *answer, struct error *error)
{
    struct inspector *inspector = &responder->inspector;
    inspector_load(inspector, subject->pixels, 1);
    inspector_run(inspector, subject->mae, subject->pixels, 1, MAE_ALL_PATCHES);
    return gallery_put(&answer->gallery, 0, 0, inspector, 0, &responder->writer, error);
}

/* With every patch visible there is a mask and nothing else. */
static void predict_nothing(const struct responder *responder, struct gallery *gallery)
{
    memcpy(gallery->mask, responder->inspector.masks.masks, (size_t)gallery->patches);
    for (int i = 0; i < gallery->patches; i++)
        gallery->patch_mse[i] = NAN;
    gallery->mse[0] = NAN;
    memcpy(gallery->prediction, gallery->original,
           3 * (size_t)gallery->width * (size_t)gallery->height);
}

static bool check_token(const struct question *question, const struct mae_shape *shape,
                        struct error *error)
{
    int depth = question->stack == MAE_ENCODER ? shape->depth : shape->decoder_depth;
    if (question->block >= 0 && question->block < depth && question->token >= 0 &&
        question->token <= mae_patches(shape))
        return true;
    return error_set(error, ERROR_DATA, "the model has no block %d or no token %d",
                     question->block + 1, question->token);
}

static void attend(struct responder *responder, const struct question *question,
                   const struct subject *subject, struct answer *answer)
{
    const struct mae_shape *shape = &responder->inspector.shape;
    struct mask_batch *masks = &responder->inspector.masks;
    size_t tokens = 1 + (size_t)mae_patches(shape);
    mask_batch_list(masks, 1);
    struct mae_batch batch = {.images = 1,
                              .pixels = subject->pixels,
                              .visible = masks->visible,
                              .offsets = masks->offsets};
    mae_attend(responder->inspector.pass, subject->mae, &batch, question->stack, question->block);
    answer->heads = question->stack == MAE_ENCODER ? shape->heads : shape->decoder_heads;
    answer->looks = true;
    for (int head = 0; head < answer->heads; head++)
        if (!mae_pass_attention(responder->inspector.pass, answer->weights + (size_t)head * tokens,
                                0, head, question->token))
            answer->looks = false;
}

bool responder_answer(struct responder *responder, const struct question *question,
                      const struct subject *subject, struct answer *answer, struct error *error)
{
    answer->number = question->number;
    answer->problem[0] = '\0';
    answer->attention = question->attention;
    answer->stack = question->stack;
    answer->block = question->block;
    answer->token = question->token;
    responder->inspector.display = subject->gallery->display;
    describe(question, subject->gallery, &answer->gallery);
    bool good = take_mask(responder, question, subject, error) &&
                (!question->attention || check_token(question, &responder->inspector.shape, error));
    int hidden = hidden_count(responder->inspector.masks.masks, answer->gallery.patches);
    if (good && hidden > 0)
        good = predict(responder, subject, answer, error);
    else if (good)
        predict_nothing(responder, &answer->gallery);
    if (good && question->attention)
        attend(responder, question, subject, answer);
    if (!good)
        text_copy(answer->problem, sizeof answer->problem, error->message);
    return good;
}
