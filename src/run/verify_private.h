/* What the kinds of verification share. Only verify*.c include this. */
#ifndef MASKSCOPE_RUN_VERIFY_PRIVATE_H
#define MASKSCOPE_RUN_VERIFY_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/memory.h"
#include "run/safetensors.h"
#include "run/verify.h"

/* One verification under way: recorded values come from `file`, ours go into `report` and, if asked
 * for, into the dump. Memory that must last until the dump is written comes from the arena. */
struct verification {
    const struct safetensors *file;
    struct verify_report *report;
    struct safetensors_writer *dump; /* null: not wanted */
    struct arena arena;
};

bool verify_mae(struct verification *verification, struct error *error);
bool verify_resample(struct verification *verification, struct error *error);
bool verify_probe(struct verification *verification, struct error *error);

bool verify_add(struct verification *verification, const char *tensor, double deviation,
                double tolerance, struct error *error);
/* Compares ours [shape] with the recorded tensor of that name, relative to the recorded tensor's
 * largest magnitude, and adds the result to the report. */
bool verify_check(struct verification *verification, const char *name, int dimensions,
                  const int *shape, const float *ours, double tolerance, struct error *error);
/* The same, and adds ours to the dump: they must last until that is written. */
bool verify_compare(struct verification *verification, const char *name, int dimensions,
                    const int *shape, const float *ours, double tolerance, struct error *error);
/* Adds ours to the dump, if one is wanted. */
bool verify_dump(struct verification *verification, const char *name, enum safetensors_type type,
                 int dimensions, const int *shape, const void *ours, struct error *error);
/* Floats from the arena, or null with *error set. */
float *verify_floats(struct verification *verification, size_t count, struct error *error);

#endif
