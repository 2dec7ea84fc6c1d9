/* A snapshot of a run that never was, for tests of what is drawn from it. */
#ifndef MASKSCOPE_TESTS_UI_MADE_UP_RUN_H
#define MASKSCOPE_TESTS_UI_MADE_UP_RUN_H

#include "run/snapshot.h"

struct made_up_run {
    int images, arms, pixels, patch, points;
    bool empty, long_names;
    const char *folder; /* of images to show; null: drawn shapes */
};

/* 8 images of 64 x 64 pixels, patches of 8, 2 arms, 5000 steps. */
struct made_up_run made_up_run_usual(void);
/* Null with *error set. */
struct snapshot *made_up_run_new(const struct made_up_run *run, struct error *error);
/* Fills in masks as the arms draw them, and what they are like. */
bool made_up_masks(struct snapshot *snapshot);
void made_up_run_free(struct snapshot *snapshot);
/* One more round: a few steps on the curves, new versions. */
void made_up_run_move(struct snapshot *snapshot, const struct made_up_run *run);

#endif
