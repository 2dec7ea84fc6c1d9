#include "cli/output.h"

#include <stdio.h>

#include "base/file.h"

bool output_init(struct output *output, const struct cli *cli, struct error *error)
{
    *output = (struct output){.path = cli_value(cli, "output"), .format = TABLE_FORMAT_TEXT};
    const char *format = cli_value(cli, "format");
    if (format)
        return table_format_find(format, &output->format, error);
    return !output->path || table_format_of_path(output->path, &output->format, error);
}

bool output_table(const struct output *output, const struct table *table, struct error *error)
{
    struct text text = {0};
    struct file_write write;
    bool good = table_write(&table, 1, output->format, &text, error);
    if (good && !output->path) {
        fwrite(text_of(&text), 1, text.length, stdout);
    } else if (good && (good = file_begin(&write, output->path, error))) {
        fwrite(text_of(&text), 1, text.length, write.stream);
        good = file_commit(&write, error);
    }
    text_release(&text);
    return good;
}
