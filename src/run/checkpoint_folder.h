/* The folder of a run's checkpoints: names, the `latest` link, and which files may go. Used by
 * checkpoint.c, and by whoever begins anew what has no checkpoint yet.
 */
#ifndef MASKSCOPE_RUN_CHECKPOINT_FOLDER_H
#define MASKSCOPE_RUN_CHECKPOINT_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Removes the temporary files of saves that were interrupted. */
void checkpoint_folder_clean(const char *folder);
/* Makes `latest` point to the checkpoint of step. A file system without links is no error. */
bool checkpoint_folder_link(const char *folder, int64_t step, struct error *error);
/* Removes the oldest checkpoints so that `keep` (0: all) up to `newest` stay. */
void checkpoint_folder_prune(const char *folder, int64_t newest, int keep);
/* Removes all checkpoints and the link to the newest. */
void checkpoint_folder_empty(const char *folder);

#endif
