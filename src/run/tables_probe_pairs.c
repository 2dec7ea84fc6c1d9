/* The table `probe-pairs`: each two arms by what their encoders are good for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/downstream.h"
#include "run/tables_private.h"
#include "stats/paired.h"

/* Outcomes of one arm that differ in nothing but their seed. */
struct side {
    const struct downstream_outcome *first;
    size_t count;
};

/* One row. */
struct pair {
    const struct downstream_outcome *a, *b; /* the first of each side */
    size_t seeds, images;
    double difference, low, high, p;
    const char *over;
};

struct pairs {
    struct pair *items;
    size_t count, capacity;
};

/* ---- The order: what is compared with each other stands together ---- */

static int compare_groups(const struct downstream_outcome *a, const struct downstream_outcome *b)
{
    int order = strcmp(a->task, b->task);
    order = order ? order : strverscmp(a->variant, b->variant);
    order = order ? order : strcmp(a->data, b->data);
    return order ? order : strncmp(a->key, b->key, DOWNSTREAM_SETUP_SIZE);
}

static int by_side(const void *left, const void *right)
{
    const struct downstream_outcome *a = left, *b = right;
    int order = compare_groups(a, b);
    order = order ? order
                  : !strcmp(a->arm, DOWNSTREAM_UNTRAINED) - !strcmp(b->arm, DOWNSTREAM_UNTRAINED);
    order = order ? order : strcmp(a->arm, b->arm);
    order = order ? order : (a->step < b->step) - (a->step > b->step); /* the newest first */
    order = order ? order : strcmp(a->key, b->key);
    return order ? order : (a->seed > b->seed) - (a->seed < b->seed);
}

static bool same_side(const struct downstream_outcome *a, const struct downstream_outcome *b)
{
    return compare_groups(a, b) == 0 && !strcmp(a->arm, b->arm) && a->step == b->step &&
           !strcmp(a->key, b->key);
}

/* ---- One pair ---- */

static const struct downstream_outcome *of_seed(const struct side *side, int64_t seed)
{
    for (size_t i = 0; i < side->count; i++)
        if (side->first[i].seed == seed)
            return &side->first[i];
    return NULL;
}

/* What an answer is worth: right or wrong, or its value. */
static double worth(const struct store_probe_image *answer)
{
    return answer->label >= 0 ? answer->predicted == answer->label : answer->value;
}

/* Adds an outcome's answers to sums [images of `like`], image by image; an image it has not makes
 * NaN. Both are sorted by image when they come from a record. */
static void add_answers(double *sums, const struct downstream_outcome *like,
                        const struct downstream_outcome *outcome)
{
    int at = 0;
    for (int i = 0; i < like->images; i++) {
        int64_t image = like->answers[i].image;
        if (at >= outcome->images || outcome->answers[at].image != image)
            for (at = 0; at < outcome->images && outcome->answers[at].image != image;)
                at++;
        sums[i] += at < outcome->images ? worth(&outcome->answers[at++]) : (double)NAN;
    }
}

/* The means over the seeds that both sides have: those of images [2, images], those of seeds
 * [2, seeds]. Returns how many seeds. */
static size_t gather(const struct side *a, const struct side *b, double *images, double *seeds)
{
    size_t count = 0, width = (size_t)a->first->images;
    for (size_t i = 0; i < a->count; i++) {
        const struct downstream_outcome *left = &a->first[i];
        const struct downstream_outcome *right = of_seed(b, left->seed);
        if (!right || !left->answers || !right->answers || left->images != a->first->images)
            continue;
        add_answers(images, a->first, left);
        add_answers(images + width, a->first, right);
        seeds[count] = downstream_value(left, left->measure);
        seeds[a->count + count++] = downstream_value(right, right->measure);
    }
    for (size_t i = 0; count > 0 && i < 2 * width; i++)
        images[i] /= (double)count;
    return count;
}

/* Seeds may agree where other images would not: the wider interval is shown, with its test. */
static void choose(struct pair *pair, const struct paired *images, const struct paired *seeds)
{
    bool wide = !isnan(seeds->low) &&
                (isnan(images->low) || seeds->high - seeds->low > images->high - images->low);
    const struct paired *chosen = wide ? seeds : images;
    pair->difference = images->mean_difference;
    pair->low = chosen->low - chosen->mean_difference + pair->difference;
    pair->high = chosen->high - chosen->mean_difference + pair->difference;
    pair->p = chosen->p;
    pair->over = wide ? "seeds" : "images";
    pair->images = images->count;
}

static bool compare(struct pair *pair, const struct side *a, const struct side *b,
                    struct error *error)
{
    size_t width = (size_t)a->first->images;
    double *images = memory_new(2 * width + 1, sizeof *images, error);
    double *seeds = memory_new(2 * a->count, sizeof *seeds, error);
    struct paired by_image, by_seed;
    *pair = (struct pair){.a = a->first, .b = b->first};
    bool good = images && seeds;
    if (good && a->first->answers)
        pair->seeds = gather(a, b, images, seeds);
    if (good && pair->seeds > 0) {
        good = paired_compare(images, images + width, width, &by_image, error) &&
               paired_compare(seeds, seeds + a->count, pair->seeds, &by_seed, error);
        if (good)
            choose(pair, &by_image, &by_seed);
    }
    free(images);
    free(seeds);
    return good;
}

/* ---- All pairs ---- */

static bool add_pair(struct pairs *pairs, const struct side *a, const struct side *b,
                     struct error *error)
{
    struct pair pair;
    if (!compare(&pair, a, b, error))
        return false;
    if (pair.seeds == 0)
        return true; /* no seed in common, or no answers on record */
    void *items =
        memory_grow(pairs->items, pairs->count, &pairs->capacity, sizeof *pairs->items, error);
    if (!items)
        return false;
    pairs->items = items;
    pairs->items[pairs->count++] = pair;
    return true;
}

