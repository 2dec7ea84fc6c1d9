#include "ui/panel/form_fields.h"

#include <math.h>

#include "base/text.h"

enum { MOST_STEPS = 100 };

/* What is no ratio (beta's a and b) moves in larger steps. */
static const double ratio_step = 0.01, other_step = 0.1;

struct form_of form_of_law(struct ratio_choice *choice)
{
    return (struct form_of){choice->law->parameters.rows, (int)choice->law->parameters.count,
                            choice->parameters, &choice->per};
}

struct form_of form_of_strategy(struct strategy_choice *choice)
{
    return (struct form_of){choice->strategy->parameters.rows,
                            (int)choice->strategy->parameters.count, choice->parameters, NULL};
}

int form_fields(const struct form_of *form, struct form_field fields[FORM_FIELDS])
{
    int count = 0;
    for (int i = 0; i < form->count; i++) {
        const struct schedule *schedule = &form->schedules[i];
        if (form->rows[i].type == SETTING_TEXT)
            continue;
        fields[count++] = (struct form_field){FIELD_FROM, i};
        if (form->rows[i].type == SETTING_CHOICE)
            continue;
        fields[count++] = (struct form_field){FIELD_TO, i};
        if (schedule_is_constant(schedule))
            continue;
        fields[count++] = (struct form_field){FIELD_SHAPE, i};
        if (schedule->shape == SCHEDULE_STEP)
            fields[count++] = (struct form_field){FIELD_STEPS, i};
        fields[count++] = (struct form_field){FIELD_START, i};
        fields[count++] = (struct form_field){FIELD_END, i};
    }
    if (form->per)
        fields[count++] = (struct form_field){FIELD_PER, -1};
    return count;
}

const char *form_field_name(const struct form_of *form, struct form_field field)
{
    static const char *const names[] = {
        [FIELD_PER] = "one draw for",      [FIELD_FROM] = "",
        [FIELD_TO] = "  goes to",          [FIELD_SHAPE] = "  along a",
        [FIELD_START] = "  from progress", [FIELD_END] = "  to progress",
        [FIELD_STEPS] = "  in jumps",
    };
    return field.kind == FIELD_FROM ? form->rows[field.parameter].name : names[field.kind];
}

/* The number of a field that has one. */
static double number_of(const struct schedule *schedule, enum form_field_kind kind)
{
    switch (kind) {
    case FIELD_TO:
        return schedule->to;
    case FIELD_START:
        return schedule->start;
    case FIELD_END:
        return schedule->end;
    case FIELD_STEPS:
        return schedule->steps;
    default:
        return schedule->from;
    }
}

void form_field_show(const struct form_of *form, struct form_field field, struct text *text)
{
    static const char *const pers[] = {[RATIO_PER_IMAGE] = "each image",
                                       [RATIO_PER_BATCH] = "the whole batch",
                                       [RATIO_STRATIFIED] =
                                           "each image, spread evenly over a batch"};
    static const char *const shapes[] = {[SCHEDULE_LINEAR] = "straight line",
                                         [SCHEDULE_COSINE] = "cosine",
                                         [SCHEDULE_STEP] = "stair",
                                         [SCHEDULE_EXP] = "exponential"};
    if (field.kind == FIELD_PER) {
        text_append(text, "%s", pers[*form->per]);
        return;
    }
    const struct schedule *schedule = &form->schedules[field.parameter];
    const struct setting *row = &form->rows[field.parameter];
    char number[32];
    text_from_real(number, number_of(schedule, field.kind));
    if (field.kind == FIELD_SHAPE)
        text_append(text, "%s", shapes[schedule->shape]);
    else if (field.kind == FIELD_TO && schedule_is_constant(schedule))
        text_append(text, "stays");
    else if (row->type == SETTING_CHOICE)
        text_append(text, "%s", setting_choice(row, (int)schedule->from));
    else
        text_append(text, "%s", number);
}

const struct setting *form_field_row(const struct form_of *form, struct form_field field)
{
    return field.kind == FIELD_FROM ? &form->rows[field.parameter] : NULL;
}

/* Kept to multiples of the step, so that no dust of binary fractions gathers. */
static double moved(double value, double step, int steps, double low, double high)
{
    double result = round((value + step * steps) / step) * step;
    return fmin(fmax(round(result * 1e6) / 1e6, low), high);
}

static int turned(int value, int steps, int count)
{
    return ((value + (steps > 0 ? 1 : -1)) % count + count) % count;
}

static double step_of(const struct setting *row)
{
    return row->type == SETTING_INT ? 1 : row->high <= 1 ? ratio_step : other_step;
}

static void move_value(const struct setting *row, struct schedule *schedule, int steps)
{
    int choices = 0;
    while (row->type == SETTING_CHOICE && setting_choice(row, choices))
        choices++;
    bool constant = schedule_is_constant(schedule);
    schedule->from = choices > 0 ? turned((int)schedule->from, steps, choices)
                                 : moved(schedule->from, step_of(row), steps, row->low, row->high);
    schedule->to = constant ? schedule->from : schedule->to;
}

void form_field_move(const struct form_of *form, struct form_field field, int steps)
{
    if (field.kind == FIELD_PER) {
        *form->per = (enum ratio_per)turned((int)*form->per, steps, RATIO_PERS);
        return;
    }
    struct schedule *schedule = &form->schedules[field.parameter];
    const struct setting *row = &form->rows[field.parameter];
    switch (field.kind) {
    case FIELD_FROM:
        move_value(row, schedule, steps);
        break;
    case FIELD_TO:
        schedule->to = moved(schedule->to, step_of(row), steps, row->low, row->high);
        break;
    case FIELD_SHAPE:
        schedule->shape = (enum schedule_shape)turned((int)schedule->shape, steps, SCHEDULE_SHAPES);
        break;
    case FIELD_START:
        schedule->start = moved(schedule->start, ratio_step, steps, 0, schedule->end - ratio_step);
        break;
    case FIELD_END:
        schedule->end = moved(schedule->end, ratio_step, steps, schedule->start + ratio_step, 1);
        break;
    case FIELD_STEPS:
        schedule->steps = (int)moved(schedule->steps, 1, steps, 1, MOST_STEPS);
        break;
    case FIELD_PER:
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
