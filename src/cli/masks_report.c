/* What `maskscope masks` found: its table and its picture. */
#include "cli/mask_sheet.h"
#include "cli/masks.h"
#include "stats/distribution.h"

bool masks_model_guides(const struct mask_choice *choice)
{
    return strategy_choice_guides(&choice->strategy) & MASK_GUIDES_OF_MODEL;
}

static const struct table_column columns[] = {
    {"strategy", NULL, TABLE_TEXT, 0},
    {"ratio", NULL, TABLE_TEXT, 0},
    {"masks", NULL, TABLE_INTEGER, 0},
    {"hidden", NULL, TABLE_REAL, 4},
    {"sd", NULL, TABLE_REAL, 3},
    {"clamped", NULL, TABLE_INTEGER, 0},
    {"equal_p", NULL, TABLE_REAL | TABLE_PROBABILITY, 2},
    {"neighbours", NULL, TABLE_REAL, 3},
    {"moran", NULL, TABLE_REAL, 3},
    {"distance", NULL, TABLE_REAL, 4},
    {"us", NULL, TABLE_REAL, 3},
};

/* What the columns are, and whose weights guided where any did. */
static void write_caption(const struct masks_request *request, struct text *caption)
{
    text_append(caption,
                "Share hidden and its deviation; p of equal inclusion everywhere; how much "
                "likelier than by chance a hidden patch's neighbour is hidden; Moran's I; mean "
                "distance to the nearest visible patch; us: microseconds of processor time a "
                "mask, making a guide's map not included");
    for (int i = 0; i < request->strategies; i++)
        if (masks_model_guides(&request->choices[i * request->laws])) {
            const struct saved *saved = &request->saved;
            text_append(caption, "; guided by arm '%s', %s, step %lld",
                        saved->config.arms[request->arm].name,
                        request->averaged ? "averaged copy" : "its own weights",
                        (long long)saved->step);
            return;
        }
}

static bool begin_table(struct table *table, const struct masks_request *request,
                        struct error *error)
{
    struct text caption = {0};
    write_caption(request, &caption);
    bool good =
        table_init(table, "masks", text_of(&caption), columns, ARRAY_LENGTH(columns), error);
    text_release(&caption);
    return good;
}

bool masks_print(const struct output *output, const struct masks_request *request,
                 const struct mask_study *studies, struct error *error)
{
    struct table table;
    if (!begin_table(&table, request, error))
        return false;
    for (int i = 0; i < request->strategies * request->laws; i++) {
        struct coverage_measures measures = coverage_measure(&studies[i].coverage);
        table_add_text(&table, text_of(&studies[i].strategy));
        table_add_text(&table, text_of(&studies[i].ratio));
        table_add_integer(&table, measures.masks);
        table_add_real(&table, measures.ratio_mean);
        table_add_real(&table, measures.ratio_sd);
        table_add_integer(&table, studies[i].clamped);
        table_add_real(&table, chi_square_upper(measures.chi_square, measures.degrees));
        table_add_real(&table, measures.neighbour_correlation);
        table_add_real(&table, measures.moran);
        table_add_real(&table, measures.mean_distance);
        table_add_real(&table, studies[i].microseconds);
    }
    bool good = output_table(output, &table, error);
    table_release(&table);
    return good;
}

bool masks_write_png(const char *path, const struct masks_request *request,
                     const struct mask_study *studies, struct error *error)
{
    struct image sheet = {0};
    bool good = mask_sheet_draw(&sheet, studies, request->strategies, request->laws, error) &&
                image_write_png(&sheet, path, NULL, error);
    image_release(&sheet);
    return good;
}
