/* The table `matrix` straight from an evaluation, without a record. */
#include "run/record.h"
#include "run/tables_private.h"

static void name_all(struct evaluation_set *set, const struct evaluation *evaluation,
                     const struct evaluation_plan *plan, const char *const *names, int64_t step)
{
    for (int arm = 0; arm < set->arms; arm++) {
        bool model = arm < evaluation->models;
        set->arm[arm].name = model ? names[arm] : baseline_name(arm - evaluation->models);
        set->arm[arm].baseline = !model;
        set->arm[arm].step = step;
    }
    for (int cell = 0; cell < set->cells; cell++)
        set->cell[cell] = (struct evaluation_key){plan->strategies.items[cell / evaluation->ratios],
                                                  plan->ratios.items[cell % evaluation->ratios]};
}

/* An image's mean over its masks. */
static double image_mean(const struct evaluation *evaluation, int arm, int cell, int image)
{
    double sum = 0;
    for (int mask = 0; mask < evaluation->masks; mask++)
        sum += evaluation->mse[evaluation_index(evaluation, arm, cell / evaluation->ratios,
                                                cell % evaluation->ratios, image, mask)];
    return sum / evaluation->masks;
}

static void take_values(struct evaluation_set *set, const struct evaluation *evaluation)
{
    for (int arm = 0; arm < set->arms; arm++)
        for (int cell = 0; cell < set->cells; cell++) {
            set->measured[arm * set->cells + cell] = true;
            for (int image = 0; image < evaluation->images; image++)
                evaluation_set_values(set, arm, cell)[image] =
                    image_mean(evaluation, arm, cell, image);
        }
}

bool evaluation_table(struct table *table, const struct evaluation *evaluation,
                      const struct config *config, const struct mae_shape *shape,
                      const char *const *names, int64_t step, struct error *error)
{
    struct evaluation_set set;
    struct evaluation_plan plan = evaluation_plan_of(config);
    if (!evaluation_set_init(&set, evaluation->models + BASELINES,
                             evaluation->strategies * evaluation->ratios,
                             (size_t)evaluation->images, error))
        return false;
    set.runs = 1;
    set.seed = config->seed;
    set.deviation = record_deviation(config, shape);
    name_all(&set, evaluation, &plan, names, step);
    take_values(&set, evaluation);
    bool good = table_fill_matrix(table, &set, TABLE_BY_ALL, error);
    evaluation_set_release(&set);
    return good;
}
