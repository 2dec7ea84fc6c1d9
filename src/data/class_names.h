/* Names for class folders that are called by a number, as ImageNet's are ("n02124075"). Private to
 * src/data.
 *
 * A list beside the images gives them, one a line: the folder's name, a tab, comma or space, and
 * what people call it. classes.txt, words.txt (Tiny ImageNet) and LOC_synset_mapping.txt (ImageNet
 * on Kaggle) are looked for, in this order, and the first that is there is read.
 */
#ifndef MASKSCOPE_DATA_CLASS_NAMES_H
#define MASKSCOPE_DATA_CLASS_NAMES_H

#include "base/error.h"
#include "base/log.h"
#include "base/memory.h"

/* names[count] for the class folders classes[count], which are sorted bytewise; a class that no
 * line names keeps its folder's name. Names lie in the arena. False with ERROR_SYSTEM only: a list
 * that cannot be read is a warning. */
bool class_names_read(const char *root, char *const *classes, int count, struct arena *arena,
                      char **names, struct log *log, struct error *error);

#endif
