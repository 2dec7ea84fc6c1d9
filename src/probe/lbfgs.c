#include "probe/lbfgs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { MEMORY = 10, SEARCHES = 30 };
static const double decrease = 1e-4, curvature = 0.9;

struct work {
    size_t count;
    double *direction, *trial, *gradient, *trial_gradient;
    double *steps, *changes; /* [MEMORY, count]: of x and of the gradient, the newest last */
    double inverse[MEMORY];  /* 1 / (step . change) */
    int kept;
    double *block; /* all of these arrays */
};

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

static double largest(const double *values, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs(values[i]));
    return most;
}

static void add(double *to, double scale, const double *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] += scale * from[i];
}

/* The two loops over the memory: -H g. */
static void find_direction(struct work *work)
{
    size_t count = work->count;
    double shares[MEMORY];
    for (size_t i = 0; i < count; i++)
        work->direction[i] = -work->gradient[i];
    for (int i = work->kept; i-- > 0;) {
        shares[i] = work->inverse[i] * dot(work->steps + (size_t)i * count, work->direction, count);
        add(work->direction, -shares[i], work->changes + (size_t)i * count, count);
    }
    if (work->kept > 0) {
        const double *change = work->changes + (size_t)(work->kept - 1) * count;
        double scale = 1 / (work->inverse[work->kept - 1] * dot(change, change, count));
        for (size_t i = 0; i < count; i++)
            work->direction[i] *= scale;
    }
    for (int i = 0; i < work->kept; i++) {
        double back =
            work->inverse[i] * dot(work->changes + (size_t)i * count, work->direction, count);
        add(work->direction, shares[i] - back, work->steps + (size_t)i * count, count);
    }
}

/* Keeps the step from x to the trial point, unless curvature is lost in rounding. */
static void remember(struct work *work, const double *x)
{
    size_t count = work->count;
    if (work->kept == MEMORY) {
        size_t rest = (MEMORY - 1) * count;
        memmove(work->steps, work->steps + count, rest * sizeof *work->steps);
        memmove(work->changes, work->changes + count, rest * sizeof *work->changes);
        memmove(work->inverse, work->inverse + 1, (MEMORY - 1) * sizeof *work->inverse);
        work->kept--;
    }
    double *step = work->steps + (size_t)work->kept * count;
    double *change = work->changes + (size_t)work->kept * count;
    for (size_t i = 0; i < count; i++) {
        step[i] = work->trial[i] - x[i];
        change[i] = work->trial_gradient[i] - work->gradient[i];
    }
    double product = dot(step, change, count);
    if (product > 1e-12 * dot(change, change, count))
        work->inverse[work->kept++] = 1 / product;
}

/* Finds trial = x + t * direction; false where nothing is lower. */
static bool search(struct work *work, const double *x, double value, double first,
                   lbfgs_function *function, void *context, struct lbfgs_result *result)
{
    double slope = dot(work->gradient, work->direction, work->count);
    double low = 0, high = INFINITY, t = first;
    for (int i = 0; i < SEARCHES; i++) {
        memcpy(work->trial, x, work->count * sizeof *x);
        add(work->trial, t, work->direction, work->count);
        result->value = function(context, work->trial, work->trial_gradient);
        result->evaluations++;
        if (!(result->value <= value + decrease * t * slope))
            high = t;
        else if (dot(work->trial_gradient, work->direction, work->count) < curvature * slope)
            low = t;
        else
            return true;
        t = isinf(high) ? 2 * low : (low + high) / 2;
    }
    return result->value < value;
}

static bool allocate(struct work *work, struct error *error)
{
    enum { ARRAYS = 4 };
    double *at = work->block = memory_new((ARRAYS + 2 * MEMORY) * work->count, sizeof *at, error);
    if (!at)
        return false;
    work->direction = at;
    work->trial = at += work->count;
    work->gradient = at += work->count;
    work->trial_gradient = at += work->count;
    work->steps = at += work->count;
    work->changes = at + MEMORY * work->count;
    return true;
}

static bool iterate(struct work *work, double *x, lbfgs_function *function, void *context,
                    const struct lbfgs_settings *settings, struct lbfgs_result *result,
                    const struct probe_watch *watch, struct error *error)
{
    double value = function(context, x, work->gradient);
    *result = (struct lbfgs_result){.value = value, .evaluations = 1};
    for (;; result->iterations++) {
        result->gradient = largest(work->gradient, work->count);
        result->converged = result->gradient <= settings->tolerance;
        if (result->converged || result->iterations == settings->iterations)
            return true;
        if (!probe_watch_tell(watch, (double)result->iterations / settings->iterations, error))
            return false;
        find_direction(work);
        double first =
            work->kept ? 1 : fmin(1, 1 / sqrt(dot(work->gradient, work->gradient, work->count)));
        if (!search(work, x, value, first, function, context, result)) {
            result->value = value;
            result->converged = isfinite(value); /* rounding lets nothing get better */
            return true;
        }
        remember(work, x);
        value = result->value;
        memcpy(x, work->trial, work->count * sizeof *x);
        memcpy(work->gradient, work->trial_gradient, work->count * sizeof *x);
    }
}

bool lbfgs_minimise(double *x, size_t count, lbfgs_function *function, void *context,
                    const struct lbfgs_settings *settings, struct lbfgs_result *result,
                    const struct probe_watch *watch, struct error *error)
{
    struct work work = {.count = count};
    bool good = allocate(&work, error) &&
                iterate(&work, x, function, context, settings, result, watch, error);
    free(work.block);
    return good;
}
