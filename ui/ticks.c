#include "ui/ticks.h"

#include <math.h>
#include <stdio.h>

static const double multiples[] = {1, 2, 5, 10};
enum { MULTIPLES = sizeof multiples / sizeof multiples[0] };

double ticks_nice_above(double value)
{
    double power = pow(10, floor(log10(value)));
    for (int i = 0; i < MULTIPLES; i++)
        if (multiples[i] * power >= value * (1 - 1e-9))
            return multiples[i] * power;
    return 10 * power;
}

double ticks_round_above(double value)
{
    static const double steps[] = {1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8};
    double power = pow(10, floor(log10(value)));
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (steps[i] * power >= value * (1 - 1e-9))
            return steps[i] * power;
    return 10 * power;
}

static void fill(struct ticks *ticks, double low, double high, double step)
{
    ticks->count = 0;
    ticks->step = step;
    double slack = step * 1e-6;
    double first = ceil((low - slack) / step);
    for (double i = first; i * step <= high + slack && ticks->count < TICK_LIMIT; i++)
        ticks->value[ticks->count++] = i * step + 0.0; /* never -0 */
}

static int least(int most)
{
    return most < TICKS_LEAST ? most : TICKS_LEAST;
}

void ticks_linear(struct ticks *ticks, double low, double high, int most)
{
    static const double finer = 1 / 2.6; /* from any round step to the one below it */
    double step = ticks_nice_above((high - low) / most);
    fill(ticks, low, high, step);
    /* A range that begins and ends on a tick has one more than intervals. */
    if (ticks->count > most)
        fill(ticks, low, high, ticks_nice_above(step * 1.01));
    if (ticks->count < least(most))
        fill(ticks, low, high, ticks_nice_above(ticks->step * finer));
}

void ticks_whole(struct ticks *ticks, double low, double high, int most)
{
    ticks_linear(ticks, low, high, most);
    if (ticks->step < 1)
        fill(ticks, low, high, 1);
}

/* How decades are divided, finest first: by which multiples of its power of ten each is. After
 * these come every second decade, every fourth and so on. */
struct division {
    int count;
    double multiples[6];
};
static const struct division divisions[] = {
    {6, {1, 1.5, 2, 3, 5, 7}}, {3, {1, 2, 5}}, {2, {1, 3}}, {1, {1}}};
enum {
    DIVISIONS = sizeof divisions / sizeof divisions[0],
    FINEST = 0,
    USUAL = 1,
    COARSENESSES = DIVISIONS + 10, /* 1024 decades apart at most */
};

/* Returns how many there are, of which the first TICK_LIMIT are kept. */
static int fill_decades(struct ticks *ticks, double low, double high, int coarseness)
{
    int rank = coarseness < DIVISIONS ? coarseness : DIVISIONS - 1, found = 0;
    int stride = 1 << (coarseness - rank);
    const struct division *division = &divisions[rank];
    for (int decade = (int)floor(log10(low)); decade <= (int)ceil(log10(high)); decade++)
        for (int i = 0; i < division->count; i++) {
            double value = division->multiples[i] * pow(10, decade);
            bool inside = value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
            if (inside && decade % stride == 0 && found++ < TICK_LIMIT)
                ticks->value[found - 1] = value;
        }
    ticks->step = 0;
    ticks->count = found < TICK_LIMIT ? found : TICK_LIMIT;
    return found;
}

void ticks_log(struct ticks *ticks, double low, double high, int most)
{
    int chosen = FINEST, found = most + 1;
    int first = high < 10 * low ? FINEST : USUAL;
    for (int coarseness = first; coarseness < COARSENESSES && found > most; coarseness++) {
        found = fill_decades(ticks, low, high, coarseness);
        if (found < least(most))
            break;
        chosen = coarseness;
    }
    if (fill_decades(ticks, low, high, chosen) < least(most))
        ticks_linear(ticks, low, high, most);
}

void ticks_value(char *out, size_t size, double value)
{
    double magnitude = fabs(value);
    if (isnan(value))
        snprintf(out, size, "-");
    else if (magnitude == 0)
        snprintf(out, size, "0");
    else if (magnitude < 1e-4 || magnitude >= 1e6)
        snprintf(out, size, "%.2e", value);
    else if (magnitude >= 100)
        snprintf(out, size, "%.0f", value);
    else
        snprintf(out, size, "%.*f", 2 - (int)floor(log10(magnitude)), value);
}

void ticks_label(char *out, size_t size, double value, double step)
{
    double magnitude = fabs(value);
    if (magnitude < step * 1e-6 || magnitude == 0)
        snprintf(out, size, "0");
    else if (magnitude < 1e-3 || magnitude >= 1e6)
        snprintf(out, size, "%.3g", value);
    else if (step > 0)
        snprintf(out, size, "%.*f", step < 1 ? (int)ceil(-log10(step) - 1e-9) : 0, value);
    else
        snprintf(out, size, "%.3g", value);
}

void ticks_count(char *out, size_t size, double value)
{
    if (fabs(value) >= 1e6)
        snprintf(out, size, "%.4gM", value / 1e6);
    else
        snprintf(out, size, "%.0f", value);
}
