#include "stats/smooth.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/distribution.h"

/* What the choice of lambda needs of the points: y about the knots' means, and in the basis of
 * Demmler and Reinsch (1975), in which the smoother shrinks each coordinate by 1 / (1 + lambda d).
 */
struct basis {
    gsl_matrix *vectors; /* [knots][knots], a column each, of W^-1/2 K W^-1/2 */
    gsl_vector *values;  /* d, with two that are 0 */
    double *coordinates; /* of W^1/2 mean */
    double within;       /* sum of squares of y about its knot's mean */
    double points;
};

void smooth_release(struct smooth *smooth)
{
    free(smooth->x);
    *smooth = (struct smooth){0};
}

/* One piece of memory; x is its beginning. */
static bool allocate(struct smooth *smooth, size_t knots, struct error *error)
{
    enum { VECTORS = 6 };
    double *memory = memory_new(knots, (VECTORS + knots) * sizeof *memory, error);
    if (!memory)
        return false;
    smooth->knots = knots;
    smooth->x = memory;
    smooth->mean = memory + knots;
    smooth->weight = memory + 2 * knots;
    smooth->fit = memory + 3 * knots;
    smooth->low = memory + 4 * knots;
    smooth->high = memory + 5 * knots;
    smooth->hat = memory + VECTORS * knots;
    return true;
}

static bool is_point(const double *x, const double *y, size_t i)
{
    return isfinite(x[i]) && isfinite(y[i]);
}

static size_t count_distinct(const double *x, const double *y, const size_t *order, size_t count)
{
    size_t distinct = 0;
    double last = NAN;
    for (size_t i = 0; i < count; i++)
        if (is_point(x, y, order[i]) && x[order[i]] != last) {
            last = x[order[i]];
            distinct++;
        }
    return distinct;
}

/* Means by Welford's update, and the squares about them. */
static double gather(struct smooth *smooth, const double *x, const double *y, const size_t *order,
                     size_t count)
{
    ptrdiff_t knot = -1;
    double within = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_point(x, y, order[i]))
            continue;
        if (knot < 0 || x[order[i]] != smooth->x[knot])
            smooth->x[++knot] = x[order[i]];
        double away = y[order[i]] - smooth->mean[knot];
        smooth->weight[knot] += 1;
        smooth->mean[knot] += away / smooth->weight[knot];
        within += away * (y[order[i]] - smooth->mean[knot]);
    }
    return within;
}

static bool read_points(struct smooth *smooth, const double *x, const double *y, size_t count,
                        double *within, struct error *error)
{
    size_t *order = memory_new(count ? count : 1, sizeof *order, error);
    if (!order)
        return false;
    gsl_sort_index(order, x, 1, count);
    size_t knots = count_distinct(x, y, order, count);
    bool good = knots >= 3 || error_set(error, ERROR_DATA, "a smooth curve needs three places");
    good = good &&
           (knots <= SMOOTH_KNOTS ||
            error_set(error, ERROR_DATA, "a smooth curve over more than %d places", SMOOTH_KNOTS));
    good = good && allocate(smooth, knots, error);
    if (good)
        *within = gather(smooth, x, y, order, count);
    free(order);
    return good;
}

/* K = Q R^-1 Q' (Green & Silverman 1994, 2.1.2), into `penalty` [knots][knots]. */
static bool fill_penalty(const struct smooth *smooth, gsl_matrix *penalty)
{
    size_t knots = smooth->knots, inner = knots - 2;
    gsl_matrix *r = gsl_matrix_calloc(inner, inner), *q = gsl_matrix_calloc(knots, inner);
    gsl_vector *column = gsl_vector_alloc(inner);
    bool good = r && q && column;
    for (size_t j = 0; good && j < inner; j++) {
        double before = smooth->x[j + 1] - smooth->x[j],
               after = smooth->x[j + 2] - smooth->x[j + 1];
        gsl_matrix_set(q, j, j, 1 / before);
        gsl_matrix_set(q, j + 1, j, -1 / before - 1 / after);
        gsl_matrix_set(q, j + 2, j, 1 / after);
        gsl_matrix_set(r, j, j, (before + after) / 3);
        if (j + 1 < inner) {
            gsl_matrix_set(r, j, j + 1, after / 6);
            gsl_matrix_set(r, j + 1, j, after / 6);
        }
    }
    good = good && !gsl_linalg_cholesky_decomp1(r);
    for (size_t i = 0; good && i < knots; i++) {
        for (size_t j = 0; j < inner; j++)
            gsl_vector_set(column, j, gsl_matrix_get(q, i, j));
        gsl_linalg_cholesky_svx(r, column);
        for (size_t k = 0; k < knots; k++) {
            double sum = 0;
            for (size_t j = k < 2 ? 0 : k - 2; j <= k && j < inner; j++)
                sum += gsl_matrix_get(q, k, j) * gsl_vector_get(column, j);
            gsl_matrix_set(penalty, i, k, sum);
        }
    }
    gsl_matrix_free(r);
    gsl_matrix_free(q);
    gsl_vector_free(column);
    return good;
}

