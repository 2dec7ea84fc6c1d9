/* What the word under the cursor of a command line could become. */
#ifndef MASKSCOPE_UI_PANEL_COMPLETION_H
#define MASKSCOPE_UI_PANEL_COMPLETION_H

#include <stddef.h>

#include "ui/model.h"
#include "ui/panel/theme.h"

enum { COMPLETION_LIMIT = 96, COMPLETION_WORD_SIZE = 96 };

struct completion {
    size_t start; /* byte of the line at which the word begins */
    int count;
    char words[COMPLETION_LIMIT][COMPLETION_WORD_SIZE];
};

/* Words that may stand where the line ends: commands; then what the command takes (strategies and
 * their parameters, laws, live settings and their values, arms, files). themes may be null. */
void complete(struct completion *completion, const struct ui_model *model,
              const struct themes *themes, const char *line);
/* Bytes that all words share. */
size_t completion_common(const struct completion *completion);

#endif
