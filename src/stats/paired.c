#include "stats/paired.h"

#include <float.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/describe.h"
#include "stats/distribution.h"
#include "stats/rank.h"

static void student_test(struct paired *paired, const struct description *differences)
{
    paired->mean_difference = differences->mean;
    paired->low = differences->low;
    paired->high = differences->high;
    if (paired->count < 2)
        return;
    paired->degrees = (double)paired->count - 1.0;
    if (differences->sd == 0.0) /* what varies nowhere tells nothing of chance */
        return;
    paired->t = differences->mean / differences->standard_error;
    paired->p = student_two_sided(paired->t, paired->degrees);
    paired->cohen_dz = differences->mean / differences->sd;
}

/* Overwrites differences; work [2 * count]. */
static bool wilcoxon_test(struct paired *paired, double *differences, double *work,
                          struct error *error)
{
    double *sizes = work, *ranks = work + paired->count, ties;
    size_t n = 0;
    for (size_t i = 0; i < paired->count; i++)
        if (differences[i] != 0.0) {
            sizes[n] = fabs(differences[i]);
            differences[n++] = differences[i];
        }
    paired->wilcoxon_count = n;
    if (n == 0)
        return true;
    if (!rank_values(sizes, n, ranks, &ties, error))
        return false;
    double up = 0.0, count = (double)n, all = count * (count + 1.0) / 2.0;
    for (size_t i = 0; i < n; i++)
        up += differences[i] > 0.0 ? ranks[i] : 0.0;
    paired->wilcoxon_w = fmin(up, all - up);
    double variance = count * (count + 1.0) * (2.0 * count + 1.0) / 24.0 - ties / 48.0;
    paired->wilcoxon_p = normal_two_sided((paired->wilcoxon_w - all / 2.0) / sqrt(variance));
    return true;
}

/* Differences that are equal but for the rounding of the values are equal. */
static void even_out(double *differences, size_t count, double largest)
{
    const double rounding = 4 * DBL_EPSILON * largest;
    for (size_t i = 1; i < count; i++)
        if (fabs(differences[i] - differences[0]) > rounding)
            return;
    double common = count > 0 && fabs(differences[0]) > rounding ? differences[0] : 0;
    for (size_t i = 0; i < count; i++)
        differences[i] = common;
}

bool paired_compare(const double *a, const double *b, size_t count, struct paired *paired,
                    struct error *error)
{
    *paired = (struct paired){.mean_difference = NAN,
                              .low = NAN,
                              .high = NAN,
                              .t = NAN,
                              .degrees = NAN,
                              .p = NAN,
                              .cohen_dz = NAN,
                              .wilcoxon_w = NAN,
                              .wilcoxon_p = NAN};
    double *differences = memory_new(count ? count : 1, 3 * sizeof *differences, error);
    if (!differences)
        return false;
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(a[i]) || isnan(b[i])) {
            paired->missing++;
            continue;
        }
        largest = fmax(largest, fmax(fabs(a[i]), fabs(b[i])));
        differences[paired->count++] = a[i] - b[i];
    }
    even_out(differences, paired->count, largest);
    struct description description;
    bool good = describe(differences, paired->count, &description, error);
    if (good) {
        student_test(paired, &description);
        good = wilcoxon_test(paired, differences, differences + count, error);
    }
    free(differences);
    return good;
}

bool welch_compare(const double *a, size_t count_a, const double *b, size_t count_b,
                   struct welch *welch, struct error *error)
{
    struct description first, second;
    *welch = (struct welch){.difference = NAN, .t = NAN, .degrees = NAN, .p = NAN};
    if (!describe(a, count_a, &first, error) || !describe(b, count_b, &second, error))
        return false;
    welch->count_a = first.count;
    welch->count_b = second.count;
    welch->difference = first.mean - second.mean;
    if (first.count < 2 || second.count < 2)
        return true;
    double u = first.standard_error * first.standard_error;
    double v = second.standard_error * second.standard_error;
    if (u + v == 0) /* what varies nowhere tells nothing of chance */
        return true;
    welch->t = welch->difference / sqrt(u + v);
    welch->degrees = (u + v) * (u + v) /
                     (u * u / ((double)first.count - 1.0) + v * v / ((double)second.count - 1.0));
    welch->p = student_two_sided(welch->t, welch->degrees);
    return true;
}

bool holm_adjust(const double *p, size_t count, double *adjusted, struct error *error)
{
    size_t *order = memory_new(count ? count : 1, sizeof *order, error);
    double *sorted = memory_new(count ? count : 1, sizeof *sorted, error);
    bool good = order && sorted;
    if (good) {
        size_t family = 0;
        for (size_t i = 0; i < count; i++) {
            sorted[i] = isnan(p[i]) ? INFINITY : p[i]; /* last, and out of the family */
            family += !isnan(p[i]);
        }
        gsl_sort_index(order, sorted, 1, count);
        double highest = 0.0;
        for (size_t i = 0; i < count; i++) {
            highest = fmax(highest, fmin(1.0, (double)(family - i) * sorted[order[i]]));
            adjusted[order[i]] = i < family ? highest : NAN;
        }
    }
    free(order);
    free(sorted);
    return good;
}
