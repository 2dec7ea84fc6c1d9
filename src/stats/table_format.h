/* The writers of tables: one file a format, listed in table_format.c. Used inside src/stats. */
#ifndef MASKSCOPE_STATS_TABLE_FORMAT_H
#define MASKSCOPE_STATS_TABLE_FORMAT_H

#include "stats/table.h"

/* Appends one document with all the tables. */
typedef bool table_writer(const struct table *const *tables, size_t count, struct text *text,
                          struct error *error);
table_writer table_write_text, table_write_csv, table_write_tsv, table_write_json,
    table_write_markdown, table_write_latex;

/* Calls write for each table, with an empty line between them. */
void table_write_each(const struct table *const *tables, size_t count, const char *line_end,
                      void (*write)(const struct table *table, struct text *text),
                      struct text *text);

#endif
