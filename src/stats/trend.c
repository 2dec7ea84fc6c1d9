#include "stats/trend.h"

#include <assert.h>
#include <math.h>

#include "base/memory.h"
#include "stats/fit.h"

static const char *const names[] = {
    [TREND_UNKNOWN] = "too early", [TREND_FALLING] = "falling", [TREND_PLATEAU] = "plateau",
    [TREND_RISING] = "rising",     [TREND_UNCLEAR] = "unclear", [TREND_DIVERGED] = "diverged",
};
static_assert(ARRAY_LENGTH(names) == TRENDS, "a trend has no name");

const char *trend_name(enum trend trend)
{
    return names[trend];
}

static enum trend judge(const struct trend_test *test)
{
    if (test->low > -TREND_MARGIN && test->high < TREND_MARGIN)
        return TREND_PLATEAU;
    if (test->high < 0)
        return TREND_FALLING;
    return test->low > TREND_MARGIN ? TREND_RISING : TREND_UNCLEAR;
}

bool trend_find(const double *values, size_t count, struct trend_test *test, struct error *error)
{
    *test = (struct trend_test){.change = NAN, .low = NAN, .high = NAN};
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i])) {
            test->trend = TREND_DIVERGED;
            return true;
        }
    if (count < TREND_BLOCKS)
        return true;
    double place[TREND_BLOCKS], mean[TREND_BLOCKS], level = 0;
    for (size_t block = 0; block < TREND_BLOCKS; block++) {
        size_t first = block * count / TREND_BLOCKS, end = (block + 1) * count / TREND_BLOCKS;
        mean[block] = 0;
        for (size_t i = first; i < end; i++)
            mean[block] += values[i] / (double)(end - first);
        place[block] = ((double)(first + end) / 2) / (double)count;
        level += fabs(mean[block]) / TREND_BLOCKS;
    }
    struct linear_fit fit;
    if (!linear_fit(place, mean, TREND_BLOCKS, &fit, error))
        return false;
    test->change = fit.slope / level;
    test->low = fit.slope_low / level;
    test->high = fit.slope_high / level;
    test->trend = level > 0 ? judge(test) : TREND_PLATEAU;
    return true;
}
