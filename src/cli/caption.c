#include "cli/caption.h"

#include <string.h>

/* A clause of a caption's first sentence, which lists them, or a whole sentence: remarks after the
 * first lose their sense when they are taken apart. */
struct part {
    const char *begin;
    size_t length; /* without its end */
    bool clause;
};

struct reader {
    const char *at;
    bool clauses; /* in the first sentence, and it may be taken apart */
};

/* The part that is next; false at the end of the caption. */
static bool next_part(struct reader *reader, struct part *part)
{
    const char *end = reader->at;
    while (*end &&
           !((*end == '.' || (*end == ';' && reader->clauses)) && (end[1] == ' ' || !end[1])))
        end++;
    *part = (struct part){reader->at, (size_t)(end - reader->at), reader->clauses};
    reader->clauses = reader->clauses && *end == ';';
    reader->at = *end ? end + 1 + (end[1] == ' ') : end;
    return part->length > 0;
}

static bool same(const struct part *a, const struct part *b)
{
    return a->length == b->length && !memcmp(a->begin, b->begin, a->length);
}

struct captions {
    const char *const *texts; /* [count] */
    int count;
    bool clauses; /* all begin alike: without its beginning a sentence would be none */
};

static bool all_hold(const struct captions *captions, const struct part *part)
{
    for (int i = 0; i < captions->count; i++) {
        struct reader reader = {captions->texts[i], captions->clauses};
        struct part own;
        bool found = false;
        while (!found && next_part(&reader, &own))
            found = same(&own, part);
        if (!found)
            return false;
    }
    return true;
}

static bool begin_alike(const struct captions *captions)
{
    struct part first, other;
    next_part(&(struct reader){captions->texts[0], true}, &first);
    for (int i = 1; i < captions->count; i++) {
        next_part(&(struct reader){captions->texts[i], true}, &other);
        if (!same(&other, &first))
            return false;
    }
    return true;
}

static void append_part(struct text *text, const struct part *part, bool begun)
{
    text_append(text, "%s", !begun ? "" : part->clause ? "; " : ". ");
    text_append_bytes(text, part->begin, part->length);
}

static void append_common(const struct captions *captions, struct text *text)
{
    struct reader reader = {captions->texts[0], captions->clauses};
    struct part part;
    bool begun = false;
    while (next_part(&reader, &part))
        if (all_hold(captions, &part)) {
            append_part(text, &part, begun);
            begun = true;
        }
    text_append(text, "%s", begun ? "." : "");
}

void caption_of_runs(const char *const *texts, const char *const *names, int count,
                     struct text *text)
{
    struct captions captions = {texts, count, false};
    bool differ = false;
    captions.clauses = begin_alike(&captions);
    append_common(&captions, text);
    for (int i = 0; i < count; i++) {
        struct reader reader = {texts[i], captions.clauses};
        struct part part;
        bool begun = false;
        while (next_part(&reader, &part)) {
            if (all_hold(&captions, &part))
                continue;
            if (!differ)
                text_append(text, "%sEach run by itself, tests and their adjustment within it.",
                            text->length ? " " : "");
            if (!begun)
                text_append(text, " %s: ", names[i]);
            append_part(text, &part, begun);
            differ = begun = true;
        }
        text_append(text, "%s", begun ? "." : "");
    }
}
