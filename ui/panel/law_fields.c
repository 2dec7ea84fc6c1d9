#include "ui/panel/law_fields.h"

#include <math.h>

#include "base/text.h"

enum { MOST_STEPS = 100 };

/* A parameter that is no ratio (beta's a and b) moves in larger steps. */
static const double ratio_step = 0.01, other_step = 0.1;

int law_fields(const struct ratio_choice *choice, struct law_field fields[LAW_FIELDS])
{
    int count = 0;
    for (int i = 0; i < (int)choice->law->parameter_count; i++) {
        const struct schedule *schedule = &choice->parameters[i];
        fields[count++] = (struct law_field){LAW_FROM, i};
        fields[count++] = (struct law_field){LAW_TO, i};
        if (schedule_is_constant(schedule))
            continue;
        fields[count++] = (struct law_field){LAW_SHAPE, i};
        if (schedule->shape == SCHEDULE_STEP)
            fields[count++] = (struct law_field){LAW_STEPS, i};
        fields[count++] = (struct law_field){LAW_START, i};
        fields[count++] = (struct law_field){LAW_END, i};
    }
    fields[count++] = (struct law_field){LAW_PER, -1};
    return count;
}

const char *law_field_name(const struct ratio_choice *choice, struct law_field field)
{
    static const char *const names[] = {
        [LAW_PER] = "one draw for",      [LAW_FROM] = "",
        [LAW_TO] = "  goes to",          [LAW_SHAPE] = "  along a",
        [LAW_START] = "  from progress", [LAW_END] = "  to progress",
        [LAW_STEPS] = "  in jumps",
    };
    return field.kind == LAW_FROM ? choice->law->parameters[field.parameter].name
                                  : names[field.kind];
}

void law_field_show(const struct ratio_choice *choice, struct law_field field, struct text *text)
{
    static const char *const pers[] = {[RATIO_PER_IMAGE] = "each image",
                                       [RATIO_PER_BATCH] = "the whole batch",
                                       [RATIO_STRATIFIED] =
                                           "each image, spread evenly over a batch"};
    static const char *const shapes[] = {[SCHEDULE_LINEAR] = "straight line",
                                         [SCHEDULE_COSINE] = "cosine",
                                         [SCHEDULE_STEP] = "stair",
                                         [SCHEDULE_EXP] = "exponential"};
    if (field.kind == LAW_PER) {
        text_append(text, "%s", pers[choice->per]);
        return;
    }
    const struct schedule *schedule = &choice->parameters[field.parameter];
    char number[32];
    text_from_real(number, field.kind == LAW_FROM    ? schedule->from
                           : field.kind == LAW_TO    ? schedule->to
                           : field.kind == LAW_START ? schedule->start
                           : field.kind == LAW_END   ? schedule->end
                                                     : schedule->steps);
    if (field.kind == LAW_SHAPE)
        text_append(text, "%s", shapes[schedule->shape]);
    else if (field.kind == LAW_TO && schedule_is_constant(schedule))
        text_append(text, "stays");
    else
        text_append(text, "%s", number);
}

/* Kept to multiples of the step, so that no dust of binary fractions gathers. */
static double moved(double value, double step, int steps, double low, double high)
{
    double result = round((value + step * steps) / step) * step;
    return fmin(fmax(round(result * 1e6) / 1e6, low), high);
}

static int turned(int value, int steps, int count)
{
    return ((value + steps) % count + count) % count;
}

void law_field_move(struct ratio_choice *choice, struct law_field field, int steps)
{
    if (field.kind == LAW_PER) {
        choice->per = (enum ratio_per)turned((int)choice->per, steps > 0 ? 1 : -1, RATIO_PERS);
        return;
    }
    struct schedule *schedule = &choice->parameters[field.parameter];
    const struct setting *row = &choice->law->parameters[field.parameter];
    bool constant = schedule_is_constant(schedule);
    double step = row->high <= 1 ? ratio_step : other_step;
    switch (field.kind) {
    case LAW_FROM:
        schedule->from = moved(schedule->from, step, steps, row->low, row->high);
        schedule->to = constant ? schedule->from : schedule->to;
        break;
    case LAW_TO:
        schedule->to = moved(schedule->to, step, steps, row->low, row->high);
        break;
    case LAW_SHAPE:
        schedule->shape =
            (enum schedule_shape)turned((int)schedule->shape, steps > 0 ? 1 : -1, SCHEDULE_SHAPES);
        break;
    case LAW_START:
        schedule->start = moved(schedule->start, ratio_step, steps, 0, schedule->end - ratio_step);
        break;
    case LAW_END:
        schedule->end = moved(schedule->end, ratio_step, steps, schedule->start + ratio_step, 1);
        break;
    case LAW_STEPS:
        schedule->steps = (int)moved(schedule->steps, 1, steps, 1, MOST_STEPS);
        break;
    case LAW_PER:
        break;
    }
}

bool law_check(const struct ratio_choice *choice, struct error *error)
{
    struct text text = {0};
    struct ratio_choice read;
    ratio_choice_write(choice, &text);
    bool good = ratio_choice_parse(&read, text_of(&text), error);
    text_release(&text);
    return good;
}
