#include "base/parallel.h"

#include <sched.h>
#include <unistd.h>
#ifdef _OPENMP
#include <omp.h>
#endif

int parallel_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return CPU_COUNT(&set);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

#ifdef _OPENMP

void parallel_set_threads(int threads)
{
    omp_set_num_threads(threads > 0 ? threads : parallel_cores());
}

int parallel_threads(void)
{
    return omp_get_max_threads();
}

void parallel_for(size_t tasks, parallel_task *run, void *context)
{
    if (tasks == 1) { /* without a team, which waking takes longer than many a task */
        run(context, 0);
        return;
    }
#pragma omp parallel for schedule(dynamic, 1)
    for (size_t task = 0; task < tasks; task++)
        run(context, task);
}

void parallel_for_slots(size_t tasks, size_t slots, parallel_slot_task *run, void *context)
{
    size_t threads = (size_t)parallel_threads();
    int team = (int)(threads < slots ? threads : slots); /* OpenMP allocates where it changes */
#pragma omp parallel for schedule(dynamic, 1) num_threads(team)
    for (size_t task = 0; task < tasks; task++)
        run(context, task, (size_t)omp_get_thread_num());
}

#else

void parallel_set_threads(int threads)
{
    (void)threads;
}

int parallel_threads(void)
{
    return 1;
}

void parallel_for(size_t tasks, parallel_task *run, void *context)
{
    for (size_t task = 0; task < tasks; task++)
        run(context, task);
}

void parallel_for_slots(size_t tasks, size_t slots, parallel_slot_task *run, void *context)
{
    (void)slots;
    for (size_t task = 0; task < tasks; task++)
        run(context, task, 0);
}

#endif
