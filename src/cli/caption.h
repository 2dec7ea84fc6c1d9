/* The caption of a table in which several runs stand side by side. */
#ifndef MASKSCOPE_CLI_CAPTION_H
#define MASKSCOPE_CLI_CAPTION_H

#include "base/text.h"

/* Appends what the captions, texts [count], of the runs' own tables say alike, and then, run by run
 * under its name, what they do not: how many images, which seed, a test over all arms. The first
 * sentence of such a caption is a list of clauses, of which each but the first can be left out;
 * those after it stay whole. */
void caption_of_runs(const char *const *texts, const char *const *names, int count,
                     struct text *text);

#endif
