/* Features on the disk: encoding a data set takes minutes, and what is asked of its features
 * seconds.
 *
 * A file is named after a digest of all that its features depend on: the encoder's weights, the
 * source's images, which of them, how they are viewed, and the block. Whatever changes, another
 * file is meant, so nothing is ever out of date; files may be deleted at any time.
 */
#ifndef MASKSCOPE_RUN_FEATURE_CACHE_H
#define MASKSCOPE_RUN_FEATURE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "probe/features.h"

/* Of the encoder's weights, the decoder left out. */
uint64_t encoder_digest(const struct mae *mae);

/* What features_extract(images) gives, from `folder` where it is there, else extracted and kept
 * there. folder null: extracted. A file that is damaged, or that cannot be written, is a warning.
 */
bool feature_cache_get(struct features *features, const char *folder,
                       const struct feature_plan *plan, const uint32_t *images, size_t count,
                       const struct probe_watch *watch, struct log *log, struct error *error)
    __attribute__((warn_unused_result));

#endif
