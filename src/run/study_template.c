/* Templates of a study's grid: laws and schedules in which the word `ratio` stands for a number. */
#include <stdio.h>
#include <string.h>

#include "run/study_private.h"

static const char ratio_word[] = "ratio";

/* Where copies go. */
struct filling {
    struct arena *arena;
    struct error *error;
};

/* "ratio", "ratio+0.1", "ratio - 0.1". */
static bool is_ratio_word(const char *text, double *offset)
{
    char number[32];
    *offset = 0;
    if (strncmp(text, ratio_word, strlen(ratio_word)))
        return false;
    text += strlen(ratio_word);
    text += strspn(text, " ");
    if (!*text)
        return true;
    if (*text != '+' && *text != '-')
        return false;
    const char *digits = text + 1 + strspn(text + 1, " ");
    snprintf(number, sizeof number, "%c%s", *text, digits);
    return text_to_real(*text == '+' ? number + 1 : number, offset);
}

/* A number with the offset added, as it would be written: .75 - .2 is 0.55. */
static const struct node *shift_number(const struct filling *filling, const struct node *number,
                                       double offset, const struct node *at)
{
    char text[32];
    double value;
    struct node *copy = arena_alloc(filling->arena, 1, sizeof *copy, filling->error);
    if (!copy || !text_to_real(number->text, &value))
        return NULL;
    snprintf(text, sizeof text, "%.12g", value + offset);
    *copy = (struct node){.kind = NODE_SCALAR, .line = at->line, .key = at->key};
    copy->text = arena_text(filling->arena, text, strlen(text), filling->error);
    return copy->text ? copy : NULL;
}

typedef const struct node *child_maker(const struct filling *filling, const struct node *child,
                                       const void *context);

/* A copy of a list or map in which every child is what `make` makes of it. */
static const struct node *copy_collection(const struct filling *filling, const struct node *node,
                                          const struct node *at, child_maker *make,
                                          const void *context)
{
    struct node *copy = arena_alloc(filling->arena, 1, sizeof *copy, filling->error);
    if (!copy)
        return NULL;
    *copy = *node;
    copy->line = at->line;
    copy->key = at->key;
    struct node **link = &copy->children;
    for (const struct node *child = node->children; child; child = child->next) {
        const struct node *made = make(filling, child, context);
        struct node *own =
            made ? arena_alloc(filling->arena, 1, sizeof *own, filling->error) : NULL;
        if (!own)
            return NULL;
        *own = *made;
        own->key = child->key;
        own->next = NULL;
        *link = own;
        link = &own->next;
    }
    return copy;
}

/* A schedule's ends are shifted, the rest of it stays. */
static const struct node *shift_end(const struct filling *filling, const struct node *child,
                                    const void *context)
{
    const double *offset = context;
    bool end =
        child->kind == NODE_SCALAR && (!strcmp(child->key, "from") || !strcmp(child->key, "to"));
    return end ? shift_number(filling, child, *offset, child) : child;
}

static const struct node *expand(const struct filling *filling, const struct node *node,
                                 const struct node *ratio);

static const struct node *expand_child(const struct filling *filling, const struct node *child,
                                       const void *context)
{
    return expand(filling, child, context);
}

/* The template with `ratio` (a number or a schedule) put where its word stands. */
static const struct node *expand(const struct filling *filling, const struct node *node,
                                 const struct node *ratio)
{
    double offset;
    if (node->kind != NODE_SCALAR)
        return copy_collection(filling, node, node, expand_child, ratio);
    if (!is_ratio_word(node->text, &offset))
        return node;
    if (ratio->kind == NODE_SCALAR)
        return shift_number(filling, ratio, offset, node);
    return copy_collection(filling, ratio, node, shift_end, &offset);
}

const struct node *study_template_fill(const struct node *template, const struct node *ratio,
                                       struct arena *arena, struct error *error)
{
    return expand(&(struct filling){arena, error}, template, ratio);
}

const struct node *study_template_law(const struct node *law, struct arena *arena,
                                      struct error *error)
{
    if (law->kind != NODE_SCALAR)
        return law;
    struct node *map = node_read_short(law->text, "law", arena, error);
    if (map)
        map->line = law->line;
    return map;
}
