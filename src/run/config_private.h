/* What the files of config.h share. Private to them.
 *
 *   settings.c        the table of settings
 *   config.c          defaults, single assignments, writing
 *   config_read.c     reading YAML
 *   config_derived.c  what follows from the settings
 */
#ifndef MASKSCOPE_RUN_CONFIG_PRIVATE_H
#define MASKSCOPE_RUN_CONFIG_PRIVATE_H

#include "run/config.h"

/* Origins may be null; line 0: none. */
void config_note_origin(struct config_origins *origins, const struct setting *row,
                        enum config_origin origin, int line);
/* What an arm without a name is called: its strategy and mean ratio, "-2", "-3" ... added while
 * that is taken. */
void config_default_arm_name(const struct config *config, const struct mask_choice *mask,
                             char name[ARM_NAME_SIZE]);
/* Adds the arm that a node {name, mask} describes. Errors begin with FILE:LINE. */
bool config_read_arm(struct config *config, const struct node *node, const char *file,
                     struct error *error);
/* The settings of a study's file, whose arms and grid are passed over. */
bool config_read_study(struct config *config, const struct node *root, const char *file,
                       struct config_origins *origins, struct error *error);
/* One mask for all arms. An only arm that was called after its mask is called after the new one. */
void config_mask_for_all(struct config *config, const struct mask_choice *mask);

#endif
