/* What a run's record says of the run itself. */
#ifndef MASKSCOPE_RUN_RECORD_H
#define MASKSCOPE_RUN_RECORD_H

#include <stdbool.h>

#include "base/error.h"
#include "run/config.h"
#include "run/store.h"

/* The settings the run began with; *found is false for a record of an older version, which does not
 * hold them. ERROR_DATA: they are of a newer version. Any thread. */
bool record_config(struct store *store, struct config *config, bool *found, struct error *error);
/* The settings as they stand, all recorded changes made. */
bool record_config_now(struct store *store, struct config *config, bool *found,
                       struct error *error);
/* The root mean square over the channels of what pixels in 0 .. 1 were divided by: squared errors
 * times its square are those of pixels in 0 .. 1 (but for channels of very unequal deviations). */
double record_deviation(const struct config *config, const struct mae_shape *shape);
/* Carries out a recorded change ("set", "arm-add", "arm-remove") on config; other events, and
 * changes that config has seen already, change nothing. */
bool record_apply(const struct store_event *event, struct config *config, struct error *error);

#endif
