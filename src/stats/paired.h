/* Two conditions measured on the same images: paired tests and effect size, and Holm's adjustment
 * for a family of them.
 */
#ifndef MASKSCOPE_STATS_PAIRED_H
#define MASKSCOPE_STATS_PAIRED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Of the differences a - b. What the sample does not tell is NaN. */
struct paired {
    size_t count;           /* n: pairs in which both are numbers */
    size_t missing;         /* pairs left out */
    double mean_difference; /* mean of a - b */
    double low, high;       /* its 95% interval, Student's t */
    double t, degrees, p;   /* paired t test, two-sided; n - 1 degrees of freedom */
    double cohen_dz;        /* mean / sd of the differences (Cohen 1988, 2.3.5) */

    /* Wilcoxon's signed-rank test (Wilcoxon 1945): pairs without difference are dropped; W is the
     * smaller of the two rank sums; two-sided p by the normal approximation without continuity
     * correction, variance n(n + 1)(2n + 1) / 24 - sum(t^3 - t) / 48 for ties (Lehmann 1975). */
    size_t wilcoxon_count; /* pairs that differ */
    double wilcoxon_w, wilcoxon_p;
};

/* a [count], b [count]. ERROR_SYSTEM when memory runs out. Any thread. */
bool paired_compare(const double *a, const double *b, size_t count, struct paired *paired,
                    struct error *error) __attribute__((warn_unused_result));

/* Welch's t test (Welch 1947) of two samples that are not paired and may differ in variance, with
 * Satterthwaite's degrees of freedom; two-sided. What the samples do not tell is NaN. */
struct welch {
    size_t count_a, count_b;
    double difference; /* mean of a - mean of b */
    double t, degrees, p;
};

/* a [count_a], b [count_b]. ERROR_SYSTEM when memory runs out. Any thread. */
bool welch_compare(const double *a, size_t count_a, const double *b, size_t count_b,
                   struct welch *welch, struct error *error) __attribute__((warn_unused_result));

/* Holm's step-down adjustment (Holm 1979) of a family of p values: with p sorted upwards, the i-th
 * of m becomes max over j <= i of min(1, (m - j + 1) p_j). NaN stays NaN and is not counted among
 * the m. p and adjusted [count] may be the same. ERROR_SYSTEM when memory runs out. Any thread. */
bool holm_adjust(const double *p, size_t count, double *adjusted, struct error *error)
    __attribute__((warn_unused_result));

#endif
