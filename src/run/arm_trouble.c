#include "run/arm_trouble.h"

#include <math.h>
#include <stdio.h>

/* The first of values [count] that is not finite; count if all are. */
static size_t first_wrong(const float *values, size_t count)
{
    size_t i = 0;
    while (i < count && isfinite(values[i]))
        i++;
    return i;
}

/* Whether the block, of values [count], has such a value. */
static bool is_in_block(struct arm_trouble *trouble, const char *place, const float *values,
                        size_t count)
{
    size_t wrong = first_wrong(values, count);
    if (wrong == count)
        return false;
    snprintf(trouble->place, sizeof trouble->place, "%s", place);
    trouble->value = (double)values[wrong];
    return true;
}

static bool is_in_parameter(struct arm_trouble *trouble, const char *kind,
                            const struct parameter *parameter, const float *block)
{
    char place[sizeof trouble->place];
    snprintf(place, sizeof place, "%s %s", kind, parameter->name);
    return is_in_block(trouble, place, block + parameter->offset, parameter->count);
}

static bool is_in_images(struct arm_trouble *trouble, const struct loader_batch *batch,
                         size_t values)
{
    for (int image = 0; image < batch->images; image++) {
        char place[sizeof trouble->place];
        snprintf(place, sizeof place, "image %d", image);
        trouble->image = image;
        if (is_in_block(trouble, place, batch->pixels + (size_t)image * values, values))
            return true;
    }
    trouble->image = -1;
    return false;
}

static bool is_in_weights(struct arm_trouble *trouble, const struct arm *arm)
{
    const struct parameter_table *table = &arm->mae->table;
    for (int i = 0; i < table->count; i++)
        if (is_in_parameter(trouble, "weight", &table->items[i], arm->mae->weights))
            return true;
    const struct teacher *teacher = arm->teacher;
    return teacher && teacher->predicts &&
           is_in_block(trouble, "weight loss_predictor", teacher->predictor.weights,
                       teacher->predictor.table.total);
}

/* From the last layer to the first, as they are made. */
static bool is_in_gradients(struct arm_trouble *trouble, const struct arm *arm)
{
    const struct parameter_table *table = &arm->mae->table;
    for (int i = table->count - 1; i >= 0; i--)
        if (table->items[i].init != PARAMETER_FIXED &&
            is_in_parameter(trouble, "gradient", &table->items[i], arm->gradients))
            return true;
    return false;
}

struct arm_trouble arm_find_trouble(const struct arm *arm, const struct loader_batch *batch,
                                    const struct arm_step *step)
{
    struct arm_trouble trouble = {
        .place = "learning rate", .value = step->learning_rate, .image = -1};
    if (!isfinite(step->learning_rate) ||
        is_in_images(&trouble, batch, mae_image_values(&arm->mae->shape)) ||
        is_in_weights(&trouble, arm) || (isfinite(step->loss) && is_in_gradients(&trouble, arm)))
        return trouble;
    bool head = isfinite(step->loss);
    snprintf(trouble.place, sizeof trouble.place, head ? "gradient loss_predictor" : "loss");
    trouble.value = head ? step->guide_loss : step->loss;
    return trouble;
}

bool arm_is_finite(const struct arm *arm, struct arm_trouble *trouble)
{
    *trouble = (struct arm_trouble){.image = -1};
    return !is_in_weights(trouble, arm);
}
