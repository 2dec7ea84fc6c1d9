#include "ui/mask_measures.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "stats/distribution.h"

/* Below the first, positions differ beyond doubt; below the second, they may. */
static const double surely = 0.001, perhaps = 0.05;

static void write_number(char out[MEASURE_SIZE], double value, int decimals, bool sign)
{
    if (!isfinite(value))
        snprintf(out, MEASURE_SIZE, "-");
    else if (sign)
        snprintf(out, MEASURE_SIZE, "%+.*f", decimals, value);
    else
        snprintf(out, MEASURE_SIZE, "%.*f", decimals, value);
}

static void write_equality(struct mask_measure *row, double p)
{
    row->name = "positions alike?";
    if (isnan(p))
        snprintf(row->value, sizeof row->value, "-");
    else if (p < surely)
        snprintf(row->value, sizeof row->value, "no");
    else
        snprintf(row->value, sizeof row->value, p < perhaps ? "hardly" : "may be");
    if (!isnan(p))
        snprintf(row->note, sizeof row->note, p < surely ? "p < .001" : "p = %.3f", p);
}

void mask_measures_write(const struct mask_display *display,
                         struct mask_measure rows[MASK_MEASURES])
{
    const struct coverage_measures *m = &display->measures;
    for (int i = 0; i < MASK_MEASURES; i++)
        rows[i] = (struct mask_measure){.name = ""};
    rows[0].name = "masks measured";
    text_from_grouped(rows[0].value, m->masks);
    snprintf(rows[0].note, sizeof rows[0].note, "at most %d a step", MASK_WATCHED);
    rows[1].name = "share hidden";
    write_number(rows[1].value, m->ratio_mean, 4, false);
    if (isfinite(m->ratio_sd))
        snprintf(rows[1].note, sizeof rows[1].note, "sd %.4f", m->ratio_sd);
    write_equality(&rows[2], chi_square_upper(m->chi_square, m->degrees));
    rows[3].name = "neighbour hidden";
    write_number(rows[3].value, m->neighbour_correlation, 3, true);
    snprintf(rows[3].note, sizeof rows[3].note, "over random");
    rows[4].name = "Moran's I";
    write_number(rows[4].value, m->moran, 3, true);
    snprintf(rows[4].note, sizeof rows[4].note, "random %.3f", m->moran_random);
    rows[5].name = "nearest visible";
    write_number(rows[5].value, m->mean_distance, 2, false);
    snprintf(rows[5].note, sizeof rows[5].note, "patches away");
}
