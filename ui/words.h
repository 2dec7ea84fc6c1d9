/* Splitting the argument of a : command into words. */
#ifndef MASKSCOPE_UI_WORDS_H
#define MASKSCOPE_UI_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Copies the next word of *rest into word[size] (cut if it must be) and moves *rest past it; false
 * at the end. Blanks inside {}, [] or quotes do not end a word: "value={from: .4, to: .8}" is one.
 */
bool word_next(const char **rest, char *word, size_t size);

/* "uniform low=.3 high=.9 block" as what is chosen, in the short form of the command line, and the
 * arm that is meant ("" if none is named). */
struct choice_words {
    char choice[320]; /* "uniform:low=.3,high=.9" */
    char arm[96];
};
/* False with *extra the word that has no place. */
bool choice_words_read(struct choice_words *words, const char *argument, char *extra, size_t size);

#endif
