/* Parallel loops over a fixed number of independent tasks.
 *
 * How work is cut into tasks never depends on the number of threads, and no task reads what another
 * writes, so results have the same bits on any number of threads. With --disable-openmp the tasks
 * run one after another in the calling thread.
 */
#ifndef MASKSCOPE_BASE_PARALLEL_H
#define MASKSCOPE_BASE_PARALLEL_H

#include <stddef.h>

/* Threads that parallel_for may use from the calling thread on; 0: one for each core this process
 * may run on. Call it from the thread that will call parallel_for. */
void parallel_set_threads(int threads);
int parallel_threads(void);
/* Cores this process may run on. */
int parallel_cores(void);

typedef void parallel_task(void *context, size_t task);
/* Calls run(context, 0) .. run(context, tasks - 1), each once, and returns when all have. One task
 * alone is run by the calling thread. */
void parallel_for(size_t tasks, parallel_task *run, void *context);

typedef void parallel_slot_task(void *context, size_t task, size_t slot);
/* The same for tasks that need memory to work in: on `slots` threads at most, each of which runs
 * its tasks with a number of its own below `slots`. What a task does must not depend on it. */
void parallel_for_slots(size_t tasks, size_t slots, parallel_slot_task *run, void *context);

#endif
