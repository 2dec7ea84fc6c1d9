#include "cli/output.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"

bool output_init(struct output *output, const struct cli *cli, struct error *error)
{
    *output = (struct output){.path = cli_value(cli, "output"),
                              .format = TABLE_FORMAT_TEXT,
                              .wide = cli_flag(cli, "wide")};
    const char *format = cli_value(cli, "format");
    bool good = format
                    ? table_format_find(format, &output->format, error)
                    : !output->path || table_format_of_path(output->path, &output->format, error);
    return good && (!output->path || file_can_write(output->path, error));
}

static bool write_tables(const struct output *output, const struct table *const *tables,
                         size_t count, struct text *text, struct error *error)
{
    struct table *wide = memory_new(count + 1, sizeof *wide, error);
    char(*labels)[TABLE_LABEL_SIZE] = memory_new(count + 1, sizeof *labels, error);
    const struct table **list = memory_new(count + 1, sizeof *list, error);
    bool ready = wide && labels && list;
    for (size_t i = 0; ready && i < count; i++) {
        wide[i] = *tables[i]; /* borrowed: only how it is shown differs */
        wide[i].wide = output->wide;
        if (output->path) {
            table_label(labels[i], output->path, count > 1 ? tables[i]->name : NULL);
            wide[i].label = labels[i];
        }
        list[i] = &wide[i];
    }
    bool good = ready && table_write(list, count, output->format, text, error);
    free(labels);
    free(wide);
    free(list);
    return good;
}

bool output_tables(const struct output *output, const struct table *const *tables, size_t count,
                   struct error *error)
{
    struct text text = {0};
    struct file_write write;
    bool good = write_tables(output, tables, count, &text, error);
    if (good && !output->path) {
        fwrite(text_of(&text), 1, text.length, stdout);
    } else if (good && (good = file_begin(&write, output->path, error))) {
        fwrite(text_of(&text), 1, text.length, write.stream);
        good = file_commit(&write, error);
    }
    text_release(&text);
    return good;
}

bool output_table(const struct output *output, const struct table *table, struct error *error)
{
    return output_tables(output, &table, 1, error);
}
