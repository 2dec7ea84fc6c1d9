/* How fast a configuration trains on this machine, beside the machine's own rate of matrix
 * products.
 *
 * Training steps and single-threaded sgemm on every thread at once take turns, so that whatever
 * else the machine does falls on both alike; what is reported are medians of the turns. The step is
 * the trainer's own: masks, forward, backward and update of the configuration's first arm, on
 * images of noise that are already in memory. Loading is measured apart, on one thread.
 */
#ifndef MASKSCOPE_RUN_BENCHMARK_H
#define MASKSCOPE_RUN_BENCHMARK_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"
#include "run/config.h"

enum { BENCHMARK_REPEATS_MOST = 100, BENCHMARK_SGEMM_SIDE = 1024 };

struct benchmark_plan {
    int repeats;    /* 1 .. BENCHMARK_REPEATS_MOST */
    double seconds; /* of training steps in a turn; products take a quarter of it */
};

/* Of the turns, a second. */
struct benchmark_rate {
    double low, median, high;
};

struct benchmark {
    int threads;
    struct benchmark_rate images; /* trained, a second */
    double gflop_per_image;       /* of the work that is done, not of the work a mask saves */
    struct benchmark_rate sgemm;  /* GFLOP/s of products of BENCHMARK_SGEMM_SIDE ^ 3 */
    double peak_rss_mb;           /* 10^6 bytes that were resident after two steps */
    /* Images of the source made ready by one thread, a second: decoded or drawn, and with decoded
     * pictures in memory (zero where data.cache is). */
    struct benchmark_rate loaded, loaded_again;
};

/* Takes about 1.75 * repeats * seconds. Sets the number of threads to the configuration's. The
 * configuration was checked. */
bool benchmark_run(struct benchmark *result, const struct config *config,
                   const struct benchmark_plan *plan, struct log *log, struct error *error);

#endif
