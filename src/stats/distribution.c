#include "stats/distribution.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <pthread.h>

static void turn_handler_off(void)
{
    gsl_set_error_handler_off();
}

static void prepare(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, turn_handler_off);
}

/* By the regularised incomplete beta function (Abramowitz & Stegun 26.5.27, 26.7.1), of whichever
 * of two arguments is the smaller and so the more exact; never as 1 minus something, which would
 * leave nothing of small probabilities. gsl_cdf_tdist_Q falls back on an expansion of six digits
 * from 30 degrees on. */
double student_two_sided(double t, double degrees)
{
    prepare();
    if (isnan(t) || !(degrees > 0.0))
        return NAN;
    if (isinf(t))
        return 0.0;
    double squared = t * t, all = degrees + squared;
    if (squared < degrees)
        return gsl_cdf_beta_Q(squared / all, 0.5, degrees / 2.0);
    return gsl_cdf_beta_P(degrees / all, degrees / 2.0, 0.5);
}

double student_interval(double level, double degrees)
{
    static const int newton_steps = 3; /* each doubles GSL's digits, which are eight or more */
    prepare();
    if (!(level > 0.0 && level < 1.0) || !(degrees > 0.0))
        return NAN;
    double outside = 1.0 - level, t = gsl_cdf_tdist_Qinv(outside / 2.0, degrees);
    for (int step = 0; step < newton_steps; step++)
        t += (student_two_sided(t, degrees) - outside) / (2.0 * gsl_ran_tdist_pdf(t, degrees));
    return t;
}

double normal_two_sided(double z)
{
    prepare();
    return isnan(z) ? NAN : 2.0 * gsl_cdf_ugaussian_Q(fabs(z));
}

double normal_lower(double z)
{
    prepare();
    return isnan(z) ? NAN : gsl_cdf_ugaussian_P(z);
}

double normal_quantile(double p)
{
    prepare();
    return p >= 0.0 && p <= 1.0 ? gsl_cdf_ugaussian_Pinv(p) : NAN;
}

double chi_square_upper(double x, double degrees)
{
    prepare();
    if (isnan(x) || !(degrees > 0.0))
        return NAN;
    return x <= 0.0 ? 1.0 : gsl_cdf_chisq_Q(x, degrees);
}
