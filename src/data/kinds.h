/* The kinds of sources, one file each; source.c registers them. Private to this folder. */
#ifndef MASKSCOPE_DATA_KINDS_H
#define MASKSCOPE_DATA_KINDS_H

#include "data/source.h"

extern const struct source_kind source_scenes; /* scenes.c: drawn, not read */
extern const struct source_kind source_folder; /* folder.c: JPEG and PNG files */
extern const struct source_kind source_cifar;  /* cifar.c: the CIFAR-10 and CIFAR-100 binaries */

#endif
