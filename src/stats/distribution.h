/* Tail probabilities and quantiles, from GSL. NaN in, or a degree of freedom below any sense, gives
 * NaN out; GSL's own error handler, which ends the program, is off. Any thread.
 */
#ifndef MASKSCOPE_STATS_DISTRIBUTION_H
#define MASKSCOPE_STATS_DISTRIBUTION_H

/* P(|T| >= |t|) for Student's t with that many degrees of freedom. */
double student_two_sided(double t, double degrees);
/* The t with P(|T| <= t) = level: 2.009575 for level .95 and 49 degrees. */
double student_interval(double level, double degrees);
/* P(|Z| >= |z|) for the standard normal. */
double normal_two_sided(double z);
/* P(Z <= z) for the standard normal, and the z with that probability. */
double normal_lower(double z);
double normal_quantile(double p);
/* P(X >= x) for chi-square, whose degrees need not be whole. */
double chi_square_upper(double x, double degrees);

/* Every interval of this program holds this share. */
#define INTERVAL_LEVEL 0.95

#endif
