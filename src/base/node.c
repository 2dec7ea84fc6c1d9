#include "base/node.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/file.h"

enum { DEPTH_LIMIT = 16, FILE_LIMIT = 1 << 20 };

struct reader {
    yaml_parser_t parser;
    const char *file;
    struct arena *arena;
    struct error *error;
};

static bool fail(struct reader *reader, int line, const char *message)
{
    return error_set(reader->error, ERROR_DATA, "%s:%d: %s", reader->file, line, message);
}

static bool next_event(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    const char *problem = reader->parser.problem ? reader->parser.problem : "not YAML";
    return fail(reader, (int)reader->parser.problem_mark.line + 1, problem);
}

static struct node *read_node(struct reader *reader, yaml_event_t *event, int depth);

static struct node *new_node(struct reader *reader, enum node_kind kind, int line)
{
    struct node *node = arena_alloc(reader->arena, 1, sizeof *node, reader->error);
    if (node) {
        node->kind = kind;
        node->line = line;
    }
    return node;
}

/* Reads the children up to the event that closes the collection. In a map, keys and values
 * alternate. */
static bool read_children(struct reader *reader, struct node *parent, yaml_event_type_t end,
                          int depth)
{
    struct node **link = &parent->children;
    for (;;) {
        yaml_event_t event;
        if (!next_event(reader, &event))
            return false;
        if (event.type == end) {
            yaml_event_delete(&event);
            return true;
        }
        const char *key = NULL;
        if (parent->kind == NODE_MAP) {
            struct node *name = read_node(reader, &event, depth + 1);
            if (!name)
                return false;
            if (name->kind != NODE_SCALAR)
                return fail(reader, name->line, "a key must be a plain word");
            key = name->text;
            if (node_child(parent, key)) {
                error_set(reader->error, ERROR_DATA, "%s:%d: '%s' is given twice", reader->file,
                          name->line, key);
                return false;
            }
            if (!next_event(reader, &event))
                return false;
        }
        struct node *child = read_node(reader, &event, depth + 1);
        if (!child)
            return false;
        child->key = key;
        *link = child;
        link = &child->next;
        parent->count++;
    }
}

/* Consumes the event. */
static struct node *read_node(struct reader *reader, yaml_event_t *event, int depth)
{
    int line = (int)event->start_mark.line + 1;
    struct node *node = NULL;
    if (depth > DEPTH_LIMIT) {
        fail(reader, line, "nested too deeply");
    } else if (event->type == YAML_SCALAR_EVENT) {
        node = new_node(reader, NODE_SCALAR, line);
        if (node) {
            node->text = arena_text(reader->arena, (const char *)event->data.scalar.value,
                                    event->data.scalar.length, reader->error);
            bool whole = node->text && strlen(node->text) == event->data.scalar.length;
            if (node->text && !whole)
                fail(reader, line, "a zero byte in a value");
            if (!whole)
                node = NULL;
        }
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        node = new_node(reader, NODE_LIST, line);
        if (node && !read_children(reader, node, YAML_SEQUENCE_END_EVENT, depth))
            node = NULL;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        node = new_node(reader, NODE_MAP, line);
        if (node && !read_children(reader, node, YAML_MAPPING_END_EVENT, depth))
            node = NULL;
    } else if (event->type == YAML_ALIAS_EVENT) {
        fail(reader, line, "aliases (*name) are not supported");
    } else {
        fail(reader, line, "a value is missing");
    }
    yaml_event_delete(event);
    return node;
}

/* STREAM-START (DOCUMENT-START node DOCUMENT-END)? STREAM-END */
static struct node *read_stream(struct reader *reader)
{
    yaml_event_t event;
    struct node *root = NULL;
    for (;;) {
        if (!next_event(reader, &event))
            return NULL;
        yaml_event_type_t type = event.type;
        int line = (int)event.start_mark.line + 1;
        if (type == YAML_STREAM_END_EVENT) {
            yaml_event_delete(&event);
            return root ? root : new_node(reader, NODE_MAP, 1);
        }
        if (type == YAML_DOCUMENT_START_EVENT && root) {
            yaml_event_delete(&event);
            fail(reader, line, "more than one document");
            return NULL;
        }
        if (type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_START_EVENT ||
            type == YAML_DOCUMENT_END_EVENT) {
            yaml_event_delete(&event);
            continue;
        }
        root = read_node(reader, &event, 0);
        if (!root)
            return NULL;
    }
}