static bool diagonalise(const struct smooth *smooth, struct basis *basis)
{
    size_t knots = smooth->knots;
    gsl_matrix *scaled = gsl_matrix_calloc(knots, knots);
    gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc(knots);
    bool good = scaled && work && fill_penalty(smooth, scaled);
    for (size_t i = 0; good && i < knots; i++)
        for (size_t k = 0; k < knots; k++)
            gsl_matrix_set(scaled, i, k,
                           gsl_matrix_get(scaled, i, k) /
                               sqrt(smooth->weight[i] * smooth->weight[k]));
    good = good && !gsl_eigen_symmv(scaled, basis->values, basis->vectors, work);
    /* Lines cost nothing: the two smallest are 0 but for rounding. */
    if (good)
        gsl_eigen_symmv_sort(basis->values, basis->vectors, GSL_EIGEN_SORT_VAL_ASC);
    for (size_t i = 0; good && i < 2; i++)
        gsl_vector_set(basis->values, i, 0);
    if (work)
        gsl_eigen_symmv_free(work);
    gsl_matrix_free(scaled);
    return good;
}

static void find_coordinates(const struct smooth *smooth, struct basis *basis)
{
    for (size_t k = 0; k < smooth->knots; k++) {
        basis->coordinates[k] = 0;
        for (size_t i = 0; i < smooth->knots; i++)
            basis->coordinates[k] +=
                gsl_matrix_get(basis->vectors, i, k) * sqrt(smooth->weight[i]) * smooth->mean[i];
    }
}

static double shrinkage(const struct basis *basis, double lambda, size_t k)
{
    return 1 / (1 + lambda * gsl_vector_get(basis->values, k));
}

/* Sum of squared residuals and the trace of the smoother. */
static double residuals(const struct basis *basis, size_t knots, double lambda, double *trace)
{
    double squares = basis->within;
    *trace = 0;
    for (size_t k = 0; k < knots; k++) {
        double kept = shrinkage(basis, lambda, k);
        double lost = (1 - kept) * basis->coordinates[k];
        squares += lost * lost;
        *trace += kept;
    }
    return squares;
}

static double cross_validation(const struct basis *basis, size_t knots, double lambda)
{
    static const double degree_cost = 1.4;
    double trace, squares = residuals(basis, knots, lambda, &trace);
    double left = basis->points - degree_cost * trace;
    return left > 0 ? basis->points * squares / (left * left) : INFINITY;
}

/* Over all that is between following every knot and a line, on a logarithmic grid that is fine
 * enough for a curve: the criterion is flat around its minimum. */
static double choose_lambda(const struct basis *basis, size_t knots)
{
    enum { TRIALS = 241 };
    static const double widest = 1e6;
    double high = gsl_vector_get(basis->values, knots - 1), low = gsl_vector_get(basis->values, 2);
    double from = log(1 / (widest * high)), to = log(widest / low), best = INFINITY;
    double chosen = exp(to);
    for (int i = TRIALS - 1; i >= 0; i--) { /* of equals the smoothest */
        double lambda = exp(from + (to - from) * i / (TRIALS - 1));
        double score = cross_validation(basis, knots, lambda);
        if (score < best) {
            best = score;
            chosen = lambda;
        }
    }
    return chosen;
}

static void fill(struct smooth *smooth, const struct basis *basis)
{
    size_t knots = smooth->knots;
    double squares = residuals(basis, knots, smooth->lambda, &smooth->degrees);
    double left = basis->points - smooth->degrees;
    smooth->sd = sqrt(squares / left);
    double reach = student_interval(INTERVAL_LEVEL, left);
    for (size_t i = 0; i < knots; i++) {
        smooth->fit[i] = 0;
        for (size_t k = 0; k < knots; k++) {
            double sum = 0;
            for (size_t j = 0; j < knots; j++)
                sum += gsl_matrix_get(basis->vectors, i, j) * gsl_matrix_get(basis->vectors, k, j) *
                       shrinkage(basis, smooth->lambda, j);
            smooth->hat[i * knots + k] = sum * sqrt(smooth->weight[k] / smooth->weight[i]);
            smooth->fit[i] += smooth->hat[i * knots + k] * smooth->mean[k];
        }
        double error = smooth->sd * sqrt(smooth->hat[i * knots + i] / smooth->weight[i]);
        smooth->low[i] = smooth->fit[i] - reach * error;
        smooth->high[i] = smooth->fit[i] + reach * error;
    }
}

static bool fit_points(struct smooth *smooth, double within, struct error *error)
{
    size_t knots = smooth->knots;
    struct basis basis = {.vectors = gsl_matrix_alloc(knots, knots),
                          .values = gsl_vector_alloc(knots),
                          .coordinates = memory_new(knots, sizeof(double), error),
                          .within = within};
    for (size_t i = 0; i < knots; i++)
        basis.points += smooth->weight[i];
    bool good = basis.vectors && basis.values && basis.coordinates && diagonalise(smooth, &basis);
    if (good) {
        find_coordinates(smooth, &basis);
        smooth->lambda = choose_lambda(&basis, knots);
        fill(smooth, &basis);
    }
    gsl_matrix_free(basis.vectors);
    gsl_vector_free(basis.values);
    free(basis.coordinates);
    return good || error_set(error, ERROR_SYSTEM, "out of memory");
}

bool smooth_fit(const double *x, const double *y, size_t count, struct smooth *smooth,
                struct error *error)
{
    double within = 0;
    *smooth = (struct smooth){0};
    (void)normal_lower(0); /* GSL's error handler, which ends the program, is off from here */
    if (read_points(smooth, x, y, count, &within, error) && fit_points(smooth, within, error))
        return true;
    smooth_release(smooth);
    return false;
}
