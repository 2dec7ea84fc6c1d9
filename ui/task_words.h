/* The downstream task on display, in words. */
#ifndef MASKSCOPE_UI_TASK_WORDS_H
#define MASKSCOPE_UI_TASK_WORDS_H

#include "run/snapshot.h"

enum { TASK_TITLE_SIZE = 160 };
/* "knn accuracy", for little room; "" before any was asked. */
void task_name(char out[TASK_TITLE_SIZE], const struct snapshot *snapshot);
/* "knn accuracy on held-out images (class, k = 20)"; "" before any was asked. */
void task_title(char out[TASK_TITLE_SIZE], const struct snapshot *snapshot);

#endif
