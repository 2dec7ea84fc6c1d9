#include "stats/proportion.h"

#include <math.h>

static const double normal_975 = 1.959963984540054; /* the 97.5% point of the standard normal */

void proportion_interval(double hits, double count, double *low, double *high)
{
    double share = hits / count, square = normal_975 * normal_975;
    double scale = 1 / (1 + square / count), middle = scale * (share + square / (2 * count));
    double half =
        scale * normal_975 * sqrt(share * (1 - share) / count + square / (4 * count * count));
    *low = middle - half;
    *high = middle + half;
}
