/* What the files of `maskscope masks` share. Private to them.
 *
 *   masks.c         the command line, drawing
 *   masks_report.c  table and picture
 *   mask_study.c    the masks of one strategy and law, and what they are like
 *   mask_sheet.c    the picture's layout
 */
#ifndef MASKSCOPE_CLI_MASKS_H
#define MASKSCOPE_CLI_MASKS_H

#include "cli/mask_study.h"
#include "cli/output.h"

struct masks_request {
    int grid_height, grid_width;
    struct saved saved; /* --model's; arm_count 0: none */
    int arm;            /* of it, whose model guides */
    bool averaged;      /* by its averaged copy */
    int64_t count, seed;
    double progress;
    struct mask_choice *choices; /* [strategies * laws], a strategy's laws together */
    int strategies, laws;
};

bool masks_model_guides(const struct mask_choice *choice);
/* studies [strategies * laws] */
bool masks_print(const struct output *output, const struct masks_request *request,
                 const struct mask_study *studies, struct error *error);
bool masks_write_png(const char *path, const struct masks_request *request,
                     const struct mask_study *studies, struct error *error);

#endif
