/* What captions of tables say: of what was sampled, and what makes the values say less than they
 * seem to. */
#include "run/tables_private.h"

bool table_begin(struct table *table, const char *name, struct table_words *words,
                 const struct table_column *columns, size_t count, size_t keys, struct error *error)
{
    bool good = text_is_whole(&words->caption, error) && text_is_whole(&words->remarks, error) &&
                table_init(table, name, text_of(&words->caption), columns, count, error);
    if (good) {
        table_remark(table, text_of(&words->remarks));
        table->keys = keys;
    }
    text_release(&words->caption);
    text_release(&words->remarks);
    return good;
}

/* ---- What was sampled ---- */

void evaluation_set_write_units(const struct evaluation_set *set, size_t least, size_t most,
                                struct text *text)
{
    text_append(text, "n = %zu", least);
    if (most > least)
        text_append(text, " to %zu", most);
    if (least < set->units)
        text_append(text, " of %zu", set->units);
    text_append(text, " %s%s", set->of || set->runs == 0 ? "" : "held-out ", set->unit);
    for (size_t i = 0; set->of && i < set->units; i++)
        text_append(text, "%s%lld%s", i ? ", " : " (", (long long)set->unit_id[i],
                    i + 1 < set->units ? "" : ")");
    if (set->of || set->runs == 0)
        return;
    if (set->runs > 1)
        text_append(text, " under models of %d runs", set->runs);
    else
        text_append(text, " of one run");
    if (set->seed >= 0)
        text_append(text, " (seed %lld)", (long long)set->seed);
}

void evaluation_set_write_unlike(bool unlike, struct text *text)
{
    if (unlike)
        text_append(text, " Some have values under fewer strategies and ratios than others, and "
                          "their means differ by that too.");
}

void evaluation_set_write_fewest(const struct evaluation_set *set, size_t fewest, struct text *text)
{
    if (fewest == 0 && set->units > 0 && !set->own_ratios)
        text_append(text,
                    " Where n is 0, no %s has a value under all strategies and ratios of the row: "
                    "rows by strategy,ratio have each of them.",
                    set->of ? "seed" : "image");
}

/* ---- What makes the values say less than they seem to ---- */

/* An arm whose runs were evaluated at different steps has none. */
static bool runs_differ_in_step(const struct evaluation_set *set)
{
    bool differ = false;
    for (int arm = 0; arm < set->arms; arm++)
        differ = differ || (!set->arm[arm].baseline && set->arm[arm].step < 0);
    return set->of && differ;
}

/* An arm that was removed was last evaluated then. */
static bool arms_differ_in_step(const struct evaluation_set *set)
{
    int64_t step = -1;
    for (int arm = 0; arm < set->arms; arm++) {
        if (set->arm[arm].baseline || set->arm[arm].step < 0)
            continue;
        if (step >= 0 && set->arm[arm].step != step)
            return true;
        step = set->arm[arm].step;
    }
    return false;
}

/* The arm that was trained most, or -1; of runs that differ, by the one that was trained most. */
static int find_longest(const struct evaluation_set *set)
{
    int longest = -1;
    for (int i = 0; i < set->arms; i++) {
        const struct evaluation_arm *arm = &set->arm[i];
        if (arm->baseline || arm->trained < 0)
            continue;
        const struct evaluation_arm *most = longest < 0 ? NULL : &set->arm[longest];
        if (!most || arm->trained_most > most->trained_most ||
            (arm->trained_most == most->trained_most && arm->trained > most->trained))
            longest = i;
    }
    return longest;
}

/* "290", or "290 to 340" over runs. */
static void write_steps(const struct evaluation_arm *arm, struct text *text)
{
    text_append(text, "%lld", (long long)arm->trained);
    if (arm->trained_most > arm->trained)
        text_append(text, " to %lld", (long long)arm->trained_most);
}

/* "Arms trained for fewer than 200 steps: late 50; ..." of those that came later or went earlier.
 */
static bool write_trained(const struct evaluation_set *set, struct text *text)
{
    int longest = find_longest(set);
    bool told = false;
    for (int i = 0; longest >= 0 && i < set->arms; i++) {
        const struct evaluation_arm *arm = &set->arm[i], *most = &set->arm[longest];
        if (arm->baseline || arm->trained < 0 ||
            (arm->trained == most->trained && arm->trained_most == most->trained_most))
            continue;
        if (!told) {
            text_append(text, " Arms trained for fewer than ");
            write_steps(most, text);
            text_append(text, " steps:");
        }
        text_append(text, "%s %s ", told ? "," : "", arm->name);
        write_steps(arm, text);
        told = true;
    }
    if (told)
        text_append(text, "; they differ from others in more than their masks.");
    return told;
}

/* "The runs were evaluated after 784 to 1000 steps of training, ..." */
static void write_runs_steps(const struct evaluation_set *set, struct text *text)
{
    int longest = find_longest(set);
    text_append(text, " The runs were evaluated at different steps");
    if (longest >= 0 && set->arm[longest].trained_most > set->arm[longest].trained) {
        text_append(text, ", after training for ");
        write_steps(&set->arm[longest], text);
    }
    text_append(text, ", and differ by more than their seeds.");
}

static void write_changed(const struct evaluation_set *set, struct text *text)
{
    int count = 0;
    for (int arm = 0; arm < set->arms; arm++)
        if (set->arm[arm].changed)
            text_append(text, "%s%s",
                        count++ ? ", " : " Arms whose masks were changed while they trained: ",
                        set->arm[arm].name);
    text_append(text, "%s", count ? "." : "");
}

/* Of arms that have gone astray. */
static void write_empty(const struct evaluation_set *set, struct text *text)
{
    int count = 0;
    for (int arm = 0; arm < set->arms; arm++)
        if (!set->arm[arm].baseline && !evaluation_set_has_any(set, arm))
            text_append(text, "%s%s",
                        count++   ? ", "
                        : set->of ? " Without any number in one of the runs, and left out: "
                                  : " Without any number, and no part of what all have: ",
                        set->arm[arm].name);
    text_append(text, "%s", count ? "." : "");
}

void evaluation_set_write_remarks(const struct evaluation_set *set, struct text *text)
{
    enum { FEW_SEEDS = 5 };
    if (set->left_out > 0)
        text_append(text, " %zu image%s left out of all seeds, where an arm of one has no value.",
                    set->left_out, set->left_out == 1 ? " was" : "s were");
    if (runs_differ_in_step(set))
        write_runs_steps(set, text);
    if (!write_trained(set, text) && arms_differ_in_step(set))
        text_append(text, " Some were evaluated at different steps (see arms), and differ by more "
                          "than their masks.");
    write_changed(set, text);
    write_empty(set, text);
    if (set->own_ratios)
        text_append(text,
                    " Each image has values at one ratio of its own: means are over images of "
                    "unlike ratios, arms are compared on those that both have at the same one, "
                    "and the table ratios has the curve over them.");
    if (set->of && set->units < FEW_SEEDS)
        text_append(text, " So few seeds give wide intervals, and tests that find only large "
                          "differences.");
}
