#include "ui/smooth.h"

#include <math.h>
#include <stdlib.h>

/* A line needs about this many times the points at its end to be as steady as in its middle. */
enum { MAKE_UP = 3 };

enum { SHARE = 40, LEAST = 80 };

int smooth_usual_half(int count)
{
    return count < LEAST ? 0 : count / SHARE;
}

struct window {
    int first, last;
};

static struct window window_at(int i, int count, int half)
{
    struct window window = {i - half, i + half};
    int before = window.first < 0 ? -window.first : 0;
    int after = window.last > count - 1 ? window.last - (count - 1) : 0;
    window.first -= MAKE_UP * after;
    window.last += MAKE_UP * before;
    window.first = window.first < 0 ? 0 : window.first;
    window.last = window.last > count - 1 ? count - 1 : window.last;
    return window;
}

static float smooth_at(const float *values, int i, struct window window)
{
    int reach = i - window.first > window.last - i ? i - window.first : window.last - i;
    double weights = 0, x = 0, xx = 0, y = 0, xy = 0; /* sums */
    float low = values[i], high = values[i];
    for (int j = window.first; j <= window.last; j++) {
        double distance = j - i, value = (double)values[j];
        double weight = 1 - fabs(distance) / (reach + 1);
        if (!isfinite(values[j]))
            continue;
        low = fminf(low, values[j]);
        high = fmaxf(high, values[j]);
        weights += weight;
        x += weight * distance;
        xx += weight * distance * distance;
        y += weight * value;
        xy += weight * distance * value;
    }
    double spread = weights * xx - x * x;
    double fitted = spread > 0 ? (xx * y - x * xy) / spread : y / weights;
    /* A line may leave the range of what it was fitted to; a loss below zero would be news. */
    return fminf(fmaxf((float)fitted, low), high);
}

void smooth_values(const float *values, int count, int half, float *out)
{
    for (int i = 0; i < count; i++)
        out[i] = !isfinite(values[i]) ? values[i] : smooth_at(values, i, window_at(i, count, half));
}
