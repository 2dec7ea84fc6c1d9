#include "ui/export.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "run/folder.h"
#include "run/tables.h"
#include "stats/table.h"
#include "ui/words.h"

static bool write_table(const struct table *table, enum table_format format, const char *path,
                        struct error *error)
{
    struct file_write file;
    struct text text = {0};
    struct table labelled = *table; /* borrowed */
    const struct table *list[] = {&labelled};
    char label[TABLE_LABEL_SIZE];
    table_label(label, path, NULL);
    labelled.label = label;
    bool good = table_write(list, 1, format, &text, error) && file_begin(&file, path, error);
    if (good) {
        fwrite(text_of(&text), 1, text.length, file.stream);
        good = file_commit(&file, error);
    }
    text_release(&text);
    return good;
}

static bool make_table(struct table *table, const struct run_table *kind, const char *folder,
                       struct error *error)
{
    struct run_folder run;
    if (!run_folder_open(&run, folder, error))
        return false;
    struct store *store = store_open(run.store, STORE_READ, error);
    bool good = store && run_table_make(table, kind, store, kind->groups, error);
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

/* An empty table with the columns of `table`. */
static bool begin_like(struct table *out, const struct table *table, struct error *error)
{
    struct table_column *columns = memory_new(table->column_count, sizeof *columns, error);
    for (size_t i = 0; columns && i < table->column_count; i++)
        columns[i] = table_column_of(table, i);
    bool good = columns &&
                table_init(out, table->name, table->caption, columns, table->column_count, error);
    if (good)
        out->keys = table->keys;
    free(columns);
    return good;
}

bool export_rows(const struct table *table, const uint32_t *rows, size_t count, const char *path,
                 struct error *error)
{
    enum table_format format;
    struct table chosen;
    if (!table_format_of_path(path, &format, error) || !begin_like(&chosen, table, error))
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t column = 0; column < table->column_count; column++)
            table_add_cell(&chosen, table_cell(table, rows[i], column));
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
