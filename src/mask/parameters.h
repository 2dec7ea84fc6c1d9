/* What strategies and ratio laws have in common: parameters described by setting rows, each a
 * schedule, read from {KEY: VALUE, ...} and written as ":KEY=VALUE,KEY=VALUE". Used inside
 * src/mask.
 *
 * Rows are of type REAL, INT (rounded where a schedule passes between whole numbers) or CHOICE (the
 * value is the choice's index; it takes no schedule). Rows of type TEXT are passed over here: what
 * they hold is read and written by the strategy. All schedules here are arrays with one entry
 * a row.
 */
#ifndef MASKSCOPE_MASK_PARAMETERS_H
#define MASKSCOPE_MASK_PARAMETERS_H

#include "base/error.h"
#include "base/node.h"
#include "base/setting.h"
#include "mask/schedule.h"

/* Every parameter's default. */
void mask_parameters_defaults(const struct setting_table *rows, struct schedule *schedules);
/* Sets the parameters that the map names; `others` are its keys that are not parameters
 * (null-terminated). `owner` is named in errors: ERROR_DATA, the nearest name offered. */
bool mask_parameters_read(const struct setting_table *rows, const struct node *map,
                          const char *const *others, const char *owner, struct schedule *schedules,
                          struct error *error);
/* Appends the parameters that differ from their defaults, or all of them. */
void mask_parameters_write(const struct setting_table *rows, const struct schedule *schedules,
                           bool all, struct text *text);
/* The values at this progress. */
void mask_parameters_at(const struct setting_table *rows, const struct schedule *schedules,
                        double progress, double *values);

/* What is wrong with parameters at a moment of training, or null. */
typedef const char *mask_problem(const void *context, double progress);
/* Whether parameters that each are right go together: looked at at even steps of progress, and on
 * both sides of every corner and jump of their schedules. ERROR_DATA: what is wrong, and, where
 * anything is scheduled, when. */
bool mask_check_together(const struct schedule *schedules, size_t count, mask_problem *problem,
                         const void *context, struct error *error);

/* ERROR_DATA "no WHAT 'x'; did you mean 'y'?", or all names there are where none is near; names as
 * for text_nearest. Returns false. */
bool mask_unknown_name(const char *what, const char *given, size_t count,
                       const char *(*names)(const void *context, size_t i), const void *context,
                       struct error *error);

#endif
