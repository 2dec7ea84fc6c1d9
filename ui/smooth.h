/* The smooth curves of both faces. Pure. */
#ifndef MASKSCOPE_UI_SMOOTH_H
#define MASKSCOPE_UI_SMOOTH_H

/* How far to look to both sides in a curve of `count` points, unless somebody chose otherwise; 0
 * for a short one, whose every point can be seen. */
int smooth_usual_half(int count);
/* out[i]: the value at i of a straight line fitted to the values around i, weights falling linearly
 * with the distance (local regression of degree one: Cleveland 1979, "Robust locally weighted
 * regression and smoothing scatterplots", without its robust part). Inside that is the weighted
 * mean of i - half .. i + half. Near an end the window is one-sided but never narrower: what an end
 * takes from one side is made up for on the other, so that the curve neither follows the last few
 * values nor bends a slope. What is not finite has no weight, and stays what it is.
 * values and out, [count], do not overlap. */
void smooth_values(const float *values, int count, int half, float *out);

#endif
