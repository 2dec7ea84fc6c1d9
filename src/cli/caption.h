/* The caption of a table in which several runs stand side by side. */
#ifndef MASKSCOPE_CLI_CAPTION_H
#define MASKSCOPE_CLI_CAPTION_H

#include "base/text.h"

/* Appends what the captions [count] of the runs' own tables say alike, and then, run by run under
 * its name, what they do not: how many images, which seed, a test over all arms. */
void caption_of_runs(const char *const *captions, const char *const *names, int count,
                     struct text *text);

#endif
