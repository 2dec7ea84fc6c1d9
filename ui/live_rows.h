/* The rows of a table that a view shows, in its order. */
#ifndef MASKSCOPE_UI_LIVE_ROWS_H
#define MASKSCOPE_UI_LIVE_ROWS_H

#include "ui/live_tables.h"

/* The rows that the question selects from the table, sorted as it asks; the caller frees them. Null
 * with *error set: ERROR_SYSTEM. Any thread. */
uint32_t *live_rows(const struct table *table, const struct live_question *question, size_t *count,
                    struct error *error);

#endif