/* The sides of the group that begins at `first`: of each arm its newest. Returns the group's end.
 */
static size_t find_sides(const struct downstream_outcomes *outcomes, size_t first,
                         struct side *sides, size_t *count)
{
    const struct downstream_outcome *items = outcomes->items;
    size_t at = first;
    *count = 0;
    while (at < outcomes->count && compare_groups(&items[first], &items[at]) == 0) {
        size_t from = at;
        while (at < outcomes->count && same_side(&items[from], &items[at]))
            at++;
        if (*count == 0 || strcmp(sides[*count - 1].first->arm, items[from].arm))
            sides[(*count)++] = (struct side){&items[from], at - from};
    }
    return at;
}

static bool find_pairs(struct pairs *pairs, const struct downstream_outcomes *outcomes,
                       struct error *error)
{
    struct side *sides = memory_new(outcomes->count, sizeof *sides, error);
    bool good = sides;
    for (size_t first = 0, count; good && first < outcomes->count;) {
        first = find_sides(outcomes, first, sides, &count);
        for (size_t a = 0; good && a < count; a++)
            for (size_t b = a + 1; good && b < count; b++)
                good = add_pair(pairs, &sides[a], &sides[b], error);
    }
    free(sides);
    return good && (pairs->count > 0 ||
                    error_set(error, ERROR_DATA,
                              "no two arms have outcomes of the same task, settings and seeds "
                              "(maskscope probe RUN --untrained gives one to compare with)"));
}

static bool begin(struct table *table, struct error *error)
{
    static const struct table_column columns[] = {
        {"task", NULL, TABLE_TEXT, 0},
        {"variant", NULL, TABLE_TEXT, 0},
        {"a", NULL, TABLE_TEXT, 0},
        {"b", NULL, TABLE_TEXT, 0},
        {"measure", NULL, TABLE_TEXT, 0},
        {"difference", NULL, TABLE_REAL, 4},
        {"low", NULL, TABLE_REAL, 4},
        {"high", NULL, TABLE_REAL, 4},
        {"over", NULL, TABLE_TEXT, 0},
        {"p", NULL, TABLE_REAL | TABLE_PROBABILITY, 3},
        {"p_holm", NULL, TABLE_REAL | TABLE_PROBABILITY, 3},
        {"sig", NULL, TABLE_MARK, 0},
        {"seeds", NULL, TABLE_INTEGER, 0},
        {"images", NULL, TABLE_INTEGER, 0},
        {"step_a", NULL, TABLE_INTEGER | TABLE_DETAIL, 0},
        {"step_b", NULL, TABLE_INTEGER | TABLE_DETAIL, 0},
        {"data", NULL, TABLE_TEXT | TABLE_DETAIL, 0},
    };
    return table_init(table, "probe-pairs",
                      "Downstream tasks, a minus b on the same images with the same seeds, each "
                      "arm's newest. Paired t tests; low and high are the 95% interval, over "
                      "images or over seeds, whichever is wider; p_holm is adjusted over all rows. "
                      "They tell two trained models apart, not two ways to train.",
                      columns, ARRAY_LENGTH(columns), error);
}

static void add_row(struct table *table, const struct pair *pair, double p_holm)
{
    /* Of means over images there is a mean over images. */
    bool share = !strcmp(pair->a->measure, "miou");
    table_add_text(table, pair->a->task);
    table_add_text(table, pair->a->variant);
    table_add_text(table, pair->a->arm);
    table_add_text(table, pair->b->arm);
    table_add_text(table, share ? "image_miou" : pair->a->measure);
    table_add_real(table, pair->difference);
    table_add_real(table, pair->low);
    table_add_real(table, pair->high);
    table_add_text(table, pair->over);
    table_add_real(table, pair->p);
    table_add_real(table, p_holm);
    table_add_text(table, table_significance(p_holm));
    table_add_integer(table, (int64_t)pair->seeds);
    table_add_integer(table, (int64_t)pair->images);
    table_add_integer(table, pair->a->step);
    table_add_integer(table, pair->b->step);
    table_add_text(table, pair->a->data);
}

static bool fill(struct table *table, const struct pairs *pairs, struct error *error)
{
    double *p = memory_new(pairs->count, sizeof *p, error);
    for (size_t i = 0; p && i < pairs->count; i++)
        p[i] = pairs->items[i].p;
    bool good = p && holm_adjust(p, pairs->count, p, error) && begin(table, error);
    for (size_t i = 0; good && i < pairs->count; i++)
        add_row(table, &pairs->items[i], p[i]);
    free(p);
    return good;
}

bool downstream_pairs_table(struct table *table, struct downstream_outcomes *outcomes,
                            struct error *error)
{
    struct pairs pairs = {0};
    if (outcomes->count == 0)
        return error_set(error, ERROR_DATA,
                         "no downstream task was run yet (maskscope probe RUN does)");
    qsort(outcomes->items, outcomes->count, sizeof *outcomes->items, by_side);
    bool good = find_pairs(&pairs, outcomes, error) && fill(table, &pairs, error);
    free(pairs.items);
    return good;
}

bool table_make_probe_pairs(struct table *table, struct store *store, unsigned groups,
                            struct error *error)
{
    (void)groups;
    struct downstream_outcomes outcomes = {0};
    bool good =
        downstream_read(&outcomes, store, error) && downstream_pairs_table(table, &outcomes, error);
    downstream_outcomes_release(&outcomes);
    return good;
}
