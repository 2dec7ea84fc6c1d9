#include "run/downstream_pace.h"

#include <math.h>
#include <stddef.h>

void downstream_pace_add(struct downstream_pace *pace, const struct downstream_task *task,
                         int64_t pieces)
{
    int at = 0;
    while (at < pace->count && pace->tasks[at].task != task)
        at++;
    if (at == pace->count)
        pace->tasks[pace->count++] = (struct downstream_pace_task){.task = task};
    pace->tasks[at].pieces += pieces;
}

void downstream_pace_begin(struct downstream_pace *pace, const struct downstream_task *task,
                           double now)
{
    pace->task = task;
    pace->since = now;
}

void downstream_pace_end(struct downstream_pace *pace, double seconds)
{
    for (int i = 0; i < pace->count; i++)
        if (pace->tasks[i].task == pace->task) {
            pace->tasks[i].done++;
            pace->tasks[i].seconds += seconds;
        }
    pace->task = NULL;
}

int64_t downstream_pace_pieces(const struct downstream_pace *pace)
{
    int64_t pieces = 0;
    for (int i = 0; i < pace->count; i++)
        pieces += pace->tasks[i].pieces;
    return pieces;
}

int64_t downstream_pace_done(const struct downstream_pace *pace)
{
    int64_t done = 0;
    for (int i = 0; i < pace->count; i++)
        done += pace->tasks[i].done;
    return done;
}

double downstream_pace_left(const struct downstream_pace *pace, double now, bool *whole)
{
    double left = 0;
    *whole = true;
    for (int i = 0; i < pace->count; i++) {
        const struct downstream_pace_task *task = &pace->tasks[i];
        int64_t pieces = task->pieces - task->done;
        double piece = task->seconds / (double)task->done;
        if (pieces <= 0)
            continue;
        if (task->done == 0)
            *whole = false;
        else if (task->task == pace->task)
            left += (double)(pieces - 1) * piece + fmax(piece - (now - pace->since), 0);
        else
            left += (double)pieces * piece;
    }
    return left;
}

void downstream_pace_write_left(const struct downstream_pace *pace, double done, double spent,
                                double now, struct text *text)
{
    char of_it[16], in_all[16];
    bool whole;
    double left = downstream_pace_left(pace, now, &whole);
    text_from_duration(in_all, left);
    if (whole && left > 0)
        text_append(text, ", %s left%s", in_all, pace->trains ? " of the tasks" : "");
    else if (done > 0 && spent > 1) {
        text_from_duration(of_it, spent / done * (1 - done));
        text_append(text, ", %s left of it", of_it);
        if (left > 0)
            text_append(text, ", more than %s in all", in_all);
    }
}
