/* A number as a function of training progress t in [0, 1]: {from, to, shape, over: [t0, t1],
 * steps}. A plain number is the schedule that stays there.
 *
 * With s = (t - t0) / (t1 - t0), held to [0, 1], the value is
 *
 *     linear  from + (to - from) * s
 *
 *     cosine  from + (to - from) * (1 - cos(pi * s)) / 2
 *
 *     step    from + (to - from) * min(floor(s * (N + 1)), N) / N
 *             (N equal jumps; the N + 1 levels, `from` and `to` among them, are held equally long)
 *
 *     exp     from * (to / from)^s
 *             (needs from and to of one sign)
 */
#ifndef MASKSCOPE_MASK_SCHEDULE_H
#define MASKSCOPE_MASK_SCHEDULE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/node.h"
#include "base/text.h"

enum schedule_shape {
    SCHEDULE_LINEAR,
    SCHEDULE_COSINE,
    SCHEDULE_STEP,
    SCHEDULE_EXP,
    SCHEDULE_SHAPES
};

struct schedule {
    double from, to;
    enum schedule_shape shape;
    double start, end; /* `over`: before start it is `from`, from end on `to` */
    int steps;         /* SCHEDULE_STEP: equal steps on the way, at least 1 */
};

struct schedule schedule_constant(double value);
bool schedule_is_constant(const struct schedule *schedule);
double schedule_at(const struct schedule *schedule, double progress);
/* A scalar, or {from, to, shape, over, steps}; from and to must lie in [low, high]. `name` is named
 * in the error (ERROR_DATA); *schedule is unchanged then. Defaults: linear, over [0, 1], 4 steps.
 */
bool schedule_read(struct schedule *schedule, const struct node *node, const char *name, double low,
                   double high, struct error *error);
/* Appends "0.75" or "{from: 0.4, to: 0.85, shape: cosine}" (only what differs from the defaults).
 */
void schedule_write(const struct schedule *schedule, struct text *text);

/* "linear", "cosine" ... */
const char *schedule_shape_name(enum schedule_shape shape);

#endif
