/* A ratio law taken apart into the numbers and choices that a person sets one by one. */
#ifndef MASKSCOPE_UI_PANEL_LAW_FIELDS_H
#define MASKSCOPE_UI_PANEL_LAW_FIELDS_H

#include "base/error.h"
#include "mask/ratio.h"

enum law_field_kind {
    LAW_PER,   /* what one draw serves */
    LAW_FROM,  /* a parameter's value, at the start where it moves */
    LAW_TO,    /* and at the end */
    LAW_SHAPE, /* how it gets there; these four only where it moves */
    LAW_START,
    LAW_END,
    LAW_STEPS,
};

struct law_field {
    enum law_field_kind kind;
    int parameter; /* of the law; -1: LAW_PER */
};

enum { LAW_FIELDS = 1 + 6 * MASK_PARAMETER_LIMIT };

/* The fields that the law has now; returns their number. */
int law_fields(const struct ratio_choice *choice, struct law_field fields[LAW_FIELDS]);
/* "mean", "  goes to", "  over, from" */
const char *law_field_name(const struct ratio_choice *choice, struct law_field field);
/* Appends the value as a person reads it. */
void law_field_show(const struct ratio_choice *choice, struct law_field field, struct text *text);
/* Moves the field by that many small steps (.01 for a ratio), within its range, or on among its
 * choices. */
void law_field_move(struct ratio_choice *choice, struct law_field field, int steps);
/* Whether the law may be used as it stands; ERROR_DATA says why not. */
bool law_check(const struct ratio_choice *choice, struct error *error);

#endif
