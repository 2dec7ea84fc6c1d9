/* Comparisons of a study's arms, paired by seed and by image. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/study_private.h"
#include "stats/paired.h"

/* Means over `seeds` [count] of the arm's answers, image by image. */
static void average(const struct study_results *results, const struct study_column *column, int arm,
                    const int *seeds, size_t count, double *means)
{
    for (size_t i = 0; i < column->image_count; i++)
        means[i] = 0;
    for (size_t at = 0; at < count; at++) {
        const float *answers = study_answers(results, column, arm, seeds[at]);
        for (size_t i = 0; i < column->image_count; i++)
            means[i] += (double)answers[i] / (double)count;
    }
}

static bool compare_images(struct study_pair *pair, const struct study_results *results,
                           const struct study_column *column, const int *seeds, struct error *error)
{
    struct paired paired;
    size_t count = column->image_count;
    double *means = memory_new(2 * count + 1, sizeof *means, error);
    bool good = means;
    if (good) {
        average(results, column, pair->a, seeds, pair->seeds, means);
        average(results, column, pair->b, seeds, pair->seeds, means + count);
        good = paired_compare(means, means + count, count, &paired, error);
    }
    if (good) {
        pair->images = paired.count;
        pair->p_images = paired.p;
    }
    free(means);
    return good;
}

/* Both have to hold: with the seeds as units it is about ways to train, and with images about more
 * than these. A training loss is of no images. */
static double larger(double p_seeds, double p_images, bool of_images)
{
    if (!of_images || isnan(p_seeds))
        return p_seeds;
    return isnan(p_images) ? (double)NAN : fmax(p_seeds, p_images);
}

static bool compare(struct study_pair *pair, const struct study_results *results,
                    const struct study_column *column, struct error *error)
{
    double values[2][SETTING_LIST_LIMIT];
    int seeds[SETTING_LIST_LIMIT];
    struct paired paired;
    pair->p_seeds = pair->p_images = NAN;
    for (int seed = 0; seed < results->seeds; seed++) {
        double a = *study_value(results, column, pair->a, seed);
        double b = *study_value(results, column, pair->b, seed);
        if (isnan(a) || isnan(b))
            continue;
        values[0][pair->seeds] = a;
        values[1][pair->seeds] = b;
        seeds[pair->seeds++] = seed;
    }
    if (!paired_compare(values[0], values[1], pair->seeds, &paired, error))
        return false;
    pair->difference = paired.mean_difference;
    pair->low = paired.low;
    pair->high = paired.high;
    pair->p_seeds = paired.p;
    bool of_images = column->image_count > 0;
    if (of_images && pair->seeds > 0 && !compare_images(pair, results, column, seeds, error))
        return false;
    pair->p = larger(pair->p_seeds, pair->p_images, of_images);
    return true;
}

static bool adjust(struct study_pair *pairs, size_t count, struct error *error)
{
    double *p = memory_new(count + 1, sizeof *p, error);
    for (size_t i = 0; p && i < count; i++)
        p[i] = pairs[i].p;
    bool good = p && holm_adjust(p, count, p, error);
    for (size_t i = 0; good && i < count; i++)
        pairs[i].p_holm = p[i];
    free(p);
    return good;
}

/* Of the arms first, then of each with the initial weights, which are the row after them. */
static size_t list_pairs(struct study_pair *pairs, int arms)
{
    size_t count = 0;
    for (int a = 0; a < arms; a++)
        for (int b = a + 1; b < arms; b++)
            pairs[count++] = (struct study_pair){.a = a, .b = b};
    for (int a = 0; a < arms; a++)
        pairs[count++] = (struct study_pair){.a = a, .b = arms};
    return count;
}

struct study_pair *study_compare(const struct study_results *results,
                                 const struct study_column *column, size_t *count,
                                 struct error *error)
{
    size_t arms = (size_t)results->arms - 1, among = arms * (arms - 1) / 2;
    struct study_pair *pairs = memory_new(among + arms, sizeof *pairs, error);
    bool good = pairs;
    *count = good ? list_pairs(pairs, (int)arms) : 0;
    for (size_t i = 0; good && i < *count; i++)
        good = compare(&pairs[i], results, column, error);
    if (good && adjust(pairs, among, error) && adjust(pairs + among, arms, error))
        return pairs;
    free(pairs);
    return NULL;
}

bool study_describe(const struct study_results *results, const struct study_column *column, int arm,
                    struct description *description, struct error *error)
{
    return describe(study_value(results, column, arm, 0), (size_t)results->seeds, description,
                    error);
}

/* The mean over all seeds. Arms that lack one could have been lucky in those they have: they do not
 * count (NaN). */
static double whole_mean(const struct study_results *results, const struct study_column *column,
                         int arm)
{
    double sum = 0;
    for (int seed = 0; seed < results->seeds; seed++)
        sum += *study_value(results, column, arm, seed);
    return sum / results->seeds;
}

static bool is_better(const struct study_column *column, double value, double than)
{
    return !isnan(value) && (isnan(than) || (column->lower ? value < than : value > than));
}

int study_best(const struct study_results *results, const struct study_column *column,
               const struct study_pair *pairs, size_t count)
{
    static const double significant = 0.05;
    int best = -1, second = -1;
    double best_mean = NAN, second_mean = NAN;
    for (int arm = 0; arm < results->arms - 1; arm++) {
        double mean = whole_mean(results, column, arm);
        if (is_better(column, mean, best_mean)) {
            second = best;
            second_mean = best_mean;
            best = arm;
            best_mean = mean;
        } else if (is_better(column, mean, second_mean)) {
            second = arm;
            second_mean = mean;
        }
    }
    for (size_t i = 0; second >= 0 && i < count; i++)
        if ((pairs[i].a == best && pairs[i].b == second) ||
            (pairs[i].a == second && pairs[i].b == best))
            return pairs[i].p_holm < significant ? best : -1;
    return -1;
}
