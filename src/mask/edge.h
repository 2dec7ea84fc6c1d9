/* Growing a set of patches at its edge, one patch at a time. Used inside src/mask. */
#ifndef MASKSCOPE_MASK_EDGE_H
#define MASKSCOPE_MASK_EDGE_H

#include "mask/strategy.h"

/* Gives `count` more patches of the mask this value, each drawn from those that then touch one that
 * has it; begins anywhere where none has. Needs edge_scratch_size bytes of the request's scratch.
 */
void edge_grow(const struct mask_request *request, uint8_t value, int count, uint8_t *mask);
size_t edge_scratch_size(int patches);

#endif
