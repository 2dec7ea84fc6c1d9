/* Tables of the live run, made from its record by a thread of their own, so that no frame waits for
 * one however long the run has become.
 *
 * A view asks in every frame for what it wants to show and draws the newest answer there is, which
 * may still answer an earlier question. A table is made anew when another one is asked for, or when
 * an evaluation or an event has reached the record; the latter so seldom that it costs a small
 * share of one core. Sorting and filtering an answer anew makes no table.
 *
 * One object serves one view. All functions are the main thread's.
 */
#ifndef MASKSCOPE_UI_LIVE_TABLES_H
#define MASKSCOPE_UI_LIVE_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "run/snapshot.h"
#include "run/tables.h"

enum { LIVE_UNSORTED = -1, LIVE_FILTER_SIZE = 64 };

struct live_question {
    size_t table;    /* index into run_tables() */
    unsigned groups; /* as run_table_maker takes them */
    int sort;        /* a column, or LIVE_UNSORTED: as the table was made */
    bool descending;
    char filter[LIVE_FILTER_SIZE]; /* rows where some cell holds it, whatever the case; "": all */
};

struct live_answer {
    uint64_t number; /* 1, 2, 3 ... */
    struct live_question question;
    const struct table *table; /* null: there is none, for the reason below */
    const uint32_t *rows;      /* [count] rows of the table, sorted and filtered; what is missing
                                  comes last in either direction, equals keep their order */
    size_t count;
    struct error error;
};

struct live_tables;
/* ERROR_SYSTEM. */
struct live_tables *live_tables_new(struct error *error);
void live_tables_free(struct live_tables *tables);
/* The newest answer, valid until the next call; null while there is none. Never waits. */
const struct live_answer *live_tables_ask(struct live_tables *tables,
                                          const struct snapshot *snapshot,
                                          const struct live_question *question);
/* Whether an answer has come that the last call did not return: time to draw. */
bool live_tables_news(struct live_tables *tables);
/* Whether the answer to the last question is still being made. */
bool live_tables_busy(struct live_tables *tables);

#endif
