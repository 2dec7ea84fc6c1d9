/* Where and how a command writes its table. */
#ifndef MASKSCOPE_CLI_OUTPUT_H
#define MASKSCOPE_CLI_OUTPUT_H

#include <stdbool.h>

#include "cli/cli.h"
#include "stats/table.h"

#define OUTPUT_OPTIONS                                                                             \
    {"format", 'f', "FORMAT", "text, csv, tsv, json, markdown or latex"},                          \
    {                                                                                              \
        "output", 'o', "FILE", "write there (its suffix says the format unless --format does)"     \
    }

struct output {
    const char *path; /* null: stdout */
    enum table_format format;
    bool wide; /* details too, where people read */
};

/* From --format, --output and, where the command has it, --wide. ERROR_USAGE; ERROR_CREATE before
 * any work is done where the file cannot be written. */
bool output_init(struct output *output, const struct cli *cli, struct error *error);
bool output_table(const struct output *output, const struct table *table, struct error *error);
/* As one document. */
bool output_tables(const struct output *output, const struct table *const *tables, size_t count,
                   struct error *error);

#endif