struct node *node_read_yaml(const char *bytes, size_t length, const char *file, struct arena *arena,
                            struct error *error)
{
    struct reader reader = {.file = file, .arena = arena, .error = error};
    if (!yaml_parser_initialize(&reader.parser)) {
        error_set(error, ERROR_SYSTEM, "out of memory");
        return NULL;
    }
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)bytes, length);
    struct node *root = read_stream(&reader);
    yaml_parser_delete(&reader.parser);
    return root;
}

struct node *node_read_yaml_file(const char *path, struct arena *arena, struct error *error)
{
    struct text text = {0};
    struct node *root = NULL;
    if (file_read(path, FILE_LIMIT, &text, error))
        root = node_read_yaml(text_of(&text), text.length, path, arena, error);
    text_release(&text);
    return root;
}

/* {HEAD: NAME, KEY: VALUE, ...} from NAME:KEY=VALUE,... A value may itself be YAML flow: brackets
 * and braces shelter commas. */
static struct node *read_short_form(struct reader *reader, const char *text, const char *head)
{
    struct text flow = {0};
    const char *rest = strchr(text, ':');
    text_append(&flow, "{%s: %.*s", head, (int)(rest - text), text);
    int depth = 0;
    bool in_key = true;
    text_append(&flow, ", ");
    for (const char *at = rest + 1; *at; at++) {
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        if (depth == 0 && in_key && *at == '=') {
            text_append(&flow, ": ");
            in_key = false;
        } else if (depth == 0 && *at == ',') {
            text_append(&flow, ", ");
            in_key = true;
        } else {
            text_append_bytes(&flow, at, 1);
        }
    }
    text_append(&flow, "}");
    struct node *node =
        node_read_yaml(text_of(&flow), flow.length, reader->file, reader->arena, reader->error);
    text_release(&flow);
    return node;
}

struct node *node_read_short(const char *text, const char *head, struct arena *arena,
                             struct error *error)
{
    struct reader reader = {.file = text, .arena = arena, .error = error};
    const char *colon = strchr(text, ':');
    bool is_short = colon && text[0] != '{' && text[0] != '[' && !isspace((unsigned char)colon[1]);
    struct node *node = is_short ? read_short_form(&reader, text, head)
                                 : node_read_yaml(text, strlen(text), text, arena, error);
    if (!node) {
        if (error->code == ERROR_DATA)
            error_set(error, ERROR_DATA, "'%s' is neither NAME:KEY=VALUE,... nor {KEY: VALUE, ...}",
                      text);
        return NULL;
    }
    return node;
}

const struct node *node_child(const struct node *map, const char *key)
{
    if (map->kind != NODE_MAP)
        return NULL;
    for (const struct node *child = map->children; child; child = child->next)
        if (!strcmp(child->key, key))
            return child;
    return NULL;
}

const char *node_child_text(const struct node *map, const char *key)
{
    const struct node *child = node_child(map, key);
    return child && child->kind == NODE_SCALAR ? child->text : NULL;
}

bool node_scalar_is_plain(const char *scalar)
{
    if (!*scalar)
        return false;
    for (const char *at = scalar; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr("_-./+", *at))
            return false;
    return scalar[0] != '-' || isdigit((unsigned char)scalar[1]) || scalar[1] == '.';
}

static void write_scalar(const char *scalar, struct text *text)
{
    if (node_scalar_is_plain(scalar)) {
        text_append(text, "%s", scalar);
        return;
    }
    text_append(text, "\"");
    for (const char *at = scalar; *at; at++) {
        if (*at == '"' || *at == '\\')
            text_append(text, "\\%c", *at);
        else if ((unsigned char)*at < 0x20)
            text_append(text, "\\x%02x", (unsigned)*at);
        else
            text_append_bytes(text, at, 1);
    }
    text_append(text, "\"");
}

void node_write_flow(const struct node *node, struct text *text)
{
    if (node->kind == NODE_SCALAR) {
        write_scalar(node->text, text);
        return;
    }
    bool map = node->kind == NODE_MAP;
    text_append(text, map ? "{" : "[");
    for (const struct node *child = node->children; child; child = child->next) {
        if (map) {
            write_scalar(child->key, text);
            text_append(text, ": ");
        }
        node_write_flow(child, text);
        if (child->next)
            text_append(text, ", ");
    }
    text_append(text, map ? "}" : "]");
}
