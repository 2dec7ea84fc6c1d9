/* The parameters of a ratio law or of a strategy, taken apart into the numbers and choices that a
 * person sets one by one. */
#ifndef MASKSCOPE_UI_PANEL_FORM_FIELDS_H
#define MASKSCOPE_UI_PANEL_FORM_FIELDS_H

#include "base/error.h"
#include "mask/ratio.h"
#include "mask/strategy.h"

enum form_field_kind {
    FIELD_PER,   /* what one draw of a law serves */
    FIELD_FROM,  /* a parameter's value, at the start where it moves */
    FIELD_TO,    /* and at the end */
    FIELD_SHAPE, /* how it gets there; these four only where it moves */
    FIELD_START,
    FIELD_END,
    FIELD_STEPS,
};

struct form_field {
    enum form_field_kind kind;
    int parameter; /* the row; -1: FIELD_PER */
};

enum { FORM_FIELDS = 1 + 6 * MASK_PARAMETER_LIMIT };

/* What the fields are of: a view of a choice that belongs to somebody else, and is changed. */
struct form_of {
    const struct setting *rows;
    int count;
    struct schedule *schedules; /* one a row */
    enum ratio_per *per;        /* null: it has none */
};

struct form_of form_of_law(struct ratio_choice *choice);
struct form_of form_of_strategy(struct strategy_choice *choice);

/* The fields that there are now; returns their number. Text is no field: it is typed. */
int form_fields(const struct form_of *form, struct form_field fields[FORM_FIELDS]);
/* "mean", "  goes to", "  from progress" */
const char *form_field_name(const struct form_of *form, struct form_field field);
/* Appends the value as a person reads it. */
void form_field_show(const struct form_of *form, struct form_field field, struct text *text);
/* The row of the parameter that the field is the value of; null where it is about how it moves. */
const struct setting *form_field_row(const struct form_of *form, struct form_field field);
/* Moves the field by that many small steps (.01 for a ratio, 1 for a whole number), within its
 * range, or on among its choices. */
void form_field_move(const struct form_of *form, struct form_field field, int steps);
/* Whether the law may be used as it stands; ERROR_DATA says why not. */
bool law_check(const struct ratio_choice *choice, struct error *error);

#endif
