#include "ui/task_words.h"

#include <stdio.h>

void task_name(char out[TASK_TITLE_SIZE], const struct snapshot *snapshot)
{
    out[0] = '\0';
    if (snapshot->task[0])
        snprintf(out, TASK_TITLE_SIZE, "%s %s", snapshot->task, snapshot->task_measure);
}

void task_title(char out[TASK_TITLE_SIZE], const struct snapshot *snapshot)
{
    out[0] = '\0';
    if (snapshot->task[0])
        snprintf(out, TASK_TITLE_SIZE, "%s %s on held-out images (%s)", snapshot->task,
                 snapshot->task_measure, snapshot->task_variant);
}
