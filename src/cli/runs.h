/* The runs that a command line names: their records, opened for reading, and what to call them. */
#ifndef MASKSCOPE_CLI_RUNS_H
#define MASKSCOPE_CLI_RUNS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/file.h"
#include "run/evaluation_set.h"
#include "run/store.h"
#include "stats/table.h"

enum { RUN_LIMIT = 256 };

/* All-zero is empty. */
struct runs {
    int count;
    char *const *paths; /* folders, or their run.db */
    struct store **stores;
    const char **records; /* their paths */
    const char **names;   /* the folders' names, or the paths where two have the same name */
    struct arena texts;
};

/* paths [count] are borrowed. All is read from one state of each record, that of this moment,
 * whoever writes to it meanwhile. ERROR_INPUT, ERROR_DATA name the run; ERROR_USAGE: one is given
 * twice, by whatever paths. */
bool runs_open(struct runs *runs, char *const *paths, int count, struct error *error)
    __attribute__((warn_unused_result));
void runs_close(struct runs *runs);

/* sets [count], those of the runs; released as one by sets_free. Null with *error set. */
struct evaluation_set *runs_read_sets(const struct runs *runs, struct error *error);
void sets_free(struct evaluation_set *sets, int count);

/* Whether the runs' settings differ in nothing but their seed, each another, and what touches no
 * result, and they were steered alike: then they may repeat one experiment. If not, *why names two
 * that do not, and the first setting in which they differ. */
bool runs_repeat(const struct runs *runs, bool *repeat, struct error *why, struct error *error);
/* Whether they do: trained and evaluated on the same images. If not, *why names two that were not.
 */
bool runs_sets_repeat(const struct runs *runs, const struct evaluation_set *sets,
                      struct error *why);

#endif
