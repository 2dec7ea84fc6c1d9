/* Evaluation sets of several runs side by side. */
#include <stdlib.h>
#include <string.h>

#include "run/evaluation_set_private.h"

static size_t common_units(const struct evaluation_set *runs, int count, int64_t *ids)
{
    size_t units = 0;
    for (size_t i = 0; i < runs[0].units; i++) {
        bool everywhere = true;
        for (int run = 1; run < count; run++)
            everywhere =
                everywhere && evaluation_set_find_unit(&runs[run], runs[0].unit_id[i]) >= 0;
        if (everywhere)
            ids[units++] = runs[0].unit_id[i];
    }
    return units;
}

/* Puts run's predictor `from` in place of predictor `to`. */
static void copy_predictor(struct evaluation_set *set, int to, const struct evaluation_set *run,
                           int from)
{
    for (int c = 0; c < set->cells; c++) {
        int cell = evaluation_set_find_cell(run, &set->cell[c]);
        set->measured[to * set->cells + c] = run->measured[from * run->cells + cell];
        for (size_t i = 0; i < set->units; i++)
            evaluation_set_values(set, to, c)[i] = evaluation_set_values(
                run, from, cell)[evaluation_set_find_unit(run, set->unit_id[i])];
    }
}

static bool fill_join(struct evaluation_set *set, const struct evaluation_set *runs,
                      const char *const *names, int count, struct error *error)
{
    int to = 0;
    for (int run = 0; run < count; run++)
        for (int arm = 0; arm < runs[run].arms; arm++) {
            const struct evaluation_arm *from = &runs[run].arm[arm];
            if (from->baseline && run > 0)
                continue; /* they learn nothing, and are the same on the same images */
            struct text name = {0};
            text_append(&name, from->baseline ? "%s%s" : "%s/%s", from->baseline ? "" : names[run],
                        from->name);
            set->arm[to] = *from;
            bool named = evaluation_set_copy_name(set, &set->arm[to].name, text_of(&name), error);
            text_release(&name);
            if (!named)
                return false;
            copy_predictor(set, to++, &runs[run], arm);
        }
    set->arms = to;
    return true;
}

bool evaluation_set_join(struct evaluation_set *set, const struct evaluation_set *runs,
                         const char *const *names, int count, struct error *error)
{
    struct evaluation_common common = {0};
    int64_t *ids = memory_new(runs[0].units + 1, sizeof *ids, error);
    int arms = 0;
    bool good = ids;
    for (int run = 0; run < count; run++) {
        good = good &&
               (evaluation_conditions_agree(&runs[0].conditions, &runs[run].conditions, error) ||
                error_prefix(error, "%s and %s cannot be paired", names[0], names[run]));
        arms += runs[run].arms;
    }
    /* Predictors need not be common; evaluation_common_find is asked for the cells. */
    if (good)
        (void)evaluation_common_find(&common, runs, count, error);
    good = good && (common.cell_count > 0 ||
                    error_set(error, ERROR_DATA, "the runs have no probe masks in common"));
    size_t units = good ? common_units(runs, count, ids) : 0;
    good = good && (units > 0 || error_set(error, ERROR_DATA, "the runs have no image in common"));
    good = good && evaluation_set_init(set, arms, common.cell_count, units, error);
    if (good) {
        memcpy(set->unit_id, ids, units * sizeof *ids);
        set->deviation = runs[0].deviation;
        set->conditions = runs[0].conditions;
        set->runs = count;
        good = evaluation_common_name_cells(set, &runs[0], &common, error) &&
               fill_join(set, runs, names, count, error);
        if (!good)
            evaluation_set_release(set);
    }
    free(ids);
    evaluation_common_release(&common);
    return good;
}
