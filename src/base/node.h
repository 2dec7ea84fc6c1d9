/* A tree of scalars, lists and maps with the line each came from: what YAML files, and the short
 * form NAME:KEY=VALUE,KEY=VALUE of the command line, are read into.
 *
 * Nodes live in the arena they were read into. Aliases, merge keys, duplicate keys, tags and
 * several documents are refused; depth and the keys of one map are limited, so a hostile file
 * cannot cost more than its size.
 */
#ifndef MASKSCOPE_BASE_NODE_H
#define MASKSCOPE_BASE_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    int line;              /* 1-based; 0: typed, not from a file */
    const char *text;      /* NODE_SCALAR */
    const char *key;       /* this node's key when its parent is a map, else null */
    struct node *children; /* first of a list or map */
    struct node *next;     /* the next sibling */
    size_t count;          /* children */
};

/* An empty document reads as an empty map. `file` is named in errors (ERROR_DATA). */
struct node *node_read_yaml(const char *bytes, size_t length, const char *file, struct arena *arena,
                            struct error *error);
struct node *node_read_yaml_file(const char *path, struct arena *arena, struct error *error);

/* Text given on a command line: "0.75" (scalar), "{law: uniform, low: .3, high: .9}" or "[a, b]"
 * (YAML flow), or the short form "uniform:low=.3,high=.9", which reads as the map
 * {HEAD: uniform, low: .3, high: .9} with HEAD the key the caller names ("law", "strategy"). */
struct node *node_read_short(const char *text, const char *head, struct arena *arena,
                             struct error *error);

const struct node *node_child(const struct node *map, const char *key);
/* The text of a scalar child; null where there is none. */
const char *node_child_text(const struct node *map, const char *key);
/* Appends the node as one line of YAML flow, quoting scalars that need it. */
void node_write_flow(const struct node *node, struct text *text);
/* Appends a scalar, quoted if it needs it: well-formed UTF-8 reads back as it was. */
void node_write_scalar(const char *scalar, struct text *text);
/* Whether a plain scalar reads back as itself, or must be quoted. */
bool node_scalar_is_plain(const char *scalar);

#endif
