/* What is asked before an action that cannot be undone. */
#ifndef MASKSCOPE_UI_CONFIRM_H
#define MASKSCOPE_UI_CONFIRM_H

#include "ui/model.h"

enum { UI_QUESTION_SIZE = 256 };

/* Whether a person must be asked first, and what; scripts are not asked. Removing an arm loses its
 * weights, writing over a file its contents. */
bool ui_must_ask(const struct ui_model *model, enum action action, const char *argument,
                 char question[UI_QUESTION_SIZE]);

#endif
