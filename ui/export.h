/* The tables that the faces show, as files. */
#ifndef MASKSCOPE_UI_EXPORT_H
#define MASKSCOPE_UI_EXPORT_H

#include <stdbool.h>

#include "base/error.h"
#include "run/snapshot.h"

/* Writes the arms as they stand, and the baselines, to a file whose suffix says the format (.txt
 * .csv .tsv .json .md .tex). ERROR_USAGE (suffix), ERROR_CREATE, ERROR_IO. */
bool export_arms(const struct snapshot *snapshot, const char *path, struct error *error);

#endif
