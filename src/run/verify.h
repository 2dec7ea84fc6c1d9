/* Verification: replays values recorded with another program and says how far ours are from them.
 *
 * The file's metadata key `format` says what was recorded:
 *   mae-reference       a training trajectory: weights, images, noise; each step's loss, the first
 *                       step's predictions, latents and gradients, and the final weights
 *   resample-reference  pictures, boxes, and the boxes resized
 *   probe-reference     features with classes, and what nearest neighbours and logistic regression
 *                       make of them
 */
#ifndef MASKSCOPE_RUN_VERIFY_H
#define MASKSCOPE_RUN_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { VERIFY_NAME_SIZE = 96 };

struct verify_item {
    char tensor[VERIFY_NAME_SIZE];
    double deviation; /* the largest; infinite where ours is no number */
    double tolerance;
    bool good; /* deviation <= tolerance */
};

/* All-zero is an empty one. */
struct verify_report {
    char format[64];
    struct verify_item *items; /* in the order of the file's story: inputs, expected, final */
    size_t count, capacity;
    bool good; /* all items are */
};

/* Replays the file. True whether or not values agree: report->good says that. `dump` (or null) is a
 * safetensors file to write our values to, under the names of the recorded ones. False with *error
 * set: ERROR_INPUT, ERROR_DATA (no file of a known format, or one that does not fit together),
 * ERROR_CREATE, ERROR_IO (the dump). The caller releases the report either way. */
bool verify_file(const char *path, const char *dump, struct verify_report *report,
                 struct error *error) __attribute__((warn_unused_result));
void verify_report_release(struct verify_report *report);

#endif
