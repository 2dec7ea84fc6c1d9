#include "stats/rank.h"

#include <gsl/gsl_sort.h>
#include <stdlib.h>

#include "base/memory.h"

bool rank_values(const double *values, size_t count, double *ranks, double *ties,
                 struct error *error)
{
    size_t *order = memory_new(count ? count : 1, sizeof *order, error);
    if (!order)
        return false;
    gsl_sort_index(order, values, 1, count);
    double tied = 0.0;
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && values[order[next]] == values[order[first]];)
            next++;
        for (size_t i = first; i < next; i++)
            ranks[order[i]] = ((double)first + 1.0 + (double)next) / 2.0;
        double group = (double)(next - first);
        tied += group * group * group - group;
    }
    if (ties)
        *ties = tied;
    free(order);
    return true;
}
