/* The table `arms`: predictors over all common probe masks, beside their loss on their own. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tables_private.h"

/* What the arms' means have in common, which is what ranks need. */
struct ground {
    int cells;    /* strategies and ratios that all have */
    size_t whole; /* units of which all have a value there */
    bool unlike;  /* table_filling_is_unlike */
};

static bool can_rank(const struct ground *ground)
{
    return ground->cells > 0 && ground->whole > 0 && !ground->unlike;
}

/* Over which masks: arms that were evaluated under others too are compared under those of all. */
static void write_extent(const struct evaluation_set *set, int common, struct text *text)
{
    if (common == 0)
        text_append(text, " There are no such strategies and ratios: each arm is over its own, and "
                          "they are not ranked.");
    else if (common < set->cells)
        text_append(text, " That is %d of %d strategies and ratios.", common, set->cells);
}

static void write_ground(const struct evaluation_set *set, const struct ground *ground,
                         struct text *text)
{
    write_extent(set, ground->cells, text);
    if (ground->unlike)
        text_append(text,
                    " Some %s have other ratios under one %s than under another: there are "
                    "no ranks, and the table pairs compares each two on those of equal ratios.",
                    set->unit, set->predictor);
    else if (ground->cells > 0 && ground->whole == 0)
        text_append(text, " There are no ranks: none of the %s has a value of every %s.", set->unit,
                    set->predictor);
    else if (can_rank(ground) && ground->whole < set->units)
        text_append(text, " Ranks are over the %zu of %zu %s of which every %s has a value.",
                    ground->whole, set->units, set->unit, set->predictor);
}

static void write_words(const struct table_filling *filling, const struct ground *ground,
                        struct table_words *words)
{
    const struct evaluation_set *set = filling->set;
    size_t least, most;
    text_append(&words->caption,
                "%s, over the strategies and ratios that all arms have; low and high are the 95%% "
                "t interval of the mean over %s. own_loss is the training loss on the arm's own "
                "masks, over its last 100 steps: "
                "easy masks make it low, and it cannot rank arms.",
                set->what, set->unit);
    table_filling_count_units(filling, 1, &least, &most);
    evaluation_set_write_units(set, least, most, &words->remarks);
    text_append(&words->remarks, ".");
    evaluation_set_write_fewest(set, least, &words->remarks);
    write_ground(set, ground, &words->remarks);
    evaluation_set_write_remarks(set, &words->remarks);
}

static bool begin_arms(const struct table_filling *filling, const struct ground *ground,
                       struct error *error)
{
    const struct evaluation_set *set = filling->set;
    const struct table_column first[] = {
        {set->predictor, NULL, TABLE_TEXT, 0},
        {"kind", NULL, TABLE_TEXT | TABLE_DETAIL, 0},
        {"step", NULL, TABLE_INTEGER, 0},
        {"trained", "steps", TABLE_INTEGER | TABLE_DETAIL, 0},
        {"own_loss", NULL, TABLE_REAL, 4},
        {"own_rank", NULL, TABLE_INTEGER, 0},
        {"rank", NULL, TABLE_INTEGER, 0},
        {"trend", NULL, TABLE_TEXT, 0},
    };
    enum { KEYS = 2 };
    struct table_column columns[EVALUATION_COLUMNS];
    struct table_words words = {0};
    memcpy(columns, first, sizeof first);
    sample_columns(columns + ARRAY_LENGTH(first), set->unit);
    write_words(filling, ground, &words);
    return table_begin(filling->table, "arms", &words, columns,
                       ARRAY_LENGTH(first) + SAMPLE_COLUMNS, KEYS, error);
}

/* 1 for the lowest of the arms' numbers; 0 for none: not an arm, or not known. */
static int rank_of(const struct evaluation_set *set, const double *numbers, int arm)
{
    int rank = 1;
    if (set->arm[arm].baseline || isnan(numbers[arm]))
        return 0;
    for (int other = 0; other < set->arms; other++)
        rank += !set->arm[other].baseline && numbers[other] < numbers[arm];
    return rank;
}

static void add_rank(struct table *table, int rank)
{
    if (rank)
        table_add_integer(table, rank);
    else
        table_add_missing(table);
}

static bool add_arm(struct table_filling *filling, const double *own, const double *common, int arm,
                    struct error *error)
{
    const struct evaluation_set *set = filling->set;
    const struct evaluation_arm *it = &set->arm[arm];
    if (!evaluation_set_mean(set, arm, -1, filling->group, 0, filling->values))
        return true;
    table_add_text(filling->table, it->name);
    table_add_text(filling->table, it->baseline ? "baseline" : "arm");
    evaluation_add_step(filling->table, it);
    if (it->baseline || it->trained < 0 || it->trained < it->trained_most)
        table_add_missing(filling->table);
    else
        table_add_integer(filling->table, it->trained);
    table_add_real(filling->table, it->own_loss);
    add_rank(filling->table, rank_of(set, own, arm));
    add_rank(filling->table, rank_of(set, common, arm));
    table_add_text(filling->table, it->trend == TREND_UNKNOWN ? NULL : trend_name(it->trend));
    return table_filling_add_sample(filling, arm, 0, error);
}

/* What arms are ranked by: each one's training loss, and its mean over the units that all have,
 * where they have masks in common (`ranked`). */
static bool measure_arms(struct table_filling *filling, bool ranked, double *own, double *common,
                         struct error *error)
{
    const struct evaluation_set *set = filling->set;
    struct description description;
    bool good = true;
    for (int arm = 0; good && arm < set->arms; arm++) {
        own[arm] = set->arm[arm].own_loss;
        common[arm] = NAN;
        if (!ranked || !evaluation_set_mean(set, arm, -1, filling->group, 0, filling->values))
            continue;
        for (size_t unit = 0; unit < set->units; unit++)
            filling->values[unit] = filling->whole[unit] ? filling->values[unit] : (double)NAN;
        good = describe(filling->values, set->units, &description, error);
        common[arm] = description.mean;
    }
    return good;
}

static bool add_arms(struct table_filling *filling, bool ranked, struct error *error)
{
    int arms = filling->set->arms;
    double *own = memory_new((size_t)arms + 1, 2 * sizeof *own, error);
    double *common = own ? own + arms : NULL;
    bool good = own && measure_arms(filling, ranked, own, common, error);
    for (int arm = 0; good && arm < arms; arm++)
        good = add_arm(filling, own, common, arm, error);
    free(own);
    return good;
}

bool table_fill_arms(struct table *table, const struct evaluation_set *set, unsigned groups,
                     struct error *error)
{
    (void)groups;
    struct table_filling filling;
    bool good = table_filling_init(&filling, table, set, error), begun = false;
    if (good) {
        struct ground ground = {.cells = evaluation_set_common(set, filling.group)};
        if (ground.cells == 0)
            (void)evaluation_set_group(set, TABLE_BY_NOTHING, filling.group);
        ground.whole = table_filling_mark_whole(&filling, 0);
        ground.unlike = table_filling_is_unlike(&filling, 0);
        begun = begin_arms(&filling, &ground, error);
        good = begun && add_arms(&filling, can_rank(&ground), error);
    }
    table_filling_release(&filling);
    if (begun && !good)
        table_release(table);
    return good;
}
