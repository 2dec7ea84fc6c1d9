/* Axes: where ticks go (1, 2, 5 times a power of ten), and numbers as labels. */
#ifndef MASKSCOPE_UI_TICKS_H
#define MASKSCOPE_UI_TICKS_H

#include <stdbool.h>
#include <stddef.h>

enum { TICK_LIMIT = 24, TICKS_LEAST = 3 };

struct ticks {
    int count;
    double value[TICK_LIMIT]; /* rising */
    double step;              /* between neighbours; 0 on a logarithmic axis */
};

/* At most `most` ticks within [low, high], low < high, most >= 2; but TICKS_LEAST of them, even if
 * that takes a few more than `most`: one label alone gives no scale. Fewer only if most is. */
void ticks_linear(struct ticks *ticks, double low, double high, int most);
/* For whole numbers: no step below 1. */
void ticks_whole(struct ticks *ticks, double low, double high, int most);
/* On a logarithmic axis, 0 < low < high, as many likewise: 1s, 2s and 5s, powers of ten alone if
 * there is no room, more multiples over less than a decade, and linear ones in a narrow range. */
void ticks_log(struct ticks *ticks, double low, double high, int most);

/* The smallest 1, 2 or 5 times a power of ten that is not below value; value > 0. */
double ticks_nice_above(double value);
/* The smallest number of at most two digits that is easily read and not below value; value > 0: the
 * end of a scale that is to waste little. */
double ticks_round_above(double value);

/* "0.25", "1.5e-04", "12k": as many digits as tell ticks `step` apart (0: three significant). */
void ticks_label(char *out, size_t size, double value, double step);
/* A count of steps: "12300", and "1.23M" past a million. */
void ticks_count(char *out, size_t size, double value);
/* Three significant digits: "0.0123", "1.23", "4.5e-05"; "-" for NaN. */
void ticks_value(char *out, size_t size, double value);

#endif
