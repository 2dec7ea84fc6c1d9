/* The tables that the faces show, as files. */
#ifndef MASKSCOPE_UI_EXPORT_H
#define MASKSCOPE_UI_EXPORT_H

#include <stdbool.h>

#include "base/error.h"
#include "run/snapshot.h"
#include "stats/table.h"

/* Writes the arms as they stand, and the baselines, to a file whose suffix says the format (.txt
 * .csv .tsv .json .md .tex). ERROR_USAGE (suffix), ERROR_CREATE, ERROR_IO. */
bool export_arms(const struct snapshot *snapshot, const char *path, struct error *error);
/* Writes a table of the run's record (run/tables.h) likewise; the record may be in use, and holds
 * what training has written to it so far. ERROR_USAGE: no such table; ERROR_DATA: nothing for it
 * yet. */
bool export_record(const struct snapshot *snapshot, const char *name, const char *path,
                   struct error *error);

/* Writes `count` rows of a table in that order. ERROR_USAGE (suffix), ERROR_CREATE, ERROR_IO. */
bool export_rows(const struct table *table, const uint32_t *rows, size_t count, const char *path,
                 struct error *error);
/* Whether the argument of :export is "TABLE FILE", not just a file. */
bool export_names_table(const char *argument);

#endif
