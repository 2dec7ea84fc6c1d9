#include "ui/export.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "run/folder.h"
#include "run/tables.h"
#include "stats/table.h"
#include "ui/words.h"

static const struct table_column columns[] = {
    {.name = "arm", .type = TABLE_TEXT},
    {.name = "strategy", .type = TABLE_TEXT},
    {.name = "ratio", .type = TABLE_TEXT},
    {.name = "step", .type = TABLE_INTEGER},
    {.name = "expected_ratio", .type = TABLE_REAL},
    {.name = "realised_ratio", .type = TABLE_REAL},
    {.name = "loss", .type = TABLE_REAL},
    {.name = "smooth_loss", .type = TABLE_REAL},
    {.name = "gradient_norm", .type = TABLE_REAL},
    {.name = "probe_step", .type = TABLE_INTEGER},
    {.name = "probe_mse", .type = TABLE_REAL},
    {.name = "probe_low", .type = TABLE_REAL},
    {.name = "probe_high", .type = TABLE_REAL},
};

static void add_choice(struct table *table, const struct mask_choice *mask)
{
    struct text strategy = {0}, ratio = {0};
    strategy_choice_write(&mask->strategy, &strategy);
    mask_choice_write_ratio(mask, &ratio);
    table_add_text(table, text_of(&strategy));
    table_add_text(table, text_of(&ratio));
    text_release(&strategy);
    text_release(&ratio);
}

static void add_arm(struct table *table, const struct snapshot *snapshot,
                    const struct snapshot_arm *arm)
{
    table_add_text(table, arm->name);
    add_choice(table, &arm->mask);
    table_add_integer(table, snapshot->step);
    table_add_real(table, arm->expected_ratio);
    table_add_real(table, arm->realised_ratio);
    table_add_real(table, arm->loss);
    table_add_real(table, arm->smooth_loss);
    table_add_real(table, arm->gradient_norm);
    if (arm->probe_step >= 0)
        table_add_integer(table, arm->probe_step);
    else
        table_add_missing(table);
    table_add_real(table, arm->probe_mse);
    table_add_real(table, arm->probe_low);
    table_add_real(table, arm->probe_high);
}

/* A trivial predictor has a mean over the probe cells and nothing else. */
static void add_baseline(struct table *table, const struct snapshot *snapshot, const char *name,
                         const struct probe_cell *cells)
{
    enum { BEFORE = 9, AFTER = 2 };
    int count = snapshot->config.eval.strategies.count * snapshot->config.eval.ratios.count;
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += cells[i].mean;
    table_add_text(table, name);
    for (int i = 0; i < BEFORE; i++)
        table_add_missing(table);
    table_add_real(table, count > 0 ? sum / count : NAN);
    for (int i = 0; i < AFTER; i++)
        table_add_missing(table);
}

static bool write_table(const struct table *table, enum table_format format, const char *path,
                        struct error *error)
{
    struct file_write file;
    struct text text = {0};
    bool good = table_write(&table, 1, format, &text, error) && file_begin(&file, path, error);
    if (good) {
        fwrite(text_of(&text), 1, text.length, file.stream);
        good = file_commit(&file, error);
    }
    text_release(&text);
    return good;
}

bool export_arms(const struct snapshot *snapshot, const char *path, struct error *error)
{
    enum table_format format;
    struct table table;
    if (!table_format_of_path(path, &format, error) ||
        !table_init(&table, "arms", "The arms of the run and the predictors they have to beat",
                    columns, ARRAY_LENGTH(columns), error))
        return false;
    for (int i = 0; i < snapshot->arm_count; i++)
        add_arm(&table, snapshot, &snapshot->arms[i]);
    add_baseline(&table, snapshot, "visible-mean", snapshot->baseline_visible_mean);
    add_baseline(&table, snapshot, "inverse-distance", snapshot->baseline_inverse_distance);
    bool good = write_table(&table, format, path, error);
    table_release(&table);
    return good;
}

static bool make_table(struct table *table, const struct run_table *kind, const char *folder,
                       struct error *error)
{
    struct run_folder run;
    if (!run_folder_open(&run, folder, error))
        return false;
    struct store *store = store_open(run.store, STORE_READ, error);
    bool good = store && kind->make(table, store, kind->groups, error);
    store_close(store);
    return good;
}

bool export_record(const struct snapshot *snapshot, const char *name, const char *path,
                   struct error *error)
{
    enum table_format format;
    struct table table;
    const struct run_table *kind = run_table_find(name, error);
    if (!kind || !table_format_of_path(path, &format, error) ||
        !make_table(&table, kind, snapshot->folder, error))
        return false;
    bool good = write_table(&table, format, path, error);
    table_release(&table);
    return good;
}

static void copy_cell(struct table *out, const struct table *table, size_t row, size_t column)
{
    const struct table_cell *cell = table_cell(table, row, column);
    if (cell->missing)
        table_add_missing(out);
    else if (table->columns[column].type == TABLE_TEXT)
        table_add_text(out, cell->text);
    else if (table->columns[column].type == TABLE_INTEGER)
        table_add_integer(out, cell->integer);
    else if (table->columns[column].type == TABLE_TIME)
        table_add_time(out, cell->real);
    else
        table_add_real(out, cell->real);
}

bool export_rows(const struct table *table, const uint32_t *rows, size_t count, const char *path,
                 struct error *error)
{
    enum table_format format;
    struct table chosen;
    if (!table_format_of_path(path, &format, error) ||
        !table_init(&chosen, table->name, table->caption, table->columns, table->column_count,
                    error))
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t column = 0; column < table->column_count; column++)
            copy_cell(&chosen, table, rows[i], column);
    bool good = write_table(&chosen, format, path, error);
    table_release(&chosen);
    return good;
}

bool export_names_table(const char *argument)
{
    char first[FILE_PATH_SIZE];
    if (!word_next(&argument, first, sizeof first))
        return false;
    argument += strspn(argument, " \t");
    return argument[0] && !strpbrk(first, "./");
}
