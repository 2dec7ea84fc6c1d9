#include "cli/caption.h"

#include <string.h>

/* Part of a caption, up to a semicolon or the end of a sentence. */
struct clause {
    const char *begin;
    size_t length; /* without its end */
};

/* The clause that begins at *at, which goes to the next; false at the end of the caption. */
static bool next_clause(const char **at, struct clause *clause)
{
    const char *end = *at;
    while (*end && !((*end == ';' || *end == '.') && (end[1] == ' ' || !end[1])))
        end++;
    *clause = (struct clause){*at, (size_t)(end - *at)};
    *at = *end ? end + 1 + (end[1] == ' ') : end;
    return clause->length > 0;
}

static bool holds(const char *caption, const struct clause *clause)
{
    struct clause own;
    while (next_clause(&caption, &own))
        if (own.length == clause->length && !memcmp(own.begin, clause->begin, own.length))
            return true;
    return false;
}

static bool all_hold(const char *const *captions, int count, const struct clause *clause)
{
    for (int i = 0; i < count; i++)
        if (!holds(captions[i], clause))
            return false;
    return true;
}

static void append(struct text *text, const struct clause *clause, const char *before)
{
    text_append(text, "%s", before);
    text_append_bytes(text, clause->begin, clause->length);
}

/* What all say keeps its sentences. */
static void append_common(const char *const *captions, int count, struct text *text)
{
    struct clause clause;
    const char *before = "";
    for (const char *at = captions[0]; next_clause(&at, &clause);)
        if (all_hold(captions, count, &clause)) {
            append(text, &clause, before);
            before = clause.begin[clause.length] == ';' ? "; " : ". ";
        }
    text_append(text, "%s", *before ? "." : "");
}

void caption_of_runs(const char *const *captions, const char *const *names, int count,
                     struct text *text)
{
    bool differ = false;
    append_common(captions, count, text);
    for (int i = 0; i < count; i++) {
        struct clause clause;
        bool begun = false;
        for (const char *at = captions[i]; next_clause(&at, &clause);) {
            if (all_hold(captions, count, &clause))
                continue;
            if (!differ)
                text_append(text, " Each run by itself, tests and their adjustment within it.");
            if (!begun)
                text_append(text, " %s: ", names[i]);
            append(text, &clause, begun ? "; " : "");
            differ = begun = true;
        }
        text_append(text, "%s", begun ? "." : "");
    }
}
