#include "ui/window/ticks.h"

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

static void fill(struct ticks *ticks, double low, double high, double step)
{
    ticks->count = 0;
    ticks->step = step;
    double slack = step * 1e-6;
    double first = ceil((low - slack) / step);
    for (double i = first; i * step <= high + slack && ticks->count < TICK_LIMIT; i++)
        ticks->value[ticks->count++] = i * step + 0.0; /* never -0 */
}

void ticks_linear(struct ticks *ticks, double low, double high, int most)
{
    double step = ticks_nice_above((high - low) / most);
    fill(ticks, low, high, step);
    /* A range that begins and ends on a tick has one more than intervals. */
    if (ticks->count > most)
        fill(ticks, low, high, ticks_nice_above(step * 1.01));
}

void ticks_whole(struct ticks *ticks, double low, double high, int most)
{
    ticks_linear(ticks, low, high, most);
    if (ticks->step < 1)
        fill(ticks, low, high, 1);
}

/* Multiples of powers of ten in the range: the first `used` of 1, 2, 5. */
static void fill_decades(struct ticks *ticks, double low, double high, const double *used,
                         int used_count)
{
    ticks->count = 0;
    ticks->step = 0;
    for (double decade = floor(log10(low)); decade <= ceil(log10(high)); decade++)
        for (int i = 0; i < used_count; i++) {
            double value = used[i] * pow(10, decade);
            bool inside = value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
            if (inside && ticks->count < TICK_LIMIT)
                ticks->value[ticks->count++] = value;
        }
}

void ticks_log(struct ticks *ticks, double low, double high, int most)
{
    static const double sparse[] = {1}, middle[] = {1, 3}, dense[] = {1, 2, 5};
    double decades = log10(high / low);
    if (decades < 0.5) {
        ticks_linear(ticks, low, high, most);
    } else if (decades * 3 <= most) {
        fill_decades(ticks, low, high, dense, 3);
    } else if (decades * 2 <= most) {
        fill_decades(ticks, low, high, middle, 2);
    } else {
        fill_decades(ticks, low, high, sparse, 1);
    }
    if (ticks->count < 2)
        fill_decades(ticks, low, high, dense, 3);
    if (ticks->count < 2)
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
