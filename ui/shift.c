#include "ui/shift.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

/* Parameters that say where a law lies, as against how wide it is. */
static const struct {
    const char *law, *parameters[5];
} locations[] = {
    {"constant", {"value"}},
    {"uniform", {"low", "high"}},
    {"beta", {"low", "high"}},
    {"truncnorm", {"mean"}},
    {"mixture", {"value1", "value2", "value3", "value4"}},
};

static const char *const *location_of(const struct ratio_law *law)
{
    for (size_t i = 0; i < ARRAY_LENGTH(locations); i++)
        if (!strcmp(locations[i].law, law->name))
            return locations[i].parameters;
    return NULL;
}

static bool moves(const char *const *location, const char *parameter)
{
    for (; *location; location++)
        if (!strcmp(*location, parameter))
            return true;
    return false;
}

/* How far a value may go in the direction of change. */
static double room(const struct setting *row, double value, double change)
{
    return change > 0 ? fmin(change, row->high - value) : fmax(change, row->low - value);
}

/* Without the dust of binary fractions: 0.29 + 0.01 is 0.3. */
static double tidy(double value)
{
    return round(value * 1e6) / 1e6;
}

bool ratio_shift(struct ratio_choice *choice, double change, struct error *error)
{
    const struct ratio_law *law = choice->law;
    const char *const *location = location_of(law);
    if (!location)
        return error_set(error, ERROR_DATA,
                         "the law %s has no one number to move; set its parameters with :law",
                         law->name);
    for (size_t i = 0; i < law->parameters.count; i++) {
        if (!moves(location, law->parameters.rows[i].name))
            continue;
        change = room(&law->parameters.rows[i], choice->parameters[i].from, change);
        change = room(&law->parameters.rows[i], choice->parameters[i].to, change);
    }
    if (fabs(change) < 1e-6)
        return error_set(error, ERROR_DATA, "the ratio is at the end of its range");
    for (size_t i = 0; i < law->parameters.count; i++) {
        if (!moves(location, law->parameters.rows[i].name))
            continue;
        choice->parameters[i].from = tidy(choice->parameters[i].from + change);
        choice->parameters[i].to = tidy(choice->parameters[i].to + change);
    }
    return true;
}
