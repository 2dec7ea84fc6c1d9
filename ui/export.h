/* The tables that the faces show, as files. */
#ifndef MASKSCOPE_UI_EXPORT_H
#define MASKSCOPE_UI_EXPORT_H

#include <stdbool.h>

#include "base/error.h"
#include "run/snapshot.h"
#include "stats/table.h"

/* Writes a table of the run's record (run/tables.h), as `stats` does, to a file whose suffix says
 * the format (.txt .csv .tsv .json .md .tex); the record may be in use, and holds what training has
 * written to it so far. ERROR_USAGE: no such table, or suffix; ERROR_DATA: nothing for it yet;
 * ERROR_CREATE, ERROR_IO. */
bool export_record(const struct snapshot *snapshot, const char *name, const char *path,
                   struct error *error);

/* Writes `count` rows of a table in that order, with the columns it is written with elsewhere.
 * ERROR_USAGE (suffix), ERROR_CREATE, ERROR_IO. */
bool export_rows(const struct table *table, const uint32_t *rows, size_t count, const char *path,
                 struct error *error);
/* Whether the argument of :export is "TABLE FILE", not just a file. */
bool export_names_table(const char *argument);

#endif
