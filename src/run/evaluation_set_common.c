#include "run/evaluation_set_private.h"

#include <stdlib.h>
#include <string.h>

int evaluation_set_find_arm(const struct evaluation_set *set, const char *name, bool baseline)
{
    for (int i = 0; i < set->arms; i++)
        if (set->arm[i].baseline == baseline && !strcmp(set->arm[i].name, name))
            return i;
    return -1;
}

int evaluation_set_find_cell(const struct evaluation_set *set, const struct evaluation_key *key)
{
    for (int i = 0; i < set->cells; i++)
        if (evaluation_key_same(&set->cell[i], key))
            return i;
    return -1;
}

ptrdiff_t evaluation_set_find_unit(const struct evaluation_set *set, int64_t id)
{
    size_t low = 0, high = set->units;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (set->unit_id[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < set->units && set->unit_id[low] == id ? (ptrdiff_t)low : -1;
}

bool evaluation_set_copy_name(struct evaluation_set *set, const char **name, const char *text,
                              struct error *error)
{
    return (*name = arena_text(&set->texts, text, strlen(text), error));
}

bool evaluation_common_find(struct evaluation_common *common, const struct evaluation_set *runs,
                            int count, struct error *error)
{
    *common = (struct evaluation_common){
        .arms = memory_new((size_t)runs[0].arms + 1, sizeof(int), error)};
    if (!common->arms ||
        !(common->cells = memory_new((size_t)runs[0].cells + 1, sizeof(int), error)))
        return false;
    for (int arm = 0; arm < runs[0].arms; arm++) {
        bool everywhere = true;
        for (int run = 1; run < count; run++)
            everywhere = everywhere && evaluation_set_find_arm(&runs[run], runs[0].arm[arm].name,
                                                               runs[0].arm[arm].baseline) >= 0;
        if (everywhere)
            common->arms[common->arm_count++] = arm;
    }
    for (int cell = 0; cell < runs[0].cells; cell++) {
        bool everywhere = true;
        for (int run = 1; run < count; run++)
            everywhere =
                everywhere && evaluation_set_find_cell(&runs[run], &runs[0].cell[cell]) >= 0;
        if (everywhere)
            common->cells[common->cell_count++] = cell;
    }
    return (common->arm_count > 0 && common->cell_count > 0) ||
           error_set(error, ERROR_DATA, "the runs have no arm, or no probe masks, in common");
}

bool evaluation_common_name_cells(struct evaluation_set *set, const struct evaluation_set *first,
                                  const struct evaluation_common *common, struct error *error)
{
    for (int c = 0; c < set->cells; c++) {
        const struct evaluation_key *key = &first->cell[common->cells[c]];
        set->cell[c].ratio = key->ratio;
        if (!evaluation_set_copy_name(set, &set->cell[c].strategy, key->strategy, error))
            return false;
    }
    return true;
}

void evaluation_common_release(struct evaluation_common *common)
{
    free(common->arms);
    free(common->cells);
    *common = (struct evaluation_common){0};
}
