#include "probe/subset.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"

enum { HELD_BACK_SHARE = 5 };

void subset_release(struct subset *subset)
{
    free(subset->values);
    free(subset->labels);
    *subset = (struct subset){0};
}

struct probe_rows subset_rows(const struct subset *subset)
{
    return (struct probe_rows){.values = subset->values,
                               .labels = subset->labels,
                               .count = subset->count,
                               .dim = subset->dim};
}

static bool subset_init(struct subset *subset, const struct probe_rows *rows, struct error *error)
{
    *subset = (struct subset){.dim = rows->dim};
    return (subset->values = memory_new(rows->count * rows->dim, sizeof(float), error)) &&
           (subset->labels = memory_new(rows->count, sizeof(int), error));
}

static void subset_add(struct subset *subset, const struct probe_rows *rows, size_t row)
{
    memcpy(subset->values + subset->count * subset->dim, rows->values + row * rows->dim,
           rows->dim * sizeof *rows->values);
    subset->labels[subset->count++] = rows->labels[row];
}

size_t rows_of_class(const struct probe_rows *rows, int label)
{
    size_t count = 0;
    for (size_t row = 0; row < rows->count; row++)
        count += rows->labels[row] == label;
    return count;
}

/* The rows of one class in an order drawn from the seed; how many. */
static size_t shuffle_class(uint32_t *order, const struct probe_rows *rows, int label,
                            enum random_stream stream, uint64_t seed)
{
    size_t count = 0;
    for (size_t row = 0; row < rows->count; row++)
        if (rows->labels[row] == label)
            order[count++] = (uint32_t)row;
    struct random random = random_begin(seed, stream, 0, (uint32_t)label);
    random_shuffle(&random, order, (uint32_t)count);
    return count;
}

bool subset_split(struct subset *fit, struct subset *held_back, const struct probe_rows *rows,
                  int classes, uint64_t seed, struct error *error)
{
    uint32_t *order = memory_new(rows->count, sizeof *order, error);
    bool good = order && subset_init(fit, rows, error) && subset_init(held_back, rows, error);
    for (int label = 0; good && label < classes; label++) {
        size_t count = shuffle_class(order, rows, label, RANDOM_SPLIT, seed);
        size_t back = count / HELD_BACK_SHARE;
        back = back == 0 && count > 1 ? 1 : back;
        for (size_t i = 0; i < count; i++)
            subset_add(i < back ? held_back : fit, rows, order[i]);
    }
    free(order);
    return good;
}

bool subset_draw(struct subset *subset, const struct probe_rows *rows, int classes, size_t each,
                 uint64_t seed, int *lacking, struct error *error)
{
    uint32_t *order = memory_new(rows->count, sizeof *order, error);
    bool good = order && subset_init(subset, rows, error);
    *lacking = -1;
    for (int label = 0; good && label < classes; label++) {
        size_t count = shuffle_class(order, rows, label, RANDOM_SHOTS, seed);
        if (count > 0 && count < each)
            *lacking = label;
        for (size_t i = 0; i < (count < each ? 0 : each); i++)
            subset_add(subset, rows, order[i]);
    }
    free(order);
    return good && *lacking < 0;
}
