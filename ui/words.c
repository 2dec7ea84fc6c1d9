#include "ui/words.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Bytes of the word at text. */
static size_t word_length(const char *text)
{
    int depth = 0;
    char quote = '\0';
    size_t i = 0;
    for (; text[i]; i++) {
        char byte = text[i];
        if (quote) {
            quote = byte == quote ? '\0' : quote;
            continue;
        }
        if ((byte == ' ' || byte == '\t') && depth <= 0)
            break;
        if (byte == '"' || byte == '\'')
            quote = byte;
        depth += byte == '{' || byte == '[';
        depth -= byte == '}' || byte == ']';
    }
    return i;
}

bool word_next(const char **rest, char *word, size_t size)
{
    *rest += strspn(*rest, " \t");
    size_t length = word_length(*rest);
    if (length == 0)
        return false;
    size_t kept = length < size ? length : size - 1;
    memcpy(word, *rest, kept);
    word[kept] = '\0';
    *rest += length;
    return true;
}

bool choice_words_read(struct choice_words *words, const char *argument, char *extra, size_t size)
{
    *words = (struct choice_words){0};
    struct text choice = {0};
    char word[sizeof words->choice];
    if (word_next(&argument, word, sizeof word))
        text_append(&choice, "%s", word);
    bool good = true;
    bool has_parameters = strchr(text_of(&choice), ':');
    while (good && word_next(&argument, word, sizeof word)) {
        if (strchr(word, '=') && !words->arm[0]) {
            text_append(&choice, "%c%s", has_parameters ? ',' : ':', word);
            has_parameters = true;
        } else if (!words->arm[0]) {
            text_copy(words->arm, sizeof words->arm, word);
        } else {
            text_copy(extra, size, word);
            good = false;
        }
    }
    text_copy(words->choice, sizeof words->choice, text_of(&choice));
    text_release(&choice);
    return good;
}
